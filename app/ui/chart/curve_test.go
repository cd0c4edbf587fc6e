package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
)

// A long series must cost no more than the width, and keep its extremes.
func TestThin(t *testing.T) {
	var points []xy
	for i := range 100_000 {
		points = append(points, xy{float64(i) / 250, math.Sin(float64(i))})
	}
	points[77_777].y = 9
	thinned := thin(nil, points, Scale{Min: 0, Max: 400, From: 0, To: 400})
	if len(thinned) > 2*400+2 {
		t.Errorf("400 pixel columns keep %d points", len(thinned))
	}
	if !slices.ContainsFunc(thinned, func(p xy) bool { return p.y == 9 }) {
		t.Error("the highest point is lost")
	}
	if thinned[0] != points[0] || thinned[len(thinned)-1] != points[len(points)-1] {
		t.Error("an end is lost")
	}
	if !slices.IsSortedFunc(thinned, func(a, b xy) int { return cmp.Compare(a.x, b.x) }) {
		t.Error("the order is lost")
	}
}

// smoothed are the values of a Spec's moving average.
func smoothed(xmax float64, points ...Point) (ys []float64) {
	s := Spec{XMax: xmax, View: View{Smooth: true}, Series: []Series{{Points: points}}}
	for _, q := range s.curves()[0].line {
		ys = append(ys, q.y)
	}
	return ys
}

func TestSmoothing(t *testing.T) {
	if got := smoothed(100, at(0, 5), at(1, 5), at(2, math.NaN()), at(3, 5)); !slices.Equal(got, []float64{5, 5, 5}) {
		t.Errorf("the average of fives is %v", got)
	}
	// What lies one reach before weighs 1/e of what is there, what lies far before nothing.
	e := math.Exp(-1)
	for _, c := range []struct{ steps, want float64 }{{2, (1*e + 3) / (e + 1)}, {4, (1*e*e + 3) / (e*e + 1)}, {100, 3}} {
		if got := smoothed(100, at(0, 1), at(c.steps, 3))[1]; math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v steps after 1, 3 becomes %v, want %v", c.steps, got, c.want)
		}
	}
	// It is the same whatever the axis.
	points := []Point{{Place: Place{Step: 1, Seconds: 10}, Y: 1}, {Place: Place{Step: 2, Seconds: 5000}, Y: 2}}
	steps := Spec{View: View{Smooth: true}, Series: []Series{{Points: points}}}
	elapsed := steps
	elapsed.Axis = Elapsed
	if a, b := steps.curves()[0].line[1].y, elapsed.curves()[0].line[1].y; a != b {
		t.Errorf("over steps the average is %v, over time %v", a, b)
	}
}

// A spike must be drawn as high as the average makes it, not as high as thinning left it.
func TestSmoothingComesBeforeThinning(t *testing.T) {
	var points []Point
	for i := range 10_000 {
		points = append(points, at(float64(i), float64(i%2)))
	}
	s := Spec{Unit: Nats, View: View{Smooth: true}, Series: []Series{{Points: points}}}
	p := s.Plot(Size{Width: 300, Height: 264})
	for _, m := range p.Marks() {
		if m.Kind != kindCurve {
			continue
		}
		// After the beginning the average of 0 and 1 is a half, within a pixel.
		for _, command := range strings.Split(m.Attrs[0][1], "L")[8:] {
			if y := strings.Fields(command)[1]; math.Abs(p.Y.Pixel(0.5)-parsed(t, y)) > 1 {
				t.Fatalf("the average of 0 and 1 is drawn at %s, want %v", y, p.Y.Pixel(0.5))
			}
		}
	}
}

func TestPathIsCutOff(t *testing.T) {
	for _, c := range []struct {
		points []xy
		want   string
	}{
		{nil, ""},
		{[]xy{{0, 10}, {10, 20}}, "M0 10L10 20"},
		{[]xy{{0, 200}, {10, 0}}, "M5 100L10 0"},
		{[]xy{{0, 0}, {10, 200}, {20, 0}}, "M0 0L5 100M15 100L20 0"},
		{[]xy{{0, 200}, {10, 300}}, ""},
		{[]xy{{0, -100}, {10, 100}}, "M5 0L10 100"},
		{[]xy{{0, -100}, {10, 300}}, "M2.5 0L5 100"},
	} {
		if got := path(c.points, 0, 100); got != c.want {
			t.Errorf("path of %v is %q, want %q", c.points, got, c.want)
		}
	}
	if got := cut([]xy{{0, 0}, {10, 10}, {20, 0}}, 5, 15); !slices.Equal(got, []xy{{5, 5}, {10, 10}, {15, 5}}) {
		t.Errorf("cut off at 5 and 15 it is %v", got)
	}
}

func TestBand(t *testing.T) {
	s := Spec{Unit: Nats, XMax: 10, Series: []Series{{Name: "mean", Points: []Point{
		{Place: Place{Step: 0}, Y: 1, Spread: 0.5}, {Place: Place{Step: 10}, Y: 1}}}}}
	p := s.Plot(Size{Width: 400, Height: 264})
	legend := p.Legend(0, false)
	if got := legend[0].Lines[0].Value; got != "1.00 ± 0.500" || legend[1].Kind != kindBand {
		t.Errorf("its value is %q, and the legend %+v", got, legend)
	}
	for _, m := range p.Marks() {
		if m.Kind == kindBand {
			left, right := pixel(p.X.From), pixel(p.X.To)
			want := "M" + left + " " + pixel(p.Y.Pixel(1.5)) + "L" + right + " " + pixel(p.Y.Pixel(1)) +
				"L" + right + " " + pixel(p.Y.Pixel(1)) + "L" + left + " " + pixel(p.Y.Pixel(0.5)) + "Z"
			if m.Attrs[0][1] != want {
				t.Errorf("the band is %s, want %s", m.Attrs[0][1], want)
			}
			return
		}
	}
	t.Error("there is no band")
}
