package train

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/core/run"
)

func TestEachOptimizerLearns(t *testing.T) {
	for _, c := range []struct {
		optimizer recipe.Optimizer
		rate, mu  float64
	}{{recipe.Adam, 0.01, 0}, {recipe.RMSProp, 0.01, 0}, {recipe.SGD, 0.03, 0}, {recipe.Momentum, 0.01, 0.9}} {
		t.Run(string(c.optimizer), func(t *testing.T) {
			r := small()
			r.Optimizer, r.LearningRate, r.Momentum = c.optimizer, c.rate, c.mu
			r.Steps, r.EvalEvery, r.Net = 120, 120, "rnn 16"
			x := newTrial(t, r)
			state := optimizerState(r, x.store)
			x.run()
			for v := range x.store.IterVariables() {
				shape, ok := state[v.Path()]
				if ok == slices.Contains(x.net, v.Path()) || ok && !shape.Equal(v.Shape()) {
					t.Errorf("%s %s is not the variable that was expected", v.Path(), v.Shape())
				}
				delete(state, v.Path())
			}
			if len(state) > 0 {
				t.Errorf("the optimiser has no %v", state)
			}
			m := of[*run.Metric](x.events)
			if m[1].Test.Loss > 0.7*m[0].Test.Loss {
				t.Errorf("test loss %.3f, then %.3f", m[0].Test.Loss, m[1].Test.Loss)
			}
		})
	}
}

// The two rules of gradient descent, by hand on one weight: loss w*w/2, whose gradient is w.
func TestOptimizerRules(t *testing.T) {
	const rate, mu = 0.1, 0.5
	for _, c := range []struct {
		optimizer recipe.Optimizer
		want      []float64
	}{
		{recipe.SGD, []float64{0.9, 0.81, 0.729}},
		{recipe.Momentum, []float64{0.9, 0.76, 0.614}}, // v: 1, 1.4, 1.46
	} {
		store := model.NewStore()
		w, err := store.CreateVariable("w", tensors.FromScalar(float32(1)))
		if err != nil {
			t.Fatal(err)
		}
		o := NewOptimizer(recipe.Recipe{Optimizer: c.optimizer, LearningRate: rate, Momentum: mu})
		step, err := model.NewExec(newSpy(), store, func(scope *model.Scope, g *graph.Graph) *graph.Node {
			loss := graph.MulScalar(graph.Square(scope.GetVariable("w").NodeValue(g)), 0.5)
			o.UpdateGraph(scope, g, loss)
			return loss
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if _, err := step.Call(); err != nil {
				t.Fatal(err)
			}
			if got := tensors.ToScalar[float32](w.MustValue()); math.Abs(float64(got)-want) > 1e-6 {
				t.Errorf("%s: after step %d the weight is %v, want %v", c.optimizer, i+1, got, want)
			}
		}
		if err := o.Clear(store.RootScope()); err != nil {
			t.Error(err)
		}
	}
}
