package wasm

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// RNGBitGenerator returns random bits, and the state for the next time. State is u64 [3], of which the first number is a
// key, the second a counter and the third is kept. Number i is SplitMix64's finaliser (Steele, Lea and Flood, 2014) of
// key + (counter+i)·golden ratio: every bit depends on the state and i alone.
func (f *Function) RNGBitGenerator(state compute.Value, shape shapes.Shape) (newState, values compute.Value, err error) {
	in, err := f.nodes("RNGBitGenerator", state)
	if err != nil {
		return nil, nil, err
	}
	if !shapeOf(in[0]).Equal(compute.RNGStateShape) {
		return nil, nil, errors.Errorf("wasm: RNGBitGenerator with a state of %v, want %s", in[0].Shape, compute.RNGStateShape)
	}
	s, err := fixedShape("RNGBitGenerator", shape)
	if err != nil {
		return nil, nil, err
	}
	if s.Type == ir.Bool || s.Type.Float() {
		return nil, nil, errors.Wrapf(compute.ErrNotImplemented, "wasm: RNGBitGenerator of %s", shape)
	}
	count := max((s.Size()*s.Type.Size()+7)/8, 1)
	all := graph.Shape{Type: ir.U64, Dims: []int{count}}
	op := func(fn ir.Op, a, b *graph.Node) *graph.Node { return f.elementwise(fn, ir.U64, a, b) }
	word := func(v uint64, dims ...int) *graph.Node {
		data := make([]byte, 8)
		for i := range data {
			data[i] = byte(v >> (8 * i))
		}
		return f.broadcast(f.constant(graph.Shape{Type: ir.U64}, data), dims)
	}
	part := func(i int) *graph.Node {
		return f.add(graph.Slice{Starts: []int{i}, Strides: []int{1}}, graph.Shape{Type: ir.U64, Dims: []int{1}}, in[0])
	}
	spread := func(n *graph.Node) *graph.Node { return f.add(graph.Broadcast{Axes: []int{0}}, all, n) }
	mix := func(z *graph.Node, shift, factor uint64) *graph.Node {
		return op(ir.Mul, op(ir.Xor, z, op(ir.ShrL, z, word(shift, count))), word(factor, count))
	}
	z := op(ir.Add, f.add(graph.Iota{Axis: 0}, all), spread(part(1)))
	z = op(ir.Add, op(ir.Mul, z, word(0x9e3779b97f4a7c15, count)), spread(part(0)))
	z = mix(z, 30, 0xbf58476d1ce4e5b9)
	z = mix(z, 27, 0x94d049bb133111eb)
	z = op(ir.Xor, z, op(ir.ShrL, z, word(31, count)))

	next := op(ir.Add, part(1), word(uint64(count), 1))
	newState = f.add(graph.Concat{Axis: 0}, in[0].Shape, part(0), next, part(2))
	return newState, f.reshape(f.cut(z, s), s.Dims), nil
}

// cut reads 64-bit numbers as smaller ones of a type, and takes as many as a shape has.
func (f *Function) cut(z *graph.Node, s graph.Shape) *graph.Node {
	if s.Type.Size() == 8 {
		z = f.elementwise(ir.Bitcast, s.Type, z)
	} else {
		per := 8 / s.Type.Size()
		z = f.add(graph.Bitcast{}, graph.Shape{Type: s.Type, Dims: []int{z.Dims[0], per}}, z)
		z = f.reshape(z, []int{z.Dims[0] * per})
	}
	return f.add(graph.Slice{Starts: []int{0}, Strides: []int{1}}, graph.Shape{Type: s.Type, Dims: []int{s.Size()}}, z)
}
