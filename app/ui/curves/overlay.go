package curves

import (
	"unpool/app/ui/chart"
	"unpool/core/run"
)

// Overlay is the curves on test images of several runs, over one another.
type Overlay struct{ Accuracy, Loss chart.Spec }

// NewOverlay returns an overlay without curves, of runs that it is to have.
func NewOverlay(views ...*run.View) Overlay {
	return Overlay{
		Accuracy: chart.Spec{Title: "Test accuracy", Y: "accuracy" + Images(views...), Unit: chart.Share},
		Loss:     chart.Spec{Title: "Test loss", Y: "cross-entropy, in nats", Unit: chart.Nats, View: chart.View{Log: true}},
	}
}

// Add adds a curve: a run's, or the mean of several.
func (o *Overlay) Add(name string, views ...*run.View) {
	accuracy := chart.Series{Name: name, Look: chart.Nth(len(o.Accuracy.Series))}
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
	o.Accuracy.Series, o.Loss.Series = append(o.Accuracy.Series, accuracy), append(o.Loss.Series, loss)
	if r, ok := mean.Recipe(); ok {
		o.Accuracy.XMax = max(o.Accuracy.XMax, float64(r.Steps))
		o.Loss.XMax = o.Accuracy.XMax
	}
}
