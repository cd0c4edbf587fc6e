package train

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"unpool/core/recipe"
)

// warmUp is the share of a cosine schedule in which the learning rate rises: Adam's averages are empty at first.
const warmUp = 0.05

// scheduledRate is the learning rate of a step, an f32 scalar, by the recipe's schedule; step is a u32 scalar, the steps done before it.
func scheduledRate(scope *model.Scope, r recipe.Recipe, step *graph.Node) *graph.Node {
	rate := optimizer.LearningRateVar(scope, dtypes.Float32, r.LearningRate).NodeValue(step.Graph())
	if r.Schedule == recipe.Constant {
		return rate
	}
	return graph.Mul(rate, cosine(step, r.Steps))
}

// scheduleRate makes the optimiser of the graph being built see the scheduled learning rate. The variable itself stays as it is, so that a
// change of it while training changes the whole rest of the schedule: restore, called when the optimiser has read it, sees to that.
func scheduleRate(scope *model.Scope, r recipe.Recipe, step *graph.Node) (restore func()) {
	if r.Schedule == recipe.Constant {
		return func() {}
	}
	v := optimizer.LearningRateVar(scope, dtypes.Float32, r.LearningRate)
	rate := v.NodeValue(step.Graph())
	v.SetNodeValue(scheduledRate(scope, r, step))
	return func() { v.SetNodeValue(rate) }
}

// cosine rises from 0 to 1 in a straight line and falls to 0 by half a cosine, which it would reach at step steps.
func cosine(step *graph.Node, steps int) *graph.Node {
	rise := math.Max(1, math.Round(warmUp*float64(steps)))
	s := graph.ConvertDType(step, dtypes.Float32)
	up := graph.DivScalar(graph.OnePlus(s), rise)
	done := graph.DivScalar(graph.SubScalar(s, rise), math.Max(1, float64(steps)-rise))
	done = graph.Min(graph.Max(done, graph.ScalarZero(step.Graph(), dtypes.Float32)), graph.ScalarOne(step.Graph(), dtypes.Float32))
	down := graph.MulScalar(graph.OnePlus(graph.Cos(graph.MulScalar(done, math.Pi))), 0.5)
	return graph.Min(up, down)
}
