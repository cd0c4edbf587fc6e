package run

import (
	"slices"
	"time"

	"unpool/core/recipe"
)

// View is the state that the events of one run lead to. The zero value is a page before any run. The records of a log, applied one after the
// other, lead to the view that the run had while it was under way.
type View struct {
	Phase        Phase
	Start        *Start // the latest; nil until the run has begun
	Step         int    // training steps done
	Done, Total  int64  // how far the phase is, in Unit; Total is 0 when unknown
	Unit         string
	Progress     Progress     // the latest; zero before the first
	LearningRate float64      // in use now
	Metrics      []Evaluation // in order of step
	Answers      *Answers     // of the latest evaluation; nil before it, and in a view of a log
	Rates        []Rate       // changes of the learning rate, in order of step
	Moves        []Move       // to another backend or machine, in order of step
	First        *Weights     // the first picture of the first layer's weights; nil before it
	Weights      *Weights     // the latest
	Snapshots    []Snapshot   // of all weights, in order of step
	Missed       *Missed      // the latest snapshot that could not be taken; nil where all were
	Statistics   *Statistics  // of a finished run; nil where none were taken
	End          *End         // nil until the run is over
	Updated      time.Time    // when the last record was written; zero where that is not known

	log    []Record // what a resumption may fall back on: all of the above that is durable
	judges [2]judge // on the evaluations: on all but the last, and on all
}

// Evaluation is a metric, and when it was measured by the wall clock; zero where that is not known.
type Evaluation struct {
	Metric
	Time time.Time
}

// Replay returns the view of a log.
func Replay(log []Record) *View {
	v := &View{}
	for _, r := range log {
		v.Apply(r)
	}
	return v
}

// And returns the view of a log that continues from this view's by more records, and leaves this one as it is.
func (v *View) And(more []Record) *View {
	next := *v
	next.Metrics, next.Rates, next.Moves = slices.Clone(v.Metrics), slices.Clone(v.Rates), slices.Clone(v.Moves)
	next.log = slices.Clone(v.log)
	for _, r := range more {
		next.Apply(r)
	}
	return &next
}

// Apply brings the view up to date with a record, or with an event that is in no log. A Start begins a new run, or resumes the one
// on view: then what came after the last event that is still valid is forgotten.
func (v *View) Apply(r Record) {
	start, ok := r.Event.(*Start)
	if !ok {
		v.add(r)
		return
	}
	log := v.log
	*v = View{Phase: Loading, Start: start, Step: start.Step, LearningRate: start.Recipe.LearningRate, Updated: r.Time}
	for _, old := range start.holding(log) {
		v.add(old)
	}
	v.Phase, v.Step, v.Updated = Loading, start.Step, r.Time
}

func (v *View) add(r Record) {
	switch e := r.Event.(type) {
	case *State:
		v.state(e)
	case *Progress:
		v.Progress = *e
		v.Step = max(v.Step, e.Step)
	case *Metric:
		v.metric(Evaluation{*e, r.Time})
	case *Answers:
		v.Answers = e
	case *Weights:
		v.picture(r, e)
		return
	case *Snapshot:
		v.snapshot(*e)
	case *Missed:
		v.Missed = e
	case *Statistics:
		v.Statistics = e
	case *Rate:
		v.LearningRate = e.LearningRate
		v.Rates = append(v.Rates, *e)
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
	if Durable(r.Event) {
		v.log, v.Updated = append(v.log, r), r.Time
	}
}

// picture keeps the first picture and the two latest, of which a resumption may supersede the last: there is one for each evaluation, and
// all of them would take too much memory.
func (v *View) picture(r Record, w *Weights) {
	v.Updated, v.Weights = r.Time, w
	if v.First == nil {
		v.First = w
	}
	v.log = append(v.log, r)
	later := 0
	for i := len(v.log) - 1; i >= 0; i-- {
		if old, ok := v.log[i].Event.(*Weights); !ok || old == v.First {
			continue
		}
		if later++; later > 2 {
			v.log = slices.Delete(v.log, i, i+1)
			return
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

// metric keeps one point per step: the last evaluation of a run, on all test images, replaces the sampled one there.
func (v *View) metric(m Evaluation) {
	v.Step = max(v.Step, m.Step)
	if n := len(v.Metrics); n > 0 && v.Metrics[n-1].Step == m.Step {
		v.Metrics[n-1] = m
	} else {
		v.Metrics = append(v.Metrics, m)
		v.judges[0] = v.judges[1]
	}
	v.judges[1] = v.judges[0].next(v.Metrics, v.guess())
}

// Verdict is Judge's on the evaluations.
func (v *View) Verdict() Verdict { return v.judges[1].Verdict }

// guess is what guessing achieves on the data set.
func (v *View) guess() Guess {
	if v.Start == nil {
		return Guess{}
	}
	return v.Start.guess()
}

// snapshot keeps one snapshot per step.
func (v *View) snapshot(s Snapshot) {
	var kept []Snapshot // a new list: the old one may be in use
	for _, old := range v.Snapshots {
		if old.Step != s.Step {
			kept = append(kept, old)
		}
	}
	if v.Snapshots = kept; !s.Removed {
		v.Snapshots = append(kept, s)
	}
}

// Latest returns the latest evaluation, and whether there is one.
func (v *View) Latest() (Metric, bool) {
	if len(v.Metrics) == 0 {
		return Metric{}, false
	}
	return v.Metrics[len(v.Metrics)-1].Metric, true
}

// Recipe returns the recipe being run, and whether a run has begun.
func (v *View) Recipe() (recipe.Recipe, bool) {
	if v.Start == nil {
		return recipe.Recipe{}, false
	}
	return v.Start.Recipe, true
}

// Holding returns the records of a log that no resumption superseded, with the latest Start in place of those before.
func Holding(log []Record) (holding []Record) {
	for _, r := range log {
		if start, ok := r.Event.(*Start); ok {
			holding = append([]Record{r}, start.holding(holding)...)
		} else {
			holding = append(holding, r)
		}
	}
	return holding
}

// holding returns those records from before a Start that are still valid after it.
func (s *Start) holding(log []Record) (holding []Record) {
	for _, r := range log {
		if _, start := r.Event.(*Start); !start && r.Seq != 0 && r.Seq <= s.After {
			holding = append(holding, r)
		}
	}
	return holding
}
