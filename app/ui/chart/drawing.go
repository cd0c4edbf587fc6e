package chart

import "slices"

// drawing is a Spec as it was drawn last. The crosshair moves much more often than the curves change, and of many runs few continue.
type drawing struct {
	spec   Spec
	curves curves
	size   Size
	plot   Plot
	marks  []Mark
	drawn  bool
}

// of draws a Spec, or what has changed of it.
func (d *drawing) of(s Spec, size Size) *drawing {
	same := d.drawn && slices.EqualFunc(d.spec.Series, s.Series, sameSeries) && d.spec.reach() == s.reach()
	if same && d.size == size && sameRest(d.spec, s) {
		return d
	}
	if !same || d.spec.Axis != s.Axis || d.spec.LogX != s.LogX || d.spec.Smooth != s.Smooth {
		d.curves = d.curvesOf(s)
	}
	d.spec, d.size, d.drawn = s, size, true
	d.plot = s.plot(d.curves, size)
	d.marks = d.plot.Marks()
	return d
}

// curvesOf are a Spec's curves, of which those that are drawn already are taken over.
func (d *drawing) curvesOf(s Spec) curves {
	if d.spec.Axis != s.Axis || d.spec.LogX != s.LogX || d.spec.Smooth != s.Smooth || s.Smooth && d.spec.reach() != s.reach() {
		return s.curves()
	}
	old := d.curves
	var all curves
	for i, series := range s.Series {
		var was *curve
		if i < len(d.spec.Series) && !d.spec.Series[i].Hidden {
			if len(old) > 0 && sameSeries(d.spec.Series[i], series) {
				was = &old[0]
			}
			old = old[1:]
		}
		switch {
		case series.Hidden:
		case was != nil:
			all = append(all, *was)
		default:
			all = append(all, s.curve(series))
		}
	}
	return all
}

// sameSeries reports whether two series are equal, without a look at their points.
func sameSeries(a, b Series) bool {
	return a.Name == b.Name && a.Part == b.Part && a.Look == b.Look && a.Faint == b.Faint && a.Hidden == b.Hidden &&
		len(a.Points) == len(b.Points) && (len(a.Points) == 0 || &a.Points[0] == &b.Points[0])
}

// sameRest reports whether all of two Specs but their series is equal.
func sameRest(a, b Spec) bool {
	return a.View == b.View && a.Title == b.Title && a.X == b.X && a.Y == b.Y && a.Unit == b.Unit && a.XMax == b.XMax &&
		a.Reference == b.Reference && a.ReferenceName == b.ReferenceName && slices.Equal(a.Breaks, b.Breaks)
}
