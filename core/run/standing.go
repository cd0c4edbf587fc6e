package run

import (
	"cmp"
	"math"
	"slices"
)

// Standing is which of several runs leads, by the accuracy on test images, and which comes next.
type Standing struct {
	Step          int    // the evaluations are those after this step, of runs that ended before it their last
	First, Second int    // places of the two in the list of runs
	Leader, Next  Metric // their evaluations
	// Noise is two standard errors of the difference between the two accuracies, a share from 0 to 1, as if each were measured on images of
	// its own. On the same images chance makes smaller differences, so a larger one is not chance.
	Noise float64
}

// Lead is the difference between the two accuracies, a share from 0 to 1.
func (s Standing) Lead() float64 { return s.Leader.Test.Accuracy - s.Next.Test.Accuracy }

// Clear reports whether the lead is more than noise.
func (s Standing) Clear() bool { return s.Lead() > s.Noise }

// Compare returns the standing of two runs or more at the latest step after which all were evaluated that are still under way, or at the
// end of the longest. ok is false until each has been evaluated.
func Compare(runs []*View) (s Standing, ok bool) {
	all, end := math.MaxInt, 0
	for _, v := range runs {
		last, ok := v.Latest()
		if !ok {
			return s, false
		}
		if end = max(end, last.Step); v.Phase.Active() {
			all = min(all, last.Step)
		}
	}
	s.Step = min(all, end)
	at := make([]Metric, len(runs))
	order := make([]int, len(runs))
	for i, v := range runs {
		order[i] = i
		for _, m := range v.Metrics {
			if m.Step <= s.Step {
				at[i] = m.Metric
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[b].Test.Accuracy, at[a].Test.Accuracy) })
	s.First, s.Second = order[0], order[1]
	s.Leader, s.Next = at[s.First], at[s.Second]
	noise := func(m Metric) float64 { return AccuracyNoise(m.Test.Accuracy, m.Test.N) }
	s.Noise = 2 * math.Hypot(noise(s.Leader), noise(s.Next))
	return s, true
}
