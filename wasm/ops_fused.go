package wasm

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// Fused operations are recorded as what they are made of: lowering fuses them again, with their neighbours too. What they
// do not take is not implemented, and GoMLX then makes it of other operations.

// fused are the operands of a fused operation, of which those at the end may be left out: nil. All must be of one type of
// floating point.
func (f *Function) fused(op compute.OpType, values ...compute.Value) ([]*graph.Node, error) {
	given := slices.DeleteFunc(slices.Clone(values), func(v compute.Value) bool { return v == nil })
	nodes, err := f.nodes(op.String(), given...)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if !n.Type.Float() || n.Type != nodes[0].Type {
			return nil, without(op, given...)
		}
	}
	in := make([]*graph.Node, len(values))
	for i, v := range values {
		if v != nil {
			in[i], nodes = nodes[0], nodes[1:]
		}
	}
	return in, nil
}

// FusedDense is activation(x·weight + bias).
func (f *Function) FusedDense(x, weight, bias compute.Value, options compute.DenseConfig) (compute.Value, error) {
	in, err := f.fused(compute.OpTypeFusedDense, x, weight, bias)
	if err != nil {
		return nil, err
	}
	if len(in[0].Dims) == 0 || len(in[1].Dims) == 0 {
		return nil, without(compute.OpTypeFusedDense, x, weight)
	}
	contract := 0
	if options.WeightLayout == compute.DenseLayoutOutputsInput {
		contract = len(in[1].Dims) - 1
	}
	y, err := f.DotGeneral(in[0], []int{len(in[0].Dims) - 1}, nil, in[1], []int{contract}, nil, compute.DotGeneralConfig{})
	if err != nil {
		return nil, err
	}
	n := y.(*graph.Node)
	if b := in[2]; b != nil {
		first := len(n.Dims) - len(b.Dims)
		if first < 0 || !slices.Equal(b.Dims, n.Dims[first:]) {
			return nil, without(compute.OpTypeFusedDense, x, weight, bias)
		}
		var axes []int
		for a := first; a < len(n.Dims); a++ {
			axes = append(axes, a)
		}
		n = f.elementwise(ir.Add, n.Type, n, f.add(graph.Broadcast{Axes: axes}, n.Shape, b))
	}
	return f.activation(n, options.Activation)
}

func (f *Function) activation(x *graph.Node, a compute.ActivationType) (compute.Value, error) {
	number := func(v float64) *graph.Node { return f.scalar(x.Type, v, x.Dims...) }
	op := func(fn ir.Op, in ...*graph.Node) *graph.Node { return f.elementwise(fn, x.Type, in...) }
	switch a {
	case compute.ActivationNone:
		return x, nil
	case compute.ActivationRelu:
		return op(ir.Max, x, number(0)), nil
	case compute.ActivationTanh:
		return op(ir.Tanh, x), nil
	case compute.ActivationSilu:
		return op(ir.Mul, x, op(ir.Logistic, x)), nil
	case compute.ActivationHardSwish: // x·clamp(x/6 + 1/2, 0, 1)
		gate := op(ir.Add, op(ir.Mul, x, number(1.0/6)), number(0.5))
		return op(ir.Mul, x, op(ir.Min, op(ir.Max, gate, number(0)), number(1))), nil
	case compute.ActivationGelu:
		return f.FusedGelu(x, true)
	}
	return nil, errors.Wrapf(compute.ErrNotImplemented, "wasm: activation %s of %s", a, shapeOf(x))
}

// FusedGelu is x·Phi(x) (Hendrycks and Gimpel, 2016), by erf or by their approximation with tanh.
func (f *Function) FusedGelu(v compute.Value, exact bool) (compute.Value, error) {
	in, err := f.fused(compute.OpTypeFusedGelu, v)
	if err != nil {
		return nil, err
	}
	x := in[0]
	number := func(v float64) *graph.Node { return f.scalar(x.Type, v, x.Dims...) }
	op := func(fn ir.Op, in ...*graph.Node) *graph.Node { return f.elementwise(fn, x.Type, in...) }
	var s *graph.Node
	if exact {
		s = op(ir.Erf, op(ir.Mul, x, number(math.Sqrt(0.5))))
	} else {
		cube := op(ir.Mul, op(ir.Mul, x, x), x)
		s = op(ir.Tanh, op(ir.Mul, number(math.Sqrt(2/math.Pi)), op(ir.Add, x, op(ir.Mul, number(0.044715), cube))))
	}
	return op(ir.Mul, op(ir.Mul, x, number(0.5)), op(ir.Add, s, number(1))), nil
}

// FusedSoftmax is exp(x - max) over its sum along an axis.
func (f *Function) FusedSoftmax(v compute.Value, axis int) (compute.Value, error) {
	in, err := f.fused(compute.OpTypeFusedSoftmax, v)
	if err != nil {
		return nil, err
	}
	x := in[0]
	if axis < 0 || axis >= len(x.Dims) {
		return nil, without(compute.OpTypeFusedSoftmax, v)
	}
	each := f.elementwise(ir.Exp, x.Type, f.elementwise(ir.Sub, x.Type, x, f.along(ir.Max, x, axis)))
	return f.elementwise(ir.Div, x.Type, each, f.along(ir.Add, each, axis)), nil
}

// along combines elements along axes and repeats the result along them.
func (f *Function) along(fn ir.Op, x *graph.Node, axes ...int) *graph.Node {
	reduced := map[int]bool{}
	for _, a := range axes {
		reduced[a] = true
	}
	var kept, dims []int
	for a, d := range x.Dims {
		if !reduced[a] {
			kept, dims = append(kept, a), append(dims, d)
		}
	}
	return f.add(graph.Broadcast{Axes: kept}, x.Shape, f.fold(fn, x, dims, axes))
}

// FusedLayerNorm normalises over axes (Ba, Kiros and Hinton, 2016), with an optional scale and offset of those axes.
func (f *Function) FusedLayerNorm(v compute.Value, axes []int, epsilon float64, gamma, beta compute.Value) (compute.Value, error) {
	in, err := f.fused(compute.OpTypeFusedLayerNorm, v, gamma, beta)
	if err != nil {
		return nil, err
	}
	x := in[0]
	count, last := 1, true // whether they are the last axes, which those of the scale and the offset are
	for i, a := range axes {
		if a < 0 || a >= len(x.Dims) || slices.Contains(axes[:i], a) {
			return nil, without(compute.OpTypeFusedLayerNorm, v)
		}
		count *= x.Dims[a]
		last = last && a == len(x.Dims)-len(axes)+i
	}
	for _, p := range in[1:] {
		if p != nil && !(last && slices.Equal(p.Dims, x.Dims[len(x.Dims)-len(axes):])) {
			return nil, without(compute.OpTypeFusedLayerNorm, v, gamma, beta)
		}
	}
	number := func(v float64) *graph.Node { return f.scalar(x.Type, v, x.Dims...) }
	op := func(fn ir.Op, in ...*graph.Node) *graph.Node { return f.elementwise(fn, x.Type, in...) }
	mean := func(x *graph.Node) *graph.Node {
		return op(ir.Mul, f.along(ir.Add, x, axes...), number(1/float64(count)))
	}
	centred := op(ir.Sub, x, mean(x))
	y := op(ir.Div, centred, op(ir.Sqrt, op(ir.Add, mean(op(ir.Mul, centred, centred)), number(epsilon))))
	for i, fn := range []ir.Op{ir.Mul, ir.Add} {
		if p := in[1+i]; p != nil {
			y = op(fn, y, f.add(graph.Broadcast{Axes: axes}, x.Shape, p))
		}
	}
	return y, nil
}
