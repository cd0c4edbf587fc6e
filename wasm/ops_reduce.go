package wasm

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapeinference"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// reduce combines all elements along axes, along all of them if none are given.
func (f *Function) reduce(op compute.OpType, fn ir.Op, x compute.Value, axes []int) (compute.Value, error) {
	in, err := f.nodes(op.String(), x)
	if err != nil {
		return nil, err
	}
	axes = slices.Clone(axes)
	if len(axes) == 0 {
		for a := range in[0].Dims {
			axes = append(axes, a)
		}
	}
	s, err := inferred(op.String())(shapeinference.Reduce(shapeOf(in[0]), axes))
	if err != nil {
		return nil, err
	}
	return f.fold(fn, in[0], s.Dims, axes), nil
}

// fold is reduce along exactly the axes given; dims are the result's.
func (f *Function) fold(fn ir.Op, x *graph.Node, dims, axes []int) *graph.Node {
	axes = slices.Clone(axes)
	if len(axes) == 0 {
		return x
	}
	slices.Sort(axes)
	if x.Type == ir.F16 || x.Type == ir.BF16 { // the sum of many would not fit
		wide := f.add(graph.Reduce{Fn: fn, Axes: axes}, graph.Shape{Type: ir.F32, Dims: dims}, f.convert(x, ir.F32))
		return f.convert(wide, x.Type)
	}
	return f.add(graph.Reduce{Fn: fn, Axes: axes}, graph.Shape{Type: x.Type, Dims: dims}, x)
}

func (f *Function) ReduceSum(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceSum, ir.Add, x, axes)
}

func (f *Function) ReduceProduct(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceProduct, ir.Mul, x, axes)
}

func (f *Function) ReduceMax(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceMax, ir.Max, x, axes)
}

func (f *Function) ReduceMin(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceMin, ir.Min, x, axes)
}

func (f *Function) ReduceBitwiseAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceBitwiseAnd, ir.And, x, axes)
}

func (f *Function) ReduceBitwiseOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceBitwiseOr, ir.Or, x, axes)
}

func (f *Function) ReduceBitwiseXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceBitwiseXor, ir.Xor, x, axes)
}

func (f *Function) ReduceLogicalAnd(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceLogicalAnd, ir.And, x, axes)
}

func (f *Function) ReduceLogicalOr(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceLogicalOr, ir.Or, x, axes)
}

func (f *Function) ReduceLogicalXor(x compute.Value, axes ...int) (compute.Value, error) {
	return f.reduce(compute.OpTypeReduceLogicalXor, ir.Xor, x, axes)
}

// ArgMinMax gives the index of the first smallest or largest element along an axis; true is larger than false.
func (f *Function) ArgMinMax(x compute.Value, axis int, output dtypes.DType, isMin bool) (compute.Value, error) {
	in, err := f.nodes("ArgMinMax", x)
	if err != nil {
		return nil, err
	}
	if in[0].Type == ir.Bool {
		in[0] = f.convert(in[0], ir.U8)
	}
	s, err := inferred("ArgMinMax")(shapeinference.ArgMinMax(shapeOf(in[0]), axis, output))
	if err != nil {
		return nil, err
	}
	return f.add(graph.ArgMinMax{Axis: axis, Min: isMin}, s, in[0]), nil
}

// sliding fills in what may be left out of a window's description.
func sliding(rank int, dims, strides, base, dilations []int, paddings [][2]int) graph.Sliding {
	ones := slices.Repeat([]int{1}, rank)
	or := func(v, otherwise []int) []int {
		if len(v) == 0 {
			return otherwise
		}
		return slices.Clone(v)
	}
	s := graph.Sliding{Dims: slices.Clone(dims), Strides: or(strides, dims), BaseDilation: or(base, ones),
		WindowDilation: or(dilations, ones), Start: make([]int, rank)}
	for i, p := range paddings {
		s.Start[i] = p[0]
	}
	return s
}

// ReduceWindow combines the elements of a sliding window.
func (f *Function) ReduceWindow(x compute.Value, op compute.ReduceOpType, dims, strides, inputDilations, windowDilations []int,
	paddings [][2]int) (compute.Value, error) {
	in, err := f.nodes("ReduceWindow", x)
	if err != nil {
		return nil, err
	}
	fn, ok := map[compute.ReduceOpType]ir.Op{compute.ReduceOpSum: ir.Add, compute.ReduceOpProduct: ir.Mul,
		compute.ReduceOpMax: ir.Max, compute.ReduceOpMin: ir.Min}[op]
	if !ok {
		return nil, errors.Errorf("wasm: ReduceWindow by %v", op)
	}
	s, err := inferred("ReduceWindow")(shapeinference.ReduceWindow(shapeOf(in[0]), dims, strides, inputDilations, windowDilations, paddings))
	if err != nil {
		return nil, err
	}
	o := graph.Window{Fn: fn, Sliding: sliding(len(in[0].Dims), dims, strides, inputDilations, windowDilations, paddings)}
	return f.add(o, s, in[0]), nil
}

// selectAndScatter adds source elements to where in their windows the largest or smallest element is.
func (f *Function) selectAndScatter(op compute.OpType, x, source compute.Value, dims, strides []int, paddings [][2]int, isMin bool) (compute.Value, error) {
	in, err := f.nodes(op.String(), x, source)
	if err != nil {
		return nil, err
	}
	s, err := inferred(op.String())(shapeinference.ReduceWindow(shapeOf(in[0]), dims, strides, nil, nil, paddings))
	if err != nil {
		return nil, err
	}
	if !slices.Equal(s.Dims, in[1].Dims) || in[0].Type != in[1].Type {
		return nil, errors.Errorf("wasm: %s of %v needs a source of %v, not %v", op, in[0].Shape, s, in[1].Shape)
	}
	o := graph.SelectScatter{Min: isMin, Sliding: sliding(len(in[0].Dims), dims, strides, nil, nil, paddings)}
	return f.add(o, in[0].Shape, in...), nil
}

func (f *Function) SelectAndScatterMax(x, source compute.Value, dims, strides []int, paddings [][2]int) (compute.Value, error) {
	return f.selectAndScatter(compute.OpTypeSelectAndScatterMax, x, source, dims, strides, paddings, false)
}

func (f *Function) SelectAndScatterMin(x, source compute.Value, dims, strides []int, paddings [][2]int) (compute.Value, error) {
	return f.selectAndScatter(compute.OpTypeSelectAndScatterMin, x, source, dims, strides, paddings, true)
}

// scatter combines slices with an array at the places that indices list.
func (f *Function) scatter(op compute.OpType, fn ir.Op, x, starts, updates compute.Value, vectorAxis int, window, inserted, startMap []int) (compute.Value, error) {
	in, err := f.nodes(op.String(), x, starts, updates)
	if err != nil {
		return nil, err
	}
	s, err := inferred(op.String())(shapeinference.Scatter(shapeOf(in[0]), shapeOf(in[1]), shapeOf(in[2]), vectorAxis, window, inserted, startMap))
	if err != nil {
		return nil, err
	}
	o := graph.Scatter{Fn: fn, VectorAxis: vectorAxis, Window: slices.Clone(window), Inserted: slices.Clone(inserted), Starts: slices.Clone(startMap)}
	return f.add(o, s, in...), nil
}

func (f *Function) ScatterSum(x, starts, updates compute.Value, vectorAxis int, window, inserted, startMap []int, _, _ bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterSum, ir.Add, x, starts, updates, vectorAxis, window, inserted, startMap)
}

func (f *Function) ScatterMax(x, starts, updates compute.Value, vectorAxis int, window, inserted, startMap []int, _, _ bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterMax, ir.Max, x, starts, updates, vectorAxis, window, inserted, startMap)
}

func (f *Function) ScatterMin(x, starts, updates compute.Value, vectorAxis int, window, inserted, startMap []int, _, _ bool) (compute.Value, error) {
	return f.scatter(compute.OpTypeScatterMin, ir.Min, x, starts, updates, vectorAxis, window, inserted, startMap)
}
