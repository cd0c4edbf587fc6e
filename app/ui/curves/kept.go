package curves

import (
	"unpool/app/ui/chart"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// Kept are the curves of a run under way, kept from one drawing to the next: one more evaluation is one more point on each.
type Kept struct {
	n              int            // of how many evaluations
	first, last    run.Evaluation // the ends of those, as they were: a View replaces the last one in place
	accuracy, loss []chart.Series
}

// Accuracy is the accuracy chart of a net's run, with the net's baseline. last is the last step that the X axis can show.
func (k *Kept) Accuracy(e models.Entry, v *run.View, last float64) chart.Spec {
	k.follow(v.Metrics)
	spec := chart.Spec{
		Title: "Accuracy: " + e.Title, Y: "accuracy" + bothImages(v),
		Unit: chart.Share, XMax: last, Breaks: breaks(v), Series: k.accuracy,
	}
	if e.Baseline != nil {
		spec.Reference = results.Baseline(e)
		spec.ReferenceName = "course report"
	}
	return spec
}

// Loss is the loss chart of a run.
func (k *Kept) Loss(e models.Entry, v *run.View, last float64) chart.Spec {
	k.follow(v.Metrics)
	return chart.Spec{
		Title: "Loss: " + e.Title, Y: "cross-entropy, in nats",
		Unit: chart.Nats, XMax: last, Breaks: breaks(v), Series: k.loss,
		View: chart.View{Log: true}, // the first evaluations would compress the rest into a line at the bottom
	}
}

// follow brings the curves up to date. They are rebuilt if the evaluations do not continue from those before: of another run,
// or with another at the last step.
func (k *Kept) follow(metrics []run.Evaluation) {
	if k.n == 0 || k.n > len(metrics) || k.first != metrics[0] || k.last != metrics[k.n-1] {
		*k = Kept{}
	}
	more := metrics[k.n:]
	if k.n = len(metrics); k.n > 0 {
		k.first, k.last = metrics[0], metrics[k.n-1]
	}
	k.accuracy = extended(k.accuracy, more, func(m run.Measure) float64 { return m.Accuracy })
	k.loss = extended(k.loss, more, func(m run.Measure) float64 { return m.Loss })
}

// extended are the curves of a quantity with more evaluations: train, test and, with a holdout, validation.
func extended(series []chart.Series, more []run.Evaluation, of func(run.Measure) float64) []chart.Series {
	train, test := chart.Series{Name: "train", Look: chart.Train}, chart.Series{Name: "test", Look: chart.Test}
	validation := chart.Series{Name: "validation", Look: chart.Validation}
	if len(series) > 0 {
		train, test = series[0], series[len(series)-1]
	}
	if len(series) > 2 {
		validation = series[1]
	}
	for _, m := range more {
		at := place(m)
		train.Points = append(train.Points, chart.Point{Place: at, Y: of(m.Train)})
		test.Points = append(test.Points, chart.Point{Place: at, Y: of(m.Test)})
		if m.Validation != nil {
			validation.Points = append(validation.Points, chart.Point{Place: at, Y: of(*m.Validation)})
		}
	}
	if len(validation.Points) > 0 {
		return []chart.Series{train, validation, test}
	}
	return []chart.Series{train, test}
}
