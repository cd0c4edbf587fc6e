package sweeps

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/shell"
	"unpool/app/ui/form"
	"unpool/core/api"
	"unpool/core/number"
	"unpool/core/run"
)

// controls are what the open sweep is told.
type controls struct {
	shell *shell.Shell

	more    bool   // the changes are shown
	ask     string // what is to be confirmed: "stop", "delete"; "" for nothing
	says    string // what came of it
	problem string
}

func (c *controls) render(s *api.Sweep) app.UI {
	button := func(id, label string, can bool, do func()) app.HTMLButton {
		return app.Button().ID(id).Type("button").Aria("disabled", !can).OnClick(func(app.Context, app.Event) {
			if can {
				do()
			}
		}, app.EventScope(s.ID, can)).Text(label)
	}
	running, paused := s.State == api.SweepRunning, s.State == api.SweepPaused
	pause := button("sweep-pause", "Pause", running, func() { c.tell(s.ID, api.PauseSweep) })
	if paused {
		pause = button("sweep-pause", "Continue", true, func() { c.tell(s.ID, api.ContinueSweep) })
	}
	return app.Div().Class("sweep-controls").Body(
		app.Div().Class("actions").Body(
			pause.Aria("label", map[bool]string{true: "Continue the sweep", false: "Pause the sweep"}[paused]),
			button("sweep-stop", "Stop…", !s.State.Over(), func() { c.confirm("stop") }),
			button("sweep-more", "Change…", true, func() { c.more = !c.more }).Class("disclosure").
				Aria("expanded", c.more).Aria("controls", "sweep-changes"),
			button("sweep-delete", "Delete…", true, func() { c.confirm("delete") }),
		),
		c.confirmation(s),
		app.Div().ID("sweep-changes").Class("fields").Hidden(!c.more).Body(app.If(c.more, func() app.UI { return c.changes(s) })),
		app.P().ID("sweep-said").Class(map[bool]string{true: "problem", false: "under"}[c.problem != ""]).Role("status").Text(c.problem+c.says),
	)
}

// confirm asks before what cannot be taken back, and gives the focus to the answer that changes nothing.
func (c *controls) confirm(what string) {
	c.ask, c.says, c.problem = what, "", ""
	c.shell.AfterDrawing(func() { shell.Focus("sweep-keep") })
}

func (c *controls) confirmation(s *api.Sweep) app.UI {
	return app.Div().Class("notice").Role("group").Aria("labelledby", "sweep-asks").Hidden(c.ask == "").Body(app.If(c.ask != "", func() app.UI {
		question, yes := "Stop the sweep for good? Its runs are stopped where they are, and what they learned is kept.", "Stop the sweep"
		if c.ask == "delete" {
			n := 0
			for phase, of := range s.Runs {
				if phase != run.Empty {
					n += of
				}
			}
			question, yes = "Delete the sweep and its "+counted(n, "run", "runs")+" for good?", "Delete the sweep"
		}
		what := c.ask
		return app.Div().Body(
			app.Span().ID("sweep-asks").Text(question),
			app.Button().ID("sweep-yes").Type("button").OnClick(func(ctx app.Context, _ app.Event) {
				c.ask = ""
				if what == "stop" {
					c.tell(s.ID, api.StopSweep)
					c.shell.AfterDrawing(func() { shell.Focus("sweep-stop") })
					return
				}
				c.remove(ctx, s.ID)
			}, app.EventScope(s.ID, what)).Text(yes),
			app.Button().ID("sweep-keep").Type("button").OnClick(func(app.Context, app.Event) {
				c.ask = ""
				c.shell.AfterDrawing(func() { shell.Focus("sweep-" + what) })
			}, app.EventScope(what)).Text("Keep it"),
		)
	}))
}

func (c *controls) tell(id string, do api.SweepVerb) {
	c.shell.Sweeps.Tell(id, do, c.came)
}

// came takes in what came of something.
func (c *controls) came(err error) {
	c.says, c.problem = "", ""
	if err != nil {
		c.problem = "The server does not do that: " + err.Error() + "."
	}
}

func (c *controls) remove(ctx app.Context, id string) {
	c.shell.Sweeps.Delete(id, func(err error) {
		if c.came(err); err == nil {
			c.shell.Dispatch(func(ctx app.Context) { ctx.Navigate(shell.Link(path)) })
		}
	})
}

// changes are what can be changed of a sweep, each taken when it is typed.
func (c *controls) changes(s *api.Sweep) app.UI {
	entry := func(id, label, help, value string, do func(text string)) app.UI {
		return app.Div().Class("field").Body(
			app.Label().Class("name").For(id).Text(label),
			app.Input().ID(id).Type("text").Value(value).AutoComplete(false).Aria("describedby", id+"-help").
				OnChange(func(_ app.Context, e app.Event) { do(e.Get("target").Get("value").String()) }, app.EventScope(s.ID, value)),
			app.P().ID(id+"-help").Class("under").Text(help),
		)
	}
	count := func(what string, put func(*api.SweepChange, *int)) func(string) {
		return func(text string) {
			x, err := form.Number(text)
			n := int(x)
			if err != nil || float64(n) != x || n < 0 {
				c.says, c.problem = "", what+" needs a whole number; “"+text+"” is none."
				return
			}
			var change api.SweepChange
			put(&change, &n)
			c.change(s.ID, change)
		}
	}
	return app.Div().Class("fields").Body(
		entry("sweep-name", "Name", "what the sweep is called; at most "+number.Int(run.MaxName)+" characters", s.Name, func(text string) {
			c.change(s.ID, api.SweepChange{Name: &text})
		}),
		entry("sweep-points", "Points", "how many in all, where they are drawn at random; more can be added", strconv.Itoa(s.Points),
			count("Points", func(change *api.SweepChange, n *int) { change.Points = n })),
		entry("sweep-seeds", "Seeds", "runs of each point in all; more can be added", strconv.Itoa(s.Seeds),
			count("Seeds", func(change *api.SweepChange, n *int) { change.Seeds = n })),
		entry("sweep-workers", "Workers", "runs in training at a time; 0 for as many as the server trains", strconv.Itoa(s.Workers),
			count("Workers", func(change *api.SweepChange, n *int) { change.Workers = n })),
	)
}

func (c *controls) change(id string, change api.SweepChange) {
	c.shell.Sweeps.Change(id, change, func(err error) {
		if c.came(err); err == nil {
			c.says = "Changed."
		}
	})
}
