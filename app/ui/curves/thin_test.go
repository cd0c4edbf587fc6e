package curves

import (
	"math"
	"testing"

	"unpool/core/run"
)

// However many evaluations there are, a bounded number is drawn: each curve's peaks, the latest point, and while a run goes on
// those that were drawn before.
func TestThin(t *testing.T) {
	loss := func(m run.Measure) float64 { return m.Loss }
	metrics := func(n int) (all []run.Evaluation) {
		for i := range n {
			m := run.Metric{Step: i, Train: run.Measure{Loss: math.Sin(float64(i))}, Test: run.Measure{Loss: math.Cos(float64(i))}}
			if i == n/3 {
				m.Train.Loss, m.Test.Loss = 5, -5
			}
			all = append(all, run.Evaluation{Metric: m})
		}
		return all
	}
	for _, n := range []int{1, 1000, 5000, 40_000, 300_000} {
		all := metrics(n)
		kept := thin(all, loss)
		if len(kept) > 6*maxGroups+1 && n > 6*maxGroups || n <= 1000 && len(kept) != n {
			t.Errorf("of %d evaluations %d are drawn", n, len(kept))
		}
		peak, step := false, -1
		for _, m := range kept {
			if m.Step <= step {
				t.Fatalf("step %d after %d", m.Step, step)
			}
			step = m.Step
			peak = peak || m.Train.Loss == 5
		}
		if step != n-1 || !peak && n > 3 {
			t.Errorf("of %d evaluations the last that is drawn is of step %d; the peak is drawn: %v", n, step, peak)
		}
	}
	all := metrics(10_000)
	drawn := map[int]bool{}
	for _, m := range thin(all, loss) {
		drawn[m.Step] = true
	}
	for _, m := range thin(all[:9984], loss) { // whole groups
		if !drawn[m.Step] && m.Step != 9983 {
			t.Fatalf("step %d is drawn and later is not", m.Step)
		}
	}
}
