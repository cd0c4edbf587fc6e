package lesson

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/guard"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/models/net"
	"unpool/models/nn"
)

// maxSteps bounds how far a descent may go.
const maxSteps = 200

// Descend trains a small net on a few images by each optimiser, from the same weights. The error says what is wrong with the problem.
func Descend(b compute.Backend, d protocol.Descent) (*protocol.Descents, error) {
	plan, x, err := open(d.Example)
	if err != nil {
		return nil, err
	}
	defer x.FinalizeAll()
	labels := make([]int32, len(d.Labels))
	for i, l := range d.Labels {
		labels[i] = int32(l)
	}
	outside := func(l int) bool { return l < 0 || l >= net.MinClasses }
	if len(labels) != x.Shape().Dimensions[0] || slices.ContainsFunc(d.Labels, outside) {
		return nil, fmt.Errorf("lesson: the labels are %v; each image needs one", d.Labels)
	}
	if d.Steps < 1 || d.Steps > maxSteps || !(d.Rate > 0) {
		return nil, fmt.Errorf("lesson: %d steps at a learning rate of %g; there must be 1 to %d steps", d.Steps, d.Rate, maxSteps)
	}
	result := &protocol.Descents{}
	for _, o := range d.Optimizers {
		if o != recipe.SGD && o != recipe.Adam {
			return nil, fmt.Errorf("lesson: the optimiser %q is not known here", o)
		}
		losses, err := descend(b, plan, x, labels, d, o)
		if err != nil {
			return nil, err
		}
		result.Losses = append(result.Losses, losses)
	}
	return result, nil
}

// descend is the path of one optimiser.
func descend(b compute.Backend, plan *net.Plan, x *tensors.Tensor, labels []int32, d protocol.Descent, o recipe.Optimizer) (losses []float64, err error) {
	err = guard.Protect(func() error {
		store := model.NewStore() // after a panic something may still use it, so only a normal end frees it
		if err := errors.Join(nn.InitPlan(store, plan, seed), set(store, d.Weights)); err != nil {
			return err
		}
		optimizer := train.NewOptimizer(recipe.Recipe{Optimizer: o, LearningRate: d.Rate})
		exec, err := model.NewExec(b, store, func(scope *model.Scope, in []*graph.Node) *graph.Node {
			logits, _ := nn.BuildPlan(scope, plan, in[0], nn.Mode{})
			loss := nn.Loss(logits, graph.Const(in[0].Graph(), labels), nil)
			optimizer.UpdateGraph(scope, in[0].Graph(), loss)
			return loss
		})
		if err != nil {
			return err
		}
		for range d.Steps + 1 { // a step returns the loss before it
			out, err := exec.Call(x)
			if err != nil {
				return err
			}
			loss := float64(tensors.ToScalar[float32](out[0]))
			out[0].FinalizeAll()
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				break
			}
			losses = append(losses, loss)
		}
		exec.Finalize()
		store.Finalize()
		return nil
	})
	return losses, err
}
