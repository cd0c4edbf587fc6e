package chart

import (
	"math"
	"sort"
)

// xy is a value at a place on the axis in use, or both in pixels.
type xy struct{ x, y float64 }

// curve is a series on one axis: what is finite there, in order.
type curve struct {
	name         string
	part         string
	look         Look
	faint        bool
	raw          []xy
	line         []xy // what is drawn: raw, or its moving average
	spreads      []xy // of raw; empty where there are none
	lower, upper []xy // the band about line; nil where there is none
}

// curves are the series that are shown, on the axis in use.
func (s Spec) curves() curves {
	var all curves
	for _, series := range s.Series {
		if !series.Hidden {
			all = append(all, s.curve(series))
		}
	}
	return all
}

func (s Spec) curve(series Series) curve {
	c := curve{name: series.Name, part: series.Part, look: series.Look, faint: series.Faint}
	c.raw = make([]xy, 0, len(series.Points))
	var steps []float64 // for the average
	if s.Smooth {
		steps = make([]float64, 0, len(series.Points))
	}
	var spreads []xy // from the first that there is
	for i := range series.Points {
		p := &series.Points[i]
		x := p.Step // mostly; on takes a copy
		if s.Axis != "" && s.Axis != Steps {
			x = p.on(s.Axis)
		}
		if !finite(x) || !finite(p.Y) || s.logX() && x <= 0 {
			continue
		}
		if spreads == nil && p.Spread > 0 {
			spreads = make([]xy, len(c.raw), len(series.Points))
		}
		if spreads != nil {
			spread := p.Spread
			if !finite(spread) {
				spread = 0
			}
			spreads = append(spreads, xy{x, spread})
		}
		c.raw = append(c.raw, xy{x, p.Y})
		if s.Smooth {
			steps = append(steps, p.Step)
		}
	}
	c.line, c.spreads = c.raw, spreads
	if s.Smooth {
		c.line = average(c.raw, steps, s.reach())
		spreads = average(spreads, steps, s.reach())
	}
	if len(spreads) > 0 {
		c.lower, c.upper = make([]xy, len(c.line)), make([]xy, len(c.line))
		for i, p := range c.line {
			c.lower[i], c.upper[i] = xy{p.x, p.y - spreads[i].y}, xy{p.x, p.y + spreads[i].y}
		}
	}
	return c
}

// reach is over how many steps the moving average reaches back: a share of the whole run, so that it looks the same however
// often the run was evaluated.
func (s Spec) reach() float64 {
	last := s.XMax
	for _, series := range s.Series {
		if n := len(series.Points); n > 0 {
			last = max(last, series.Points[n-1].Step)
		}
	}
	return 0.02 * last
}

// average is the exponential moving average of points, each of which was measured at a step. What came d steps before has the weight
// exp(-d/reach), whatever axis is on view. It is of the available values, without a bias towards 0 at the beginning.
func average(points []xy, steps []float64, reach float64) []xy {
	out := make([]xy, len(points))
	sum, weight := 0.0, 0.0
	distance, keep := math.NaN(), 0.0
	for i, p := range points {
		if i > 0 {
			if d := steps[i] - steps[i-1]; d != distance { // mostly they are equal
				distance, keep = d, math.Exp(-max(d, 0)/max(reach, math.SmallestNonzeroFloat64))
			}
			sum, weight = keep*sum, keep*weight
		}
		sum += p.y
		weight++
		out[i] = xy{p.x, sum / weight}
	}
	return out
}

// visible returns the points within a range, and the one before and after.
func visible(points []xy, from, to float64) []xy {
	i := sort.Search(len(points), func(i int) bool { return points[i].x >= from })
	j := sort.Search(len(points), func(i int) bool { return points[i].x > to })
	return points[max(i-1, 0):min(j+1, len(points))]
}
