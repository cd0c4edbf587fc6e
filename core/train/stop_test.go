package train

import (
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
)

// patient is a recipe of many steps, evaluated after every third.
func patient() recipe.Recipe {
	r := small()
	r.Steps = 120
	return r
}

// Each condition ends a run before its last step, with an evaluation on all test images, and the end says which. The weights are those that
// the run without it had there; resumed, the run continues to its last step.
func TestStopConditions(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*recipe.Recipe)
		says string
	}{
		"accuracy": {func(r *recipe.Recipe) { r.StopAt = 30 }, "accuracy to stop at, 30 %"},
		"patience": {func(r *recipe.Recipe) { r.Patience, r.LearningRate = 2, 1e-9 }, "in 2 evaluations: the best was at step 0"},
		"time":     {func(r *recipe.Recipe) { r.Minutes = 1e-6 }, "time limit"},
	} {
		t.Run(name, func(t *testing.T) {
			r := patient()
			c.set(&r)
			all := kept(t, r, nil)
			x := newTrial(t, r)
			end := x.run()
			if end.Status != run.Done || end.Steps == r.Steps || !strings.Contains(end.Reason, c.says) {
				t.Fatalf("it ends with %+v", end)
			}
			metrics := of[*run.Metric](x.events)
			last := metrics[len(metrics)-1]
			if !last.Final || last.Step != end.Steps || last.Test.N != 300 {
				t.Errorf("the last evaluation is %+v", last)
			}
			for _, m := range metrics[:len(metrics)-1] {
				if m.Final {
					t.Errorf("%+v is not the last evaluation", m)
				}
			}
			without := r.Lifted()
			if without.Steps = end.Steps; without.Steps > 0 && newTrial(t, without).run().WeightsSHA256 != end.WeightsSHA256 {
				t.Error("the condition changes the weights")
			}
			y := resumed(t, r, all[len(all)-1])
			if again := y.run(); again.Steps != r.Steps || again.Reason != "" {
				t.Errorf("resumed, it ends with %+v", again)
			}
			if start := y.events[0].(*run.Start); start.Recipe != r.Lifted() {
				t.Errorf("resumed, its recipe is %+v", start.Recipe)
			}
		})
	}
}

// A run that is interrupted ends where it would have ended: by its best evaluation so far, wherever it is resumed. Where its conditions are
// changed when it is resumed after its end, the new ones apply.
func TestStopAfterResuming(t *testing.T) {
	r := patient()
	r.Patience, r.LearningRate = 3, 1e-9
	all := kept(t, r, nil)
	want := newTrial(t, r).run()
	for _, from := range all[:len(all)-1] {
		if end := resumed(t, r, from).run(); end.Steps != want.Steps || end.Reason != want.Reason {
			t.Errorf("resumed at step %d, it ends with %+v, not %+v", from.Step, end, want)
		}
	}
	r.Patience = 5
	if end := resumed(t, r, all[len(all)-1]).run(); end.Steps != 15 || end.Reason == "" {
		t.Errorf("resumed with more patience, it ends with %+v", end)
	}
}
