package chart

import (
	"cmp"
	"encoding/xml"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
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
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("got pixel %v, want %v", c.got, c.want)
		}
	}
}

// A long series must cost no more than the width, and keep its extremes.
func TestDecimate(t *testing.T) {
	var points []Point
	for i := range 100_000 {
		points = append(points, Point{float64(i) / 250, math.Sin(float64(i))})
	}
	points[77_777].Y = 9
	thin := decimate(points)
	if len(thin) > 4*400 {
		t.Errorf("400 pixel columns keep %d points", len(thin))
	}
	if !slices.ContainsFunc(thin, func(p Point) bool { return p.Y == 9 }) {
		t.Error("the highest point is lost")
	}
	if thin[0] != points[0] || thin[len(thin)-1] != points[len(points)-1] {
		t.Error("an end is lost")
	}
	if !slices.IsSortedFunc(thin, func(a, b Point) int { return cmp.Compare(a.X, b.X) }) {
		t.Error("the order is lost")
	}
}

func TestSmoothHasNoBiasTowardsZero(t *testing.T) {
	got := smooth([]Point{{0, 5}, {1, 5}, {2, math.NaN()}, {3, 5}})
	for _, p := range got {
		if math.Abs(p.Y-5) > 1e-12 {
			t.Errorf("the average of fives is %v", got)
		}
	}
	if len(got) != 3 {
		t.Errorf("NaN is a point: %v", got)
	}
}

func TestPathIsCutOffBelow(t *testing.T) {
	for _, c := range []struct {
		points []Point
		want   string
	}{
		{nil, ""},
		{[]Point{{0, 10}, {10, 20}}, "M0 10L10 20"},
		{[]Point{{0, 200}, {10, 0}}, "M5 100L10 0"},
		{[]Point{{0, 0}, {10, 200}, {20, 0}}, "M0 0L5 100M15 100L20 0"},
		{[]Point{{0, 200}, {10, 300}}, ""},
	} {
		if got := path(c.points, 100); got != c.want {
			t.Errorf("path of %v is %q, want %q", c.points, got, c.want)
		}
	}
}

func spec(points ...Point) Spec {
	return Spec{Width: 400, Height: 260, Unit: Share, XMax: 5500, Reference: 0.9727, ReferenceName: "course report",
		Series: []Series{{Name: "train", Look: Dashed, Points: points}, {Name: "test", Look: Solid, Points: points}}}
}

func TestRanges(t *testing.T) {
	climb := []Point{{0, 0.1}}
	for i := 1; i < 40; i++ {
		climb = append(climb, Point{float64(50 * i), 0.96})
	}
	losses := Spec{Width: 400, Height: 260, Unit: Nats, Series: []Series{{Points: []Point{{0, 2.3}, {50, 0.012}, {100, math.Inf(1)}}}}}
	log := losses
	log.Log = true
	for _, c := range []struct {
		name             string
		spec             Spec
		xMax, yMin, yMax float64
	}{
		{"empty", spec(), 5500, 0, 1},
		{"first point", spec(Point{0, 0.1}), 5500, 0, 1},
		{"early", spec(Point{0, 0.1}, Point{50, 0.6}), 50, 0, 1},
		{"most of the curve decides", spec(climb...), 2000, 0.96, 1},
		{"loss", losses, 100, 0, 2.5},
		{"loss, logarithmic", log, 100, 0.012 / 1.1, 2.3 * 1.1},
	} {
		p := c.spec.Plot()
		if p.X.Max != c.xMax || math.Abs(p.Y.Min-c.yMin) > 1e-9 || math.Abs(p.Y.Max-c.yMax) > 1e-9 {
			t.Errorf("%s: x to %v, y %v to %v; want x to %v, y %v to %v", c.name, p.X.Max, p.Y.Min, p.Y.Max, c.xMax, c.yMin, c.yMax)
		}
	}
}

// Whatever the values, everything that is drawn must have coordinates within the picture.
func TestMarksStayInThePicture(t *testing.T) {
	values := []float64{0, 1e-300, 0.5, 1, 1e300, math.NaN(), math.Inf(1), math.Inf(-1), -3}
	for _, unit := range []Unit{Share, Nats} {
		for _, logarithmic := range []bool{false, true} {
			for _, a := range values {
				for _, b := range values {
					s := spec(Point{0, a}, Point{50, b})
					s.Unit, s.Log, s.Smooth = unit, logarithmic, true
					p := s.Plot()
					for _, m := range append(p.Marks(), p.Crosshair(50)...) {
						for _, attr := range m.Attrs {
							if strings.Contains(attr[1], "NaN") || strings.Contains(attr[1], "Inf") {
								t.Fatalf("%v, %v, %s, log %v: %+v", a, b, unit, logarithmic, m)
							}
						}
					}
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	p := spec(Point{0, 0.5}, Point{50, 0.6}, Point{100, 0.7}).Plot()
	for _, c := range []struct {
		px   float64
		want int
	}{{-5, 0}, {p.X.Pixel(45), 1}, {9999, 2}} {
		if got := p.Nearest(c.px); got != c.want {
			t.Errorf("nearest to %v is %d, want %d", c.px, got, c.want)
		}
	}
	if got := spec().Plot().Nearest(10); got != -1 {
		t.Errorf("nearest of none is %d", got)
	}
}

func TestLegend(t *testing.T) {
	broken := spec(Point{50, 0.6})
	broken.Breaks = []Break{{X: 25, Name: "xla:cpu"}}
	got := broken.Plot().Legend(50)
	want := []Entry{
		{"curve train", "train", "60.0\u202f%"}, {"curve test", "test", "60.0\u202f%"}, {"reference", "course report", "97.3\u202f%"},
		{"break", "xla:cpu", "from step 25"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("legend is %q, want %q", got, want)
	}
	lines := slices.DeleteFunc(broken.Plot().Marks(), func(m Mark) bool { return m.Class != "break" })
	if at := pixel(broken.Plot().X.Pixel(25)); len(lines) != 1 || lines[0].Attrs[0] != [2]string{"x1", at} {
		t.Errorf("the breaks are drawn as %+v, want one line at %s", lines, at)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	svg := spec(Point{0, 0.5}, Point{50, 0.9}).Plot().SVG(`Accuracy <of> "R&D"`)
	d := xml.NewDecoder(strings.NewReader(svg))
	words := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if text, ok := token.(xml.CharData); ok {
			words += string(text)
		}
	}
	for _, want := range []string{`Accuracy <of> "R&D"`, "training step", "course report"} {
		if !strings.Contains(words, want) {
			t.Errorf("the figure does not say %q", want)
		}
	}
}
