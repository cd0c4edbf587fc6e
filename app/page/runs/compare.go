package runs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/check"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/run"
)

// mostCurves is how many looks there are, by which curves on one chart can be distinguished.
const mostCurves = 40

// comparison shows the ticked runs over one another, and what differs between them.
type comparison struct {
	shelf *shelf

	open   bool
	mean   bool        // runs that differ only in their seed are one curve
	linked chart.Group // of the charts
	drawn  overlay     // as last computed
}

func (c *comparison) toggle() {
	if c.open = !c.open; c.open {
		shell.Focus("comparison")
	}
}

func (c *comparison) render(ticked []*row) app.UI {
	return app.Elem("section").ID("comparison").TabIndex(-1).Class("compare").Aria("labelledby", "comparison-title").Hidden(!c.open).Body(
		app.If(c.open, func() app.UI { return c.shown(ticked) }),
	)
}

func (c *comparison) shown(ticked []*row) app.UI {
	parts := []app.UI{app.H2().ID("comparison-title").Class("large-title").Text("Compared")}
	if len(ticked) < 2 {
		return app.Div().Class("run").Body(append(parts, app.P().Class("under").Text("Tick two runs or more to compare them."))...)
	}
	var all []compared
	for _, r := range ticked {
		kept, err := c.shelf.get(r)
		if err != nil {
			parts = append(parts, app.P().Class("problem").Text("“"+r.name+"” could not be read: "+err.Error()+"."))
		} else if kept != nil && kept.View.Start != nil { // else it waits in a queue
			all = append(all, compared{r, kept.View})
		}
	}
	if len(all) == 0 {
		return app.Div().Class("run").Body(append(parts, app.P().Class("under").Role("status").Text("Reading the runs."))...)
	}
	groups := bySeed(all)
	several := len(groups) < len(all)
	if mean := c.mean && several; c.drawn.mean != mean || !slices.Equal(c.drawn.of, all) {
		c.drawn = overlaid(all, groups, mean)
	}
	parts = append(parts,
		app.Div().Class("choices").Hidden(!several).Body(
			check.Of("mean", "Draw runs that differ only in their seed as one curve, their mean", &c.mean),
		),
		app.P().Class("under").Hidden(c.drawn.curves <= mostCurves).Text(fmt.Sprintf(
			"The charts draw the first %d of %d curves; the table has all runs.", mostCurves, c.drawn.curves)),
		&chart.Axes{ID: "axes-compared", Group: &c.linked},
		app.Div().Class("panels", "pair").Body(
			&chart.Chart{ID: "chart-accuracy-compared", Title: "Test accuracy", Spec: c.drawn.drawn.Accuracy, Group: &c.linked, File: "unpool-compared-accuracy"},
			&chart.Chart{ID: "chart-loss-compared", Title: "Test loss", Loss: true, Spec: c.drawn.drawn.Loss, Group: &c.linked, File: "unpool-compared-loss"},
		),
		differences(all),
		app.If(several, func() app.UI { return seeds(groups) }),
	)
	return app.Div().Class("run").Body(parts...)
}

// differences is the table of what differs between runs, and their outcomes.
func differences(all []compared) app.UI {
	head := append([]string{""}, names(all)...)
	var rows [][]string
	add := func(name string, of func(compared) string) {
		line := []string{name}
		for _, c := range all {
			line = append(line, of(c))
		}
		rows = append(rows, line)
	}
	for _, f := range words.Differing(recipes(all)) {
		add(f.Label, func(c compared) string {
			if f.IsZero(c.Recipe) {
				return "–"
			}
			return f.Words(c.Recipe)
		})
	}
	evaluated := func(m *run.Metric, atStep bool) string {
		text, soft := measured(m, atStep)
		return strings.TrimSpace(text + " " + soft)
	}
	add("Test accuracy", func(c compared) string { return evaluated(c.Latest, false) })
	add("Best", func(c compared) string { return evaluated(c.Best, true) })
	add("State", func(c compared) string { return string(c.Phase) })
	add("Step", func(c compared) string { return number.Int(c.row.Step) })
	add("Time", func(c compared) string { return number.Clock(c.Seconds) })
	add("Computed by", func(c compared) string { return c.Where.String() })
	return table.Table("What differs between the runs", head, rows)
}

// seeds is the table of groups of runs that differ only in their seed.
func seeds(groups []group) app.UI {
	var rows [][]string
	for _, g := range groups {
		if len(g.runs) < 2 {
			continue
		}
		row := []string{g.name, number.Int(len(g.runs)), "–", "–", "–", "–"}
		mean, deviation := run.Mean(g.views()), run.Deviation(g.views())
		if m, ok := mean.Latest(); ok {
			d, _ := deviation.Latest()
			row = append(row[:2], number.Int(m.Step),
				number.Int(m.Test.N), number.Hundredths(m.Test.Accuracy)+" ± "+number.Hundredths(d.Test.Accuracy)+number.Thin+"%", number.Loss(m.Test.Loss)+" ± "+number.Loss(d.Test.Loss))
		}
		rows = append(rows, row)
	}
	return app.Div().ID("seeds").Class("prose").Body(
		app.P().Class("under").Text("Over seeds: the mean ± the standard deviation at the last step at which all runs of a group were evaluated."),
		table.Table("Means over seeds", []string{"runs that differ only in their seed", "runs", "step", "test images", "test accuracy", "test loss"}, rows),
	)
}
