package figure

import (
	"bytes"
	"image/png"
	"math"
	"strings"
	"testing"
)

// A point is where its numbers say, beside the circle.
func TestPlane(t *testing.T) {
	p := Plane{Title: "recurrent weights", Points: []Point{{0, 2}, {-2, 0}, {1.5, -1.5}}}
	file, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "plane.png", file)
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	size := m.Bounds().Size()
	halves := map[string]int{} // blue pixels in each quarter
	for y := range size.Y {
		for x := range size.X {
			if r, g, b, _ := m.At(x, y).RGBA(); r>>8 == 0x00 && g>>8 == 0x72 && b>>8 == 0xb2 {
				if y < size.Y/3 {
					halves["top"]++
				}
				if x < size.X/3 {
					halves["left"]++
				}
				if x > size.X/2 && y > size.Y/2 {
					halves["right below"]++
				}
			}
		}
	}
	if size.X != 756 || size.Y != 756 || len(halves) != 3 {
		t.Errorf("%v pixels; dots are %v", size, halves)
	}
	svg, err := p.SVG()
	if err != nil || !strings.Contains(string(svg), "imaginary") || !strings.Contains(string(svg), "recurrent weights") {
		t.Errorf("%.200s, %v", svg, err)
	}
	for says, p := range map[string]Plane{"no points": {}, "NaN": {Points: []Point{{math.NaN(), 1}}}} {
		if _, err := p.PNG(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}
