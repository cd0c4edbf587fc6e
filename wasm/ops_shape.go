package wasm

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapeinference"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// Iota gives each element its index along an axis.
func (f *Function) Iota(shape shapes.Shape, axis int) (compute.Value, error) {
	if _, err := f.nodes("Iota"); err != nil {
		return nil, err
	}
	s, err := fixedShape("Iota", shape)
	if err != nil {
		return nil, err
	}
	if axis < 0 || axis >= len(s.Dims) {
		return nil, errors.Errorf("wasm: Iota of %s along axis %d", shape, axis)
	}
	return f.add(graph.Iota{Axis: axis}, s), nil
}

// BroadcastInDim makes axis i of x axis axes[i] of the result, and repeats it along the others.
func (f *Function) BroadcastInDim(x compute.Value, shape shapes.Shape, axes []int) (compute.Value, error) {
	in, err := f.nodes("BroadcastInDim", x)
	if err != nil {
		return nil, err
	}
	s, err := inferred("BroadcastInDim")(shape, shapeinference.BroadcastInDim(shapeOf(in[0]), shape, axes, nil))
	if err != nil {
		return nil, err
	}
	if slices.Equal(s.Dims, in[0].Dims) {
		return in[0], nil
	}
	return f.add(graph.Broadcast{Axes: slices.Clone(axes)}, s, in[0]), nil
}

// Reshape keeps the elements in row-major order.
func (f *Function) Reshape(x compute.Value, dims ...int) (compute.Value, error) {
	in, err := f.nodes("Reshape", x)
	if err != nil {
		return nil, err
	}
	s, err := inferred("Reshape")(shapeinference.Reshape(shapeOf(in[0]), dims))
	if err != nil {
		return nil, err
	}
	return f.reshape(in[0], s.Dims), nil
}

func (f *Function) reshape(n *graph.Node, dims []int) *graph.Node {
	if slices.Equal(n.Dims, dims) {
		return n
	}
	return f.add(graph.Reshape{}, graph.Shape{Type: n.Type, Dims: dims}, n)
}

// Transpose permutes axes.
func (f *Function) Transpose(x compute.Value, permutation ...int) (compute.Value, error) {
	in, err := f.nodes("Transpose", x)
	if err != nil {
		return nil, err
	}
	s, err := inferred("Transpose")(shapeinference.Transpose(shapeOf(in[0]), permutation))
	if err != nil {
		return nil, err
	}
	return f.add(graph.Transpose{Perm: slices.Clone(permutation)}, s, in[0]), nil
}

// Slice takes elements from starts up to limits, every strides-th.
func (f *Function) Slice(x compute.Value, starts, limits, strides []int) (compute.Value, error) {
	in, err := f.nodes("Slice", x)
	if err != nil {
		return nil, err
	}
	if len(strides) == 0 {
		strides = slices.Repeat([]int{1}, len(in[0].Dims))
	}
	s, err := inferred("Slice")(shapeinference.Slice(shapeOf(in[0]), starts, limits, strides))
	if err != nil {
		return nil, err
	}
	return f.add(graph.Slice{Starts: slices.Clone(starts), Strides: slices.Clone(strides)}, s, in[0]), nil
}

// Reverse turns axes round.
func (f *Function) Reverse(x compute.Value, axes ...int) (compute.Value, error) {
	in, err := f.nodes("Reverse", x)
	if err != nil {
		return nil, err
	}
	for i, a := range axes {
		if a < 0 || a >= len(in[0].Dims) || slices.Contains(axes[:i], a) {
			return nil, errors.Errorf("wasm: Reverse of %v along axes %v", in[0].Shape, axes)
		}
	}
	return f.add(graph.Reverse{Axes: slices.Clone(axes)}, in[0].Shape, in[0]), nil
}

// Concatenate puts arrays one after the other along an axis.
func (f *Function) Concatenate(axis int, operands ...compute.Value) (compute.Value, error) {
	in, err := f.nodes("Concatenate", operands...)
	if err != nil {
		return nil, err
	}
	all := make([]shapes.Shape, len(in))
	for i, n := range in {
		all[i] = shapeOf(n)
	}
	s, err := inferred("Concatenate")(shapeinference.Concatenate(all, axis))
	if err != nil {
		return nil, err
	}
	return f.add(graph.Concat{Axis: axis}, s, in...), nil
}

// Pad puts a value around and between the elements.
func (f *Function) Pad(x, fill compute.Value, axes ...compute.PadAxis) (compute.Value, error) {
	in, err := f.nodes("Pad", x, fill)
	if err != nil {
		return nil, err
	}
	if in[1].Type != in[0].Type || len(in[1].Dims) != 0 {
		return nil, errors.Errorf("wasm: Pad of %v with %v, want a scalar of its type", in[0].Shape, in[1].Shape)
	}
	s, err := inferred("Pad")(shapeinference.Pad(shapeOf(in[0]), axes...))
	if err != nil {
		return nil, err
	}
	o := graph.Pad{Start: make([]int, len(s.Dims)), Interior: make([]int, len(s.Dims))}
	for i, a := range axes {
		o.Start[i], o.Interior[i] = a.Start, a.Interior
	}
	return f.add(o, s, in...), nil
}

// DynamicSlice takes a part of x whose place scalars give, or one array of as many numbers.
func (f *Function) DynamicSlice(x compute.Value, starts []compute.Value, dims []int) (compute.Value, error) {
	in, err := f.nodes("DynamicSlice", append([]compute.Value{x}, starts...)...)
	if err != nil {
		return nil, err
	}
	s, err := inferred("DynamicSlice")(shapeinference.DynamicSlice(shapeOf(in[0]), dims))
	if err != nil {
		return nil, err
	}
	places, err := f.places("DynamicSlice", in[1:], in[0])
	if err != nil {
		return nil, err
	}
	return f.add(graph.DynamicSlice{}, s, append(in[:1], places...)...), nil
}

// DynamicUpdateSlice replaces a part of x whose place scalars give, or one array of as many numbers.
func (f *Function) DynamicUpdateSlice(x, update compute.Value, starts []compute.Value) (compute.Value, error) {
	in, err := f.nodes("DynamicUpdateSlice", append([]compute.Value{x, update}, starts...)...)
	if err != nil {
		return nil, err
	}
	s, err := inferred("DynamicUpdateSlice")(shapeinference.DynamicUpdateSlice(shapeOf(in[0]), shapeOf(in[1])))
	if err != nil {
		return nil, err
	}
	for a, d := range in[1].Dims {
		if d > s.Dims[a] {
			return nil, errors.Errorf("wasm: DynamicUpdateSlice of %v with %v, which is larger", in[0].Shape, in[1].Shape)
		}
	}
	places, err := f.places("DynamicUpdateSlice", in[2:], in[0])
	if err != nil {
		return nil, err
	}
	return f.add(graph.DynamicUpdate{}, s, append(in[:2], places...)...), nil
}

// places are one whole number for each axis of x, which may be given as one array.
func (f *Function) places(op string, starts []*graph.Node, x *graph.Node) ([]*graph.Node, error) {
	if len(starts) == 1 && slices.Equal(starts[0].Dims, []int{len(x.Dims)}) {
		all := starts[0]
		starts = make([]*graph.Node, len(x.Dims))
		for i := range starts {
			one := f.add(graph.Slice{Starts: []int{i}, Strides: []int{1}}, graph.Shape{Type: all.Type, Dims: []int{1}}, all)
			starts[i] = f.reshape(one, nil)
		}
	}
	if len(starts) != len(x.Dims) {
		return nil, errors.Errorf("wasm: %s of %v has %d start indices", op, x.Shape, len(starts))
	}
	for i, s := range starts {
		if len(s.Dims) != 0 || s.Type.Float() || s.Type == ir.Bool {
			return nil, errors.Errorf("wasm: %s: start index %d is %v, want a whole number", op, i, s.Shape)
		}
	}
	return starts, nil
}

// Gather takes slices at the places that an array of indices lists.
func (f *Function) Gather(x, starts compute.Value, vectorAxis int, offset, collapsed, startMap, sizes []int, _ bool) (compute.Value, error) {
	in, err := f.nodes("Gather", x, starts)
	if err != nil {
		return nil, err
	}
	s, err := inferred("Gather")(shapeinference.Gather(shapeOf(in[0]), shapeOf(in[1]), vectorAxis, offset, collapsed, startMap, sizes, false))
	if err != nil {
		return nil, err
	}
	o := graph.Gather{VectorAxis: vectorAxis, Offset: slices.Clone(offset), Collapsed: slices.Clone(collapsed),
		Starts: slices.Clone(startMap), Sizes: slices.Clone(sizes)}
	return f.add(o, s, in...), nil
}
