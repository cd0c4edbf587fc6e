package data

import (
	"image"
	"math"
	"slices"
	"testing"
)

func TestLuma(t *testing.T) {
	for _, c := range []struct{ r, g, b, want byte }{
		{0, 0, 0, 0}, {255, 255, 255, 255}, {255, 0, 0, 76}, {0, 255, 0, 150}, {0, 0, 255, 29}, {100, 100, 100, 100},
	} {
		if got := luma(c.r, c.g, c.b); got != c.want {
			t.Errorf("luma(%d, %d, %d) = %d, want %d", c.r, c.g, c.b, got, c.want)
		}
	}
}

func TestResize(t *testing.T) {
	pixels := func(side int, at func(x, y int) byte) *image.Gray {
		m := image.NewGray(image.Rect(0, 0, side, side))
		for i := range m.Pix {
			m.Pix[i] = at(i%side, i/side)
		}
		return m
	}
	resize := func(m *image.Gray) []byte {
		out := make([]byte, 28*28)
		newResizer(m.Rect.Size(), image.Pt(28, 28)).resize(out, 1, func(y int) []byte { return m.Pix[y*m.Stride:][:m.Stride] })
		return out
	}
	for _, v := range []byte{0, 1, 77, 128, 254, 255} {
		for i, got := range resize(pixels(32, func(int, int) byte { return v })) {
			if got != v {
				t.Fatalf("an even %d becomes %d at %d", v, got, i)
			}
		}
	}
	// A cubic filter keeps straight slopes, away from the border: position x of 28 lies at 8x/7 + 1/14 of 32.
	for i, got := range resize(pixels(32, func(x, _ int) byte { return byte(7 * x) })) {
		if x := i % 28; x > 1 && x < 26 {
			if want := 7 * (8*float64(x)/7 + 1.0/14); math.Abs(float64(got)-want) > 1.5 {
				t.Fatalf("at column %d the slope has %d, want %.1f", x, got, want)
			}
		}
	}
	same := pixels(28, func(x, y int) byte { return byte(x*9 ^ y*31) })
	if got := resize(same); !slices.Equal(got, same.Pix) {
		t.Error("an image of the right size changes")
	}
}

func TestFill(t *testing.T) {
	s := Split{Images: []byte{0, 1, 51, 255, 10, 20}, Labels: []byte{3, 4, 5}}
	images, labels := make([]float32, 4), make([]int32, 2)
	UnitNormalizer(1).Fill(images, labels, s, []int32{1, 0})
	if want := []float32{0.2, 1, 0, float32(1) / 255}; !slices.Equal(images, want) {
		t.Errorf("images %v, want %v", images, want)
	}
	if want := []int32{4, 3}; !slices.Equal(labels, want) {
		t.Errorf("labels %v, want %v", labels, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a batch of the wrong size was filled")
		}
	}()
	UnitNormalizer(1).Fill(images[:3], labels, s, []int32{1, 0})
}

func TestStandardNormalizer(t *testing.T) {
	// Three images of two pixels of three channels; the last image is not looked at.
	s := Split{
		Images: []byte{0, 9, 7, 10, 9, 8, 20, 9, 7, 30, 9, 8, 255, 255, 255, 255, 255, 255},
		Labels: []byte{0, 1, 2},
	}
	two := []int32{1, 0}
	images, labels := make([]float32, 12), make([]int32, 2)
	StandardNormalizer(s, two, 3).Fill(images, labels, s, two)
	for c := range 3 {
		var sum, squares float64
		for i := c; i < len(images); i += 3 {
			sum += float64(images[i])
			squares += float64(images[i]) * float64(images[i])
		}
		wantSquares := 4.0
		if c == 1 { // the same everywhere
			wantSquares = 0
		}
		if math.Abs(sum) > 1e-6 || math.Abs(squares-wantSquares) > 1e-5 {
			t.Errorf("channel %d: sum %v, squares %v; want 0 and %v", c, sum, squares, wantSquares)
		}
	}
}
