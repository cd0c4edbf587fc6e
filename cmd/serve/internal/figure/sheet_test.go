package figure

import (
	"bytes"
	"encoding/base64"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
)

func TestSheet(t *testing.T) {
	const gap = 9
	gray := Cell{1, 2, 1, []float64{0, 2}} // above the scale is white
	red := Cell{1, 1, 3, []float64{1, 0, 0.5}}
	file, err := Sheet{Columns: 2, Pixel: 3, Cells: []Cell{gray, red, gray}}.PNG()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if size := m.Bounds().Size(); size.X != 2*6+gap || size.Y != 2*3+gap {
		t.Errorf("it has %v pixels", size)
	}
	for at, want := range map[[2]int]color.NRGBA{
		{2, 2}: {A: 255}, {3, 0}: {255, 255, 255, 255}, {6 + gap, 0}: {255, 0, 128, 255}, {7, 0}: ground, {0, 3 + gap}: {A: 255},
	} {
		if got := color.NRGBAModel.Convert(m.At(at[0], at[1])); got != want {
			t.Errorf("pixel %v is %v, want %v", at, got, want)
		}
	}
	for name, wrong := range map[string]Sheet{
		"no images": {Columns: 1, Pixel: 1}, "no columns": {Pixel: 1, Cells: []Cell{gray}}, "a value missing": {Columns: 1, Pixel: 1, Cells: []Cell{{2, 2, 1, make([]float64, 3)}}},
	} {
		if _, err := wrong.PNG(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	document, err := Sheet{Title: "a < b", Low: "−1", High: "2", Columns: 2, Pixel: 3, Cells: []Cell{gray, red, gray}}.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>a &lt; b</title>", "data:image/png;base64," + base64.StdEncoding.EncodeToString(file), ">−1</text>", ">2</text>"} {
		if !strings.Contains(string(document), want) {
			t.Errorf("the document does not have %s:\n%s", want, document)
		}
	}
}

func TestMosaic(t *testing.T) {
	one := func(v float64) Cell { return Cell{1, 2, 1, []float64{v, v}} }
	m := Mosaic(2, []Cell{one(0.1), one(0.2), one(0.3)})
	const none = -1
	want := []float64{0.1, 0.1, none, 0.2, 0.2, none, none, none, none, none, 0.3, 0.3, none, none, none}
	if m.Height != 3 || m.Width != 5 || m.Channels != 1 {
		t.Fatalf("%+v", m)
	}
	for i, v := range want {
		if got := m.Values[i]; got != v && !(v == none && math.IsNaN(got)) {
			t.Errorf("value %d is %g, want %g", i, got, v)
		}
	}
}
