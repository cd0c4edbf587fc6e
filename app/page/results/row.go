package results

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/page/results/finished"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/check"
	"unpool/app/ui/curves"
	"unpool/app/ui/filters"
	"unpool/app/ui/statistics"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/run"
)

// row is what a net's row shows when it is open. It is kept when it is closed.
type row struct {
	finished.Row
	runs *runs

	open  bool
	seed  int  // which of the runs is on show; meanOfSeeds for the mean of several
	fold  fold // the part below the charts that is open
	shown *shownRun

	linked chart.Group
}

// shownRun is what is computed from a row's runs: once, since the page is redrawn with every movement on a chart.
type shownRun struct {
	seed           int
	view           *run.View // the curves
	one            *run.View // whose weights, statistics and recipe are shown; the first stands for the mean
	accuracy, loss chart.Spec
	sentence       string
}

// meanOfSeeds is in place of a run's index.
const meanOfSeeds = -1

// show computes what is on show.
func (r *row) show(runs []*run.View) *shownRun {
	if r.shown != nil && r.shown.seed == r.seed {
		return r.shown
	}
	s := &shownRun{seed: r.seed, one: runs[max(r.seed, 0)]}
	if s.view = s.one; r.seed == meanOfSeeds {
		s.view = run.Mean(runs)
	}
	s.accuracy = curves.Accuracy(r.Entry, s.view, lastOf(s.view))
	s.loss = curves.Loss(r.Entry, s.view, lastOf(s.view))
	of := "mean of seeds"
	if s.seed == meanOfSeeds {
		s.accuracy.Series = curves.Seeds(runs, curves.TrainAccuracy, curves.TestAccuracy)
		s.loss.Series = curves.Seeds(runs, curves.TrainLoss, curves.TestLoss)
	} else {
		of = finished.Label(r.Runs[s.seed].Seed)
	}
	s.accuracy.Title += ", " + of
	s.loss.Title += ", " + of
	s.sentence = finished.Sentence(r.Row, s.view)
	r.shown = s
	return s
}

// lastOf is where the X axis of a finished run ends.
func lastOf(view *run.View) float64 { return float64(view.Start.Recipe.Steps) }

// toggle opens the row, or closes it.
func (r *row) toggle() {
	if r.open = !r.open; r.open {
		r.runs.load(r.Row)
	}
}

// render is what the open row shows.
func (r *row) render() app.UI {
	s := r.runs.shell
	runs, err := r.runs.loaded(r.Row)
	if err != nil {
		return notLoaded(s.Offline, "The run could not be loaded", err, func(app.Context, app.Event) {
			r.runs.load(r.Row)
			shell.Focus("open-" + r.Entry.Name) // the button goes with the failure
		})
	}
	if runs == nil {
		return app.P().Role("status").Class("under").Text("Loading the run.")
	}
	shown := r.show(runs)
	return app.Div().Class("run").Body(
		app.P().Class("says").Text(shown.sentence),
		remarks(r.Row),
		r.seeds(),
		r.charts(shown),
		inside(r.Entry.Name, shown.one, s.Dark()),
		app.P().Class("actions").Body(
			app.A().ID("train-"+r.Entry.Name).Class("button", "primary").Href(shell.Link(shell.Train)+"?"+shown.one.Start.Recipe.Query()).
				OnClick(s.OnFollow).Text("Train this one here"),
			app.Span().Class("under").Text(again(shown.one)),
		),
		r.folds(shown),
	)
}

// again says what training the net in the tab means.
func again(one *run.View) string {
	return fmt.Sprintf("Opens the Train page with these settings. This run took %s on the command line.", number.Duration(one.End.Seconds))
}

// remarks are what to know about the baseline, and where ours stays below it, what was tried to find out why.
func remarks(r finished.Row) app.UI {
	var parts []app.UI
	if e := r.Entry.Baseline; e != nil {
		if e.Note != "" {
			parts = append(parts, app.P().Text("On the course report’s numbers: "+e.Note+"."))
		}
		if e.Tried != "" && !r.Reproduced {
			parts = append(parts, app.P().Body(coded(finished.Sentenced(e.Tried))...))
		}
	}
	return app.Div().Class("under", "prose", "remarks").Hidden(len(parts) == 0).Body(parts...)
}

// seeds chooses between the mean and each run, where there are several.
func (r *row) seeds() app.UI {
	choice := func(i int, label string) app.UI {
		id := fmt.Sprintf("seed-%s-%d", r.Entry.Name, i)
		return check.Choice(id, "seed-"+r.Entry.Name, label, r.seed == i, func() { r.seed = i })
	}
	var choices []app.UI
	if len(r.Runs) > 1 {
		choices = append(choices, choice(meanOfSeeds, fmt.Sprintf("the mean of %d seeds", len(r.Runs))))
	}
	for i, one := range r.Runs {
		choices = append(choices, choice(i, finished.Label(one.Seed)))
	}
	return radios("seed-"+r.Entry.Name, "Curves of", choices).Hidden(len(r.Runs) < 2)
}

// radios is a group of choices with a name before them.
func radios(id, name string, choices []app.UI) app.HTMLDiv {
	label := app.Span().ID(id + "-label").Class("under").Text(name)
	return app.Div().Class("choices").Role("radiogroup").Aria("labelledby", id+"-label").
		Body(append([]app.UI{label}, choices...)...)
}

// charts are the run's curves. They share the part of the run on view.
func (r *row) charts(s *shownRun) app.UI {
	id, file := r.Entry.Name, "unpool-results-"+r.Entry.Name
	return app.Div().Class("panels", "pair").Body(
		&chart.Chart{ID: "chart-accuracy-" + id, Title: "Accuracy", Spec: s.accuracy, Group: &r.linked, File: file + "-accuracy"},
		&chart.Chart{ID: "chart-loss-" + id, Title: "Loss", Loss: true, Spec: s.loss, Group: &r.linked, File: file + "-loss"},
	)
}

// inside shows the first layer's weights before and after, and the activations of the convolutions.
func inside(name string, one *run.View, dark bool) app.UI {
	parts := filters.FirstAndLast(name, one, dark)
	if one.Statistics != nil {
		parts = append(parts, statistics.Panel(name, one.Statistics))
	}
	return app.Div().Class("inside").Body(parts...)
}

// fold is a part below a row's charts.
type fold string

const (
	foldSettings fold = "settings"
	foldTable    fold = "table"
	foldFiles    fold = "export"
)

// folds are the parts below the charts, of which one is open at a time.
func (r *row) folds(s *shownRun) app.UI {
	id := "fold-" + r.Entry.Name
	button := func(f fold, label string) app.UI {
		return app.Button().ID(id+"-"+string(f)).Type("button").Class("quiet", "disclosure").
			Aria("expanded", r.fold == f).Aria("controls", id).
			OnClick(func(app.Context, app.Event) {
				if r.fold == f {
					f = ""
				}
				r.fold = f
			}, app.EventScope(r.Entry.Name, f, r.fold == f)).
			Text(label)
	}
	return app.Div().Class("folds").Body(
		app.Div().Class("fold-buttons").Body(
			button(foldSettings, "Settings"), button(foldTable, "Data table"), button(foldFiles, "Files"),
		),
		app.If(r.fold != "", func() app.UI {
			return app.Div().ID(id).Class("fold").Body(
				app.If(r.fold == foldSettings, func() app.UI { return settings(r.Row, s.one) }).
					ElseIf(r.fold == foldTable, func() app.UI {
						head, rows, _ := words.Table(s.view) // the results are of fewer evaluations than would be left out
						return table.Table("Evaluations", head, rows)
					}).
					Else(func() app.UI { return files(r.Row, s) }))
		}),
	)
}

// settings say how a run was made.
func settings(r finished.Row, one *run.View) app.UI {
	var items []app.UI
	for _, s := range finished.Settings(r.Entry, one.Start, one.End.Seconds) {
		items = append(items, app.Elem("dt").Text(s.Name), app.Elem("dd").Text(s.Text))
	}
	return app.Elem("dl").Class("settings").Body(items...)
}

// files are what can be exported from a row.
func files(r finished.Row, s *shownRun) app.UI {
	name := "unpool-results-" + r.Entry.Name
	file := r.Runs[max(s.seed, 0)].File
	return app.Div().Class("exports").Body(
		app.Button().Type("button").OnClick(func(app.Context, app.Event) { web.Download(name+".csv", "text/csv", s.view.CSV()) },
			app.EventScope(r.Entry.Name, s.seed)).Text("Curves as CSV"),
		app.A().Class("button").Href(web.File(folder+file)).Attr("download", file).Text("The run’s events"),
	)
}
