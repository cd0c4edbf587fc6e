package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/chart"
	"unpool/app/ui/words"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// chartHeight is in pixels.
const chartHeight = 264

// curves returns the series of a quantity: train, test and, with a holdout, validation.
func curves(metrics []run.Metric, of func(run.Measure) float64) []chart.Series {
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

// breaks are where a run was resumed with something else.
func breaks(moves []run.Move) (list []chart.Break) {
	for _, m := range moves {
		list = append(list, chart.Break{X: float64(m.Step), Name: "resumed with " + m.To.String()})
	}
	return list
}

// accuracySpec is the accuracy chart of a net's run, with the net's baseline. The X axis can end at last.
func accuracySpec(e models.Entry, v *run.View, last float64) chart.Spec {
	spec := chart.Spec{
		Height: chartHeight, Unit: chart.Share, XMax: last, Breaks: breaks(v.Moves),
		Series: curves(v.Metrics, func(m run.Measure) float64 { return m.Accuracy }),
	}
	if e.Baseline != nil {
		spec.Reference = results.Baseline(e)
		spec.ReferenceName = "course report"
	}
	return spec
}

func lossSpec(v *run.View, last float64) chart.Spec {
	return chart.Spec{
		Height: chartHeight, Unit: chart.Nats, XMax: last, Breaks: breaks(v.Moves),
		Series: curves(v.Metrics, func(m run.Measure) float64 { return m.Loss }),
	}
}

// figure is a chart in the size of an exported file.
func figure(spec chart.Spec) chart.Plot {
	spec.Width, spec.Height = 720, 400
	return spec.Plot()
}

// evaluations is the table of a run's evaluations, the latest first.
func evaluations(v *run.View) app.UI {
	head, rows := words.Table(v)
	cells := make([]app.UI, len(head))
	for i, h := range head {
		cells[i] = app.Th().Scope("col").Text(h)
	}
	body := make([]app.UI, len(rows))
	for i := range rows {
		row := rows[len(rows)-1-i]
		tds := make([]app.UI, len(row))
		for j, c := range row {
			tds[j] = app.Td().Text(c)
		}
		body[i] = app.Tr().Body(tds...)
	}
	return app.Div().Class("table").TabIndex(0).Role("region").Aria("label", "Evaluations").Body(
		app.Table().Body(app.THead().Body(app.Tr().Body(cells...)), app.TBody().Body(body...)),
	)
}
