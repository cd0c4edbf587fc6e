// Package chart draws curves over training steps or time as SVG: our own, since there is no chart library for Go in a browser.
//
// What to draw is a Spec; in a size it is a Plot, whose marks are elements of SVG. All of that is plain Go and tested natively,
// and draws exported figures too (SVG). Chart is the go-app component that shows it, with a crosshair, zoom and a legend for
// pointer, touch and keyboard; a Group links several.
//
// It knows nothing of runs: what a series means is its caller's business.
package chart

import (
	"math"
	"unicode/utf8"
)

// Size is the room for a chart, in pixels.
type Size struct {
	Width, Height float64
	Text          float64 // the size of letters; 0 is 13
}

func (s Size) text() float64 {
	if s.Text == 0 {
		return 13
	}
	return s.Text
}

// letters is about how wide a letter is: an estimate, since there are many fonts.
func letters(text float64) float64 { return 0.58 * text }

// Plot is a Spec in a size, with its scales.
type Plot struct {
	Spec
	Size
	X      xAxis
	Y      Scale
	curves curves
	names  []string // at the curves' ends; nil for none
}

// Plot computes the scales.
func (s Spec) Plot(size Size) Plot { return s.plot(s.curves(), size) }

// plot is Plot with the curves that were computed from the Spec before: they do not depend on the zoom.
func (s Spec) plot(curves curves, size Size) Plot {
	p := Plot{Spec: s, Size: size, X: s.xAxis(curves), curves: curves}
	p.Y.Min, p.Y.Max, p.Y.Log = s.values(curves, p.X)
	line := 1.4 * size.text()
	p.Y.To = 0.8 * size.text()
	p.Y.From = max(size.Height-2*line-6, p.Y.To+1)
	p.X.To = max(size.Width-1.7*size.text(), 2)
	p.names = p.endNames()
	if room := letters(size.text()) * (float64(longest(p.names)) + 1); room < 0.25*size.Width {
		p.X.To = max(min(p.X.To, size.Width-room), 2)
	} else {
		p.names = nil
	}
	longest := 5 // so that charts below one another mostly begin at the same place
	for _, t := range p.Y.valueTicks(p.rows(), p.Unit) {
		longest = max(longest, utf8.RuneCountInString(t.label))
	}
	p.X.From = min(letters(size.text())*(float64(longest)+2.5), p.X.To-1)
	return p
}

// rows is about how many ticks there is room for on the Y axis.
func (p Plot) rows() int { return max(2, min(6, int((p.Y.From-p.Y.To)/(3*p.text())))) }

// columns is about how many ticks there is room for on the X axis.
func (p Plot) columns() int {
	apart := 5.5 * p.text()
	if p.Axis == Clock || p.X.Log {
		apart = 8 * p.text()
	}
	return max(2, int((p.X.To-p.X.From)/apart))
}

// values spans the values on view: accuracies up to 100 %, losses from 0 or, on a logarithmic scale, from the smallest. When the X
// axis is zoomed it closes in on what is left.
func (s Spec) values(curves curves, x xAxis) (lo, hi float64, log bool) {
	// The first tenth of a run climbs from chance, and a scale made for it would compress the rest, which is what one compares,
	// into a line at the top.
	climbs := s.Unit == Share && s.X == "" && !s.Log && !x.zoomed()
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, c := range curves {
		lower := c.lower
		if s.Log { // a band that comes near 0 would take most of the axis
			lower = nil
		}
		for _, points := range [][]xy{c.raw, lower, c.upper} {
			points = visible(points, x.Min, x.Max)
			if climbs && len(points) >= 20 {
				points = points[len(points)/10:]
			}
			for _, q := range points {
				if !(s.Log && q.y <= 0) && (q.x >= x.Min && q.x <= x.Max || len(points) <= 2) {
					lo, hi = min(lo, q.y), max(hi, q.y)
				}
			}
		}
	}
	if math.IsInf(lo, 1) {
		return 0, 1, false
	}
	switch {
	case s.Log:
		return lo / 1.1, max(hi, 1.5*lo) * 1.1, true
	case x.zoomed():
		unit := s.Unit
		if s.X != "" { // shares of something else, which can be above 1
			unit = ""
		}
		lo, hi = unit.around(lo, hi)
		return lo, hi, false
	case s.Unit == Share && s.X == "":
		if s.Reference != 0 {
			lo = min(lo, s.Reference)
		}
		return floor(lo), 1, false
	}
	step := niceStep(hi / 5)
	if step == 0 {
		return 0, 1, false
	}
	return 0, math.Ceil(hi/step-1e-9) * step, false
}

// floors are where the axis of accuracies can begin: so few that it seldom changes during a run, and that charts can be compared.
var floors = []float64{0.99, 0.98, 0.95, 0.9, 0.8, 0.5}

// floor is the highest of them that is not above lo.
func floor(lo float64) float64 {
	for _, f := range floors {
		if lo >= f {
			return f
		}
	}
	return 0
}

// around rounds a range of values outwards.
func (u Unit) around(lo, hi float64) (low, high float64) {
	step := niceStep((hi - lo) / 4)
	if step == 0 {
		step = max(niceStep(math.Abs(hi)/100), 1e-9)
	}
	low, high = math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
	if high == low {
		low, high = low-step, high+step
	}
	if u == Share {
		low, high = max(low, 0), min(high, 1)
	}
	return low, high
}
