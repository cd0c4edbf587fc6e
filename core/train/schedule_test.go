package train

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/core/run"
)

// Plain gradient descent on a weight whose gradient is 1 moves by the learning rate of each step.
func TestSchedule(t *testing.T) {
	const steps, rate = 40, 0.5 // of which two rise
	r := recipe.Recipe{Optimizer: recipe.SGD, LearningRate: rate, Schedule: recipe.Cosine, Steps: steps}
	store := model.NewStore()
	w, err := store.CreateVariable("w", tensors.FromScalar(float32(0)))
	if err != nil {
		t.Fatal(err)
	}
	o := NewOptimizer(r)
	step, err := model.NewExec(newSpy(), store, func(scope *model.Scope, step *graph.Node) *graph.Node {
		loss := scope.GetVariable("w").NodeValue(step.Graph())
		restore := scheduleRate(scope, r, step)
		o.UpdateGraph(scope, step.Graph(), loss)
		restore()
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	before := 0.0
	for i := range steps + 1 { // a run may be made longer
		if _, err := step.Call(tensors.FromScalar(uint32(i))); err != nil {
			t.Fatal(err)
		}
		want := rate * min(float64(i+1)/2, (1+math.Cos(math.Pi*min(1, max(0, float64(i-2)/(steps-2)))))/2)
		after := float64(tensors.ToScalar[float32](w.MustValue()))
		if got := before - after; math.Abs(got-want) > 1e-6*8 {
			t.Errorf("step %d moves by %v, want %v", i, got, want)
		}
		before = after
	}
	if got := learningRate(store); got != rate {
		t.Errorf("the rate itself has become %v", got)
	}
}

// A schedule has a length: a run cannot be resumed beyond it.
func TestScheduleKeepsItsLength(t *testing.T) {
	r := small()
	r.Schedule = recipe.Cosine
	x := newTrial(t, r)
	if end := x.run(); end.Status != run.Done {
		t.Fatalf("%+v", end)
	}
	c, err := x.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	if err := compatible(c, r); err != nil {
		t.Error(err)
	}
	r.Steps++
	if err := compatible(c, r); err == nil {
		t.Error("a cosine is made longer, and nothing is said")
	}
}
