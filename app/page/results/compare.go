package results

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/check"
	"unpool/app/ui/curves"
	"unpool/core/results"
	"unpool/core/run"
)

// compareLooks distinguish the nets of a comparison.
var compareLooks = []chart.Look{chart.Train, chart.Validation, chart.Other, chart.Test}

// comparison shows the nets that the course report compares on one chart.
type comparison struct {
	runs *runs

	chosen int
	specs  map[int]chart.Spec // of those that have been shown
}

// load gets the runs of what is compared.
func (c *comparison) load(all []finished.Comparison) {
	if len(all) > 0 {
		c.runs.load(all[min(c.chosen, len(all)-1)].Rows...)
	}
}

func (c *comparison) render(all []finished.Comparison) app.UI {
	if len(all) == 0 {
		return app.Div().Hidden(true)
	}
	now := all[min(c.chosen, len(all)-1)]
	var choices []app.UI
	for i, other := range all {
		id := "compare-" + strconv.Itoa(i)
		choices = append(choices, check.Choice(id, "compare", other.Name, c.chosen == i, func() {
			c.chosen = i
			c.runs.load(other.Rows...)
		}))
	}
	return app.Elem("section").Class("panel", "compare").Aria("labelledby", "compare-title").Body(
		app.H2().ID("compare-title").Text("The nets on MNIST compared"),
		radios("compare", "Compare", choices),
		c.curves(now),
		app.P().Class("says").Text(now.Text),
	)
}

// curves is the chart of a comparison, with the mean of its runs for each net.
func (c *comparison) curves(of finished.Comparison) app.UI {
	spec, ok := c.specs[c.chosen]
	if !ok {
		runs := make([][]*run.View, len(of.Rows))
		for i, r := range of.Rows {
			var err error
			if runs[i], err = c.runs.loaded(r); err != nil {
				return notLoaded(c.runs.shell.Offline, "The curves could not be loaded", err, func(app.Context, app.Event) {
					c.runs.load(of.Rows...)
					shell.Focus("results") // the button goes with the failure
				})
			}
			if runs[i] == nil {
				return app.P().Role("status").Class("under").Text("Loading the curves.")
			}
		}
		spec = comparedSpec(of.Rows, runs)
		spec.Title = "Test accuracy: " + of.Name
		c.specs[c.chosen] = spec
	}
	return &chart.Chart{ID: "chart-compare", Title: "Test accuracy", Spec: spec, File: "unpool-results-compared"}
}

// comparedSpec draws the mean test accuracy of each row's runs, and the mark that they are compared at.
func comparedSpec(rows []finished.Row, runs [][]*run.View) chart.Spec {
	spec := chart.Spec{
		Y: "accuracy" + curves.Images(slices.Concat(runs...)...), Unit: chart.Share,
		Reference: results.Mark, ReferenceName: "course report’s RNN",
	}
	for i, r := range rows {
		points := curves.Mean(runs[i], curves.TestAccuracy)
		if points[0].Step == 0 {
			points = points[1:] // before the first step all nets guess
		}
		spec.Series = append(spec.Series, chart.Series{Name: r.Entry.Title, Look: compareLooks[i], Points: points})
		spec.XMax = max(spec.XMax, lastOf(runs[i][0]))
	}
	return spec
}
