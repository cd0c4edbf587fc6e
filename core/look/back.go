package look

import (
	"context"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/nn"
)

// way is a way back from a layer to the pixels of an image x, as the net reads it.
type way struct {
	rule nn.ReLURule
	x    []float32
	from int // the index of what goes back in what the layer gives
}

// backBatch is how many ways are gone at a time: a third of Integrated's. The rules are data, so that a layer has one computation to
// compile for as many ways.
const backBatch = integralSteps / 3

// back goes them, and returns what comes back to the pixels of each.
func (n *Net) back(ctx context.Context, layer string, ways []way, progress Progress) (all [][]float32, err error) {
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	batch, out := min(len(ways), backBatch), p.Out.Size()
	for start := 0; start < len(ways); start += batch {
		progress.tell(start, len(ways))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		some := ways[start:min(start+batch, len(ways))]
		x, mask := make([]float32, batch*n.size()), make([]float32, batch*out)
		bounds, itself := make([]float32, batch*2), make([]float32, batch)
		for i, w := range some {
			copy(x[i*n.size():], w.x)
			mask[i*out+w.from] = 1
			bounds[2*i], bounds[2*i+1] = w.rule.Bounds()
			if w.rule == nn.ReLUDeconv { // the activation itself goes back, all others of its layer being zero
				itself[i] = 1
			}
		}
		dims := append([]int{batch}, p.Out...)
		got, err := n.call(key("back "+layer, batch), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			x, mask, bounds, itself := in[0], in[1], in[2], in[3]
			_, taps := nn.BuildPlan(scope, n.Plan, x, nn.Mode{ReLUs: bounds})
			y := tapped(taps, layer)
			factor := graph.Where(graph.GreaterThan(nn.PerImage(itself, y), graph.ZerosLike(y)), graph.StopGradient(y), graph.OnesLike(y))
			return graph.Gradient(graph.ReduceAllSum(graph.Mul(y, graph.Mul(mask, factor))), x)
		}, n.tensor(x, batch), tensors.FromFlatDataAndDimensions(mask, dims...),
			tensors.FromFlatDataAndDimensions(bounds, batch, 2), tensors.FromFlatDataAndDimensions(itself, batch))
		if err != nil {
			return nil, err
		}
		all = slices.AppendSeq(all, slices.Chunk(got[0][:len(some)*n.size()], n.size()))
	}
	return all, nil
}
