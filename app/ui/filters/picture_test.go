package filters

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image/color"
	"math"
	"strings"
	"testing"

	"unpool/core/run"
)

func weights(count, height, width, channels int) *run.Weights {
	w := &run.Weights{Layer: "first", Count: count, Height: height, Width: width, Channels: channels, Scale: 0.5}
	for i := range count * height * width * channels {
		w.Pixels = append(w.Pixels, int8(i%255-127))
	}
	return w
}

func TestLayoutFillsTheBoxInWholeMultiples(t *testing.T) {
	for _, c := range []struct {
		name    string
		w       *run.Weights
		columns int
		scale   int
	}{
		{"rnn 128", weights(128, 1, 28, 1), 8, 1},
		{"rnn 32", weights(32, 1, 28, 1), 3, 3},
		{"filters of 5x5", weights(32, 5, 5, 1), 8, 6},
		{"colour", weights(16, 5, 5, 3), 8, 5},
		{"one", weights(1, 5, 5, 1), 1, 40},
	} {
		g := Layout(c.w, boxW, boxH)
		if g.Columns != c.columns || g.Scale != c.scale {
			t.Errorf("%s: %d columns at scale %d, want %d at %d", c.name, g.Columns, g.Scale, c.columns, c.scale)
		}
		if g.Gap*g.Scale < 6 {
			t.Errorf("%s: images are %d pixels apart", c.name, g.Gap*g.Scale)
		}
		if g.Width*g.Scale > boxW || g.Height*g.Scale > boxH {
			t.Errorf("%s: %dx%d at scale %d leaves the box", c.name, g.Width, g.Height, g.Scale)
		}
		if g.Columns*g.Rows < g.Count {
			t.Errorf("%s: %d places for %d images", c.name, g.Columns*g.Rows, g.Count)
		}
	}
	if g := Layout(weights(1024, 1, 28, 1), boxW, boxH); g.Count != 1024 || g.Scale < 1 || g.Width*g.Scale > boxW {
		t.Errorf("more than the box holds: %+v", g)
	}
}

// What is wider than the box, or more than it holds, is drawn all the same.
func TestPictureLargerThanTheBox(t *testing.T) {
	for _, w := range []*run.Weights{weights(1, 1, 1024, 1), weights(1024, 1, 28, 1), weights(3, 1, 400, 1), weights(1, 28, 1024, 1), weights(1024, 5, 5, 3)} {
		g := Layout(w, boxW, boxH)
		if x, y := g.Cell(g.Count - 1); x+g.CellW > g.Width || y+g.CellH > g.Height {
			t.Errorf("the last of %d images of %dx%d ends at %d, %d of a picture of %dx%d", w.Count, w.Height, w.Width, x+g.CellW, y+g.CellH, g.Width, g.Height)
			continue
		}
		DataURL(w, g, Light)
	}
}

func TestAtFindsEachCell(t *testing.T) {
	g := Layout(weights(30, 5, 5, 1), boxW, boxH)
	for i := range g.Count {
		x, y := g.Cell(i)
		if got := g.At(float64(x*g.Scale)+1, float64(y*g.Scale)+1); got != i {
			t.Errorf("image %d is found as %d", i, got)
		}
	}
	for _, p := range [][2]float64{{-1, 0}, {0, -1}, {1e6, 0}, {0, 1e6}} {
		if got := g.At(p[0], p[1]); got != -1 {
			t.Errorf("at %v there is image %d", p, got)
		}
	}
}

func TestMove(t *testing.T) {
	g := Grid{Count: 10, Columns: 4}
	for _, c := range []struct {
		from int
		key  string
		to   int
	}{
		{0, "ArrowRight", 1}, {0, "ArrowLeft", 0}, {1, "ArrowDown", 5}, {7, "ArrowDown", 7}, {5, "ArrowUp", 1},
		{3, "End", 9}, {3, "Home", 0},
	} {
		if got, ok := g.Move(c.from, c.key); !ok || got != c.to {
			t.Errorf("%s from %d leads to %d, want %d", c.key, c.from, got, c.to)
		}
	}
	if _, ok := g.Move(1, "a"); ok {
		t.Error("a letter moves")
	}
}

// pixel reads a pixel of the bitmap as a reader of the format would.
func pixel(t *testing.T, file []byte, x, y int) color.RGBA {
	t.Helper()
	at := func(i int) int { return int(binary.LittleEndian.Uint32(file[i:])) }
	width, height := at(18), at(22)
	if string(file[:2]) != "BM" || at(2) != len(file) {
		t.Fatalf("not a bitmap: %q, says %d bytes of %d", file[:2], at(2), len(file))
	}
	index := int(file[at(10)+(height-1-y)*((width+3)/4*4)+x])
	entry := file[14+at(14)+4*index:]
	return color.RGBA{entry[2], entry[1], entry[0], 255}
}

func TestPictureShowsEachWeightInItsColour(t *testing.T) {
	w := weights(3, 2, 3, 2) // six images of 2x3
	w.Pixels[0], w.Pixels[1], w.Pixels[2] = -127, 127, 0
	g := Grid{Count: 6, CellW: 3, CellH: 2, Columns: 6, Rows: 1, Width: 6*4 - 1, Height: 2, Scale: 1, Gap: 1}
	url := DataURL(w, g, Light)
	file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(url, "data:image/bmp;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	rgb := func(c [3]uint8) color.RGBA { return color.RGBA{c[0], c[1], c[2], 255} }
	for _, c := range []struct {
		what string
		x, y int
		want [3]uint8
	}{
		{"the lowest", 0, 0, Light.Low}, // filter 0, channel 0, weight (0, 0)
		{"the highest", 4, 0, Light.High},
		{"zero", 1, 0, Light.Zero},
		{"the gap", 3, 0, Light.Ground},
	} {
		if got := pixel(t, file, c.x, c.y); got != rgb(c.want) {
			t.Errorf("%s is %v, want %v", c.what, got, rgb(c.want))
		}
	}
	dark, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(DataURL(w, g, Dark), "data:image/bmp;base64,"))
	if err != nil || bytes.Equal(dark, file) {
		t.Errorf("the dark picture is the light one (%v)", err)
	}
}

func TestRange(t *testing.T) {
	w := &run.Weights{Count: 2, Height: 1, Width: 2, Channels: 1, Scale: 1.27, Pixels: run.Int8s{-100, 20, 5, 127}}
	for i, want := range [][2]float64{{-1, 0.2}, {0.05, 1.27}} {
		lo, hi := Range(w, i)
		if math.Abs(lo-want[0]) > 1e-12 || math.Abs(hi-want[1]) > 1e-12 {
			t.Errorf("image %d spans %v to %v, want %v", i, lo, hi, want)
		}
	}
}

// Two rows of images of 1x2, and the same three times as high: 3 and 3 with 1 between.
func TestStretched(t *testing.T) {
	g := Grid{Count: 4, CellW: 2, CellH: 1, Columns: 2, Rows: 2, Scale: 4, Gap: 1, Width: 5, Height: 3}
	if got := g.Stretched(3); got.CellH != 3 || got.Height != 7 || got.Width != 5 {
		t.Errorf("%+v", got)
	}
}
