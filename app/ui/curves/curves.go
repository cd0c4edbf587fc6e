// Package curves says what the charts of a run show: its evaluations, and beside them what the course report has. It knows runs
// and charts (app/ui/chart), and no page.
package curves

import (
	"unpool/app/ui/chart"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// Height of a chart, in pixels.
const Height = 264

// series are the curves of a quantity: train, test and, with a holdout, validation.
func series(metrics []run.Evaluation, of func(run.Measure) float64) []chart.Series {
	train := chart.Series{Name: "train", Look: chart.Dashed}
	test := chart.Series{Name: "test", Look: chart.Solid}
	validation := chart.Series{Name: "validation", Look: chart.Dotted}
	for _, m := range thin(metrics, of) {
		x := float64(m.Step)
		train.Points = append(train.Points, chart.Point{X: x, Y: of(m.Train)})
		test.Points = append(test.Points, chart.Point{X: x, Y: of(m.Test)})
		if m.Validation != nil {
			validation.Points = append(validation.Points, chart.Point{X: x, Y: of(*m.Validation)})
		}
	}
	if len(validation.Points) > 0 {
		return []chart.Series{train, validation, test}
	}
	return []chart.Series{train, test}
}

// breaks are where a run was resumed with something else.
func breaks(moves []run.Move) (list []chart.Break) {
	for _, m := range moves {
		list = append(list, chart.Break{X: float64(m.Step), Name: "resumed with " + m.To.String()})
	}
	return list
}

// Accuracy is the accuracy chart of a net's run, with the net's baseline. The X axis can end at last.
func Accuracy(e models.Entry, v *run.View, last float64) chart.Spec {
	spec := chart.Spec{
		Height: Height, Unit: chart.Share, XMax: last, Breaks: breaks(v.Moves),
		Series: series(v.Metrics, func(m run.Measure) float64 { return m.Accuracy }),
	}
	if e.Baseline != nil {
		spec.Reference = results.Baseline(e)
		spec.ReferenceName = "course report"
	}
	return spec
}

// Loss is the loss chart of a run.
func Loss(v *run.View, last float64) chart.Spec {
	return chart.Spec{
		Height: Height, Unit: chart.Nats, XMax: last, Breaks: breaks(v.Moves),
		Series: series(v.Metrics, func(m run.Measure) float64 { return m.Loss }),
	}
}

// Figure is a chart in the size of an exported file.
func Figure(spec chart.Spec) chart.Plot {
	spec.Width, spec.Height = 720, 400
	return spec.Plot()
}
