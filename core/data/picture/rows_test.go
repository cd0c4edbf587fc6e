package picture

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

// Every kind of picture gives the same rows, wherever its rectangle begins.
func TestRow(t *testing.T) {
	colours := []color.NRGBA{{10, 20, 30, 255}, {200, 100, 0, 255}, {255, 255, 255, 255}, {7, 7, 7, 255}, {0, 0, 255, 255}, {1, 2, 3, 255}}
	bounds := image.Rect(5, 9, 8, 11)
	var want, gray []byte
	nrgba, rgba, deep := image.NewNRGBA(bounds), image.NewRGBA(bounds), image.NewNRGBA64(bounds)
	paletted := image.NewPaletted(bounds, nil)
	grays := image.NewGray(image.Rect(0, 0, 9, 12)).SubImage(bounds).(*image.Gray)
	for i, c := range colours {
		want, gray = append(want, c.R, c.G, c.B), append(gray, c.G, c.G, c.G)
		x, y := bounds.Min.X+i%3, bounds.Min.Y+i/3
		nrgba.Set(x, y, c)
		rgba.Set(x, y, c)
		deep.Set(x, y, c)
		paletted.Palette = append(paletted.Palette, c)
		paletted.SetColorIndex(x, y, byte(i))
		grays.SetGray(x, y, color.Gray{c.G})
	}
	for _, m := range []image.Image{nrgba, rgba, deep, paletted, grays} {
		p, want := &Picture{Width: 3, Height: 2, stored: m, turn: 1}, want
		if m == grays {
			want = gray
		}
		if got := append(bytes.Clone(p.Row(0)), p.Row(1)...); !bytes.Equal(got, want) || p.Coloured() == (m == grays) {
			t.Errorf("%T: %v, coloured %v, want %v", m, got, p.Coloured(), want)
		}
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	clear.Set(1, 0, color.NRGBA{0, 0, 0, 128})
	if got := (&Picture{Width: 2, Height: 1, stored: clear}).Row(0); !bytes.Equal(got, []byte{255, 255, 255, 127, 127, 127}) {
		t.Errorf("nothing and half black on white are %v", got)
	}
}

// The orientations of EXIF are those of its standard: where the first row and the first column of the stored picture are seen.
func TestTurns(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(m.Pix, "abcdef")
	for turn, want := range []string{1: "abc def", 2: "cba fed", 3: "fed cba", 4: "def abc", 5: "ad be cf", 6: "da eb fc", 7: "fc eb da", 8: "cf be ad"} {
		if turn == 0 {
			continue
		}
		p := &Picture{Width: 3, Height: 2, stored: m, turn: turn}
		if turn >= 5 {
			p.Width, p.Height = 2, 3
		}
		got := ""
		for y := range p.Height {
			for i, v := range p.Row(y) {
				if i%3 == 0 {
					got += string(rune(v))
				}
			}
			got += " "
		}
		if got != want+" " {
			t.Errorf("turned by %d it is %q, want %q", turn, got, want)
		}
	}
}
