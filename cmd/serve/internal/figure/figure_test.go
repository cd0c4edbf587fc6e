package figure

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

func sample() Curves {
	curve := func(label string, from, to float64) Series {
		s := Series{Label: label}
		for step := 0.0; step <= 5500; step += 50 {
			s.Points = append(s.Points, Point{step, to + (from-to)*math.Exp(-step/600)})
		}
		return s
	}
	return Curves{
		Title: "RNN & LSTM <128>", X: "training steps", Y: "test accuracy",
		Series: []Series{curve("RNN", 0.1, 0.97), curve("LSTM", 0.12, 0.987), {Label: "report", Points: []Point{{5500, 0.9}}}},
		Breaks: []Break{{2000, "another machine"}},
	}
}

func TestSVG(t *testing.T) {
	svg, err := sample().SVG()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "curves.svg", svg)
	var words []string
	paths := 0
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		switch e := token.(type) {
		case xml.CharData:
			words = append(words, string(e))
		case xml.StartElement:
			if e.Name.Local == "path" {
				paths++
			}
		}
	}
	text := strings.Join(words, " ")
	for _, want := range []string{"RNN & LSTM <128>", "training steps", "test accuracy", "RNN", "LSTM", "report", "5000", "another machine"} {
		if !strings.Contains(text, want) {
			t.Errorf("the figure does not say %q", want)
		}
	}
	if paths < 2 || !bytes.Contains(svg, []byte("#0072B2")) || !bytes.Contains(svg, []byte("#D55E00")) {
		t.Errorf("%d paths; want two curves in two colours", paths)
	}
	if bytes.Contains(svg, []byte("Liberation Sans;")) {
		t.Error("a font without a substitute")
	}
	if again, err := sample().SVG(); err != nil || !bytes.Equal(again, svg) {
		t.Errorf("drawn again it is another figure: %v", err)
	}
}

func TestPNG(t *testing.T) {
	file, err := sample().PNG()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "curves.png", file)
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Size()
	if blue := inFirst(img); size.X != 1008 || size.Y != 630 || blue < 500 {
		t.Errorf("%v pixels, %d of them in the first curve's colour", size, blue)
	}
}

// inFirst is how many pixels have the first curve's colour.
func inFirst(img image.Image) (n int) {
	size := img.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			if r, g, b, _ := img.At(x, y).RGBA(); r>>8 == 0x00 && g>>8 == 0x72 && b>>8 == 0xb2 {
				n++
			}
		}
	}
	return n
}

// What is below a filled curve has its colour: here most of the figure.
func TestFilled(t *testing.T) {
	file, err := Curves{Series: []Series{{Points: []Point{{0, 0}, {0, 1}, {9, 1}, {9, 0}}, Filled: true}}}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "filled.png", file)
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if n := inFirst(img); n < 1008*630/2 {
		t.Errorf("%d pixels have the curve's colour", n)
	}
}

// keep writes a figure to where UNPOOL_FIGURES says, to be looked at.
func keep(t *testing.T, name string, file []byte) {
	if dir := os.Getenv("UNPOOL_FIGURES"); dir != "" {
		if err := os.WriteFile(dir+"/"+name, file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0, 5500, "0 1000 2000 3000 4000 5000"},
		{0.1, 0.987, "0.2 0.4 0.6 0.8"},
		{0.95, 0.9915, "0.95 0.96 0.97 0.98 0.99"},
		{-1, 1, "-1.0 -0.5 0.0 0.5 1.0"},
		{0, 1e6, "0 200000 400000 600000 800000 1000000"},
	} {
		var labels []string
		for _, tick := range ticks(c.low, c.high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	for says, c := range map[string]Curves{
		"no curves":         {},
		`"a" has no points`: {Series: []Series{{Label: "a"}}},
		`"b": plotter`:      {Series: []Series{{Label: "b", Points: []Point{{0, math.NaN()}, {1, 1}}}}},
		`"c": plotter`:      {Series: []Series{{Label: "c", Points: []Point{{math.Inf(1), 1}}}}},
	} {
		if _, err := c.SVG(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("SVG: %v does not say %q", err, says)
		}
		if _, err := c.PNG(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("PNG: %v does not say %q", err, says)
		}
	}
}

// Every curve of many is drawn, and a flat one, a nearly flat one, and a steep one.
func TestManyAndFlat(t *testing.T) {
	var c Curves
	for i := range 20 {
		c.Series = append(c.Series, Series{Points: []Point{{0, 1}, {1, float64(1 + i%2*i)}}})
	}
	if _, err := c.SVG(); err != nil {
		t.Error(err)
	}
	for _, high := range []float64{1, math.Nextafter(1, 2), 1e300} {
		c.Series = []Series{{Points: []Point{{0, 1}, {1, high}}}}
		if _, err := c.PNG(); err != nil {
			t.Error(err)
		}
	}
}
