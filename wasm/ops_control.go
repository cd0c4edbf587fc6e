package wasm

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// inner checks that a function may be used by an operation of this one, and has returned.
func (f *Function) inner(op string, g compute.Function) (*Function, error) {
	c, ok := g.(*Function)
	if !ok || c == nil || c.builder != f.builder {
		return nil, errors.Errorf("wasm: %s: the function belongs to another computation", op)
	}
	if !c.done {
		return nil, errors.Errorf("wasm: %s: the function has not returned", op)
	}
	return c, nil
}

// closure is inner for a closure of this very function.
func (f *Function) closure(op string, g compute.Function) (*Function, error) {
	c, err := f.inner(op, g)
	if err == nil && c.parent != f {
		err = errors.Errorf("wasm: %s: the function is not a closure of the one that uses it", op)
	}
	return c, err
}

// items are the results of an operation with several.
func (f *Function) items(n *graph.Node, like []*graph.Node) []compute.Value {
	values := make([]compute.Value, len(like))
	for i, x := range like {
		values[i] = f.append(graph.Item{Index: i}, x.Shape, n)
	}
	return values
}

// While repeats body on its state as long as cond of it is true.
func (f *Function) While(cond, body compute.Function, state ...compute.Value) ([]compute.Value, error) {
	in, err := f.nodes("While", state...)
	if err != nil {
		return nil, err
	}
	test, err := f.closure("While", cond)
	if err != nil {
		return nil, err
	}
	round, err := f.closure("While", body)
	if err != nil {
		return nil, err
	}
	if len(test.f.Params) != len(in) || len(round.f.Params) != len(in) || len(round.f.Outputs) != len(in) || len(in) == 0 {
		return nil, errors.Errorf("wasm: While with a state of %d values has a condition of %d and a body of %d to %d",
			len(in), len(test.f.Params), len(round.f.Params), len(round.f.Outputs))
	}
	for i, x := range in {
		if !x.Shape.Same(test.f.Params[i].Shape) || !x.Shape.Same(round.f.Params[i].Shape) || !x.Shape.Same(round.f.Outputs[i].Shape) {
			return nil, errors.Errorf("wasm: While: value %d of the state is %v, not so in the condition or the body", i, x.Shape)
		}
	}
	if err := truth("While", test.f.Outputs); err != nil {
		return nil, err
	}
	return f.items(f.append(graph.While{Test: test.f, Body: round.f}, in[0].Shape, in...), in), nil
}

// truth checks that a function returns one scalar Bool.
func truth(op string, outputs []*graph.Node) error {
	if len(outputs) != 1 || outputs[0].Type != ir.Bool || len(outputs[0].Dims) != 0 {
		return errors.Errorf("wasm: %s: a condition must return one scalar Bool", op)
	}
	return nil
}

// If computes one of two functions.
func (f *Function) If(pred compute.Value, onTrue, onFalse compute.Function) ([]compute.Value, error) {
	in, err := f.nodes("If", pred)
	if err != nil {
		return nil, err
	}
	if err := truth("If", in); err != nil {
		return nil, err
	}
	then, err := f.closure("If", onTrue)
	if err != nil {
		return nil, err
	}
	otherwise, err := f.closure("If", onFalse)
	if err != nil {
		return nil, err
	}
	a, b := then.f.Outputs, otherwise.f.Outputs
	if len(then.f.Params)+len(otherwise.f.Params) > 0 || len(a) != len(b) {
		return nil, errors.Errorf("wasm: If: the branches take %d and %d values and return %d and %d",
			len(then.f.Params), len(otherwise.f.Params), len(a), len(b))
	}
	for i := range a {
		if !a[i].Shape.Same(b[i].Shape) {
			return nil, errors.Errorf("wasm: If: result %d is %v or %v", i, a[i].Shape, b[i].Shape)
		}
	}
	return f.items(f.append(graph.If{Then: then.f, Else: otherwise.f}, a[0].Shape, in...), a), nil
}

// Sort orders slices along an axis by a comparison, always stably.
func (f *Function) Sort(comparator compute.Function, axis int, _ bool, values ...compute.Value) ([]compute.Value, error) {
	in, err := f.nodes("Sort", values...)
	if err != nil {
		return nil, err
	}
	less, err := f.closure("Sort", comparator)
	if err != nil {
		return nil, err
	}
	if len(in) == 0 || len(less.f.Params) != 2*len(in) {
		return nil, errors.Errorf("wasm: Sort of %d arrays has a comparison of %d values, want two for each", len(in), len(less.f.Params))
	}
	if err := truth("Sort", less.f.Outputs); err != nil {
		return nil, err
	}
	if axis < 0 {
		axis += len(in[0].Dims)
	}
	if axis < 0 || axis >= len(in[0].Dims) {
		return nil, errors.Errorf("wasm: Sort of %v along axis %d", in[0].Shape, axis)
	}
	// GoMLX gives the comparison a left and a right element of each array in turn; the graph needs all left ones first.
	g := *less.f
	g.Params = nil
	for side := range 2 {
		for i, x := range in {
			p := less.f.Params[2*i+side]
			if len(p.Dims) != 0 || p.Type != x.Type || !slices.Equal(x.Dims, in[0].Dims) {
				return nil, errors.Errorf("wasm: Sort: array %d is %v and is compared as %v", i, x.Shape, p.Shape)
			}
			g.Params = append(g.Params, p)
		}
	}
	return f.items(f.append(graph.Sort{Less: &g, Axis: axis}, in[0].Shape, in...), in), nil
}

// Call is the function's operations on the arguments, recorded here.
func (f *Function) Call(callee compute.Function, arguments ...compute.Value) ([]compute.Value, error) {
	in, err := f.nodes("Call", arguments...)
	if err != nil {
		return nil, err
	}
	c, err := f.inner("Call", callee)
	if err != nil {
		return nil, err
	}
	if len(in) != len(c.f.Params) {
		return nil, errors.Errorf("wasm: Call of %q with %d values, it takes %d", c.name, len(in), len(c.f.Params))
	}
	copies := map[*graph.Node]*graph.Node{}
	for i, p := range c.f.Params {
		if !p.Shape.Same(in[i].Shape) {
			return nil, errors.Errorf("wasm: Call of %q: value %d is %v, it takes %v", c.name, i, in[i].Shape, p.Shape)
		}
		copies[p] = in[i]
	}
	f.builder.copyNodes(f.f, c.f, copies)
	values := make([]compute.Value, len(c.f.Outputs))
	for i, n := range c.f.Outputs {
		values[i] = copies[n]
	}
	return values, nil
}

// copyNodes appends copies of a function's nodes to another, but for those that have a copy already.
func (b *Builder) copyNodes(to, from *graph.Func, copies map[*graph.Node]*graph.Node) {
	function := func(g *graph.Func) *graph.Func {
		c := &graph.Func{Parent: to}
		b.copyNodes(c, g, copies)
		for _, p := range g.Params {
			c.Params = append(c.Params, copies[p])
		}
		for _, n := range g.Outputs {
			c.Outputs = append(c.Outputs, copied(copies, n))
		}
		return c
	}
	for _, n := range from.Nodes {
		if copies[n] != nil {
			continue
		}
		c := &graph.Node{ID: b.nodes, Op: n.Op, Home: to, Shape: n.Shape}
		b.nodes++
		for _, in := range n.In {
			c.In = append(c.In, copied(copies, in))
		}
		switch o := n.Op.(type) {
		case graph.Sort:
			c.Op = graph.Sort{Less: function(o.Less), Axis: o.Axis}
		case graph.While:
			c.Op = graph.While{Test: function(o.Test), Body: function(o.Body)}
		case graph.If:
			c.Op = graph.If{Then: function(o.Then), Else: function(o.Else)}
		}
		to.Nodes = append(to.Nodes, c)
		copies[n] = c
	}
}

// copied is a node's copy, or the node where it belongs to a function further out.
func copied(copies map[*graph.Node]*graph.Node, n *graph.Node) *graph.Node {
	if c := copies[n]; c != nil {
		return c
	}
	return n
}
