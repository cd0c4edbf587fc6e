package recipe

import "testing"

func TestResume(t *testing.T) {
	for _, c := range []struct {
		steps, done int
		schedule    Schedule
		want        int // 0 where the run cannot be resumed
	}{
		{100, 0, Constant, 100}, {100, 99, Cosine, 100}, {100, 100, Constant, 200}, {100, 250, Constant, 350},
		{100, 100, Cosine, 0}, {6_000_000, 6_000_000, Constant, MaxSteps}, {MaxSteps, MaxSteps, Constant, 0},
	} {
		r, ok := Recipe{Steps: c.steps, Schedule: c.schedule}.Resume(c.done)
		if ok != (c.want != 0) || ok && r.Steps != c.want {
			t.Errorf("%d of %d steps, schedule %q: %d, %v; want %d", c.done, c.steps, c.schedule, r.Steps, ok, c.want)
		}
	}
}
