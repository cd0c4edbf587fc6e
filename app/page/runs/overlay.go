package runs

import (
	"fmt"

	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/core/run"
)

// overlay is the curves of runs over one another.
type overlay struct {
	of             []compared
	mean           bool // groups are one curve each
	curves         int  // how many there are, with those that are not drawn
	accuracy, loss chart.Spec
}

// overlaid draws runs over one another, or of each group its mean, with the standard deviation as a band.
func overlaid(all []compared, groups []group, mean bool) overlay {
	o := overlay{of: all, mean: mean}
	var views []*run.View
	for _, c := range all {
		views = append(views, c.view)
	}
	o.accuracy = chart.Spec{Title: "Test accuracy", Y: "accuracy" + curves.Images(views...), Unit: chart.Share}
	o.loss = chart.Spec{Title: "Test loss", Y: "cross-entropy, in nats", Unit: chart.Nats, View: chart.View{Log: true}}
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
	o.curves++
	if o.curves > mostCurves {
		return
	}
	accuracy := chart.Series{Name: name, Look: chart.Nth(o.curves - 1)}
	loss := accuracy
	mean, deviation := views[0], &run.View{}
	if len(views) > 1 {
		mean, deviation = run.Mean(views), run.Deviation(views)
	}
	for i, m := range mean.Metrics {
		at := chart.Place{Step: float64(m.Step), Seconds: m.Seconds}
		if len(views) == 1 {
			at.Time = m.Time // several have no time of day together
		}
		var spread run.Measure // of one run, or of a log whose evaluations are out of order, there is none
		if i < len(deviation.Metrics) {
			spread = deviation.Metrics[i].Test
		}
		accuracy.Points = append(accuracy.Points, chart.Point{Place: at, Y: m.Test.Accuracy, Spread: spread.Accuracy})
		loss.Points = append(loss.Points, chart.Point{Place: at, Y: m.Test.Loss, Spread: spread.Loss})
	}
	o.accuracy.Series, o.loss.Series = append(o.accuracy.Series, accuracy), append(o.loss.Series, loss)
	o.accuracy.XMax = max(o.accuracy.XMax, float64(mean.Start.Recipe.Steps))
	o.loss.XMax = o.accuracy.XMax
}
