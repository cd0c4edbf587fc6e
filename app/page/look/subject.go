package look

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/run"
)

// subject is the net that is looked into: of a run, after a step.
type subject struct {
	shell   *shell.Shell
	changed func() // what is looked into is another one

	id    string // of the run; "" for none
	steps []int  // of which there are weights
	at    int    // index of the step

	wanted, wantedStep string // by a link; "" for the latest run, and its last step
	looked             int    // the version of the list in which a run to begin with was looked for
	found              bool
}

// begin has a run to begin with be looked for: that of a link, or the latest that there is something to see of. What was looked at
// before stays if nothing else is asked for.
func (s *subject) begin(id, step string) {
	if id != "" || s.id == "" {
		s.wanted, s.wantedStep, s.looked, s.found = id, step, 0, false
	}
}

// follow looks for the run to begin with whenever the runs have been listed anew, until it is there.
func (s *subject) follow() {
	if s.found || s.looked == s.shell.Runs.Version {
		return
	}
	s.looked = s.shell.Runs.Version
	for _, r := range s.shell.Runs.All {
		if r.Snapshots > 0 && (s.wanted == "" || s.wanted == r.ID) {
			s.found = true
			s.choose(r.ID, s.wantedStep)
			return
		}
	}
}

// choose looks into another run, after a step where that is not "", else after its last.
func (s *subject) choose(id, step string) {
	s.shell.Runs.Read(id, func(k *client.Kept, err error) {
		if err != nil || len(k.View.Snapshots) == 0 {
			return // it was deleted meanwhile
		}
		s.id, s.steps = id, nil
		s.at = len(k.View.Snapshots) - 1
		for i, snapshot := range k.View.Snapshots {
			s.steps = append(s.steps, snapshot.Step)
			if strconv.Itoa(snapshot.Step) == step {
				s.at = i
			}
		}
		s.changed()
	})
}

// step is that after which the weights are.
func (s *subject) step() int { return s.steps[s.at] }

func (s *subject) render() app.UI {
	var options []app.UI
	for _, r := range s.shell.Runs.All {
		if r.Snapshots > 0 {
			options = append(options, app.Option().Value(r.ID).Selected(r.ID == s.id).Text(s.label(r)))
		}
	}
	return app.Div().Class("subject").Body(
		app.Div().Class("field").Body(
			app.Label().Class("name").For("look-run").Text("Run"),
			app.Select().ID("look-run").OnChange(func(_ app.Context, e app.Event) {
				s.choose(e.Get("target").Get("value").String(), "")
			}).Body(options...),
		),
		app.Div().Class("field", "wide").Body(
			app.Label().Class("name").For("look-step").Text("After training step "+number.Int(s.step())),
			app.Input().ID("look-step").Type("range").Min(0).Max(len(s.steps)-1).Step(1).Value(s.at).Disabled(len(s.steps) < 2).
				Aria("valuetext", "step "+number.Int(s.step())).
				OnInput(func(_ app.Context, e app.Event) {
					at, err := strconv.Atoi(e.Get("target").Get("value").String())
					if err == nil && at >= 0 && at < len(s.steps) && at != s.at {
						s.at = at
						s.changed()
					}
				}),
		),
	)
}

// label tells runs apart: by name, when they were made and how good they were.
func (s *subject) label(r run.Summary) string {
	text := title(r)
	if r.Latest != nil {
		text += ", " + number.Percent(r.Latest.Test.Accuracy) + number.Thin + "%"
	}
	return text + ", " + r.Created.Local().Format("2006-01-02 15:04")
}
