package chart

import (
	"math"
	"time"

	"unpool/core/number"
)

// xAxis is the X axis of a plot: the part of it on view, as a scale.
type xAxis struct {
	Scale
	of    Axis
	name  string         // what it shows instead of steps; "" for those
	whole Range          // which the scale shows a part of, or all
	zone  *time.Location // of times of day
}

// xAxis is the X axis that curves are drawn on.
func (s Spec) xAxis(curves curves) xAxis {
	x := xAxis{of: s.Axis, name: s.X, whole: s.whole(curves), zone: time.UTC}
	for _, series := range s.Series {
		if len(series.Points) > 0 {
			x.zone = series.Points[0].Time.Location()
			break
		}
	}
	x.Log = s.logX() && x.whole.From > 0
	x.Min, x.Max = x.whole.From, x.whole.To
	if from, to := max(s.Zoom.From, x.whole.From), min(s.Zoom.To, x.whole.To); !s.Zoom.empty() && from < to {
		x.Min, x.Max = from, to
	}
	return x
}

// logX reports whether the X axis is to be logarithmic. The time of day has no zero to count from.
func (s Spec) logX() bool { return s.LogX && s.Axis != Clock }

// whole is what the X axis spans. Steps begin at 0 and grow in round numbers up to XMax, so that the first minutes of a long run
// are not a stub at the left. A logarithmic axis begins with the first place above 0.
func (s Spec) whole(curves curves) Range {
	first, last := curves.span()
	whole := Range{0, last}
	switch {
	case s.logX():
		whole.From = first
	case s.Axis == Clock, s.X != "":
		whole.From = first
	case s.Axis != Elapsed:
		whole.To = niceStep(last)
		if s.XMax > 0 && (whole.To == 0 || whole.To > s.XMax) {
			whole.To = max(s.XMax, last)
		}
	}
	if whole.empty() {
		whole.To = whole.From + 1
		if s.logX() && whole.From > 0 {
			whole.To = 10 * whole.From
		}
	}
	return whole
}

// zoomed reports whether a part of the axis is on view.
func (x xAxis) zoomed() bool { return x.Min != x.whole.From || x.Max != x.whole.To }

// title says what the axis shows, with the unit, in so many letters if it can be.
func (x xAxis) title(letters float64) string {
	switch x.of {
	case Elapsed:
		unit, _ := timeUnit(x.Max)
		if title := "time since the start (" + unit + ")"; float64(len(title)) <= letters {
			return title
		}
		return "time (" + unit + ")"
	case Clock:
		first, last := clock(x.Min, x.zone).Format("2 Jan 2006"), clock(x.Max, x.zone).Format("2 Jan 2006")
		if first != last {
			first += " to " + last
		}
		if title := "time of day, " + first; float64(len(title)) <= letters {
			return title
		}
		return "time of day"
	}
	if x.name != "" {
		return x.name
	}
	return "training step"
}

// where names a place on the axis, for a sentence.
func (x xAxis) where(at float64) string {
	switch x.of {
	case Elapsed:
		return "after " + number.Clock(at)
	case Clock:
		return "at " + clock(at, x.zone).Format("2 Jan, 15:04:05")
	}
	if x.name != "" {
		return "at " + number.Digits(at)
	}
	return "at step " + number.Round(at)
}

// The functions below return what is on view after a gesture; an empty range is the whole axis.

// zoom makes everything so many times wider about a place, in pixels, which stays where it is.
func (x xAxis) zoom(at, times float64) Range {
	return x.window(at-(at-x.From)/times, at+(x.To-at)/times)
}

// pan moves everything so many pixels to the right.
func (x xAxis) pan(by float64) Range { return x.window(x.From-by, x.To-by) }

// pinch moves what was under two fingers, at a and b, to where they are now.
func (x xAxis) pinch(a, b, toA, toB float64) Range {
	if math.Abs(b-a) < 1 || (b-a)*(toB-toA) <= 0 {
		return x.pan((toA + toB - a - b) / 2)
	}
	times := (toB - toA) / (b - a)
	return x.window(a+(x.From-toA)/times, a+(x.To-toA)/times)
}

// deepest is the smallest part of an axis that can be on view.
const deepest = 1e-4

// window is the range that fills the plotting area when what lies between two pixels now does. It stays within the axis.
func (x xAxis) window(left, right float64) Range {
	start, end := x.Pixel(x.whole.From), x.Pixel(x.whole.To)
	width := right - left
	if width >= (end-start)*(1-1e-9) || !finite(width) {
		return Range{}
	}
	if smallest := deepest * (end - start); width < smallest {
		left, width = (left+right-smallest)/2, smallest
	}
	left = max(start, min(left, end-width))
	return Range{x.Value(left), x.Value(left + width)}
}
