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
	says    string // the outcome
	problem string
}

func (c *controls) render(s *api.Sweep) app.UI {
	pause, verb := "Pause", api.PauseSweep
	if s.State == api.SweepPaused {
		pause, verb = "Continue", api.ContinueSweep
	}
	over := s.State.Over()
	says := under(c.says)
	if c.problem != "" {
		says = app.P().Class("problem").Text(c.problem)
	}
	return div("sweep-controls",
		div("actions",
			switched("sweep-pause", pause, over, func() { c.tell(s.ID, verb) }, s.ID, pause),
			switched("sweep-stop", "Stop…", over, func() { c.confirm("stop") }, s.ID, "Stop…"),
			switched("sweep-more", "Change…", false, func() { c.more = !c.more }, s.ID, "Change…").Class("disclosure").
				Aria("expanded", c.more).Aria("controls", "sweep-changes"),
			switched("sweep-delete", "Delete…", false, func() { c.confirm("delete") }, s.ID, "Delete…"),
		),
		div("notice", app.If(c.ask != "", func() app.UI { return c.confirmation(s) })).Role("group").Aria("labelledby", "sweep-asks").Hidden(c.ask == ""),
		div("", app.If(c.more, func() app.UI { return c.changes(s) })).ID("sweep-changes").Hidden(!c.more),
		says.ID("sweep-said").Role("status"),
	)
}

// confirm asks before what cannot be undone, and gives the focus to the answer that changes nothing.
func (c *controls) confirm(what string) {
	c.ask, c.says, c.problem = what, "", ""
	c.shell.AfterDrawing(func() { shell.Focus("sweep-keep") })
}

func (c *controls) confirmation(s *api.Sweep) app.UI {
	question, yes := "Stop the sweep? This is final. Its runs stop at their current step and are kept.", "Stop the sweep"
	if c.ask == "delete" {
		question, yes = "Delete the sweep and its "+counted(s.Points*s.Seeds-s.Runs[run.Empty], "run", "runs")+" for good?", "Delete the sweep"
	}
	return app.Div().Body(
		app.Span().ID("sweep-asks").Text(question),
		button("sweep-yes", yes, c.yes),
		button("sweep-keep", "Keep it", c.keep),
	)
}

// yes does what was asked about, with the sweep that is open.
func (c *controls) yes() {
	what, id := c.ask, c.shell.Sweeps.ID()
	c.keep()
	if what == "stop" {
		c.tell(id, api.StopSweep)
		return
	}
	c.shell.Sweeps.Delete(id, func(err error) {
		if c.came(err); err == nil {
			c.shell.Dispatch(func(ctx app.Context) { shell.Go(ctx, shell.Link(shell.Sweeps)) })
		}
	})
}

// keep stops asking, and gives the focus back.
func (c *controls) keep() {
	what := c.ask
	c.ask = ""
	c.shell.AfterDrawing(func() { shell.Focus("sweep-" + what) })
}

func (c *controls) tell(id string, do api.SweepVerb) {
	c.shell.Sweeps.Tell(id, do, c.came)
}

// came takes in the outcome of something.
func (c *controls) came(err error) {
	c.says, c.problem = "", ""
	if err != nil {
		c.problem = "The server refused: " + err.Error() + "."
	}
}

// changes are what can be changed of a sweep, each taken when it is typed.
func (c *controls) changes(s *api.Sweep) app.UI {
	fields := []app.UI{field("sweep-name", "Name", "name of the sweep; at most "+number.Int(run.MaxName)+" characters", "",
		entry("sweep-name", s.Name, false, func(text string) { c.change(api.SweepChange{Name: &text}) }))}
	for _, one := range []struct {
		id, label, help string
		now             int
		change          func(*int) api.SweepChange
	}{
		{"sweep-points", "Points", "total number, if drawn at random; it can only grow", s.Points,
			func(n *int) api.SweepChange { return api.SweepChange{Points: n} }},
		{"sweep-seeds", "Seeds", "total number of runs of each point; it can only grow", s.Seeds,
			func(n *int) api.SweepChange { return api.SweepChange{Seeds: n} }},
		{"sweep-workers", "Workers", "runs trained at the same time; 0 for as many as the server can", s.Workers,
			func(n *int) api.SweepChange { return api.SweepChange{Workers: n} }},
	} {
		fields = append(fields, field(one.id, one.label, one.help, "", entry(one.id, strconv.Itoa(one.now), false, func(text string) {
			x, err := form.Number(text)
			n := int(x)
			if err != nil || float64(n) != x || n < 0 {
				c.says, c.problem = "", one.label+" must be a whole number, not “"+text+"” is none."
				return
			}
			c.change(one.change(&n))
		})))
	}
	return div("fields", fields...)
}

// change changes the sweep that is open.
func (c *controls) change(change api.SweepChange) {
	c.shell.Sweeps.Change(c.shell.Sweeps.ID(), change, func(err error) {
		if c.came(err); err == nil {
			c.says = "Changed."
		}
	})
}
