package chart

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func at(step, y float64) Point { return Point{Place: Place{Step: step}, Y: y} }

func parsed(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// size is a usual one.
var size = Size{Width: 400, Height: 264}

func spec(points ...Point) Spec {
	return Spec{Title: `Accuracy of "R&D" <nets>`, Y: "accuracy, of 10 000 test images", Unit: Share, XMax: 5500,
		Reference: 0.9727, ReferenceName: "course report",
		Series: []Series{{Name: "train", Look: Train, Points: points}, {Name: "test", Look: Test, Points: points}}}
}

func TestRanges(t *testing.T) {
	climb := []Point{at(0, 0.1)}
	for i := 1; i < 40; i++ {
		climb = append(climb, at(float64(50*i), 0.96))
	}
	losses := Spec{Unit: Nats, Series: []Series{{Points: []Point{at(0, 2.3), at(50, 0.012), at(100, math.Inf(1))}}}}
	log := losses
	log.Log = true
	zoomed := spec(climb...)
	zoomed.Zoom = Range{100, 1000}
	logX := spec(climb...)
	logX.LogX = true
	for _, c := range []struct {
		name                   string
		spec                   Spec
		xMin, xMax, yMin, yMax float64
	}{
		{"empty", spec(), 0, 5500, 0, 1},
		{"first point", spec(at(0, 0.1)), 0, 5500, 0, 1},
		{"early", spec(at(0, 0.1), at(50, 0.6)), 0, 50, 0, 1},
		{"most of the curve decides", spec(climb...), 0, 2000, 0.95, 1},
		{"zoomed, without the reference", zoomed, 100, 1000, 0.95, 0.97},
		{"logarithm of steps", logX, 50, 1950, 0.95, 1},
		{"loss", losses, 0, 50, 0, 2.5},
		{"loss, logarithmic", log, 0, 50, 0.012 / 1.1, 2.3 * 1.1},
	} {
		p := c.spec.Plot(size)
		if p.X.Min != c.xMin || p.X.Max != c.xMax || math.Abs(p.Y.Min-c.yMin) > 1e-9 || math.Abs(p.Y.Max-c.yMax) > 1e-9 {
			t.Errorf("%s: x %v to %v, y %v to %v; want x %v to %v, y %v to %v", c.name, p.X.Min, p.X.Max, p.Y.Min, p.Y.Max, c.xMin, c.xMax, c.yMin, c.yMax)
		}
	}
}

// Whatever the values, everything that is drawn must have coordinates within the picture.
func TestMarksStayInThePicture(t *testing.T) {
	values := []float64{0, 1e-300, 0.5, 1, 1e300, math.NaN(), math.Inf(1), math.Inf(-1), -3}
	for _, unit := range []Unit{Share, Nats} {
		for _, view := range []View{{}, {Log: true}, {Smooth: true}, {Smooth: true, Log: true, LogX: true}, {Zoom: Range{10, 20}}, {Zoom: Range{49, 50}, Log: true}} {
			for _, a := range values {
				for _, b := range values {
					s := spec(at(0, a), at(50, b))
					s.Unit, s.View = unit, view
					p := s.Plot(size)
					for _, m := range append(p.Marks(), p.Crosshair(50)...) {
						for _, attr := range m.Attrs {
							if strings.Contains(attr[1], "NaN") || strings.Contains(attr[1], "Inf") || len(attr[1]) > 200 {
								t.Fatalf("%v, %v, %s, %+v: %+v", a, b, unit, view, m)
							}
						}
						if m.Kind == kindCurve {
							inside(t, p, m.Attrs[0][1])
						}
					}
				}
			}
		}
	}
}

// inside checks that a path stays within the plotting area.
func inside(t *testing.T, p Plot, path string) {
	t.Helper()
	for _, command := range strings.FieldsFunc(path, func(r rune) bool { return r == 'M' || r == 'L' }) {
		xy := strings.Fields(command)
		x, y := parsed(t, xy[0]), parsed(t, xy[1])
		if x < p.X.From-0.1 || x > p.X.To+0.1 || y < p.Y.To-0.1 || y > p.Y.From+0.1 {
			t.Fatalf("%s leaves the plotting area, x %v to %v, y %v to %v", path, p.X.From, p.X.To, p.Y.To, p.Y.From)
		}
	}
}

func TestStations(t *testing.T) {
	s := spec(at(0, 0.5), at(50, 0.6), at(100, 0.7))
	s.Series = append(s.Series, Series{Name: "other run", Points: []Point{at(20, 0.5), at(70, 0.5)}})
	p := s.Plot(size)
	for _, c := range []struct{ px, want float64 }{{-5, 0}, {p.X.Pixel(45), 50}, {p.X.Pixel(22), 20}, {9999, 100}} {
		if got, ok := p.curves.nearest(p.X.Scale, c.px); !ok || got != c.want {
			t.Errorf("nearest to %v is %v, want %v", c.px, got, c.want)
		}
	}
	var way []float64
	for x, i := 0.0, 0; i < 6; i++ {
		way = append(way, x)
		x = p.curves.step(p.X.Scale, x, 1)
	}
	if want := []float64{0, 20, 50, 70, 100, 100}; !slices.Equal(way, want) {
		t.Errorf("the way to the right is %v, want %v", way, want)
	}
	if got := p.curves.step(p.X.Scale, 100, -2); got != 50 {
		t.Errorf("two to the left of 100 is %v", got)
	}
	s.Zoom = Range{30, 90}
	p = s.Plot(size)
	if ends, ok := p.curves.on(p.X.Scale); !ok || ends != (Range{50, 70}) {
		t.Errorf("the stations on view are %v", ends)
	}
	if _, ok := spec().Plot(size).curves.nearest(p.X.Scale, 10); ok {
		t.Error("there is a nearest of none")
	}
}

func TestLegend(t *testing.T) {
	broken := spec(at(50, 0.6))
	broken.Breaks = []Break{{Place{Step: 25}, "xla:cpu"}}
	broken.Series = append(broken.Series,
		Series{Name: "GRU", Part: "train", Look: Nth(2).With(Dashed), Points: []Point{at(50, 0.9)}},
		Series{Name: "GRU", Part: "test", Look: Nth(2), Points: []Point{at(50, 0.8)}},
		Series{Name: "hidden", Hidden: true, Points: []Point{at(50, 0.7)}})
	got := broken.Plot(size).Legend(50, false)
	want := []Entry{
		{Kind: kindCurve, Name: "train", Lines: []Line{{Look: Train, Value: "60.0\u202f%"}}},
		{Kind: kindCurve, Name: "test", Lines: []Line{{Look: Test, Value: "60.0\u202f%"}}},
		{Kind: kindCurve, Name: "GRU", Lines: []Line{
			{Look: Nth(2).With(Dashed), Part: "train", Value: "90.0\u202f%"}, {Look: Nth(2), Part: "test", Value: "80.0\u202f%"}}},
		{Kind: kindCurve, Name: "hidden", Hidden: true, Lines: []Line{{}}},
		{Kind: kindReference, Name: "course report", Value: "97.3\u202f%"},
		{Kind: kindBreak, Name: "xla:cpu", Value: "from step 25"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("legend is %+v, want %+v", got, want)
	}
	p := broken.Plot(size)
	if got, want := p.Describe(50, ""), "step 50, train 60.0 %, test 60.0 %, GRU train 90.0 % test 80.0 %, course report 97.3 %, xla:cpu from step 25"; strings.ReplaceAll(got, "\u202f", " ") != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got, want := p.Describe(50, "train"), "step 50, train 60.0 %"; strings.ReplaceAll(got, "\u202f", " ") != want {
		t.Errorf("of one it says %q, want %q", got, want)
	}
	lines := slices.DeleteFunc(p.Marks(), func(m Mark) bool { return m.Kind != kindBreak })
	if at := pixel(p.X.Pixel(25)); len(lines) != 1 || lines[0].Attrs[0] != [2]string{"x1", at} {
		t.Errorf("the breaks are drawn as %+v, want one line at %s", lines, at)
	}
}

// A run that is over, or has not begun, has no value there; its latest is still known.
func TestLegendBeyondTheEnds(t *testing.T) {
	s := Spec{Unit: Share, Series: []Series{{Name: "short", Points: []Point{at(10, 0.1), at(20, 0.2)}}, {Name: "long", Points: []Point{at(0, 0.3), at(90, 0.4)}}}}
	p := s.Plot(size)
	for _, c := range []struct {
		x           float64
		latest      bool
		short, long string
	}{{0, false, "", "30.0"}, {14, false, "10.0", "30.0"}, {90, false, "", "40.0"}, {0, true, "20.0", "40.0"}} {
		for i, want := range []string{c.short, c.long} {
			if got := p.Legend(c.x, c.latest)[i].Lines[0].Value; strings.TrimSuffix(got, "\u202f%") != want {
				t.Errorf("at %v, latest %v: curve %d is %q, want %q", c.x, c.latest, i, got, want)
			}
		}
	}
}

// Forty looks differ in something besides the colour's name, and those of one colour in the marker.
func TestLooksDiffer(t *testing.T) {
	seen := map[Look]bool{}
	for i := range 40 {
		seen[Nth(i)] = true
	}
	if len(seen) != 40 {
		t.Errorf("of 40 looks %d differ", len(seen))
	}
}
