package wasm

import (
	"github.com/gomlx/compute"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// norm is a batch normalisation under construction: operations on arrays of x's dimensions and on one number a feature.
type norm struct {
	*Function
	x       *graph.Node
	feature int   // axis
	others  []int // axes that statistics are taken over
	epsilon float64
}

// newNorm checks the operands: x, then arrays of one number a feature, but for the last if full says it is like x.
func (f *Function) newNorm(op string, epsilon float32, axis int, full bool, values ...compute.Value) (*norm, []*graph.Node, error) {
	in, err := f.nodes(op, values...)
	if err != nil {
		return nil, nil, err
	}
	x := in[0]
	if axis < 0 {
		axis += len(x.Dims)
	}
	if !x.Type.Float() || axis < 0 || axis >= len(x.Dims) {
		return nil, nil, errors.Errorf("wasm: %s of %v along axis %d", op, x.Shape, axis)
	}
	n := &norm{Function: f, x: x, feature: axis, epsilon: float64(epsilon)}
	for a := range x.Dims {
		if a != axis {
			n.others = append(n.others, a)
		}
	}
	for i, v := range in[1:] {
		like := []int{x.Dims[axis]}
		if full && i == len(in)-2 {
			like = x.Dims
		}
		if v.Type != x.Type || ir.Product(v.Dims) != ir.Product(like) || len(v.Dims) != len(like) {
			return nil, nil, errors.Errorf("wasm: %s of %v: operand %d is %v, want dimensions %v", op, x.Shape, i+1, v.Shape, like)
		}
	}
	return n, in, nil
}

func (n *norm) op(fn ir.Op, a, b *graph.Node) *graph.Node { return n.elementwise(fn, a.Type, a, b) }

// spread repeats one number a feature to x's dimensions.
func (n *norm) spread(v *graph.Node) *graph.Node {
	return n.add(graph.Broadcast{Axes: []int{n.feature}}, n.x.Shape, v)
}

// sum adds up what belongs to each feature.
func (n *norm) sum(v *graph.Node) *graph.Node {
	return n.fold(ir.Add, v, []int{n.x.Dims[n.feature]}, n.others)
}

func (n *norm) number(v float64) *graph.Node { return n.scalar(n.x.Type, v, n.x.Dims[n.feature]) }

// count is how many numbers there are of each feature.
func (n *norm) count() float64 { return float64(n.x.Size() / max(n.x.Dims[n.feature], 1)) }

func (n *norm) mean(v *graph.Node) *graph.Node {
	return n.op(ir.Mul, n.sum(v), n.number(1/n.count()))
}

// inverse is 1 / sqrt(variance + epsilon).
func (n *norm) inverse(variance *graph.Node) *graph.Node {
	root := n.elementwise(ir.Sqrt, n.x.Type, n.op(ir.Add, variance, n.number(n.epsilon)))
	return n.op(ir.Div, n.number(1), root)
}

// scaled is (x - mean)·scale/sqrt(variance + epsilon) + offset.
func (n *norm) scaled(scale, offset, mean, variance *graph.Node) *graph.Node {
	factor := n.op(ir.Mul, scale, n.inverse(variance))
	centred := n.op(ir.Sub, n.x, n.spread(mean))
	return n.op(ir.Add, n.op(ir.Mul, centred, n.spread(factor)), n.spread(offset))
}

// BatchNormForInference normalises with given averages.
func (f *Function) BatchNormForInference(x, scale, offset, mean, variance compute.Value, epsilon float32, axis int) (compute.Value, error) {
	n, in, err := f.newNorm("BatchNormForInference", epsilon, axis, false, x, scale, offset, mean, variance)
	if err != nil {
		return nil, err
	}
	return n.scaled(in[1], in[2], in[3], in[4]), nil
}

// BatchNormForTraining normalises with the batch's own mean and variance (Ioffe and Szegedy, 2015, algorithm 1).
func (f *Function) BatchNormForTraining(x, scale, offset compute.Value, epsilon float32, axis int) (y, mean, variance compute.Value, err error) {
	n, in, err := f.newNorm("BatchNormForTraining", epsilon, axis, false, x, scale, offset)
	if err != nil {
		return nil, nil, nil, err
	}
	m := n.mean(n.x)
	centred := n.op(ir.Sub, n.x, n.spread(m))
	v := n.mean(n.op(ir.Mul, centred, centred))
	return n.scaled(in[1], in[2], m, v), m, v, nil
}

// BatchNormGradient is the gradient of BatchNormForTraining by x, scale and offset, through mean and variance too (Ioffe
// and Szegedy, 2015, section 3, simplified):
//
//	dx = scale/sqrt(variance+epsilon) · (dy - mean(dy) - h·mean(dy·h)), where h = (x-mean)/sqrt(variance+epsilon)
func (f *Function) BatchNormGradient(x, scale, mean, variance, dy compute.Value, epsilon float32, axis int) (dx, dScale, dOffset compute.Value, err error) {
	n, in, err := f.newNorm("BatchNormGradient", epsilon, axis, true, x, scale, mean, variance, dy)
	if err != nil {
		return nil, nil, nil, err
	}
	g, inverse := in[4], n.inverse(in[3])
	h := n.op(ir.Mul, n.op(ir.Sub, n.x, n.spread(in[2])), n.spread(inverse))
	offset, slope := n.sum(g), n.sum(n.op(ir.Mul, g, h))
	share := n.number(1 / n.count())
	rest := n.op(ir.Sub, g, n.spread(n.op(ir.Mul, offset, share)))
	rest = n.op(ir.Sub, rest, n.op(ir.Mul, h, n.spread(n.op(ir.Mul, slope, share))))
	return n.op(ir.Mul, rest, n.spread(n.op(ir.Mul, in[1], inverse))), slope, offset, nil
}
