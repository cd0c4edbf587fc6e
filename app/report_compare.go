package app

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/chart"
	"unpool/app/results"
	"unpool/core/event"
	"unpool/core/report"
)

// compareLooks tell the nets of a comparison apart.
var compareLooks = []chart.Look{chart.Dashed, chart.Dotted, chart.Chained, chart.Solid}

// comparison shows the nets that the report compares on one chart.
func (p *reportPage) comparison() app.UI {
	all := p.table.Comparisons()
	if len(all) == 0 {
		return app.Div().Hidden(true)
	}
	c := all[min(p.compared, len(all)-1)]
	var choices []app.UI
	for i, other := range all {
		id := "compare-" + strconv.Itoa(i)
		choices = append(choices, app.Label().Class("check").For(id).Body(
			app.Input().ID(id).Type("radio").Name("compare").Checked(p.compared == i).
				OnChange(func(app.Context, app.Event) {
					p.compared = i
					if p.curves {
						p.loadAll(other.Rows)
					}
				}, app.EventScope(id)),
			app.Text(other.Name),
		))
	}
	return app.Section().Class("compare").Aria("labelledby", "compare-title").Body(
		app.H2().ID("compare-title").Class("large-title").Text("The nets on MNIST compared"),
		app.FieldSet().Class("choices").Body(append([]app.UI{app.Legend().Class("unseen").Text("Compare")}, choices...)...),
		app.P().Class("says").Text(c.Text),
		app.Button().ID("compare-curves").Type("button").Class("quiet", "disclosure").
			Aria("expanded", p.curves).Aria("controls", "compare-chart").
			OnClick(func(app.Context, app.Event) {
				if p.curves = !p.curves; p.curves {
					p.loadAll(c.Rows)
				}
			}, app.EventScope(c.Name)).
			Text("Curves of test accuracy"),
		app.Div().ID("compare-chart").Hidden(!p.curves).Body(
			app.If(p.curves, func() app.UI { return p.comparedCurves(c) }),
		),
	)
}

func (p *reportPage) loadAll(rows []results.Row) {
	for _, r := range rows {
		p.loadRuns(r)
	}
}

// comparedCurves is the chart of a comparison, with the mean of its runs for each net.
func (p *reportPage) comparedCurves(c results.Comparison) app.UI {
	spec := chart.Spec{
		Height: 1.25 * chartHeight, Unit: chart.Share,
		Reference: report.Mark, ReferenceName: "the report’s RNN",
	}
	for i, r := range c.Rows {
		runs, err := p.loaded(r)
		if err != nil {
			return p.notLoaded("The curves could not be loaded", err, func(app.Context, app.Event) { p.loadAll(c.Rows) })
		}
		if runs == nil {
			return app.P().Role("status").Class("under").Text("Loading the curves.")
		}
		view := results.Mean(runs)
		test := curves(view.Metrics, func(m event.Measure) float64 { return m.Accuracy })[1]
		if r.Runs[0].Last.Step > 0 {
			test.Points = test.Points[1:] // before the first step all know nothing
		}
		test.Name, test.Look = r.Entry.Title, compareLooks[i]
		spec.Series = append(spec.Series, test)
		spec.XMax = max(spec.XMax, lastOf(&view))
	}
	return app.Div().Class("run").Body(
		&chart.Chart{ID: "chart-compare", Title: "Test accuracy", Spec: spec},
		app.Div().Class("exports").Body(
			app.Button().Type("button").OnClick(func(app.Context, app.Event) {
				download("unpool-report-compared.svg", "image/svg+xml", figure(spec).SVG("Test accuracy: "+c.Name))
			}, app.EventScope(c.Name)).Text("As SVG"),
		),
	)
}
