package look

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/models"
)

// subject is the net that is looked into: of a run, after a step.
type subject struct {
	shell     *shell.Shell
	published *published
	changed   func(another bool) // what is looked into is another step, or another run

	id    choice // of the run
	steps []int  // of which there are weights
	at    int    // index of the step

	wanted     choice // by a link
	wantedStep string // likewise; "" for the last
	looked     known  // when a run to begin with was looked for last
	found      bool
	problem    string // why that is not the one of the link
	choices    int    // counts them: a run that is read slowly may no longer be wanted
}

// known is how much is known of runs.
type known struct {
	runs, published int
	failed          bool
}

func (s *subject) known() known {
	return known{s.shell.Runs.Version, s.published.version, s.shell.Runs.Failed != nil}
}

// choice is a run: one that this browser keeps, by its ID, or a published result, by its name. The zero choice is none.
type choice struct {
	id        string
	published bool
}

// publishedMark stands in a choice's text before a published result's name. No ID of a run has a colon.
const publishedMark = "published:"

func (c choice) String() string {
	if c.published {
		return publishedMark + c.id
	}
	return c.id
}

func choiceOf(text string) choice {
	id, published := strings.CutPrefix(text, publishedMark)
	return choice{id, published}
}

// of says which run and step the trainer is to look into.
func (s *subject) of() protocol.Look {
	return protocol.Look{Run: s.id.id, Step: s.step(), Published: s.id.published}
}

// begin has a run to begin with be looked for: that of a link, or the latest that there is something to see of. What was looked at
// before stays if nothing else is asked for.
func (s *subject) begin(of, step string) {
	if of != "" || s.id == (choice{}) {
		s.wanted, s.wantedStep, s.looked, s.found, s.problem = choiceOf(of), step, known{-1, -1, false}, false, ""
	}
}

// follow looks for the run to begin with whenever there are more, until it is there.
func (s *subject) follow() {
	now := s.known()
	if s.found || s.looked == now {
		return
	}
	s.looked = now
	for _, r := range s.shell.Runs.All {
		if mine := (choice{id: r.ID}); r.Snapshots > 0 && (s.wanted == choice{} || s.wanted == mine) {
			s.choose(mine, s.wantedStep)
			return
		}
	}
	// A published result is begun with where it is asked for, or where there is nothing else.
	kept := now.runs > 0 || now.failed
	for _, r := range s.published.runs {
		if theirs := (choice{r.name, true}); s.wanted == theirs || kept && s.wanted == (choice{}) {
			s.choose(theirs, s.wantedStep)
			return
		}
	}
	if kept && now.published > 0 && s.wanted != (choice{}) {
		s.wanted, s.wantedStep, s.looked = choice{}, "", known{-1, -1, false}
		s.problem = "The run that the link leads to is not in this browser, or has kept no weights; another one is shown."
		s.follow()
	}
}

// choose looks into another run, after a step where that is not "", else after its last.
func (s *subject) choose(c choice, step string) {
	s.found = true
	s.choices++
	now := s.choices
	s.read(c, func(steps []int, err error) {
		switch {
		case now != s.choices: // another one was chosen meanwhile
		case err != nil: // it may have been deleted
			s.problem = "The run cannot be read: " + err.Error() + "."
			s.found = s.steps != nil
		default:
			s.take(c, steps, step)
		}
	})
}

// read finds out of which steps a run has weights.
func (s *subject) read(c choice, done func(steps []int, err error)) {
	if c.published {
		for _, r := range s.published.runs {
			if r.name == c.id {
				s.shell.Dispatch(func(app.Context) { done(r.steps, nil) })
			}
		}
		return
	}
	s.shell.Runs.Read(c.id, func(k *client.Kept, err error) {
		var steps []int
		if err == nil {
			for _, snapshot := range k.View.Snapshots {
				steps = append(steps, snapshot.Step)
			}
		}
		done(steps, err)
	})
}

func (s *subject) take(c choice, steps []int, step string) {
	if len(steps) == 0 {
		return
	}
	another := s.id != c
	s.id, s.steps, s.at = c, steps, len(steps)-1
	for i, one := range steps {
		if strconv.Itoa(one) == step {
			s.at = i
		}
	}
	s.changed(another)
}

// step is that after which the weights are.
func (s *subject) step() int { return s.steps[s.at] }

// options are the runs that there are to choose from; chosen is one of them, or none.
func (s *subject) options(chosen choice) []app.UI {
	var mine, theirs []app.UI
	option := func(c choice, text string) app.UI {
		return app.Option().Value(c.String()).Selected(c == chosen).Text(text)
	}
	for _, r := range s.shell.Runs.All {
		if r.Snapshots > 0 {
			mine = append(mine, option(choice{id: r.ID}, label(r)))
		}
	}
	for _, r := range s.published.runs {
		theirs = append(theirs, option(choice{r.name, true}, r.title))
	}
	return []app.UI{
		app.If(len(mine) > 0, func() app.UI { return app.OptGroup().Label("In this browser").Body(mine...) }),
		app.If(len(theirs) > 0, func() app.UI { return app.OptGroup().Label("Published results").Body(theirs...) }),
	}
}

func (s *subject) render() app.UI {
	return app.Div().Class("subject").Body(
		app.Div().Class("field").Body(
			app.Label().Class("name").For("look-run").Text("Run"),
			app.Select().ID("look-run").OnChange(func(_ app.Context, e app.Event) {
				s.problem = ""
				s.choose(choiceOf(e.Get("target").Get("value").String()), "")
			}).Body(s.options(s.id)...),
		),
		app.Div().Class("field", "wide").Body(
			app.Label().Class("name").For("look-step").Text("After training step "+number.Int(s.step())),
			app.Input().ID("look-step").Type("range").Min(0).Max(len(s.steps)-1).Step(1).Value(s.at).Disabled(len(s.steps) < 2).
				Aria("valuetext", "step "+number.Int(s.step())).
				OnInput(func(_ app.Context, e app.Event) {
					at, err := strconv.Atoi(e.Get("target").Get("value").String())
					if err == nil && at >= 0 && at < len(s.steps) && at != s.at {
						s.at = at
						s.changed(false)
					}
				}),
		),
	)
}

// label tells runs apart: by name, how good they were, and when they were made.
func label(r run.Summary) string {
	text := r.Name
	if text == "" {
		text = models.Title(r.Recipe)
	}
	if r.Latest != nil {
		text += ", " + number.Percent(r.Latest.Test.Accuracy) + number.Thin + "%"
	}
	return text + ", " + r.Created.Local().Format("2006-01-02 15:04")
}
