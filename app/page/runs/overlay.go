package runs

import (
	"fmt"

	"unpool/app/ui/curves"
	"unpool/core/run"
)

// overlay is the curves of runs over one another.
type overlay struct {
	of     []compared
	mean   bool // groups are one curve each
	curves int  // how many there are, with those that are not drawn
	drawn  curves.Overlay
}

// overlaid draws runs over one another, or of each group its mean, with the standard deviation as a band.
func overlaid(all []compared, groups []group, mean bool) overlay {
	o := overlay{of: all, mean: mean}
	var views []*run.View
	for _, c := range all {
		views = append(views, c.view)
	}
	o.drawn = curves.NewOverlay(views...)
	if mean {
		var firsts []compared
		for _, g := range groups {
			firsts = append(firsts, g.runs[0])
		}
		for i, name := range names(firsts) {
			if n := len(groups[i].runs); n > 1 {
				name = fmt.Sprintf("%s, mean of %d", name, n)
			}
			o.add(name, groups[i].views())
		}
	} else {
		for i, name := range names(all) {
			o.add(name, views[i:i+1])
		}
	}
	return o
}

// add draws a curve: a run's, or the mean of several.
func (o *overlay) add(name string, views []*run.View) {
	if o.curves++; o.curves <= mostCurves {
		o.drawn.Add(name, views...)
	}
}
