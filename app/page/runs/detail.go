package runs

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/chart"
	"unpool/app/ui/curves"
	"unpool/app/ui/filters"
	"unpool/app/ui/table"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// detail is what a run's row shows when it is open.
type detail struct {
	of     client.Ref
	shell  *shell.Shell
	shelf  *shelf
	files  *files
	move   *client.Move
	remove func([]*row)

	open    bool
	fold    fold
	problem string        // with the name or the note
	drawn   *client.Kept  // the run that specs is of
	specs   [2]chart.Spec // of accuracy and loss, computed once: the page is redrawn with every movement on a chart
	linked  chart.Group   // of their charts
}

// fold is a part below the charts, of which one is open at a time.
type fold string

const (
	foldSettings  fold = "settings"
	foldTable     fold = "table"
	foldSnapshots fold = "snapshots"
	foldChanges   fold = "changes"
)

func (d *detail) render(r *row) app.UI {
	if r.Phase == run.Unreadable {
		return app.Div().Class("failure").Body(
			app.H2().Text("The run cannot be read"),
			app.P().Text("It is damaged, or a later version of Unpool wrote it: reload the page to get the latest version."),
			app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(r.Error)),
			app.P().Body(d.deleteButton(r)),
		)
	}
	kept, err := d.shelf.get(r)
	if err != nil {
		return app.Div().Class("failure").Role("alert").Body(
			app.H2().Text("The run could not be read"),
			app.P().Text("It may have been deleted in another tab, or its server cannot be reached. Its row stays in the list."),
			app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(err.Error())),
			app.P().Body(app.Button().Type("button").Class("retry").OnClick(func(app.Context, app.Event) {
				d.shelf.again(d.of)
				shell.Focus("open-" + r.element()) // the button goes with the failure
			}, app.EventScope(d.of)).Text("Try again")),
		)
	}
	if kept == nil {
		return app.P().Role("status").Class("under").Text("Reading the run.")
	}
	v := kept.View
	if v.Start == nil {
		return d.waiting(r)
	}
	return app.Div().Class("run").Body(
		app.P().Class("says").Text(words.Sentence(r.Phase, v)),
		failure(v),
		d.actions(r, kept),
		d.label(r),
		d.charts(r, kept),
		app.Div().Class("inside").Body(filters.FirstAndLast(r.element(), v, d.shell.Dark())...),
		d.folds(r, v),
	)
}

// waiting is a run of the server's queue that has not begun.
func (d *detail) waiting(r *row) app.UI {
	return app.Div().Class("run").Body(
		app.P().Class("says").Text("In the queue "+r.on+": it starts when the runs before it have ended."),
		app.P().Class("actions").Body(d.followButton(r), d.deleteButton(r)),
		d.label(r),
	)
}

// failure says why a run failed.
func failure(v *run.View) app.UI {
	f := words.FailureOf(v)
	return app.Div().Hidden(f == nil).Body(app.If(f != nil, func() app.UI {
		return app.Div().Class("failure").Body(
			app.H2().Text("The run failed"),
			app.P().Text(f.What),
			app.P().Text(f.Hint),
			app.If(f.Details != "", func() app.UI {
				return app.Elem("details").Body(app.Elem("summary").Text("Details"), app.Elem("pre").Text(f.Details))
			}),
		)
	}))
}

// actions are what can be done with one run.
func (d *detail) actions(r *row, kept *client.Kept) app.UI {
	_, own := r.Recipe.Dataset.Folder()
	busy := d.shell.Trainer.Others.Phase().Active()
	there := r.Place == protocol.OnServer
	if r.Phase == run.Deleted {
		return app.P().Class("actions").Body(d.keepButton(r), d.files.exportButton(r), d.deleteButton(r))
	}
	other, further := r.Run.Further(d.shell.Runs.All)
	resumable := resumable(r, kept) && !further
	return app.P().Class("actions").Body(
		app.If(there && (under(r) || r.Phase == run.Waiting), func() app.UI { return d.followButton(r) }),
		app.If(resumable, func() app.UI { return d.resumeButton(r, kept, busy) }),
		app.If(!further, func() app.UI { return d.moveButton("move-"+r.element(), r, kept) }),
		d.saveButton(r, kept),
		app.If(!own, func() app.UI {
			a := app.A().ID("train-" + r.element()).Class("button").Href(shell.Link(shell.Train) + "?" + kept.View.Query()).OnClick(d.shell.OnFollow)
			if !resumable || r.Phase == run.Done {
				a = a.Class("primary")
			}
			return a.Text("Train this again")
		}),
		app.If(r.Snapshots > 0, func() app.UI {
			return app.A().ID("look-" + r.element()).Class("button").Href(shell.Link(shell.Look) + "?run=" + url.QueryEscape(r.Ref().String())).Text("Look inside")
		}),
		d.files.exportButton(r),
		d.deleteButton(r),
		app.If(resumable && busy, func() app.UI {
			return app.Span().Class("under").Text("It can be resumed when the run under way is over.")
		}),
		app.If(further, func() app.UI { return app.Span().Class("continued").Text(d.continued(other)) }),
		app.If(d.move.Saved == d.of, func() app.UI {
			return app.Span().Class("under").Role("status").Text(words.Saved(d.of.File()))
		}),
		notMoved(d.move),
		app.If(own, func() app.UI {
			return app.Span().Class("under").Text("To train it again, choose its pictures on the Train page.")
		}),
	)
}

// keepButton is for a run that was deleted on the server, and of which this browser has stored what it received.
func (d *detail) keepButton(r *row) app.UI {
	return app.Button().ID("keep-"+r.element()).Type("button").Class("primary").OnClick(func(app.Context, app.Event) {
		d.shell.Runs.KeepHere(d.of, func(err error) {
			if d.problem = ""; err != nil {
				d.problem = "This could not be stored: " + err.Error() + "."
			}
			d.shell.Runs.Follow()
		})
		shell.Focus("runs") // the button goes with its row
	}, app.EventScope(d.of)).Text("Keep here")
}

// followButton leads to the Train page with a run that the server trains.
func (d *detail) followButton(r *row) app.UI {
	return app.Button().ID("follow-"+r.element()).Type("button").Class("primary").Disabled(d.shell.Trainer.Others.Phase().Active()).
		OnClick(func(ctx app.Context, _ app.Event) {
			d.shell.Trainer.There.Follow(r.ID, r.Phase)
			shell.Go(ctx, shell.Link(shell.Train))
		}, app.EventScope(d.of)).Text("Follow on the Train page")
}

func (d *detail) deleteButton(r *row) app.UI {
	says := "Delete"
	if r.Phase == run.Deleted {
		says = "Delete here too"
	}
	return app.Button().ID("delete-"+r.element()).Type("button").Disabled(under(r)).
		OnClick(func(app.Context, app.Event) { d.remove([]*row{r}) }, app.EventScope(d.of, r.name)).Text(says)
}

// label is the run's name and note, to be changed where there is a store that has them.
func (d *detail) label(r *row) app.UI {
	if r.Phase == run.Deleted {
		return app.P().Class("problem").Role("alert").Hidden(d.problem == "").Text(d.problem)
	}
	change := func(set func(l *run.Label, text string)) app.EventHandler {
		return func(_ app.Context, e app.Event) {
			l := r.Label
			set(&l, e.Get("target").Get("value").String())
			d.shell.Runs.Label(d.of, l, func(err error) {
				if d.problem = ""; err != nil {
					d.problem = "This could not be stored: " + err.Error() + "."
				}
				d.shell.Runs.Follow()
			})
		}
	}
	name, note := "name-"+r.element(), "note-"+r.element()
	return app.Div().Class("naming").Body(
		app.Div().Class("field").Body(
			app.Label().Class("name").For(name).Text("Name"),
			app.Input().ID(name).Type("text").MaxLength(run.MaxName).Value(r.Name).Placeholder(r.entry.Title).AutoComplete(false).
				OnChange(change(func(l *run.Label, text string) { l.Name = text }), app.EventScope(d.of, r.Label)),
		),
		app.Div().Class("field", "wide").Body(
			app.Label().Class("name").For(note).Text("Note"),
			app.Input().ID(note).Type("text").MaxLength(run.MaxNote).Value(r.Note).Placeholder("what this run was for").AutoComplete(false).
				OnChange(change(func(l *run.Label, text string) { l.Note = text }), app.EventScope(d.of, r.Label)),
		),
		app.P().Class("problem").Role("alert").Hidden(d.problem == "").Text(d.problem),
	)
}

func (d *detail) charts(r *row, kept *client.Kept) app.UI {
	if d.drawn != kept {
		last := float64(r.Recipe.Steps)
		d.drawn, d.specs = kept, [2]chart.Spec{curves.Accuracy(r.entry, kept.View, last), curves.Loss(r.entry, kept.View, last)}
		d.specs[1].Log = true // the first evaluations would compress the rest into a line at the bottom
	}
	id, file := r.element(), "unpool-run-"+r.element()
	return app.Div().Class("charts").Body(
		&chart.Axes{ID: "axes-" + id, Group: &d.linked},
		app.Div().Class("panels", "pair").Body(
			&chart.Chart{ID: "chart-accuracy-" + id, Title: "Accuracy", Spec: d.specs[0], Group: &d.linked, File: file + "-accuracy"},
			&chart.Chart{ID: "chart-loss-" + id, Title: "Loss", Loss: true, Spec: d.specs[1], Group: &d.linked, File: file + "-loss"},
		),
	)
}

// folds are the parts below the charts.
func (d *detail) folds(r *row, v *run.View) app.UI {
	id := "fold-" + r.element()
	button := func(f fold, label string) app.UI {
		return app.Button().ID(id+"-"+string(f)).Type("button").Class("quiet", "disclosure").
			Aria("expanded", d.fold == f).Aria("controls", id).
			OnClick(func(app.Context, app.Event) {
				if d.fold == f {
					d.fold = ""
				} else {
					d.fold = f
				}
			}, app.EventScope(d.of, f)).
			Text(label)
	}
	return app.Div().Class("folds").Body(
		app.Div().Class("fold-buttons").Body(
			button(foldSettings, "Settings"), button(foldTable, "Data table"),
			button(foldSnapshots, fmt.Sprintf("Snapshots (%d)", len(v.Snapshots))),
			button(foldChanges, fmt.Sprintf("Changes during training (%d)", len(v.Moves)+len(v.Rates))),
		),
		app.If(d.fold != "", func() app.UI { return app.Div().ID(id).Class("fold").Body(d.folded(r, v)) }),
	)
}

func (d *detail) folded(r *row, v *run.View) app.UI {
	switch d.fold {
	case foldSettings:
		return settings(r, v)
	case foldTable:
		head, rows, note := words.Table(v)
		return app.Div().Body(
			app.P().Class("under").Hidden(note == "").Text(note),
			table.Table("Evaluations of "+r.name, head, rows),
		)
	case foldSnapshots:
		return snapshots(r, v)
	}
	return changes(r, v)
}

// settings say how the run was made.
func settings(r *row, v *run.View) app.UI {
	all := words.Settings(v.Start, r.Seconds)
	if m := r.Where.Machine; m != "" {
		if r.Where.Host != "" {
			m = r.Where.Host + ": " + m
		}
		all = append(all, words.Setting{Name: "On", Text: m})
	}
	if r.SHA256 != "" {
		all = append(all, words.Setting{Name: "Final weights (SHA-256)", Text: r.SHA256})
	}
	all = append(all, words.Setting{Name: "Run", Text: r.ID})
	var items []app.UI
	for _, s := range all {
		items = append(items, app.Elem("dt").Text(s.Name), app.Elem("dd").Text(s.Text))
	}
	return app.Elem("dl").Class("settings").Body(items...)
}

// snapshots is the table of the weights that were kept on the way.
func snapshots(r *row, v *run.View) app.UI {
	if len(v.Snapshots) == 0 {
		return app.P().Class("under").Text("No weights were stored during this run.")
	}
	var rows [][]string
	for _, s := range v.Snapshots {
		rows = append(rows, []string{number.Int(s.Step), number.Bytes(s.Bytes), number.Difference(-s.Lost), number.Int(s.N)})
	}
	return table.Table("Snapshots of "+r.name, []string{"step", "size", "accuracy change from rounding to 8 bits, points", "test images"}, rows)
}

// changes is the table of what was changed while the run was trained.
func changes(r *row, v *run.View) app.UI {
	var rows [][]string
	for _, c := range v.Rates {
		rows = append(rows, []string{number.Int(c.Step), "learning rate " + strconv.FormatFloat(c.LearningRate, 'f', -1, 64)})
	}
	for _, m := range v.Moves {
		rows = append(rows, []string{number.Int(m.Step), "resumed with " + m.To.String() + " instead of " + m.From.String()})
	}
	if len(rows) == 0 {
		return app.P().Class("under").Text("Nothing was changed during this run.")
	}
	return table.Table("Changes of "+r.name, []string{"after step", "change"}, rows)
}
