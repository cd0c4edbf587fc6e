package chart

import "slices"

// drawing is a Spec as it was drawn last. The crosshair moves much more often than the curves change.
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
	curves := d.drawn && sameCurves(d.spec, s)
	if curves && d.size == size && sameRest(d.spec, s) {
		return d
	}
	if !curves {
		d.curves = s.curves()
	}
	d.spec, d.size, d.drawn = s, size, true
	d.plot = s.plot(d.curves, size)
	d.marks = d.plot.Marks()
	return d
}

// sameCurves reports whether two Specs come to the same curves, without a look at the points.
func sameCurves(a, b Spec) bool {
	return a.Axis == b.Axis && a.LogX == b.LogX && a.Smooth == b.Smooth && a.XMax == b.XMax &&
		slices.EqualFunc(a.Series, b.Series, func(a, b Series) bool {
			return a.Name == b.Name && a.Part == b.Part && a.Look == b.Look && a.Faint == b.Faint && a.Hidden == b.Hidden &&
				len(a.Points) == len(b.Points) && (len(a.Points) == 0 || &a.Points[0] == &b.Points[0])
		})
}

// sameRest reports whether all else of two Specs is equal.
func sameRest(a, b Spec) bool {
	return a.View == b.View && a.Title == b.Title && a.Y == b.Y && a.Unit == b.Unit &&
		a.Reference == b.Reference && a.ReferenceName == b.ReferenceName && slices.Equal(a.Breaks, b.Breaks)
}
