package wasm

import (
	"math"

	"github.com/gomlx/compute"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// Fused operations are recorded as what they are made of: lowering fuses them again, with their neighbours too.

// FusedDense is activation(x·weight + bias).
func (f *Function) FusedDense(x, weight, bias compute.Value, options compute.DenseConfig) (compute.Value, error) {
	in, err := f.nodes("FusedDense", x, weight)
	if err != nil {
		return nil, err
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
	if bias != nil {
		b, err := f.nodes("FusedDense", bias)
		if err != nil {
			return nil, err
		}
		first := len(n.Dims) - len(b[0].Dims)
		axes := make([]int, len(b[0].Dims))
		for i := range axes {
			axes[i] = first + i
			if first < 0 || b[0].Dims[i] != n.Dims[first+i] {
				return nil, errors.Errorf("wasm: FusedDense of %v has a bias of %v", n.Shape, b[0].Shape)
			}
		}
		n = f.elementwise(ir.Add, n.Type, n, f.add(graph.Broadcast{Axes: axes}, n.Shape, b[0]))
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
	in, err := f.nodes("FusedGelu", v)
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
	in, err := f.nodes("FusedSoftmax", v)
	if err != nil {
		return nil, err
	}
	x := in[0]
	if axis < 0 || axis >= len(x.Dims) {
		return nil, errors.Errorf("wasm: FusedSoftmax of %v along axis %d", x.Shape, axis)
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
	in, err := f.nodes("FusedLayerNorm", v)
	if err != nil {
		return nil, err
	}
	x := in[0]
	count := 1
	for _, a := range axes {
		if a < 0 || a >= len(x.Dims) {
			return nil, errors.Errorf("wasm: FusedLayerNorm of %v over axes %v", x.Shape, axes)
		}
		count *= x.Dims[a]
	}
	number := func(v float64) *graph.Node { return f.scalar(x.Type, v, x.Dims...) }
	op := func(fn ir.Op, in ...*graph.Node) *graph.Node { return f.elementwise(fn, x.Type, in...) }
	mean := func(x *graph.Node) *graph.Node {
		return op(ir.Mul, f.along(ir.Add, x, axes...), number(1/float64(count)))
	}
	centred := op(ir.Sub, x, mean(x))
	y := op(ir.Div, centred, op(ir.Sqrt, op(ir.Add, mean(op(ir.Mul, centred, centred)), number(epsilon))))
	if gamma != nil {
		if y, err = f.perAxes(ir.Mul, y, gamma, axes); err != nil {
			return nil, err
		}
	}
	if beta != nil {
		if y, err = f.perAxes(ir.Add, y, beta, axes); err != nil {
			return nil, err
		}
	}
	return y, nil
}

// perAxes combines x with an array that has only some of its axes.
func (f *Function) perAxes(fn ir.Op, x *graph.Node, value compute.Value, axes []int) (*graph.Node, error) {
	in, err := f.nodes("FusedLayerNorm", value)
	if err != nil {
		return nil, err
	}
	if len(in[0].Dims) != len(axes) {
		return nil, errors.Errorf("wasm: FusedLayerNorm over axes %v has a scale or offset of %v", axes, in[0].Shape)
	}
	for i, a := range axes {
		if in[0].Dims[i] != x.Dims[a] {
			return nil, errors.Errorf("wasm: FusedLayerNorm over axes %v of %v has a scale or offset of %v", axes, x.Shape, in[0].Shape)
		}
	}
	return f.elementwise(fn, x.Type, x, f.add(graph.Broadcast{Axes: axes}, x.Shape, in[0])), nil
}
