package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"unpool/core/number"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		scale Scale
		n     int
		want  []float64
	}{
		{Scale{Min: 0, Max: 1}, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{Scale{Min: 0, Max: 5500}, 5, []float64{0, 2000, 4000}},
		{Scale{Min: 0.92, Max: 1}, 4, []float64{0.92, 0.94, 0.96, 0.98, 1}},
		{Scale{Min: 3, Max: 3}, 5, []float64{3}},
		{Scale{Min: 0.05, Max: 2.4, Log: true}, 5, []float64{0.05, 0.1, 0.2, 0.5, 1, 2}},
		{Scale{Min: 1e-6, Max: 10, Log: true}, 5, []float64{1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10}},
		{Scale{Min: 1e-12, Max: 1, Log: true}, 3, []float64{1e-12, 1e-9, 1e-6, 1e-3, 1}},
		{Scale{Min: 1.1, Max: 1.9, Log: true}, 4, []float64{1.2, 1.4, 1.6, 1.8}},
	} {
		got := c.scale.Ticks(c.n)
		same := slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) })
		if !same {
			t.Errorf("ticks of %+v are %v, want %v", c.scale, got, c.want)
		}
	}
	if zero := (Scale{Min: 0, Max: 1}).Ticks(5)[0]; math.Signbit(zero) {
		t.Error("the first tick is a negative zero")
	}
}

func TestScale(t *testing.T) {
	linear := Scale{Min: 0, Max: 10, From: 100, To: 200}
	log := Scale{Min: 0.01, Max: 1, From: 200, To: 0, Log: true}
	for _, c := range []struct{ got, want float64 }{
		{linear.Pixel(0), 100}, {linear.Pixel(5), 150}, {linear.Pixel(10), 200},
		{log.Pixel(0.01), 200}, {log.Pixel(0.1), 100}, {log.Pixel(1), 0},
		{log.Pixel(-3), 200}, // what a logarithm cannot show lies at the lower end
		{Scale{Min: 2, Max: 2, From: 7, To: 9}.Pixel(2), 7},
		{linear.Value(150), 5}, {log.Value(100), 0.1},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}

// The labels under the X axis, from the left; the axis's title last.
func TestXAxis(t *testing.T) {
	noon := time.Date(2026, 11, 28, 11, 30, 0, 0, time.FixedZone("", 3600))
	run := func(steps, seconds float64) (points []Point) {
		for i := range 101 {
			part := float64(i) / 100
			points = append(points, Point{Place: Place{Step: part * steps, Seconds: part * seconds,
				Time: noon.Add(time.Duration(part * seconds * float64(time.Second)))}, Y: 0.5})
		}
		return points
	}
	for _, c := range []struct {
		steps, seconds float64
		view           View
		want           string
	}{
		{5500, 60, View{}, "0, 2 000, 4 000, 5 500, training step"},
		{5500, 60, View{LogX: true}, "100, 200, 500, 1 000, 2 000, 5 000, training step"},
		{5500, 60, View{Zoom: Range{1010, 1020}}, "1 010, 1 015, 1 020, training step"},
		{5500, 60, View{Axis: Elapsed}, "0, 15, 30, 45, 60, time since the start (s)"},
		{5500, 480, View{Axis: Elapsed}, "0, 2, 4, 6, 8, time since the start (min)"},
		{5500, 4 * 3600, View{Axis: Elapsed}, "0, 1, 2, 3, 4, time since the start (h)"},
		{5500, 4 * 3600, View{Axis: Elapsed, LogX: true}, "0.05, 0.1, 0.2, 0.5, 1, 2, time since the start (h)"},
		{5500, 40, View{Axis: Clock}, "11:30:00, 11:30:15, 11:30:30, time of day, 28 Nov 2026"},
		{5500, 3600, View{Axis: Clock, LogX: true}, "11:30, 12:00, 12:30, time of day, 28 Nov 2026"},
		{5500, 40 * 3600, View{Axis: Clock}, "29 Nov, 30 Nov, time of day, 28 Nov 2026 to 30 Nov 2026"},
	} {
		s := Spec{Unit: Share, XMax: c.steps, View: c.view, Series: []Series{{Points: run(c.steps, c.seconds)}}}
		p := s.Plot(Size{Width: 400, Height: 264})
		var labels []string
		for _, m := range p.Marks() {
			if m.Text != "" && m.Attrs[2][1] == "middle" {
				labels = append(labels, strings.ReplaceAll(m.Text, number.Thin, " "))
			}
		}
		if got := strings.Join(labels, ", "); got != c.want {
			t.Errorf("%+v: %s; want %s", c.view, got, c.want)
		}
	}
}
