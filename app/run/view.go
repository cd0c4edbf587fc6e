// Package run turns a run's events into what a page shows of it. A log of events, applied one after the other to
// the zero View, redraws a run; so a run under way and one read from a log are the same thing.
//
// It knows events and words, but neither the browser nor the page's components.
package run

import (
	"strings"

	"unpool/core/event"
	"unpool/core/recipe"
)

// Phase is what a run is doing, as the page names it.
type Phase string

// The phases. Empty is the zero value: no run yet.
const (
	Empty      Phase = ""
	Loading    Phase = "loading"
	Compiling  Phase = "compiling"
	Running    Phase = "running"
	Evaluating Phase = "evaluating"
	Paused     Phase = "paused"
	Done       Phase = "done"
	Stopped    Phase = "stopped"
	Failed     Phase = "failed"
)

// Active reports whether a run is under way, paused or not.
func (p Phase) Active() bool {
	switch p {
	case Loading, Compiling, Running, Evaluating, Paused:
		return true
	}
	return false
}

// Training reports whether the run is past its preparations and not over, so that it can be paused or stepped.
func (p Phase) Training() bool { return p == Running || p == Evaluating || p == Paused }

// View is the state of one run. The zero value is a page before any run.
type View struct {
	Phase        Phase
	Start        *event.Start // nil until the run has begun
	Step         int          // training steps done
	Done, Total  int64        // how far the phase is, in Unit; Total is 0 when unknown
	Unit         string
	Progress     event.Progress // the latest; zero before the first
	LearningRate float64        // in force now
	Metrics      []event.Metric // in order of step
	Moves        []event.Move   // to another backend or machine, in order of step
	Weights      *event.Weights // the latest picture; nil before the first
	End          *event.End     // nil until the run is over
}

// Apply brings the view up to date with e. A Start begins a new run, or resumes the one on view.
func (v *View) Apply(e event.Event) {
	switch e := e.(type) {
	case *event.Start:
		before := *v
		*v = View{Phase: Loading, Start: e, Step: e.Step, LearningRate: e.Recipe.LearningRate}
		if e.Step > 0 && before.Start != nil {
			v.LearningRate, v.Weights, v.Moves = before.LearningRate, before.Weights, before.Moves
			v.Metrics = before.Metrics
			for n := len(v.Metrics); n > 0 && v.Metrics[n-1].Step > e.Step; n-- {
				v.Metrics = v.Metrics[:n-1]
			}
		}
	case *event.State:
		v.state(e)
	case *event.Progress:
		v.Progress = *e
		v.Step = max(v.Step, e.Step)
	case *event.Metric:
		v.metric(*e)
	case *event.Weights:
		v.Weights = e
	case *event.Rate:
		v.LearningRate = e.LearningRate
	case *event.Move:
		v.Moves = append(v.Moves, *e)
	case *event.End:
		v.End = e
		v.Step = max(v.Step, e.Steps)
		v.Done, v.Total, v.Unit = 0, 0, ""
		switch e.Status {
		case event.StatusDone:
			v.Phase = Done
		case event.StatusStopped:
			v.Phase = Stopped
		default:
			v.Phase = Failed
		}
	}
}

func (v *View) state(e *event.State) {
	switch e.State {
	case event.StateLoading:
		v.Phase = Loading
	case event.StateCompiling:
		v.Phase = Compiling
	case event.StateTraining:
		v.Phase = Running
	case event.StateEvaluating:
		v.Phase = Evaluating
	case event.StatePaused:
		v.Phase = Paused
	default:
		return // a newer program's state: the one before still says most
	}
	v.Step = max(v.Step, e.Step)
	v.Done, v.Total, v.Unit = e.Done, e.Total, e.Unit
}

// metric keeps one point a step: the last evaluation of a run, on all test images, replaces the sampled one there.
func (v *View) metric(m event.Metric) {
	v.Step = max(v.Step, m.Step)
	if n := len(v.Metrics); n > 0 && v.Metrics[n-1].Step == m.Step {
		v.Metrics[n-1] = m
		return
	}
	v.Metrics = append(v.Metrics, m)
}

// Latest returns the latest evaluation, and whether there is one.
func (v *View) Latest() (event.Metric, bool) {
	if len(v.Metrics) == 0 {
		return event.Metric{}, false
	}
	return v.Metrics[len(v.Metrics)-1], true
}

// Recipe returns the recipe being run, and whether a run has begun.
func (v *View) Recipe() (recipe.Recipe, bool) {
	if v.Start == nil {
		return recipe.Recipe{}, false
	}
	return v.Start.Recipe, true
}

// Failure is a failed run in words.
type Failure struct {
	What    string // what happened and why, in one sentence
	Hint    string // what to do about it
	Details string // the rest, for those who look closer
}

// Failure returns what went wrong, or nil. The first line of an End's error is the sentence, the rest are details.
func (v *View) Failure() *Failure {
	if v.Phase != Failed {
		return nil
	}
	what, details, _ := strings.Cut(strings.TrimSpace(v.End.Error), "\n")
	if what == "" {
		what = "The run failed without saying why."
	}
	hint := v.End.Hint
	if hint == "" {
		hint = "Train again; what was learnt up to here stays on the page until then."
	}
	return &Failure{What: sentence(what), Hint: sentence(hint), Details: strings.TrimSpace(details)}
}

// sentence gives s, which may be a Go error, a capital and a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?)") {
		s += "."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
