package look

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/check"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/models"
)

// subject is the net that is looked into: of a run, after a step.
type subject struct {
	shell   *shell.Shell
	library library
	changed func(another bool) // what is looked into is another step, or another run

	id    client.Ref // of the run
	steps []int      // of which there are weights
	at    int        // index of the step
	curve curve      // of the run
	waits bool       // a run under way waits for answers
	first bool       // it is the first run that is looked into: what a link says holds for it

	wanted     client.Ref // by a link
	wantedStep string     // likewise; "" for the last
	looked     known      // when a run to begin with was looked for last
	found      bool
	problem    string // why that is not the one of the link
	choices    int    // counts them: a run that is read slowly may no longer be wanted
}

// known is how much is known of runs.
type known struct {
	runs, published      int
	here, server, failed bool // this browser's and the server's runs are listed, or this browser's cannot be
}

// nothingKnown is what was known before anything was looked for.
var nothingKnown = known{runs: -1}

func (s *subject) known() known {
	runs := s.shell.Runs
	_, here := runs.Here()
	return known{runs.Version, s.library.published.version, here, runs.Server.Answered(), runs.Failed != nil}
}

// of says which run and step the trainer is to look into.
func (s *subject) of() protocol.Look {
	return protocol.Look{Run: s.id.ID, Place: s.id.Place, Step: s.step(), Wait: s.waits}
}

// begin has a run to begin with be looked for: that of a link, or the latest that there is something to see of. What was looked at
// before stays if nothing else is asked for.
func (s *subject) begin(of, step string) {
	if of != "" || s.id == (client.Ref{}) {
		s.wanted, s.wantedStep, s.looked, s.found, s.problem = client.RefOf(of), step, nothingKnown, false, ""
	}
}

// follow looks for the run to begin with whenever there are more, until it is there, and then for more of it while it trains.
func (s *subject) follow() {
	if v := &s.shell.Trainer.View; v.Start != nil && s.id == (client.Ref{ID: v.Start.ID}) {
		grow(s, v)
	}
	now := s.known()
	if s.found || s.looked == now {
		return
	}
	s.looked = now
	for _, r := range s.shell.Runs.All {
		if mine := r.Ref(); r.Snapshots > 0 && (s.wanted == client.Ref{} || s.wanted == mine) {
			s.choose(mine, s.wantedStep)
			return
		}
	}
	// A published result is begun with where it is asked for, or where there is nothing else.
	kept := now.here || now.failed
	for _, r := range s.library.published.runs {
		if theirs := (client.Ref{Place: protocol.Published, ID: r.name}); s.wanted == theirs || kept && s.wanted == (client.Ref{}) {
			s.choose(theirs, s.wantedStep)
			return
		}
	}
	if kept && now.published > 0 && s.wanted != (client.Ref{}) && !awaited(s) {
		s.seek()
	}
}

// awaited reports whether the run of the link is the server's, which has not answered.
func awaited(s *subject) bool {
	return s.wanted.Place == protocol.OnServer && !s.shell.Runs.Server.Answered()
}

// seek reads the run of the link, which is not listed: the list may be older than the run.
func (s *subject) seek() {
	if s.wanted.Place == protocol.Published {
		wanted := s.wanted
		s.library.published.seek(wanted.ID, s.wantedStep, func(found bool) {
			switch {
			case s.wanted != wanted || s.found: // another one is wanted meanwhile
			case found:
				s.choose(wanted, s.wantedStep)
			default:
				s.missing()
			}
		})
		return
	}
	s.read(s.wanted, s.wantedStep, func(error) { s.missing() })
}

// missing begins with another run than that of the link.
func (s *subject) missing() {
	s.wanted, s.wantedStep, s.looked, s.found = client.Ref{}, "", nothingKnown, false
	s.problem = "The run in the link is not here or has no stored weights, so another run is shown."
	s.follow()
}

// grow takes up how far the run that is looked into has come. The step that is looked at stays.
func grow(s *subject, v *run.View) {
	if v.Phase.Active() {
		s.curve.grow(v)
	}
	if len(v.Snapshots) == 0 || v.Snapshots[len(v.Snapshots)-1].Step == s.steps[len(s.steps)-1] {
		return
	}
	at := s.step()
	s.steps = nil
	for _, one := range v.Snapshots {
		s.steps = append(s.steps, one.Step)
	}
	if !slices.Contains(s.steps, at) { // its snapshot has made room for others
		s.steps = append(s.steps, at)
		slices.Sort(s.steps)
	}
	s.at = slices.Index(s.steps, at)
	s.curve.follow(s)
}

// choose looks into another run, after a step where that is not "", else after its last.
func (s *subject) choose(c client.Ref, step string) {
	s.read(c, step, func(err error) { // it may have been deleted
		s.problem = "The run cannot be read: " + err.Error() + "."
		s.found = s.steps != nil
	})
}

// errNoWeights means that a run has kept none.
var errNoWeights = errors.New("it has no stored weights")

// read reads a run, and looks into it unless that fails.
func (s *subject) read(c client.Ref, step string, fail func(error)) {
	s.found = true
	s.choices++
	now := s.choices
	s.library.read(c, func(steps []int, err error) {
		switch {
		case now != s.choices: // another one was chosen meanwhile
		case err != nil:
			fail(err)
		case len(steps) == 0:
			fail(errNoWeights)
		default:
			s.take(c, steps, step)
		}
	}, func(v *run.View) {
		if now == s.choices {
			s.curve.take(v)
		}
	})
}

func (s *subject) take(c client.Ref, steps []int, step string) {
	another := s.id != c
	s.first = s.id == (client.Ref{})
	s.id, s.steps, s.at = c, steps, len(steps)-1
	for i, one := range steps {
		if strconv.Itoa(one) == step {
			s.at = i
		}
	}
	if another {
		s.curve = curve{}
	}
	s.curve.follow(s)
	s.changed(another)
}

// goTo looks at another of the steps.
func (s *subject) goTo(at int) {
	if at >= 0 && at < len(s.steps) && at != s.at {
		s.at = at
		s.curve.follow(s)
		s.changed(false)
	}
}

// step is that after which the weights are.
func (s *subject) step() int { return s.steps[s.at] }

func (s *subject) render() app.UI {
	return app.Elem("section").Class("subject").Aria("labelledby", "subject-title").Body(
		app.H2().ID("subject-title").Class("unseen").Text("The net"),
		app.Div().Class("fields").Body(
			field("look-run", "Run",
				app.Select().ID("look-run").OnChange(func(_ app.Context, e app.Event) {
					s.problem = ""
					s.choose(client.RefOf(e.Get("target").Get("value").String()), "")
				}).Body(s.library.options(s.id)...),
			),
			field("look-step", "After training step "+number.Int(s.step())+map[bool]string{true: ", the only stored weights"}[len(s.steps) == 1],
				stepSlider("look-step", s.steps, s.at, s.goTo),
				app.P().Class("under").Text(stored(s)),
			),
			turns(s),
		),
		s.curve.render(),
	)
}

// stored says how exactly the weights after the step are stored. Of a browser's run the last checkpoint, which the last step may be of, has all
// their bits.
func stored(s *subject) string {
	if s.id.Place == protocol.InBrowser && s.at == len(s.steps)-1 {
		return "Weights before the last step are stored with 8 bits each."
	}
	text := "These weights are stored with 8 bits each"
	if v := s.curve.view; v != nil {
		for _, one := range v.Snapshots {
			if one.Step == s.step() {
				text += fmt.Sprintf(", which changes the accuracy on %s test images by %s points", number.Int(one.N), number.Difference(-one.Lost))
			}
		}
	}
	return text + "."
}

// stepSlider goes through the steps of which there are weights. scope is what to depends on, as app.EventScope has it.
func stepSlider(id string, steps []int, at int, to func(int), scope ...any) app.UI {
	return app.Input().ID(id).Type("range").Min(0).Max(len(steps)-1).Step(1).Value(at).Disabled(len(steps) < 2).
		Aria("valuetext", "step "+number.Int(steps[at])).
		OnInput(func(_ app.Context, e app.Event) {
			if at, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil {
				to(at)
			}
		}, app.EventScope(append(scope, len(steps))...))
}

// turns are what a run under way does while many images are gone through.
func turns(s *subject) app.UI {
	return check.Of("look-waits", "Pause training during analyses (otherwise they alternate)", &s.waits).Hidden(!s.shell.Trainer.View.Phase.Active())
}

// label tells runs apart: by name, how good they were, and when they were made.
func label(r run.Summary) string {
	text := r.Name
	if text == "" {
		text = models.Title(r.Recipe)
	}
	if r.Latest != nil {
		text += ", " + number.Share(r.Latest.Test.Accuracy)
	}
	return text + ", " + r.Created.Local().Format("2006-01-02 15:04")
}

// file names a file of what is shown.
func (s *subject) file(what string) string {
	return "unpool-" + strings.ReplaceAll(s.id.String(), ":", "-") + "-step" + strconv.Itoa(s.step()) + "-" + what
}

// numbers saves the numbers of a picture that an analysis has made, as the trainer has them.
func (s *subject) numbers(what string, with any, picture string) func() {
	text, err := json.Marshal(with)
	if err != nil {
		panic(err) // a mistake in the program
	}
	return func() {
		client.SaveNumbers(s.shell.Trainer, s.of(), protocol.Numbers{What: what, With: text, Picture: picture}, func(failed *protocol.Error) {
			s.problem = ""
			if failed != nil {
				s.problem = "The numbers could not be saved: " + failed.Message + ". " + failed.Hint
			}
		})
	}
}
