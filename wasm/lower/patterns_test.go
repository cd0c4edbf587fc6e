package lower

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// kinds names the kernels of a program, as in "conv, nest".
func kinds(p *ir.Program) string {
	var list []string
	for _, k := range p.Kernels {
		switch k := k.(type) {
		case *ir.Nest:
			list = append(list, "nest")
		case *ir.MatMul:
			list = append(list, "matmul")
			if k.Start == ir.FromC {
				list[len(list)-1] += " +="
			}
		case *ir.Conv:
			list = append(list, "conv")
		case *ir.ConvFilter:
			list = append(list, "conv filter")
		case *ir.MaxPool:
			list = append(list, "max pool")
		case *ir.MaxPoolGradient:
			list = append(list, "max pool gradient")
		default:
			list = append(list, fmt.Sprintf("%T", k))
		}
	}
	return strings.Join(list, ", ")
}

// images are the axes of a convolution of images.
func images() graph.Conv {
	return graph.Conv{Input: []int{0, 3, 1, 2}, Kernel: []int{3, 2, 0, 1}, Output: []int{0, 3, 1, 2}, Strides: []int{1, 1},
		Start: []int{1, 1}, InputDilation: []int{1, 1}, KernelDilate: []int{1, 1}, ChannelGroups: 1, BatchGroups: 1}
}

func (f fn) reversed(x *graph.Node, axes ...int) *graph.Node {
	return f.op(graph.Reverse{Axes: axes}, x.Type, x.Dims, x)
}

func (f fn) sliced(x *graph.Node, starts, strides, dims []int) *graph.Node {
	return f.op(graph.Slice{Starts: starts, Strides: strides}, x.Type, dims, x)
}

// pooled is the largest of windows over x.
func (f fn) pooled(x *graph.Node, s graph.Sliding, dims ...int) *graph.Node {
	return f.op(graph.Window{Fn: ir.Max, Sliding: s}, x.Type, dims, x)
}

// pattern is a graph and the kernels that it becomes.
type pattern struct {
	name, want string
	build      func(f fn) *graph.Node
}

// axes is a convolution of images, changed.
func axes(change func(o *graph.Conv)) graph.Conv {
	o := images()
	change(&o)
	return o
}

// halves are windows of 2 by 2 side by side.
var halves = sliding([]int{1, 2, 2, 1}, []int{1, 2, 2, 1}, []int{0, 0, 0, 0})

// window is halves, changed.
func window(change func(s *graph.Sliding)) graph.Sliding {
	s := sliding(slices.Clone(halves.Dims), slices.Clone(halves.Strides), slices.Clone(halves.Start))
	change(&s)
	return s
}

// ofMatrices is the product of two.
var ofMatrices = graph.Dot{LeftContract: []int{1}, RightContract: []int{0}}

// Products, and what keeps them from being one kernel.
var products = []pattern{
	{"product", "matmul", func(f fn) *graph.Node { return f.dot(f.param(2, 3), f.param(3, 4)) }},
	{"both transposed", "matmul", func(f fn) *graph.Node { return f.dot(f.transposed(f.param(3, 2)), f.transposed(f.param(4, 3))) }},
	{"a vector", "matmul", func(f fn) *graph.Node {
		return f.op(graph.Dot{LeftContract: []int{0}, RightContract: []int{0}}, ir.F32, []int{4}, f.param(3), f.param(3, 4))
	}},
	{"a batch", "matmul", func(f fn) *graph.Node {
		o := graph.Dot{LeftContract: []int{2}, LeftBatch: []int{0}, RightContract: []int{1}, RightBatch: []int{0}}
		return f.op(o, ir.F32, []int{5, 2, 4}, f.param(5, 2, 3), f.param(5, 3, 4))
	}},
	{"two axes that are one", "matmul", func(f fn) *graph.Node {
		o := graph.Dot{LeftContract: []int{1, 2}, RightContract: []int{0, 1}}
		return f.op(o, ir.F32, []int{2, 5}, f.param(2, 3, 4), f.param(3, 4, 5))
	}},
	{"two axes the other way round", "nest", func(f fn) *graph.Node {
		o := graph.Dot{LeftContract: []int{2, 1}, RightContract: []int{0, 1}}
		return f.op(o, ir.F32, []int{2, 5}, f.param(2, 3, 4), f.param(4, 3, 5))
	}},
	{"a part of the rows", "matmul", func(f fn) *graph.Node {
		return f.dot(f.sliced(f.param(6, 3), []int{1, 0}, []int{2, 1}, []int{2, 3}), f.param(3, 4))
	}},
	{"rows backwards", "nest", func(f fn) *graph.Node { return f.dot(f.reversed(f.param(2, 3), 0), f.param(3, 4)) }},
	{"sums backwards", "nest", func(f fn) *graph.Node { return f.dot(f.param(2, 3), f.reversed(f.param(3, 4), 0)) }},
	{"a row repeated", "nest", func(f fn) *graph.Node {
		return f.dot(f.op(graph.Broadcast{Axes: []int{1}}, ir.F32, []int{2, 3}, f.param(3)), f.param(3, 4))
	}},
	{"another type", "nest", func(f fn) *graph.Node {
		return f.op(ofMatrices, ir.F64, []int{2, 4}, f.paramOf(ir.F64, 2, 3), f.paramOf(ir.F64, 3, 4))
	}},
	{"narrow operands", "nest", func(f fn) *graph.Node {
		return f.op(ofMatrices, ir.F32, []int{2, 4}, f.paramOf(ir.F16, 2, 3), f.paramOf(ir.F16, 3, 4))
	}},
	{"a sum of nothing", "nest", func(f fn) *graph.Node { return f.dot(f.param(2, 0), f.param(0, 4)) }},
	{"no result", "nest", func(f fn) *graph.Node { return f.dot(f.param(0, 3), f.param(3, 4)) }},
	{"a place that data decide is copied first", "nest, matmul", func(f fn) *graph.Node {
		x := f.op(graph.DynamicSlice{}, ir.F32, []int{2, 3}, f.param(8, 3), f.paramOf(ir.I32), f.paramOf(ir.I32))
		return f.dot(x, f.param(3, 4))
	}},
}

// Sums of products.
var productSums = []pattern{
	{"sum of products", "matmul, matmul +=", func(f fn) *graph.Node {
		return f.each(ir.Add, f.dot(f.param(2, 3), f.param(3, 4)), f.dot(f.param(2, 5), f.param(5, 4)))
	}},
	{"a product with two readers", "matmul, matmul, nest", func(f fn) *graph.Node {
		x := f.dot(f.param(3, 3), f.param(3, 3))
		return f.each(ir.Add, x, f.dot(x, f.param(3, 3)))
	}},
	{"a difference of products", "matmul, matmul, nest", func(f fn) *graph.Node {
		return f.each(ir.Sub, f.dot(f.param(2, 3), f.param(3, 4)), f.dot(f.param(2, 5), f.param(5, 4)))
	}},
	{"a product that no kernel computes", "matmul, nest, nest", func(f fn) *graph.Node {
		return f.each(ir.Add, f.dot(f.param(2, 3), f.param(3, 4)), f.dot(f.reversed(f.param(2, 5), 0), f.param(5, 4)))
	}},
	{"parts side by side", "nest, nest", func(f fn) *graph.Node {
		return f.each(ir.Add, f.padded(0, 3, 5), f.padded(3, 2, 5))
	}},
	{"parts that overlap", "nest", func(f fn) *graph.Node {
		return f.each(ir.Add, f.padded(0, 3, 5), f.padded(2, 3, 5))
	}},
	{"parts with gaps inside", "nest", func(f fn) *graph.Node {
		gaps := f.op(graph.Pad{Start: []int{2}, Interior: []int{1}}, ir.F32, []int{5}, f.param(2), f.number(0))
		return f.each(ir.Add, f.padded(0, 2, 5), gaps)
	}},
	{"parts padded with ones", "nest", func(f fn) *graph.Node {
		ones := f.op(graph.Pad{Start: []int{2}, Interior: []int{0}}, ir.F32, []int{5}, f.param(3), f.number(1))
		return f.each(ir.Add, f.padded(0, 2, 5), ones)
	}},
	{"parts of 16 bits padded with ones", "nest", func(f fn) *graph.Node {
		one := f.op(graph.Const{Data: []byte{0, 0x3c}}, ir.F16, nil)
		pad := func(start, n int) *graph.Node {
			return f.op(graph.Pad{Start: []int{start}, Interior: []int{0}}, ir.F16, []int{5}, f.paramOf(ir.F16, n), one)
		}
		return f.each(ir.Add, pad(0, 3), pad(3, 2))
	}},
	{"parts that are cut", "nest", func(f fn) *graph.Node {
		cut := f.op(graph.Pad{Start: []int{-1}, Interior: []int{0}}, ir.F32, []int{5}, f.param(4), f.number(0))
		return f.each(ir.Add, cut, f.padded(4, 1, 5))
	}},
	{"parts along two axes", "nest", func(f fn) *graph.Node {
		pad := func(start ...int) *graph.Node {
			return f.op(graph.Pad{Start: start, Interior: []int{0, 0}}, ir.F32, []int{4, 4}, f.param(2, 2), f.number(0))
		}
		return f.each(ir.Add, pad(0, 0), pad(2, 2))
	}},
	{"a part with another term", "nest", func(f fn) *graph.Node {
		return f.each(ir.Add, f.padded(0, 3, 5), f.param(5))
	}},
}

// Convolutions and their gradients.
var convolutions = []pattern{
	{"convolution", "conv", func(f fn) *graph.Node { return f.conv(f.param(2, 6, 6, 3), f.param(3, 3, 3, 5), 1) }},
	{"kernel reversed", "conv", func(f fn) *graph.Node {
		return f.conv(f.param(2, 6, 6, 3), f.reversed(f.param(3, 3, 3, 5), 0, 1), 1)
	}},
	{"gradient with respect to the images", "conv", func(f fn) *graph.Node { // channels of the kernel exchanged
		o := axes(func(o *graph.Conv) { o.Kernel = []int{2, 3, 0, 1} })
		return f.op(o, ir.F32, []int{2, 6, 6, 5}, f.param(2, 6, 6, 3), f.reversed(f.param(3, 3, 5, 3), 0, 1))
	}},
	{"strides", "conv", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.Strides = []int{2, 2} })
		return f.op(o, ir.F32, []int{2, 3, 3, 5}, f.param(2, 6, 6, 3), f.param(3, 3, 3, 5))
	}},
	{"channels of the kernel backwards", "nest", func(f fn) *graph.Node {
		return f.conv(f.param(2, 6, 6, 3), f.reversed(f.param(3, 3, 3, 5), 3), 1)
	}},
	{"channels first", "nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.Input = []int{0, 1, 2, 3} })
		return f.op(o, ir.F32, []int{2, 6, 6, 5}, f.param(2, 3, 6, 6), f.param(3, 3, 3, 5))
	}},
	{"a part of the images", "nest", func(f fn) *graph.Node {
		return f.conv(f.sliced(f.param(2, 8, 8, 3), []int{0, 1, 1, 0}, []int{1, 1, 1, 1}, []int{2, 6, 6, 3}), f.param(3, 3, 3, 5), 1)
	}},
	{"dilated kernel", "nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.KernelDilate = []int{2, 2} })
		return f.op(o, ir.F32, []int{2, 4, 4, 5}, f.param(2, 6, 6, 3), f.param(3, 3, 3, 5))
	}},
	{"dilated images", "conv, nest, conv, nest, conv, nest, conv, nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.InputDilation = []int{2, 2} })
		return f.op(o, ir.F32, []int{2, 11, 11, 5}, f.param(2, 6, 6, 3), f.param(3, 3, 3, 5))
	}},
	{"images dilated beyond the kernel", "conv, nest, nest, nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.InputDilation, o.Start = []int{3, 1}, []int{0, 0} })
		return f.op(o, ir.F32, []int{2, 16, 6, 5}, f.param(2, 6, 6, 3), f.param(1, 1, 3, 5))
	}},
	{"dilated images cut", "nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.InputDilation, o.Start = []int{2, 2}, []int{-1, -1} })
		return f.op(o, ir.F32, []int{2, 7, 7, 5}, f.param(2, 6, 6, 3), f.param(3, 3, 3, 5))
	}},
	{"images cut", "nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.Start = []int{-1, -1} })
		return f.op(o, ir.F32, []int{2, 3, 3, 5}, f.param(2, 6, 6, 3), f.param(3, 3, 3, 5))
	}},
	{"groups", "nest", func(f fn) *graph.Node {
		o := axes(func(o *graph.Conv) { o.ChannelGroups = 2 })
		return f.op(o, ir.F32, []int{2, 6, 6, 6}, f.param(2, 6, 6, 4), f.param(3, 3, 2, 6))
	}},
	{"one dimension", "nest", func(f fn) *graph.Node {
		o := graph.Conv{Input: []int{0, 2, 1}, Kernel: []int{2, 1, 0}, Output: []int{0, 2, 1}, Strides: []int{1}, Start: []int{1},
			InputDilation: []int{1}, KernelDilate: []int{1}, ChannelGroups: 1, BatchGroups: 1}
		return f.op(o, ir.F32, []int{2, 6, 5}, f.param(2, 6, 3), f.param(3, 3, 5))
	}},
	{"filter gradient", "conv filter", func(f fn) *graph.Node { return f.filterGradient(1) }},
	{"filter gradient of a convolution with strides", "conv filter", func(f fn) *graph.Node {
		o := graph.Conv{Input: []int{3, 0, 1, 2}, Kernel: []int{3, 0, 1, 2}, Output: []int{2, 3, 0, 1}, Strides: []int{1, 1},
			Start: []int{0, 0}, InputDilation: []int{1, 1}, KernelDilate: []int{2, 2}, ChannelGroups: 1, BatchGroups: 1}
		return f.op(o, ir.F32, []int{3, 3, 3, 5}, f.param(2, 7, 7, 3), f.param(2, 3, 3, 5))
	}},
}

// Windows.
var pools = []pattern{
	{"pool", "max pool", func(f fn) *graph.Node { return f.pooled(f.param(2, 4, 4, 3), halves, 2, 2, 2, 3) }},
	{"windows that overlap, padded", "max pool", func(f fn) *graph.Node {
		s := window(func(s *graph.Sliding) { s.Dims, s.Start = []int{1, 3, 3, 1}, []int{0, 1, 1, 0} })
		return f.pooled(f.param(2, 4, 4, 3), s, 2, 2, 2, 3)
	}},
	{"smallest", "nest", func(f fn) *graph.Node {
		return f.op(graph.Window{Fn: ir.Min, Sliding: halves}, ir.F32, []int{2, 2, 2, 3}, f.param(2, 4, 4, 3))
	}},
	{"pool of integers", "nest", func(f fn) *graph.Node { return f.pooled(f.paramOf(ir.I32, 2, 4, 4, 3), halves, 2, 2, 2, 3) }},
	{"pool over channels", "nest", func(f fn) *graph.Node {
		s := window(func(s *graph.Sliding) { s.Dims = []int{1, 2, 2, 2} })
		return f.pooled(f.param(2, 4, 4, 3), s, 2, 2, 2, 2)
	}},
	{"pool with gaps", "nest", func(f fn) *graph.Node {
		s := window(func(s *graph.Sliding) { s.WindowDilation = []int{1, 2, 2, 1} })
		return f.pooled(f.param(2, 4, 4, 3), s, 2, 1, 1, 3)
	}},
	{"windows of padding alone", "nest", func(f fn) *graph.Node {
		s := window(func(s *graph.Sliding) { s.Start = []int{0, 2, 2, 0} })
		return f.pooled(f.param(2, 4, 4, 3), s, 2, 3, 3, 3)
	}},
	{"large windows", "nest", func(f fn) *graph.Node {
		s := window(func(s *graph.Sliding) { s.Dims = []int{1, 5, 5, 1} })
		return f.pooled(f.param(2, 6, 6, 3), s, 2, 1, 1, 3)
	}},
	{"pool of transposed images", "nest", func(f fn) *graph.Node {
		x := f.op(graph.Transpose{Perm: []int{0, 2, 1, 3}}, ir.F32, []int{2, 4, 4, 3}, f.param(2, 4, 4, 3))
		return f.pooled(x, halves, 2, 2, 2, 3)
	}},
	{"pool gradient", "max pool gradient", func(f fn) *graph.Node {
		x := f.param(2, 4, 4, 3)
		return f.op(graph.SelectScatter{Sliding: halves}, ir.F32, x.Dims, x, f.param(2, 2, 2, 3))
	}},
	{"gradient of the smallest", "nest, nest, nest", func(f fn) *graph.Node {
		x := f.param(2, 4, 4, 3)
		return f.op(graph.SelectScatter{Min: true, Sliding: halves}, ir.F32, x.Dims, x, f.param(2, 2, 2, 3))
	}},
}

// What follows the sums of a product.
var epilogues = []pattern{
	{"bias", "matmul, matmul", func(f fn) *graph.Node { return f.dense(f.repeated(8), ir.Add, f.number(0, 4, 8)) }},
	{"a number for each row", "matmul, nest, matmul", func(f fn) *graph.Node {
		column := f.op(graph.Broadcast{Axes: []int{0}}, ir.F32, []int{4, 8}, f.param(4))
		return f.dense(column, ir.Add, f.number(0, 4, 8))
	}},
	{"a matrix is no bias", "matmul, nest, matmul", func(f fn) *graph.Node { return f.dense(f.param(4, 8), ir.Add, f.number(0, 4, 8)) }},
	{"a factor is no bias", "matmul, nest, matmul", func(f fn) *graph.Node { return f.dense(f.repeated(8), ir.Mul, f.number(0, 4, 8)) }},
	{"cut off above zero", "matmul, nest, matmul", func(f fn) *graph.Node { return f.dense(f.repeated(8), ir.Add, f.number(1, 4, 8)) }},
}

// What becomes a kernel of its own, and what only looks as if it might.
func TestPatterns(t *testing.T) {
	for _, test := range slices.Concat(products, productSums, convolutions, pools, epilogues) {
		t.Run(test.name, func(t *testing.T) {
			f := newFn()
			if got := kinds(f.program(t, true, test.build(f))); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
		t.Run(test.name+", without kernels", func(t *testing.T) {
			f := newFn()
			if got := kinds(f.program(t, false, test.build(f))); strings.Trim(got, "nest, ") != "" {
				t.Errorf("%s, want nests", got)
			}
		})
	}
}

// repeated is a parameter of n as each of four rows.
func (f fn) repeated(n int) *graph.Node {
	return f.op(graph.Broadcast{Axes: []int{1}}, ir.F32, []int{4, n}, f.param(n))
}

// dense is a layer of 8 units, clamped at a limit, with another after it.
func (f fn) dense(bias *graph.Node, with ir.Op, limit *graph.Node) *graph.Node {
	sum := f.each(with, f.dot(f.param(4, 6), f.param(6, 8)), bias)
	return f.dot(f.each(ir.Max, sum, limit), f.param(8, 2))
}
