package figure

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"strings"
	"testing"
)

func TestTiles(t *testing.T) {
	tiles := Tiles{Count: 9, Height: 2, Width: 3, Values: make([]float64, 54)}
	tiles.Values[0], tiles.Values[53] = -1, 2 // above the scale is white
	file, err := tiles.PNG()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if size := m.Bounds().Size(); size.X != 8*24+7*8 || size.Y != 2*16+8 {
		t.Errorf("it has %v pixels", size)
	}
	gray := func(x, y int) uint32 { r, _, _, _ := m.At(x, y).RGBA(); return r >> 8 }
	if a, b, c := gray(7, 7), gray(8, 0), gray(16, 32); a != 0 || b != 127 || c != 255 {
		t.Errorf("grays %d, %d, %d", a, b, c)
	}
	if _, _, _, a := m.At(26, 0).RGBA(); a != 0 {
		t.Error("the gap is not clear")
	}
	svg, err := tiles.SVG()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(string(svg), "<path"); n != 54 || !strings.Contains(string(svg), `fill="#000000" d="M0 0h8v8h-8z"`) {
		t.Errorf("%d squares: %.300s", n, svg)
	}
	tiles.Values = tiles.Values[1:]
	if _, err := tiles.PNG(); err == nil {
		t.Error("a value is missing, and nothing is said")
	}
}
