// Package study computes what the views of a sweep show: the fields as axes, which points are chosen, in which order, by how much each field
// matters, and how two points compare. It is plain Go, and knows neither the page nor its pictures.
package study

import (
	"math"
	"slices"

	"unpool/core/api"
	"unpool/core/run"
)

// Study is a sweep with what is computed from it once.
type Study struct {
	*api.Sweep
	Axes  []*Axis   // of its fields in their order, and last that of the accuracy
	Order []int     // the points by rank, those without one last
	Edges []float64 // accuracies between the colours, from the lowest to the highest
	bins  []int
	state []State
}

// Bins is how many colours accuracies have.
const Bins = 6

// New computes a study.
func New(s *api.Sweep) *Study {
	t := &Study{Sweep: s, state: make([]State, len(s.All))}
	accuracies := make([]float64, len(s.All))
	for i := range s.All {
		accuracies[i] = math.NaN()
		if s.All[i].N > 0 {
			accuracies[i] = s.All[i].Accuracy
		}
		t.state[i] = stateOf(&s.All[i])
		t.Order = append(t.Order, i)
	}
	for f, name := range s.Fields {
		values := make([]string, len(s.All))
		for i := range s.All {
			if f < len(s.All[i].Values) {
				values[i] = s.All[i].Values[f]
			}
		}
		t.Axes = append(t.Axes, newAxis(name, values))
	}
	sorted := t.sorted(accuracies)
	t.Axes = append(t.Axes, newAccuracy(accuracies, sorted))
	t.bins, t.Edges = colours(accuracies, sorted)
	slices.SortStableFunc(t.Order, func(a, b int) int { return t.place(a) - t.place(b) })
	return t
}

// sorted are the accuracies that were measured, the lowest first.
func (t *Study) sorted(accuracies []float64) (sorted []float64) {
	for _, p := range t.Rows(t.Order, Sorting{By: Accuracy}) {
		if x := accuracies[p]; !math.IsNaN(x) {
			sorted = append(sorted, x)
		}
	}
	return sorted
}

// colours puts as many measured points into each bin, the worst into the first, and returns the accuracies between bins too. Equal accuracies have one colour.
func colours(accuracies, sorted []float64) (bins []int, edges []float64) {
	for b := 0; b <= Bins && len(sorted) > 0; b++ {
		edges = append(edges, sorted[min(b*len(sorted)/Bins, len(sorted)-1)])
	}
	for _, x := range accuracies {
		bin := -1
		for b := 0; b < Bins && !math.IsNaN(x); b++ {
			if x >= edges[b] {
				bin = b
			}
		}
		bins = append(bins, bin)
	}
	return bins, edges
}

// place is a point's rank; one without any comes after all.
func (t *Study) place(point int) int {
	if r := t.All[point].Rank; r > 0 {
		return r
	}
	return len(t.All) + 1
}

// Bin is which of the Bins colours a point has, the best the last; -1 for one that was not measured.
func (t *Study) Bin(point int) int { return t.bins[point] }

// State is what a point's runs are doing, or how they ended.
func (t *Study) State(point int) State { return t.state[point] }

// Measured is how many points have a rank.
func (t *Study) Measured() (n int) {
	for i := range t.All {
		if t.All[i].Rank > 0 {
			n++
		}
	}
	return n
}

// Ladder reports whether runs are stopped early.
func (t *Study) Ladder() bool { return len(t.Rungs) > 1 }

// Axis finds an axis by its name, that of the accuracy if there is none.
func (t *Study) Axis(name string) *Axis {
	for _, a := range t.Axes {
		if a.Name == name {
			return a
		}
	}
	return t.Axes[len(t.Axes)-1]
}

// State is what the runs of a point are doing, or how they ended.
type State string

// The states. What one run does takes precedence over what others did.
const (
	Failed   State = "failed"
	Training State = "training"
	Waiting  State = "waiting"
	Parked   State = "parked"
	Stopped  State = "stopped"
	Done     State = "done"
	Begun    State = "in part" // some runs are over, others have not begun
	None     State = "not begun"
)

func stateOf(p *api.SweepPoint) State {
	has := map[run.Phase]int{}
	active := 0
	for _, r := range p.Runs {
		has[r.Phase]++
		if r.Phase.Active() {
			active++
		}
	}
	n := len(p.Runs)
	switch {
	case has[run.Failed] > 0:
		return Failed
	case active > 0:
		return Training
	case has[run.Waiting] > 0:
		return Waiting
	case has[run.Parked] > 0:
		return Parked
	case has[run.Stopped] > 0:
		return Stopped
	case has[run.Empty] == n:
		return None
	case has[run.Done] == n:
		return Done
	}
	return Begun
}
