package run

import (
	"unpool/core/recipe"
)

// View is the state of one run. The zero value is a page before any run.
type View struct {
	Phase        Phase
	Start        *Start // nil until the run has begun
	Step         int    // training steps done
	Done, Total  int64  // how far the phase is, in Unit; Total is 0 when unknown
	Unit         string
	Progress     Progress // the latest; zero before the first
	LearningRate float64  // in force now
	Metrics      []Metric // in order of step
	Moves        []Move   // to another backend or machine, in order of step
	Weights      *Weights // the latest picture; nil before the first
	End          *End     // nil until the run is over
}

// Apply brings the view up to date with e. A Start begins a new run, or resumes the one on view.
func (v *View) Apply(e Event) {
	switch e := e.(type) {
	case *Start:
		before := *v
		*v = View{Phase: Loading, Start: e, Step: e.Step, LearningRate: e.Recipe.LearningRate}
		if e.Step > 0 && before.Start != nil {
			v.LearningRate, v.Weights, v.Moves = before.LearningRate, before.Weights, before.Moves
			v.Metrics = before.Metrics
			for n := len(v.Metrics); n > 0 && v.Metrics[n-1].Step > e.Step; n-- {
				v.Metrics = v.Metrics[:n-1]
			}
		}
	case *State:
		v.state(e)
	case *Progress:
		v.Progress = *e
		v.Step = max(v.Step, e.Step)
	case *Metric:
		v.metric(*e)
	case *Weights:
		v.Weights = e
	case *Rate:
		v.LearningRate = e.LearningRate
	case *Move:
		v.Moves = append(v.Moves, *e)
	case *End:
		v.End = e
		v.Step = max(v.Step, e.Steps)
		v.Done, v.Total, v.Unit = 0, 0, ""
		if v.Phase = e.Status; !v.Phase.Over() { // a newer program's
			v.Phase = Failed
		}
	}
}

func (v *View) state(e *State) {
	if !e.Phase.Active() {
		return // a newer program's state: the one before still says most
	}
	v.Phase = e.Phase
	v.Step = max(v.Step, e.Step)
	v.Done, v.Total, v.Unit = e.Done, e.Total, e.Unit
}

// metric keeps one point a step: the last evaluation of a run, on all test images, replaces the sampled one there.
func (v *View) metric(m Metric) {
	v.Step = max(v.Step, m.Step)
	if n := len(v.Metrics); n > 0 && v.Metrics[n-1].Step == m.Step {
		v.Metrics[n-1] = m
		return
	}
	v.Metrics = append(v.Metrics, m)
}

// Latest returns the latest evaluation, and whether there is one.
func (v *View) Latest() (Metric, bool) {
	if len(v.Metrics) == 0 {
		return Metric{}, false
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
