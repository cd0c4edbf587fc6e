package app

import (
	"unpool/app/chart"
	"unpool/app/run"
	"unpool/core/event"
	"unpool/models"
)

// chartHeight is in pixels.
const chartHeight = 264

// curves returns the series of a quantity: train, test and, with a holdout, validation.
func curves(metrics []event.Metric, of func(event.Measure) float64) []chart.Series {
	train := chart.Series{Name: "train", Look: chart.Dashed}
	test := chart.Series{Name: "test", Look: chart.Solid}
	validation := chart.Series{Name: "validation", Look: chart.Dotted}
	for _, m := range metrics {
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

// onShow is the net that the page is about: of the run, or before it of the menu.
func (p *trainPage) onShow() models.Entry {
	if p.view.Phase == run.Empty {
		return p.entry
	}
	return p.shown
}

// ownOnShow reports whether the page is about pictures of the user's own, of which the report knows nothing.
func (p *trainPage) ownOnShow() bool {
	if r, ok := p.view.Recipe(); ok {
		_, own := r.Dataset.Folder()
		return own
	}
	return p.data.own()
}

// accuracySpec is the accuracy chart, with the report's number for the net on show.
func (p *trainPage) accuracySpec() chart.Spec {
	spec := chart.Spec{
		Height: chartHeight, Unit: chart.Share, XMax: p.lastStep(),
		Series: curves(p.view.Metrics, func(m event.Measure) float64 { return m.Accuracy }),
	}
	if r := p.onShow().Report; r != nil && !p.ownOnShow() {
		spec.Reference = r.TestAccuracy
		spec.ReferenceName = "the report"
	}
	return spec
}

func (p *trainPage) lossSpec() chart.Spec {
	return chart.Spec{
		Height: chartHeight, Unit: chart.Nats, XMax: p.lastStep(),
		Series: curves(p.view.Metrics, func(m event.Measure) float64 { return m.Loss }),
	}
}

// lastStep is where the charts' X axis can end at most.
func (p *trainPage) lastStep() float64 {
	r, ok := p.view.Recipe()
	if !ok {
		r, _ = p.form.Recipe()
	}
	return float64(r.Steps)
}

// figure is a chart in the size of an exported file.
func figure(spec chart.Spec) chart.Plot {
	spec.Width, spec.Height = 720, 400
	return spec.Plot()
}
