// Package chart draws curves over training steps as SVG: our own, since there is no chart library for Go in a
// browser. Geometry is plain Go (Spec, Scale, Mark) and tested natively; Chart is the go-app component that shows
// it, with a crosshair for pointer and keyboard.
//
// It knows nothing of runs: what a series means is its caller's business.
package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"unpool/app/ui/number"
)

// Unit says how values are written and which range they can have.
type Unit string

// The units.
const (
	Share Unit = "share" // 0 to 1, written in percent
	Nats  Unit = "nats"  // 0 and up, three significant digits
)

// Format writes a value in words for people, its unit included.
func (u Unit) Format(y float64) string {
	if u == Share {
		return number.Percent(y) + number.Thin + "%"
	}
	return number.Loss(y)
}

// Spec is what to draw.
type Spec struct {
	Width, Height float64 // pixels
	Unit          Unit
	Series        []Series
	XMax          float64 // where the X axis can end at most, such as the recipe's steps; 0 for no limit
	Reference     float64 // a value to compare with, drawn as a thin dashed line; 0 for none
	ReferenceName string
	Breaks        []Break
	Log, Smooth   bool
}

// Break is a step at which something about the run changed that its curves may show.
type Break struct {
	X    float64
	Name string
}

// Margins around the plotting area, in pixels: room for the ticks' numbers and the axis title.
const (
	marginLeft, marginRight = 60.0, 22.0
	marginTop, marginBottom = 10.0, 38.0
)

// Entry is one line of the legend: a sample of the line by its class, its name, and its value.
type Entry struct{ Class, Name, Value string }

// Legend names the curves, with their values at x, the reference and the breaks.
func (p Plot) Legend(x float64) []Entry {
	var entries []Entry
	for _, s := range p.Series {
		e := Entry{Class: "curve " + string(s.Look), Name: s.Name}
		if y, ok := s.at(x); ok {
			e.Value = p.Unit.Format(y)
		}
		entries = append(entries, e)
	}
	if p.Reference != 0 {
		entries = append(entries, Entry{"reference", p.ReferenceName, p.Unit.Format(p.Reference)})
	}
	for _, b := range p.Breaks {
		entries = append(entries, Entry{"break", b.Name, "from step " + number.Round(b.X)})
	}
	return entries
}

// Mark is one drawn thing: an SVG element without children.
type Mark struct {
	Tag   string
	Class string
	Attrs [][2]string
	Text  string
}

// Plot is a Spec with its scales worked out.
type Plot struct {
	Spec
	X, Y Scale
}

// Plot works out the scales.
func (s Spec) Plot() Plot {
	p := Plot{Spec: s}
	p.X = Scale{From: marginLeft, To: max(s.Width-marginRight, marginLeft+1), Max: s.xMax()}
	p.Y = Scale{From: max(s.Height-marginBottom, marginTop+1), To: marginTop}
	p.Y.Min, p.Y.Max, p.Y.Log = s.yRange()
	return p
}

// xMax grows in round steps with the data, so that the first minutes of a long run are not a stub at the left.
func (s Spec) xMax() float64 {
	last := 0.0
	for _, series := range s.Series {
		if n := len(series.Points); n > 0 {
			last = max(last, series.Points[n-1].X)
		}
	}
	end := niceStep(last)
	if s.XMax > 0 && (end == 0 || end > s.XMax) {
		end = max(s.XMax, last)
	}
	if end == 0 {
		end = 1
	}
	return end
}

// yRange spans the values: accuracies up to 100 %, losses from 0 or, on a logarithmic scale, from the smallest.
func (s Spec) yRange() (lo, hi float64, log bool) {
	var ys []float64
	for _, series := range s.Series {
		for _, p := range series.Points {
			if finite(p.Y) && !(s.Log && p.Y <= 0) {
				ys = append(ys, p.Y)
			}
		}
	}
	if len(ys) == 0 {
		return 0, 1, false
	}
	slices.Sort(ys)
	hi = ys[len(ys)-1]
	switch {
	case s.Unit == Share:
		// From a round value below most of the curve: the first tenth of a run climbs from chance, and a scale made
		// for it would press the rest, which is what one compares, into a line at the top.
		lo = ys[0]
		if len(ys) >= 20 {
			lo = ys[len(ys)/10]
		}
		if s.Reference != 0 {
			lo = min(lo, s.Reference)
		}
		step := niceStep((1 - min(lo, 0.99)) / 4)
		return max(0, math.Floor(lo/step+1e-9)*step), 1, false
	case s.Log:
		return ys[0] / 1.1, max(hi, 1.5*ys[0]) * 1.1, true
	}
	step := niceStep(hi / 5)
	if step == 0 {
		return 0, 1, false
	}
	return 0, math.Ceil(hi/step-1e-9) * step, false
}

// Marks returns everything but the crosshair, from back to front.
func (p Plot) Marks() []Mark {
	var marks []Mark
	line := func(class string, x1, y1, x2, y2 float64) {
		marks = append(marks, Mark{Tag: "line", Class: class, Attrs: [][2]string{
			{"x1", pixel(x1)}, {"y1", pixel(y1)}, {"x2", pixel(x2)}, {"y2", pixel(y2)}}})
	}
	text := func(class, anchor string, x, y float64, s string) {
		marks = append(marks, Mark{Tag: "text", Class: class, Text: s, Attrs: [][2]string{
			{"x", pixel(x)}, {"y", pixel(y)}, {"text-anchor", anchor}}})
	}
	for _, y := range p.Y.Ticks(5) {
		at := p.Y.Pixel(y)
		line("grid", p.X.From, at, p.X.To, at)
		text("tick", "end", p.X.From-8, at+4, p.tick(y))
	}
	for _, x := range p.X.Ticks(max(2, int((p.X.To-p.X.From)/72))) {
		at := p.X.Pixel(x)
		line("grid", at, p.Y.From, at, p.Y.From+4)
		text("tick", "middle", at, p.Y.From+18, number.Round(x))
	}
	line("axis", p.X.From, p.Y.From, p.X.To, p.Y.From)
	text("tick", "middle", (p.X.From+p.X.To)/2, p.Y.From+34, "training step")

	if p.Reference != 0 && p.Reference >= p.Y.Min && p.Reference <= p.Y.Max {
		at := p.Y.Pixel(p.Reference)
		line("reference", p.X.From, at, p.X.To, at)
	}
	for _, b := range p.Breaks {
		at := p.X.Pixel(b.X)
		line("break", at, p.Y.From, at, p.Y.To)
	}
	for _, s := range p.Series {
		curve := p.pixels(s.Points)
		if p.Smooth {
			marks = append(marks, p.curve("raw "+string(s.Look), curve))
			curve = p.pixels(smooth(s.Points))
		}
		marks = append(marks, p.curve("curve "+string(s.Look), curve))
		if n := len(curve); n > 0 && curve[n-1].Y <= p.Y.From {
			marks = append(marks, marker(s.Look, curve[n-1]))
		}
	}
	return marks
}

// Crosshair returns the marks of the vertical line at x and a marker on each curve there.
func (p Plot) Crosshair(x float64) []Mark {
	at := pixel(p.X.Pixel(x))
	marks := []Mark{{Tag: "line", Class: "crosshair", Attrs: [][2]string{
		{"x1", at}, {"y1", pixel(p.Y.To)}, {"x2", at}, {"y2", pixel(p.Y.From)}}}}
	for _, s := range p.Series {
		if y, ok := s.at(x); ok && y >= p.Y.Min && y <= p.Y.Max {
			marks = append(marks, marker(s.Look, Point{p.X.Pixel(x), p.Y.Pixel(y)}))
		}
	}
	return marks
}

// Nearest returns the index, in steps, of the point nearest to a pixel; -1 when there is none.
func (p Plot) Nearest(px float64) int {
	best, distance := -1, math.Inf(1)
	for i, x := range steps(p.Series) {
		if d := math.Abs(p.X.Pixel(x) - px); d < distance {
			best, distance = i, d
		}
	}
	return best
}

func (p Plot) pixels(points []Point) []Point {
	out := make([]Point, 0, len(points))
	for _, q := range points {
		if finite(q.Y) {
			out = append(out, Point{p.X.Pixel(q.X), p.Y.Pixel(q.Y)})
		}
	}
	return decimate(out)
}

// tick writes a tick's number with as many digits as its neighbours need.
func (p Plot) tick(y float64) string {
	if p.Unit == Share {
		return strconv.FormatFloat(100*y, 'f', decimals(100*(p.Y.Max-p.Y.Min)/5), 64) + number.Thin + "%"
	}
	if p.Y.Log {
		return strconv.FormatFloat(y, 'g', 2, 64)
	}
	return strconv.FormatFloat(y, 'f', decimals((p.Y.Max-p.Y.Min)/5), 64)
}

func decimals(step float64) int {
	step = niceStep(step)
	if step == 0 || step >= 1 {
		return 0
	}
	return int(math.Ceil(-math.Log10(step) - 1e-9))
}

// curve is the path through points, without what lies below the X axis.
func (p Plot) curve(class string, points []Point) Mark {
	return Mark{Tag: "path", Class: class, Attrs: [][2]string{{"d", path(points, p.Y.From)}}}
}

// marker is a look's shape, 7 pixels across.
func marker(look Look, at Point) Mark {
	var d string
	switch look {
	case Dashed:
		d = "M%s %sm-3.5 -3.5h7v7h-7z"
	case Dotted:
		d = "M%s %sm0 -4.5l4.2 7.5h-8.4z"
	case Chained:
		d = "M%s %sm0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z"
	default:
		d = "M%s %sm-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z"
	}
	return Mark{Tag: "path", Class: "marker " + string(look), Attrs: [][2]string{
		{"d", fmt.Sprintf(d, pixel(at.X), pixel(at.Y))}}}
}
