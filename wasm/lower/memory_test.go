package lower

import (
	"math/rand/v2"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// copied is a nest that copies as much as fits, and clears the rest, of which it knows nothing else.
func copied(to, from *ir.Buffer) []ir.Kernel {
	n := min(to.Len, from.Len)
	kernels := []ir.Kernel{&ir.Nest{Dims: []int{n}, Stores: []ir.Store{{Buf: to, At: along(1, 0, 1), Value: ir.At(from, along(1, 0, 1))}}}}
	if to.Len > n {
		kernels = append(kernels, &ir.Nest{Dims: []int{to.Len - n}, Stores: []ir.Store{
			{Buf: to, At: along(1, n, 1), Value: ir.Float(ir.F32, 0)}}})
	}
	return kernels
}

// Random programs lose nothing in the arena, which is smaller than all temporaries together.
func TestPlanMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	smaller := 0
	for range 200 {
		p := &ir.Program{}
		in, out := p.NewBuffer(ir.Input, ir.F32, 8), p.NewBuffer(ir.Output, ir.F32, 8)
		cond := p.NewBuffer(ir.Input, ir.Bool, 1)
		written := []*ir.Buffer{in}
		sum := 0
		var steps func(n int) []ir.Kernel
		steps = func(n int) (kernels []ir.Kernel) {
			for range n {
				from := written[r.IntN(len(written))]
				switch r.IntN(8) {
				case 0:
					known := len(written)
					kernels = append(kernels, &ir.While{Cond: cond, Body: steps(3)})
					written = written[:known] // the loop may not run
				case 1:
					kernels = append(kernels, &ir.If{Cond: cond, Then: copied(out, in), Else: copied(out, from)})
				default:
					b := p.NewBuffer(ir.Temp, ir.F32, 1+r.IntN(40))
					kernels = append(kernels, copied(b, from)...)
					written, sum = append(written, b), sum+roundUp(b.Size())
				}
			}
			return kernels
		}
		p.Kernels = steps(8)
		p.Kernels = append(p.Kernels, copied(out, written[r.IntN(len(written))])...)
		planMemory(p)
		if err := ir.Verify(p); err != nil {
			t.Fatalf("%v in\n%v", err, p)
		}
		if p.Arena > sum {
			t.Fatalf("an arena of %d bytes for %d bytes of temporaries in\n%v", p.Arena, sum, p)
		}
		if p.Arena < sum {
			smaller++
		}
	}
	if smaller < 50 {
		t.Errorf("memory was used again in %d of 200 programs", smaller)
	}
}

// Which outputs may take which input's memory.
func TestReplaceInputs(t *testing.T) {
	for _, test := range []struct {
		name  string
		build func(f fn) []*graph.Node
		want  []int // of each output, the input that it may replace; -1 for none
	}{
		{"both weights", func(f fn) []*graph.Node {
			v, w, g := f.param(8), f.param(8), f.param(8)
			return []*graph.Node{f.each(ir.Sub, v, g), f.each(ir.Sub, w, g)}
		}, []int{0, 1}},
		{"one input for two outputs", func(f fn) []*graph.Node {
			w := f.param(8)
			return []*graph.Node{f.each(ir.Tanh, w), f.each(ir.Exp, w)}
		}, []int{-1, 0}},
		{"another type", func(f fn) []*graph.Node {
			return []*graph.Node{f.op(graph.Map{Fn: ir.Convert}, ir.I32, []int{8}, f.param(8))}
		}, []int{-1}},
		{"another size", func(f fn) []*graph.Node {
			return []*graph.Node{f.sliced(f.param(8), []int{0}, []int{1}, []int{7})}
		}, []int{-1}},
		{"another place", func(f fn) []*graph.Node {
			x := f.op(graph.Transpose{Perm: []int{1, 0}}, ir.F32, []int{4, 4}, f.param(4, 4))
			return []*graph.Node{f.each(ir.Neg, x)}
		}, []int{-1}},
		{"two places", func(f fn) []*graph.Node {
			x := f.param(4, 4)
			return []*graph.Node{f.each(ir.Add, x, f.transposed(x))}
		}, []int{-1}},
		{"written in parts", func(f fn) []*graph.Node {
			x := f.param(8)
			return []*graph.Node{f.op(graph.PaddedConcat{Starts: []int{0, 4}}, ir.F32, []int{8},
				f.sliced(x, []int{0}, []int{1}, []int{4}), f.sliced(x, []int{4}, []int{1}, []int{4}))}
		}, []int{-1}},
		{"a product", func(f fn) []*graph.Node { return []*graph.Node{f.dot(f.param(4, 4), f.param(4, 4))} }, []int{-1}},
		{"not read at all", func(f fn) []*graph.Node {
			f.param(8)
			return []*graph.Node{f.each(ir.Neg, f.number(1, 8))}
		}, []int{-1}},
	} {
		for _, kernels := range []bool{false, true} {
			f := newFn()
			p := f.program(t, kernels, test.build(f)...)
			for i, out := range p.Outputs {
				got := -1
				if out.Replaces != nil {
					got = out.Replaces.Slot
				}
				if got != test.want[i] {
					t.Errorf("%s: output %d may replace input %d, want %d, in\n%v", test.name, i, got, test.want[i], p)
				}
			}
		}
	}
}
