package chart

import (
	"reflect"
	"testing"
)

// What is drawn after a change is what would be drawn without anything from before.
func TestDrawingAgain(t *testing.T) {
	s := many(3, 50)
	s.XMax = 6000
	size := Size{Width: 500, Height: 264}
	var d drawing
	check := func(when string) {
		t.Helper()
		if got, want := d.of(s, size).marks, s.Plot(size).Marks(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another drawing", when)
		}
	}
	check("at first")
	before := &d.curves[0].raw[0]
	s.Series = append([]Series(nil), s.Series...)
	s.Series[3].Points = append(s.Series[3].Points[:50:50], at(5800, 0.9))
	check("a point more")
	if &d.curves[0].raw[0] != before {
		t.Error("all curves are rebuilt for a point of one")
	}
	hide := func(i int, hidden bool) {
		s.Series = append([]Series(nil), s.Series...)
		s.Series[i].Hidden = hidden
	}
	hide(0, true)
	check("hidden")
	hide(4, true)
	check("another hidden")
	hide(0, false)
	check("shown again")
	s.Series = s.Series[2:]
	check("a run less")
	for _, view := range []View{{Smooth: true}, {Axis: Clock}, {Axis: Elapsed, LogX: true}, {Zoom: Range{1000, 2000}}, {}} {
		s.View = view
		check("another view")
	}
	s.XMax, s.Smooth = 9000, true
	check("another end")
	size.Width = 700
	check("another width")
}
