package data

import (
	"bytes"
	"image"
	"testing"

	"golang.org/x/image/draw"
)

// The bits are those of golang.org/x/image/draw, by which the images of published runs were resized.
func TestResizeGivesTheBitsOfDraw(t *testing.T) {
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(32, 32), image.Pt(28, 28)}, {image.Pt(28, 28), image.Pt(96, 96)}, {image.Pt(1, 1), image.Pt(8, 8)}, {image.Pt(2000, 3), image.Pt(28, 28)},
		{image.Pt(3, 2000), image.Pt(28, 28)}, {image.Pt(640, 481), image.Pt(31, 31)}, {image.Pt(57, 57), image.Pt(56, 56)},
	} {
		from := image.NewGray(image.Rectangle{Max: c.from})
		for i := range from.Pix {
			from.Pix[i] = byte(i*i*7/5 + i)
		}
		fine := image.NewGray16(image.Rectangle{Max: c.to})
		draw.CatmullRom.NewScaler(c.to.X, c.to.Y, c.from.X, c.from.Y).Scale(fine, fine.Rect, from, from.Rect, draw.Src, nil)
		want := make([]byte, c.to.X*c.to.Y)
		for i := range want {
			v := uint32(fine.Pix[2*i])<<8 | uint32(fine.Pix[2*i+1])
			want[i] = byte((v + 128) / 257) // the package truncates fractions in 8 bits
		}
		got := make([]byte, len(want))
		newResizer(c.from, c.to).resize(got, 1, func(y int) []byte { return from.Pix[y*from.Stride:][:c.from.X] })
		if !bytes.Equal(got, want) {
			t.Errorf("%v to %v: other bytes than those of draw", c.from, c.to)
		}
	}
}
