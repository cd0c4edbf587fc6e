package results

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/core/number"
)

// dots show at a glance how near ours come to the course report: one row per net, a mark for its accuracy and dots for ours.
func dots(all []finished.Dots) app.UI {
	var parts []app.UI
	for _, d := range all {
		parts = append(parts, app.Elem("h3").Text(d.Title), dotPlot(d))
	}
	return app.Elem("section").Class("panel", "dots").Aria("labelledby", "dots-title").Body(
		app.Div().Class("panel-head").Body(
			app.H2().ID("dots-title").Text("Course report and ours"),
			app.P().Class("dots-key").Body(
				app.Span().Body(app.Span().Class("dot", "theirs"), app.Text("course report")),
				app.Span().Body(app.Span().Class("dot", "seed"), app.Text("ours, a seed")),
				app.Span().Body(app.Span().Class("dot", "mean"), app.Text("their mean")),
			),
		),
		app.P().Class("values").Text("accuracy, of all test images"),
		app.Div().Body(parts...),
	)
}

func dotPlot(d finished.Dots) app.UI {
	at := func(accuracy float64) string { return strconv.FormatFloat(100*d.At(accuracy), 'f', 2, 64) + "%" }
	dot := func(class string, accuracy float64) app.UI {
		return app.Span().Class("dot", class).Style("left", at(accuracy))
	}
	var labels []app.UI
	for _, t := range d.Ticks() {
		labels = append(labels, app.Span().Style("left", at(t)).Text(strconv.Itoa(int(100*t+0.5))+number.Thin+"%"))
	}
	var rows []app.UI
	for _, r := range d.Rows {
		var marks []app.UI
		for _, t := range d.Ticks() {
			marks = append(marks, app.Span().Class("dots-line").Style("left", at(t)))
		}
		marks = append(marks, dot("theirs", r.Baseline))
		for _, s := range r.Seeds {
			marks = append(marks, dot("seed", s))
		}
		marks = append(marks, dot("mean", r.Mean))
		rows = append(rows, app.Elem("li").Body(
			app.Span().Class("unseen").Text(r.Words),
			app.Span().Class("dots-name").Aria("hidden", true).Text(r.Title),
			app.Span().Class("dots-track").Aria("hidden", true).Title("%s", r.Words).Body(marks...),
		))
	}
	return app.Div().Body(
		app.Elem("ul").Class("dots-rows").Body(rows...),
		app.Div().Class("dots-axis").Aria("hidden", true).Body(
			app.Span(),
			app.Div().Body(labels...),
		),
	)
}
