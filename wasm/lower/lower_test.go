package lower

import (
	"fmt"
	"math"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// fn is a function under construction.
type fn struct {
	*graph.Func
	ids *int
}

func newFn() fn { return fn{&graph.Func{}, new(int)} }

// inner starts a function inside f.
func (f fn) inner() fn { return fn{&graph.Func{Parent: f.Func}, f.ids} }

// op adds an operation that gives an array of a type.
func (f fn) op(o graph.Op, t ir.DType, dims []int, in ...*graph.Node) *graph.Node {
	n := &graph.Node{ID: *f.ids, Op: o, In: in, Home: f.Func, Shape: graph.Shape{Type: t, Dims: dims}}
	*f.ids++
	f.Nodes = append(f.Nodes, n)
	return n
}

// param adds an f32 parameter.
func (f fn) param(dims ...int) *graph.Node { return f.paramOf(ir.F32, dims...) }

func (f fn) paramOf(t ir.DType, dims ...int) *graph.Node {
	n := f.op(graph.Param{Index: len(f.Params)}, t, dims)
	f.Params = append(f.Params, n)
	return n
}

// each adds an elementwise operation.
func (f fn) each(o ir.Op, in ...*graph.Node) *graph.Node {
	return f.op(graph.Map{Fn: o}, in[0].Type, in[0].Dims, in...)
}

// number adds an f32 constant, repeated to some dimensions.
func (f fn) number(v float32, dims ...int) *graph.Node {
	bits := math.Float32bits(v)
	n := f.op(graph.Const{Data: []byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)}}, ir.F32, nil)
	if len(dims) == 0 {
		return n
	}
	return f.op(graph.Broadcast{}, ir.F32, dims, n)
}

// sliding is a window over all axes.
func sliding(dims, strides, start []int) graph.Sliding {
	ones := make([]int, len(dims))
	for i := range ones {
		ones[i] = 1
	}
	return graph.Sliding{Dims: dims, Strides: strides, Start: start, BaseDilation: ones, WindowDilation: ones}
}

// program returns the outputs' program, which must be right, with kernels and without.
func (f fn) program(t *testing.T, kernels bool, outputs ...*graph.Node) *ir.Program {
	t.Helper()
	f.Outputs = outputs
	p := Program(f.Func, kernels)
	if err := ir.Verify(p); err != nil {
		t.Fatalf("%v in\n%v", err, p)
	}
	return p
}

// Whatever the data, no index leaves its array: a comparison that is not a strict order, windows of padding alone, slices
// beyond the end, updates outside, and arrays of nothing.
func TestIndicesStayInside(t *testing.T) {
	for name, build := range map[string]func(f fn) *graph.Node{
		"sort": func(f fn) *graph.Node {
			less := f.inner()
			a, b := less.param(), less.param()
			less.Outputs = []*graph.Node{less.op(graph.Map{Fn: ir.Le}, ir.Bool, nil, a, b)}
			x := f.param(3, 5)
			return f.op(graph.Item{}, ir.F32, x.Dims, f.op(graph.Sort{Less: less.Func, Axis: 1}, ir.F32, x.Dims, x))
		},
		"select and scatter": func(f fn) *graph.Node {
			window := sliding([]int{2}, []int{2}, []int{4}) // the first two lie in the padding
			x, dy := f.param(4), f.param(4)
			return f.op(graph.SelectScatter{Min: true, Sliding: window}, ir.F32, x.Dims, x, dy)
		},
		"dynamic slice": func(f fn) *graph.Node {
			return f.op(graph.DynamicSlice{}, ir.F32, []int{2, 3}, f.param(4, 5), f.paramOf(ir.I64), f.paramOf(ir.U32))
		},
		"a dynamic slice of one row, cut off by padding that is padded again": func(f fn) *graph.Node {
			row := f.op(graph.DynamicSlice{}, ir.F32, []int{1, 4}, f.param(3, 4), f.paramOf(ir.I64), f.paramOf(ir.I64))
			cut := f.op(graph.Pad{Start: []int{-2, 0}, Interior: []int{1, 0}}, ir.F32, []int{1, 4}, row, f.number(7))
			return f.op(graph.Pad{Start: []int{1, 0}, Interior: []int{1, 0}}, ir.F32, []int{3, 4}, cut, f.number(7))
		},
		"dynamic update": func(f fn) *graph.Node {
			x := f.param(4, 5)
			return f.op(graph.DynamicUpdate{}, ir.F32, x.Dims, x, f.param(2, 3), f.paramOf(ir.I32), f.paramOf(ir.U8))
		},
		"gather": func(f fn) *graph.Node {
			o := graph.Gather{VectorAxis: 1, Offset: []int{1}, Collapsed: []int{0}, Starts: []int{0, 1}, Sizes: []int{1, 3}}
			return f.op(o, ir.F32, []int{6, 3}, f.param(4, 5), f.paramOf(ir.I32, 6, 2))
		},
		"scatter": func(f fn) *graph.Node {
			o := graph.Scatter{Fn: ir.Add, VectorAxis: 1, Window: []int{1}, Inserted: []int{0}, Starts: []int{0, 1}}
			x := f.param(4, 5)
			return f.op(o, ir.F32, x.Dims, x, f.paramOf(ir.I32, 6, 2), f.param(6, 3))
		},
		"scatter to nothing": func(f fn) *graph.Node {
			o := graph.Scatter{Fn: ir.Add, VectorAxis: 1, Inserted: []int{0}, Starts: []int{0}}
			x := f.param(0)
			return f.op(o, ir.F32, x.Dims, x, f.paramOf(ir.I32, 6, 1), f.param(6))
		},
		"pad, and cut": func(f fn) *graph.Node {
			return f.op(graph.Pad{Start: []int{-2}, Interior: []int{2}}, ir.F32, []int{9}, f.param(4), f.number(7))
		},
		"a slice of padding alone": func(f fn) *graph.Node {
			x := f.op(graph.Pad{Start: []int{1}, Interior: []int{1}}, ir.F32, []int{6}, f.param(2), f.number(7))
			return f.op(graph.Slice{Starts: []int{5}, Strides: []int{1}}, ir.F32, []int{1}, x)
		},
		"concat, with gaps": func(f fn) *graph.Node {
			c := f.op(graph.Concat{}, ir.F32, []int{9}, f.param(4), f.param(5))
			return f.op(graph.Pad{Start: []int{0}, Interior: []int{1}}, ir.F32, []int{17}, c, f.number(7))
		},
		"concat, reversed": func(f fn) *graph.Node {
			c := f.op(graph.Concat{}, ir.F32, []int{9}, f.param(4), f.param(0), f.param(5))
			return f.op(graph.Reverse{Axes: []int{0}}, ir.F32, c.Dims, c)
		},
		"arg max": func(f fn) *graph.Node {
			return f.op(graph.ArgMinMax{Axis: 1}, ir.I32, []int{3}, f.param(3, 5))
		},
		"dilated convolution in groups": func(f fn) *graph.Node {
			o := graph.Conv{Input: []int{0, 1, 2}, Kernel: []int{0, 1, 2}, Output: []int{0, 1, 2}, Strides: []int{2}, Start: []int{3},
				InputDilation: []int{3}, KernelDilate: []int{2}, ChannelGroups: 2, BatchGroups: 1}
			return f.op(o, ir.F32, []int{2, 4, 5}, f.param(2, 6, 4), f.param(4, 3, 3))
		},
	} {
		for _, kernels := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", kernels ", kernels), func(t *testing.T) {
				f := newFn()
				f.program(t, kernels, build(f))
			})
		}
	}
}
