package lower

import (
	"math"
	"slices"
	"testing"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// What is a ReLU with a gradient rule of its own, and what only looks like one.
func TestSimplifyReLU(t *testing.T) {
	rule := func(f fn, x, y *graph.Node) *graph.Node {
		return f.each(ir.Add, x, f.each(ir.Sub, f.each(ir.Max, x, y), x))
	}
	limits := func(limit func(f fn) *graph.Node) func(f fn) *graph.Node {
		return func(f fn) *graph.Node { return rule(f, f.param(8), limit(f)) }
	}
	for _, c := range []struct {
		name  string
		build func(f fn) *graph.Node
		relu  bool
	}{
		{"0", limits(func(f fn) *graph.Node { return f.number(0, 8) }), true},
		{"0 repeated twice", limits(func(f fn) *graph.Node {
			return f.op(graph.Broadcast{Axes: []int{0}}, ir.F32, []int{8}, f.number(0, 1))
		}), true},
		{"0 for one number", func(f fn) *graph.Node { return rule(f, f.param(), f.number(0)) }, true},
		{"0 of 64 bits", func(f fn) *graph.Node {
			zero := f.op(graph.Const{Data: make([]byte, 8)}, ir.F64, nil)
			return rule(f, f.paramOf(ir.F64, 8), f.op(graph.Broadcast{}, ir.F64, []int{8}, zero))
		}, true},
		{"-0", limits(func(f fn) *graph.Node { return f.number(float32(math.Copysign(0, -1)), 8) }), false},
		{"1", limits(func(f fn) *graph.Node { return f.number(1, 8) }), false},
		{"an array", limits(func(f fn) *graph.Node { return f.param(8) }), false},
		{"a minimum", func(f fn) *graph.Node {
			x := f.param(8)
			return f.each(ir.Add, x, f.each(ir.Sub, f.each(ir.Min, x, f.number(0, 8)), x))
		}, false},
		{"another array is taken away", func(f fn) *graph.Node {
			x := f.param(8)
			return f.each(ir.Add, x, f.each(ir.Sub, f.each(ir.Max, x, f.number(0, 8)), f.param(8)))
		}, false},
		{"another array is added to", func(f fn) *graph.Node {
			x := f.param(8)
			return f.each(ir.Add, f.param(8), f.each(ir.Sub, f.each(ir.Max, x, f.number(0, 8)), x))
		}, false},
		{"the maximum of another array", func(f fn) *graph.Node {
			x := f.param(8)
			return f.each(ir.Add, x, f.each(ir.Sub, f.each(ir.Max, f.param(8), f.number(0, 8)), x))
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFn()
			p := f.program(t, true, c.build(f))
			var ops []ir.Op
			for _, k := range p.Kernels {
				k.(*ir.Nest).Walk(func(e *ir.Expr) { ops = append(ops, e.Op) })
			}
			if relu := !slices.Contains(ops, ir.Add) && !slices.Contains(ops, ir.Sub); relu != c.relu {
				t.Errorf("is a ReLU: %v, want %v, in\n%v", relu, c.relu, p)
			}
		})
	}
}
