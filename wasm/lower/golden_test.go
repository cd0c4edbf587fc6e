package lower

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

var update = flag.Bool("update", false, "write the goldens in testdata")

// golden is a small graph that shows what one pass does.
type golden struct {
	pass, name string
	naive      bool // without kernels
	build      func(f fn) []*graph.Node
}

var goldens = []golden{
	// The gradients of three slices are put side by side; the last has zeros after it.
	{"gather sums", "padded concat", false, func(f fn) []*graph.Node {
		a, b, c := f.padded(0, 2, 8), f.padded(2, 1, 8), f.padded(3, 4, 8)
		return []*graph.Node{f.each(ir.Add, f.each(ir.Add, a, b), c)}
	}},
	// The gradients of one weight matrix at three steps; the last is written as the transpose of a product.
	{"gather sums", "sum of products", false, func(f fn) []*graph.Node {
		x, y := f.dot(f.param(2, 4), f.param(4, 3)), f.dot(f.param(2, 4), f.param(4, 3))
		z := f.transposed(f.dot(f.param(3, 4), f.param(4, 2)))
		return []*graph.Node{f.each(ir.Add, f.each(ir.Add, x, y), z)}
	}},

	// A value that one reads is computed by its reader, also a costly one.
	{"materialise", "one reader", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.each(ir.Neg, f.each(ir.Tanh, f.param(8)))}
	}},
	// Cheap values are computed again by each of two readers, a costly one is materialised.
	{"materialise", "two readers", false, func(f fn) []*graph.Node {
		x := f.param(8)
		cheap, costly := f.each(ir.Abs, x), f.each(ir.Tanh, x)
		return []*graph.Node{f.each(ir.Add, cheap, costly), f.each(ir.Mul, cheap, costly)}
	}},
	// What a product reads is materialised, below the views of it.
	{"materialise", "behind views", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.dot(f.transposed(f.each(ir.Neg, f.param(3, 2))), f.param(3, 4))}
	}},
	// A row whose elements are costly is computed once and not for every row that it is repeated to.
	{"materialise", "repeated", false, func(f fn) []*graph.Node {
		row := f.each(ir.Exp, f.param(4))
		return []*graph.Node{f.each(ir.Add, f.param(3, 4), f.op(graph.Broadcast{Axes: []int{1}}, ir.F32, []int{3, 4}, row))}
	}},

	// A chain of elementwise operations and views is one nest; the views are only indices.
	{"make kernels", "elementwise", false, func(f fn) []*graph.Node {
		x := f.transposed(f.param(4, 3))
		part := f.op(graph.Slice{Starts: []int{1, 0}, Strides: []int{1, 2}}, ir.F32, []int{2, 2}, x)
		back := f.op(graph.Reverse{Axes: []int{1}}, ir.F32, []int{2, 2}, part)
		return []*graph.Node{f.each(ir.Mul, f.each(ir.Exp, back), f.number(0.5, 2, 2))}
	}},
	// A ReLU with its own gradient rule is a maximum.
	{"make kernels", "relu", false, func(f fn) []*graph.Node {
		x := f.param(8)
		return []*graph.Node{f.each(ir.Add, x, f.each(ir.Sub, f.each(ir.Max, x, f.number(0, 8)), x))}
	}},
	// Padding is a guard around the load.
	{"make kernels", "pad", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.op(graph.Pad{Start: []int{2}, Interior: []int{1}}, ir.F32, []int{10}, f.param(4), f.number(7))}
	}},
	{"make kernels", "concat", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.op(graph.Concat{}, ir.F32, []int{5}, f.param(2), f.param(3))}
	}},
	// What is reduced is computed in the loop that reduces it.
	{"make kernels", "reduce", false, func(f fn) []*graph.Node {
		x := f.param(3, 4)
		return []*graph.Node{f.op(graph.Reduce{Fn: ir.Add, Axes: []int{1}}, ir.F32, []int{3}, f.each(ir.Mul, x, x))}
	}},
	// A dynamic slice moves its start inside.
	{"make kernels", "dynamic slice", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.op(graph.DynamicSlice{}, ir.F32, []int{2}, f.param(5), f.paramOf(ir.I32))}
	}},
	// Each part of a join is a nest of its own.
	{"make kernels", "padded concat", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.op(graph.PaddedConcat{Starts: []int{0, 5}}, ir.F32, []int{8}, f.param(2), f.param(3))}
	}},
	// A transposed operand is a matter of strides.
	{"make kernels", "matmul", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.dot(f.transposed(f.param(7, 5)), f.param(7, 3))}
	}},
	// Each product adds to the one before.
	{"make kernels", "sum of products", false, func(f fn) []*graph.Node {
		dot := graph.Dot{LeftContract: []int{1}, RightContract: []int{0}}
		return []*graph.Node{f.op(graph.DotSum{Dots: []graph.Dot{dot, dot}}, ir.F32, []int{2, 3},
			f.param(2, 4), f.param(4, 3), f.param(2, 4), f.param(4, 3))}
	}},
	{"make kernels", "conv", false, func(f fn) []*graph.Node {
		return []*graph.Node{f.conv(f.param(2, 4, 4, 3), f.param(3, 3, 3, 5), 1)}
	}},
	// The gradient with respect to the kernel: channels and images have changed places.
	{"make kernels", "conv filter", false, func(f fn) []*graph.Node { return []*graph.Node{f.filterGradient(1)} }},
	{"make kernels", "max pool", false, func(f fn) []*graph.Node {
		window := sliding([]int{1, 2, 2, 1}, []int{1, 2, 2, 1}, []int{0, 0, 0, 0})
		x := f.param(2, 4, 4, 3)
		y := f.op(graph.Window{Fn: ir.Max, Sliding: window}, ir.F32, []int{2, 2, 2, 3}, x)
		return []*graph.Node{y, f.op(graph.SelectScatter{Sliding: window}, ir.F32, x.Dims, x, y)}
	}},
	// Of another kind of window there is no kernel.
	{"make kernels", "sums of windows", false, func(f fn) []*graph.Node {
		window := sliding([]int{3}, []int{2}, []int{1})
		return []*graph.Node{f.op(graph.Window{Fn: ir.Add, Sliding: window}, ir.F32, []int{4}, f.param(7))}
	}},
	// The parameter itself is asked for: a copy.
	{"make kernels", "copy", false, func(f fn) []*graph.Node { return []*graph.Node{f.param(3)} }},

	// The bias starts the sums and the ReLU ends them. The gradient asks whether the result is above zero.
	{"fuse epilogues", "bias and relu", false, func(f fn) []*graph.Node {
		sum := f.each(ir.Add, f.dot(f.param(4, 6), f.param(6, 8)), f.op(graph.Broadcast{Axes: []int{1}}, ir.F32, []int{4, 8}, f.param(8)))
		y := f.each(ir.Max, sum, f.number(0, 4, 8))
		above := f.op(graph.Map{Fn: ir.Gt}, ir.Bool, sum.Dims, sum, f.number(0, 4, 8))
		dy := f.op(graph.Map{Fn: ir.Select}, ir.F32, sum.Dims, above, f.param(4, 8), f.number(0, 4, 8))
		return []*graph.Node{f.dot(y, f.param(8, 2)), dy}
	}},

	// Sums keep their order: products that add to a sum start with it.
	{"naive kernels", "matmul", true, func(f fn) []*graph.Node {
		dot := graph.Dot{LeftContract: []int{1}, RightContract: []int{0}}
		return []*graph.Node{f.op(graph.DotSum{Dots: []graph.Dot{dot, dot}}, ir.F32, []int{2, 3},
			f.param(2, 4), f.param(4, 3), f.param(2, 4), f.param(4, 3))}
	}},
	// Images get a frame of zeros.
	{"naive kernels", "conv", true, func(f fn) []*graph.Node {
		return []*graph.Node{f.conv(f.param(2, 4, 4, 3), f.param(3, 3, 3, 5), 1)}
	}},
	{"naive kernels", "conv filter", true, func(f fn) []*graph.Node { return []*graph.Node{f.filterGradient(0)} }},

	// New weights take the place of the old ones, but not where these are read in reverse or later.
	{"replace inputs", "in place", false, func(f fn) []*graph.Node {
		w, g := f.param(8), f.param(8)
		return []*graph.Node{f.each(ir.Sub, w, g), f.each(ir.Abs, g)}
	}},
	{"replace inputs", "reversed", false, func(f fn) []*graph.Node {
		w := f.param(8)
		return []*graph.Node{f.each(ir.Neg, f.op(graph.Reverse{Axes: []int{0}}, ir.F32, w.Dims, w))}
	}},
	{"replace inputs", "read later", false, func(f fn) []*graph.Node {
		w, x := f.param(2, 2), f.param(2, 2)
		return []*graph.Node{f.each(ir.Neg, w), f.dot(w, x)}
	}},

	// Three products in a row: the first and the third temporary are never needed at the same time.
	{"plan memory", "chain", false, func(f fn) []*graph.Node {
		x := f.param(4, 4)
		for range 4 {
			x = f.dot(x, f.param(4, 4))
		}
		return []*graph.Node{x}
	}},
	// A view is where its array is.
	{"plan memory", "view", false, func(f fn) []*graph.Node {
		x := f.dot(f.param(4, 4), f.param(4, 4))
		return []*graph.Node{f.dot(f.op(graph.Reshape{}, ir.F32, []int{2, 8}, x), f.param(8, 3))}
	}},
}

// padded is a parameter of n with zeros around it, from start on in an array of size.
func (f fn) padded(start, n, size int) *graph.Node {
	return f.op(graph.Pad{Start: []int{start}, Interior: []int{0}}, ir.F32, []int{size}, f.param(n), f.number(0))
}

// dot is a product of two matrices.
func (f fn) dot(a, b *graph.Node) *graph.Node {
	return f.op(graph.Dot{LeftContract: []int{1}, RightContract: []int{0}}, ir.F32, []int{a.Dims[0], b.Dims[1]}, a, b)
}

func (f fn) transposed(x *graph.Node) *graph.Node {
	return f.op(graph.Transpose{Perm: []int{1, 0}}, x.Type, []int{x.Dims[1], x.Dims[0]}, x)
}

// conv is a convolution of images with a kernel, of stride 1, padded.
func (f fn) conv(x, kernel *graph.Node, pad int) *graph.Node {
	o := graph.Conv{Input: []int{0, 3, 1, 2}, Kernel: []int{3, 2, 0, 1}, Output: []int{0, 3, 1, 2}, Strides: []int{1, 1},
		Start: []int{pad, pad}, InputDilation: []int{1, 1}, KernelDilate: []int{1, 1}, ChannelGroups: 1, BatchGroups: 1}
	side := func(a int) int { return x.Dims[a] + 2*pad - kernel.Dims[a-1] + 1 }
	return f.op(o, ir.F32, []int{x.Dims[0], side(1), side(2), kernel.Dims[3]}, x, kernel)
}

// filterGradient is the gradient with respect to a kernel of 3x3 of a convolution of images of 4x4.
func (f fn) filterGradient(pad int) *graph.Node {
	o := graph.Conv{Input: []int{3, 0, 1, 2}, Kernel: []int{3, 0, 1, 2}, Output: []int{2, 3, 0, 1}, Strides: []int{1, 1},
		Start: []int{pad, pad}, InputDilation: []int{1, 1}, KernelDilate: []int{1, 1}, ChannelGroups: 1, BatchGroups: 1}
	side := 4 + 2*pad - 3 + 1
	return f.op(o, ir.F32, []int{3, 3, 3, 5}, f.param(2, 4, 4, 3), f.param(2, side, side, 5))
}

// show prints what there is: the program, or the graph before there is one, with a mark at what is materialised.
func (l *lowerer) show() string {
	if len(l.p.Buffers) > 0 {
		return l.p.String()
	}
	var s strings.Builder
	for line := range strings.Lines(l.f.String()) {
		for n := range l.materialised {
			if l.materialised[n] && strings.HasPrefix(line, fmt.Sprintf("#%d ", n.ID)) {
				line = strings.TrimSuffix(line, "\n") + ", materialised\n"
			}
		}
		s.WriteString(line)
	}
	return s.String()
}

// The goldens show a graph or a program before and after a pass. To rewrite them after a change:
// go test ./wasm/lower -run Golden -update
func TestGolden(t *testing.T) {
	files := map[string]bool{}
	shown := map[string]bool{}
	for _, g := range goldens {
		file := filepath.Join("testdata", strings.ReplaceAll(g.pass, " ", "_"), strings.ReplaceAll(g.name, " ", "_")+".txt")
		files[file], shown[g.pass] = true, true
		t.Run(g.pass+"/"+g.name, func(t *testing.T) {
			f := newFn()
			f.Outputs = g.build(f)
			l := newLowerer(f.Func, !g.naive)
			var got string
			for _, p := range passes {
				before := l.show()
				if p.run(l); p.name == g.pass {
					got = fmt.Sprintf("-- before --\n%s-- after --\n%s", before, l.show())
				}
			}
			if err := ir.Verify(l.p); err != nil {
				t.Error(err)
			}
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs. Got:\n%s", file, got)
			}
		})
	}
	for _, p := range passes {
		if !shown[p.name] {
			t.Errorf("no golden shows the pass %q", p.name)
		}
	}
	have, err := filepath.Glob(filepath.Join("testdata", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range have {
		if !files[file] && filepath.Dir(file) != filepath.Join("testdata", "fuzz") { // where a fuzzer writes what it finds
			t.Errorf("%s belongs to no graph", file)
		}
	}
}
