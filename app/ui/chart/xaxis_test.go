package chart

import (
	"math"
	"testing"
)

func TestZoom(t *testing.T) {
	whole := spec(at(0, 0.5), at(1000, 0.6))
	whole.XMax = 1000
	part := whole
	part.Zoom = Range{200, 600}
	log := whole
	log.LogX, log.Series[0].Points = true, []Point{at(1, 0.5), at(1000, 0.6)}
	log.Series = log.Series[:1]
	w, p, l := whole.Plot(size).X, part.Plot(size).X, log.Plot(size).X
	for _, c := range []struct {
		name string
		got  Range
		want Range
	}{
		{"in about a place", p.zoom(p.Pixel(300), 2), Range{250, 450}},
		{"out", p.zoom(p.Pixel(400), 0.5), Range{0, 800}},
		{"out to the whole", p.zoom(p.Pixel(400), 0.4), Range{}},
		{"to the right", p.pan(-(p.To - p.From) / 4), Range{300, 700}},
		{"to the left as far as it goes", p.pan(10_000), Range{0, 400}},
		{"the whole stays", w.pan(100), Range{}},
		{"a box", w.window(w.Pixel(300), w.Pixel(400)), Range{300, 400}},
		{"fingers apart", p.pinch(p.Pixel(300), p.Pixel(500), p.Pixel(200), p.Pixel(600)), Range{300, 500}},
		{"fingers along", p.pinch(p.Pixel(300), p.Pixel(500), p.Pixel(400), p.Pixel(600)), Range{100, 500}},
		{"on a logarithmic axis", l.zoom(l.Pixel(1), 3), Range{1, 10}},
		{"no deeper than there is something to see", w.window(w.Pixel(500), w.Pixel(500)+1e-9), Range{499.95, 500.05}},
	} {
		if math.Abs(c.got.From-c.want.From) > 1e-6 || math.Abs(c.got.To-c.want.To) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestHand(t *testing.T) {
	s := spec(at(0, 0.5), at(1000, 0.6))
	s.XMax = 1000
	p := s.Plot(size).X
	var h hand
	h.press(p, p.Pixel(200), false)
	if _, moved := h.move(p.Pixel(200) + 3); moved {
		t.Error("a box moves the axis")
	}
	if _, ok := h.release(); ok {
		t.Error("a click zooms")
	}
	h.press(p, p.Pixel(200), false)
	h.move(p.Pixel(400))
	if got, ok := h.release(); !ok || math.Round(got.From) != 200 || math.Round(got.To) != 400 {
		t.Errorf("the box is %v, %v", got, ok)
	}
	s.Zoom = Range{200, 400}
	p = s.Plot(size).X
	h.press(p, p.Pixel(300), true)
	if got, ok := h.move(p.Pixel(250)); !ok || math.Round(got.From) != 250 {
		t.Errorf("dragged to the left by 50 steps the view is %v, %v", got, ok)
	}
	if _, ok := h.release(); ok {
		t.Error("the end of a drag zooms")
	}
	if _, ok := h.touch(p, []float64{100}); ok {
		t.Error("one finger is the page's")
	}
	h.touch(p, []float64{p.Pixel(350), p.Pixel(250)})
	if got, ok := h.touch(p, []float64{p.Pixel(400), p.Pixel(200)}); !ok || math.Round(got.From) != 250 || math.Round(got.To) != 350 {
		t.Errorf("pinched, the view is %v, %v", got, ok)
	}
	if h.touch(p, nil); h.doing != nothing {
		t.Error("the pinch goes on without fingers")
	}
}

func TestWheel(t *testing.T) {
	s := spec(at(0, 0.5), at(1000, 0.6))
	s.XMax = 1000
	p := s.Plot(size).X
	if _, ok := wheel(p, 100, 0, 50, false); ok {
		t.Error("the wheel alone is the page's")
	}
	if got, ok := wheel(p, p.Pixel(500), 0, -100, true); !ok || got.From <= 0 || math.Abs(got.From+got.To-1000) > 1e-6 {
		t.Errorf("with the control key it shows %v", got)
	}
}

// Another X axis than steps spans its values, also below zero, and shares of something may be above 1.
func TestAnotherAxis(t *testing.T) {
	s := Spec{X: "pixels down", Unit: Share, Series: []Series{{Name: "bird", Points: []Point{at(-7, 1.3), at(0, 0), at(7, 0.9)}}}}
	p := s.Plot(size)
	if p.X.Min != -7 || p.X.Max != 7 || p.Y.Min != 0 || p.Y.Max < 1.3 || p.X.title(40) != "pixels down" {
		t.Errorf("from %g to %g, values from %g to %g, %q", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max, p.X.title(40))
	}
	if got := p.Describe(-7, ""); got != "\u22127, bird 130.0\u202f%" {
		t.Errorf("%q", got)
	}
	s.Zoom = Range{-7, -6}
	if p := s.Plot(size); p.Y.Max < 1.3 {
		t.Errorf("zoomed the values are up to %g", p.Y.Max)
	}
}
