package picture

import (
	"image"
)

// Coloured reports whether any pixel's red, green and blue differ.
func (p *Picture) Coloured() bool {
	switch p.stored.(type) {
	case *image.Gray, *image.Gray16:
		return false
	}
	for y := range p.Height {
		row := p.Row(y)
		for i := 0; i < len(row); i += 3 {
			if row[i] != row[i+1] || row[i] != row[i+2] {
				return true
			}
		}
	}
	return false
}

// Row returns a row of the picture as it is seen, on white: [Width, 3] bytes of red, green and blue. They change with the next call.
func (p *Picture) Row(y int) []byte {
	if p.buffer == nil {
		p.buffer = make([]byte, 3*p.Width)
	}
	from := p.stored.Bounds()
	origin, step := p.place(y)
	origin = origin.Add(from.Min)
	at := func(x, y int) (r, g, b, a uint32) { return p.stored.At(x, y).RGBA() }
	switch m := p.stored.(type) {
	case *image.Gray:
		at = func(x, y int) (r, g, b, a uint32) { v := uint32(m.GrayAt(x, y).Y) * 0x101; return v, v, v, 0xffff }
	case image.RGBA64Image: // allocates nothing
		at = func(x, y int) (r, g, b, a uint32) { return m.RGBA64At(x, y).RGBA() }
	}
	for i := 0; i < len(p.buffer); i += 3 {
		r, g, b, a := at(origin.X, origin.Y)
		white := 0xffff - a
		p.buffer[i], p.buffer[i+1], p.buffer[i+2] = byte((r+white)>>8), byte((g+white)>>8), byte((b+white)>>8)
		origin = origin.Add(step)
	}
	return p.buffer
}

// place says where the stored picture has the first pixel of a row as it is seen, and how far it is to the next.
func (p *Picture) place(y int) (first, step image.Point) {
	size := p.stored.Bounds().Size()
	right, bottom := size.X-1, size.Y-1
	switch p.turn {
	case 2: // mirrored
		return image.Pt(right, y), image.Pt(-1, 0)
	case 3: // upside down
		return image.Pt(right, bottom-y), image.Pt(-1, 0)
	case 4:
		return image.Pt(0, bottom-y), image.Pt(1, 0)
	case 5:
		return image.Pt(y, 0), image.Pt(0, 1)
	case 6: // to be turned clockwise
		return image.Pt(y, bottom), image.Pt(0, -1)
	case 7:
		return image.Pt(right-y, bottom), image.Pt(0, -1)
	case 8:
		return image.Pt(right-y, 0), image.Pt(0, 1)
	}
	return image.Pt(0, y), image.Pt(1, 0)
}
