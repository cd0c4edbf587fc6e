package run

import (
	"math"
	"testing"
)

// racing is a run in a phase with test accuracies of so many images after steps 0, 50, 100, and so on.
func racing(phase Phase, n int, accuracies ...float64) *View {
	v := &View{Phase: phase}
	for i, a := range accuracies {
		v.Metrics = append(v.Metrics, Evaluation{Metric: Metric{Step: 50 * i, Test: Measure{Accuracy: a, N: n}}})
	}
	return v
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		runs              []*View
		step, first, next int
		leads, clear      bool
	}{
		"a clear lead": {runs: []*View{racing(Training, 1000, 0.1, 0.5), racing(Training, 1000, 0.1, 0.9)},
			step: 50, first: 1, next: 0, leads: true, clear: true},
		"within the noise": {runs: []*View{racing(Training, 1000, 0.1, 0.91), racing(Training, 1000, 0.1, 0.9)},
			step: 50, first: 0, next: 1, leads: true},
		"the same on more images is clear": {runs: []*View{racing(Done, 10_000, 0.1, 0.91), racing(Done, 10_000, 0.1, 0.9)},
			step: 50, first: 0, next: 1, leads: true, clear: true},
		"one is an evaluation ahead": {runs: []*View{racing(Training, 1000, 0.1, 0.5, 0.99), racing(Training, 1000, 0.1, 0.9)},
			step: 50, first: 1, next: 0, leads: true, clear: true},
		"one has ended": {runs: []*View{racing(Failed, 1000, 0.1, 0.2), racing(Training, 1000, 0.1, 0.5, 0.9), racing(Training, 1000, 0.1, 0.5, 0.6)},
			step: 100, first: 1, next: 2, leads: true, clear: true},
		"all have ended, at different steps": {runs: []*View{racing(Stopped, 1000, 0.1, 0.6), racing(Done, 1000, 0.1, 0.5, 0.9)},
			step: 100, first: 1, next: 0, leads: true, clear: true},
		"equal":                 {runs: []*View{racing(Done, 1000, 0.5), racing(Done, 1000, 0.5)}, first: 0, next: 1, leads: true},
		"one was not evaluated": {runs: []*View{racing(Training, 1000, 0.1), racing(Loading, 1000)}},
	} {
		s, ok := Compare(c.runs)
		if ok != c.leads {
			t.Errorf("%s: %v", name, ok)
		}
		if ok && (s.Step != c.step || s.First != c.first || s.Second != c.next || s.Clear() != c.clear || s.Lead() < 0) {
			t.Errorf("%s: %+v, clear %v", name, s, s.Clear())
		}
	}
	s, _ := Compare([]*View{racing(Done, 1000, 0.95), racing(Done, 1000, 0.94)})
	if want := 2 * math.Sqrt(0.95*0.05/1000+0.94*0.06/1000); math.Abs(s.Noise-want) > 1e-3 {
		t.Errorf("the noise is %v, want about %v", s.Noise, want)
	}
}
