package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// Tiles is a figure of small gray images of one size, on one scale: a layer's filters.
type Tiles struct {
	Count, Height, Width int
	Values               []float64 // [Count, Height, Width], from -1, black, to 1, white
}

const (
	tileColumns = 8
	tilePixel   = 8 // points, or pixels, of one value
	tileGap     = 8 // between images
)

// place is where an image's value stands in the figure, and its gray.
func (t Tiles) place(i, y, x int) (left, top int, gray uint8) {
	left = i%tileColumns*(t.Width*tilePixel+tileGap) + x*tilePixel
	top = i/tileColumns*(t.Height*tilePixel+tileGap) + y*tilePixel
	v := min(1, max(-1, t.Values[(i*t.Height+y)*t.Width+x]))
	return left, top, uint8(127.5 + 127.5*v)
}

func (t Tiles) size() (width, height int) {
	columns := min(t.Count, tileColumns)
	rows := (t.Count + tileColumns - 1) / tileColumns
	return columns*(t.Width*tilePixel+tileGap) - tileGap, rows*(t.Height*tilePixel+tileGap) - tileGap
}

func (t Tiles) check() error {
	if t.Count < 1 || t.Height < 1 || t.Width < 1 || len(t.Values) != t.Count*t.Height*t.Width {
		return fmt.Errorf("figure: %d values for %d tiles of %dx%d", len(t.Values), t.Count, t.Height, t.Width)
	}
	return nil
}

// each calls f for every value.
func (t Tiles) each(f func(left, top int, gray uint8)) {
	for i := range t.Count {
		for y := range t.Height {
			for x := range t.Width {
				f(t.place(i, y, x))
			}
		}
	}
}

// SVG returns the figure as an SVG document. The same figure gives the same bytes.
func (t Tiles) SVG() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, h := t.size()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" shape-rendering="crispEdges">`+"\n", w, h)
	t.each(func(left, top int, gray uint8) {
		fmt.Fprintf(&b, `<path fill="#%02[1]x%02[1]x%02[1]x" d="M%[2]d %[3]dh%[4]dv%[4]dh-%[4]dz"/>`+"\n", gray, left, top, tilePixel)
	})
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// PNG returns the figure as a PNG image.
func (t Tiles) PNG() ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	w, h := t.size()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	t.each(func(left, top int, gray uint8) {
		for y := range tilePixel {
			for x := range tilePixel {
				m.Set(left+x, top+y, color.Gray{gray})
			}
		}
	})
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}
