package train

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"unpool/core/recipe"
)

// The constants of Adam and of RMSProp.
const (
	beta1   = 0.9   // of Adam's mean of gradients
	beta2   = 0.999 // of Adam's mean of their squares
	rmsBeta = 0.9   // of RMSProp's
	epsilon = 1e-7  // keeps both from dividing by zero
)

// NewOptimizer returns the optimiser of a recipe. Each reads its learning rate from one variable of the store,
// which setLearningRate changes while training.
func NewOptimizer(r recipe.Recipe) optimizer.Interface {
	switch r.Optimizer {
	case recipe.Adam:
		return optimizer.Adam().LearningRate(r.LearningRate).Betas(beta1, beta2).Epsilon(epsilon).Done()
	case recipe.RMSProp:
		// GoMLX's is Adam without the first moment, so the mean square is debiased and the first steps are
		// smaller than in Tieleman and Hinton's lecture; rmsBeta is theirs.
		return optimizer.RMSProp().LearningRate(r.LearningRate).Betas(0, rmsBeta).Epsilon(epsilon).Done()
	case recipe.Momentum:
		return &momentum{rate: r.LearningRate, mu: r.Momentum}
	default: // recipe.SGD
		// GoMLX divides the learning rate by the square root of the step unless it is disabled.
		return optimizer.StochasticGradientDescent().WithLearningRate(r.LearningRate).WithDecay(false).Done()
	}
}

// optimizerState are the variables that the optimiser of a recipe adds to those of a net, with their shapes. They appear when the
// training step is compiled; whether a checkpoint has them must be known before.
func optimizerState(r recipe.Recipe, net *model.Store) map[string]shapes.Shape {
	state := map[string]shapes.Shape{"/optimizers/learning_rate": shapes.Make(dtypes.Float32)}
	var each []string // of the variables that go with each weight, with %s in place of the weight's path
	switch r.Optimizer {
	case recipe.Momentum:
		each = []string{"/" + momentumScope + "%s"}
	case recipe.Adam:
		each = []string{"/AdamOptimizer%s_1st_moment", "/AdamOptimizer%s_2nd_moment"}
	case recipe.RMSProp:
		each = []string{"/AdamOptimizer%s_2nd_moment"}
	}
	if r.Optimizer == recipe.Adam || r.Optimizer == recipe.RMSProp {
		state["/AdamOptimizer/step"] = shapes.Make(dtypes.Float32)
	}
	if r.Optimizer != recipe.Momentum {
		state["/global_step"] = shapes.Make(dtypes.Int64)
	}
	for v := range net.IterVariables() {
		for _, name := range each {
			if v.Trainable {
				state[fmt.Sprintf(name, v.Path())] = v.Shape()
			}
		}
	}
	return state
}

// momentum is gradient descent with heavy-ball momentum (Polyak, 1964), which GoMLX lacks:
//
//	v = mu*v + gradient
//	w = w - rate*v
type momentum struct{ rate, mu float64 }

var _ optimizer.Interface = (*momentum)(nil)

// momentumScope holds the velocities.
const momentumScope = "momentum"

// UpdateGraph implements optimizer.Interface.
func (m *momentum) UpdateGraph(scope *model.Scope, g *graph.Graph, loss *graph.Node) {
	rate := optimizer.LearningRateVar(scope, loss.DType(), m.rate).NodeValue(g)
	gradients := scope.BuildTrainableVariablesGradientsGraph(loss)
	var weights []*model.Variable // listed first, since the velocities join the same list
	for v := range scope.IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			weights = append(weights, v)
		}
	}
	for i, w := range weights {
		velocity := scope.Store().Scope(momentumScope+w.Scope()).WithInitializer(initializer.Zero).
			VariableWithShape(w.Name(), w.Shape()).SetTrainable(false)
		v := graph.Add(graph.MulScalar(velocity.NodeValue(g), m.mu), gradients[i])
		velocity.SetNodeValue(v)
		w.SetNodeValue(graph.Sub(w.NodeValue(g), graph.Mul(v, rate)))
	}
}

// Clear implements optimizer.Interface.
func (m *momentum) Clear(scope *model.Scope) error {
	return scope.Store().DeleteVariablesInScope(momentumScope)
}

// setLearningRate changes the learning rate of the steps to come.
func setLearningRate(store *model.Store, rate float64) error {
	return optimizer.LearningRateVar(store.RootScope(), dtypes.Float32, rate).SetValue(tensors.FromScalar(float32(rate)))
}

// learningRate returns the rate in use, or 0 when it cannot be read, as after a failure that lost it.
func learningRate(store *model.Store) float64 {
	value, err := optimizer.LearningRateVar(store.RootScope(), dtypes.Float32, 0).Value()
	if err != nil {
		return 0
	}
	rate, err := tensors.CopyFlatData[float32](value)
	if err != nil {
		return 0
	}
	return float64(rate[0])
}
