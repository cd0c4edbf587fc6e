// Package lower turns graphs of array operations into programs of loop nests and kernels.
//
// A node's value is either in a buffer or an expression that every reader computes for itself, element by element: that
// is fusion. Views (transposes, slices, broadcasts, …) are then nothing but other indices.
//
// Of the machine that runs the program the package knows two things: whether the emitter has code of its own for matrix
// products, convolutions and pools, which the caller says, and that a cache line has 64 bytes.
package lower

import (
	"fmt"
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// Program lowers a function. Its parameters become the program's inputs, in order. With kernels, matrix products,
// convolutions and pools of f32 become kernels of their own where they can; without, all is loop nests, which compute the
// same bits.
func Program(f *graph.Func, kernels bool) *ir.Program {
	l := newLowerer(f, kernels)
	for _, p := range passes {
		p.run(l)
	}
	return l.p
}

// passes lead from a graph to a program, one after the other.
var passes = []struct {
	name string
	run  func(*lowerer)
}{
	{"gather sums", func(l *lowerer) { gatherSums(l.f) }},
	{"materialise", func(l *lowerer) {
		l.live = liveNodes(l.f)
		l.materialised = materialise(l.f, l.live)
	}},
	{"make kernels", (*lowerer).makeKernels},
	{"fuse epilogues", func(l *lowerer) { fuseEpilogues(l.p) }},
	{"naive kernels", func(l *lowerer) {
		if !l.kernels {
			l.p.Kernels = naive(l.p, l.p.Kernels)
		}
	}},
	{"replace inputs", func(l *lowerer) { replaceInputs(l.p) }},
	{"plan memory", func(l *lowerer) { planMemory(l.p) }},
}

func newLowerer(f *graph.Func, kernels bool) *lowerer {
	return &lowerer{f: f, p: &ir.Program{}, kernels: kernels, buffers: map[*graph.Node]*ir.Buffer{}}
}

// makeKernels turns the nodes that are materialised into kernels, and the others into expressions of those.
func (l *lowerer) makeKernels() {
	for _, n := range l.f.Params {
		l.buffers[n] = l.p.NewBuffer(ir.Input, n.Type, n.Size())
	}
	l.outputs(l.f)
	l.p.Kernels = l.function(l.f)
	l.copies()
}

type lowerer struct {
	f            *graph.Func
	p            *ir.Program
	kernels      bool // whether pools may become kernels
	live         map[*graph.Node]bool
	materialised map[*graph.Node]bool // whose value is to be in a buffer
	buffers      map[*graph.Node]*ir.Buffer
	results      map[*graph.Node][]*ir.Buffer // of a Sort, While or If
	out          []ir.Kernel                  // of the function being lowered
	copied       map[*ir.Buffer]*graph.Node   // outputs that are copies of a value that lies elsewhere
}

// outputs gives each output a buffer: the first output that a computed node is becomes its home.
func (l *lowerer) outputs(f *graph.Func) {
	l.copied = map[*ir.Buffer]*graph.Node{}
	l.results = map[*graph.Node][]*ir.Buffer{}
	for _, n := range f.Outputs {
		b := l.p.NewBuffer(ir.Output, n.Type, n.Size())
		if l.buffers[n] == nil && ownsBuffer(n) {
			l.buffers[n] = b
		} else {
			l.copied[b] = n
		}
	}
}

// ownsBuffer reports whether the node's own kernel writes its value, so that it can write it into an output.
func ownsBuffer(n *graph.Node) bool {
	switch n.Op.(type) {
	case graph.Param, graph.Const, graph.Item, graph.Reshape, graph.Bitcast:
		return false
	}
	return true
}

// copies appends copies into outputs of values that have another home.
func (l *lowerer) copies() {
	for _, b := range l.p.Outputs {
		if n := l.copied[b]; n != nil {
			l.out = nil
			l.copyTo(b, n)
			l.p.Kernels = append(l.p.Kernels, l.out...)
		}
	}
}

func (l *lowerer) copyTo(b *ir.Buffer, n *graph.Node) {
	nest := l.newNest(n.Dims, nil)
	nest.store(b, nest.flat(n.Dims), nest.read(n, nest.loops(0, len(n.Dims))))
	l.emit(nest.Nest)
}

func (l *lowerer) emit(k ir.Kernel) { l.out = append(l.out, k) }

// function lowers the nodes of a function into kernels.
func (l *lowerer) function(f *graph.Func) []ir.Kernel {
	outer := l.out
	l.out = nil
	for _, n := range f.Nodes {
		if l.live[n] && l.materialised[n] {
			l.node(n)
		}
	}
	kernels := l.out
	l.out = outer
	return kernels
}

// home is the buffer for a node's value.
func (l *lowerer) home(n *graph.Node) *ir.Buffer {
	b := l.buffers[n]
	if b == nil {
		b = l.p.NewBuffer(ir.Temp, n.Type, n.Size())
		l.buffers[n] = b
	}
	return b
}

// node appends the kernels that put a node's value into its buffer.
func (l *lowerer) node(n *graph.Node) {
	switch o := n.Op.(type) {
	case graph.Param:
	case graph.Const:
		b := l.p.NewBuffer(ir.Const, n.Type, n.Size())
		b.Data = o.Data
		l.buffers[n] = b
	case graph.Reshape, graph.Bitcast:
		if b := l.buffers[n.In[0]]; b != nil {
			l.buffers[n] = l.p.Alias(b, n.Type, n.Size())
		} else { // a view that only adds or removes axes of length 1
			l.element(n)
		}
	case graph.Item:
		l.buffers[n] = l.results[n.In[0]][o.Index]
	case graph.Reduce:
		l.reduce(n, o)
	case graph.ArgMinMax:
		l.argMinMax(n, o)
	case graph.Dot:
		l.dot(n, o, l.home(n))
	case graph.DotSum:
		l.dotSum(n, o)
	case graph.PaddedConcat:
		l.paddedConcat(n, o)
	case graph.Conv:
		l.conv(n, o)
	case graph.Window:
		l.window(n, o)
	case graph.SelectScatter:
		l.selectScatter(n, o)
	case graph.Scatter:
		l.scatter(n, o)
	case graph.Sort:
		l.sort(n, o)
	case graph.While:
		l.while(n, o)
	case graph.If:
		l.branch(n, o)
	default:
		l.element(n)
	}
}

// element appends a nest that computes a node element by element.
func (l *lowerer) element(n *graph.Node) {
	t := l.newNest(n.Dims, nil)
	t.store(l.home(n), t.flat(n.Dims), t.compute(n, t.loops(0, len(n.Dims))))
	l.emit(t.Nest)
}

// nest is a loop nest under construction.
type nest struct {
	*ir.Nest
	l    *lowerer
	memo memo
	// bound gives the values of nodes that stand for elements: a comparison's parameters.
	bound map[*graph.Node]*ir.Expr
}

func (l *lowerer) newNest(dims, reduce []int) *nest {
	return &nest{Nest: &ir.Nest{Dims: dims, Reduce: reduce}, l: l, memo: memo{}}
}

// loops are the counters of n loops.
func (t *nest) loops(first, n int) []ir.Index {
	idx := make([]ir.Index, n)
	for i := range idx {
		idx[i] = loop(t.Loops(), first+i)
	}
	return idx
}

// flat is the place of the nest's point in an array over the loops of Dims.
func (t *nest) flat(dims []int) ir.Index { return flat(t.Loops(), t.loops(0, len(dims)), dims) }

func (t *nest) store(b *ir.Buffer, at ir.Index, value *ir.Expr) {
	t.Stores = append(t.Stores, ir.Store{Buf: b, At: at, Value: value})
}

// accumulate adds an accumulator and returns what its step and the stores see of it. The caller sets the step.
func (t *nest) accumulate(init *ir.Expr) *ir.Expr {
	t.Accs = append(t.Accs, ir.Acc{Type: init.Type, Init: init})
	return &ir.Expr{Op: ir.Accumulator, Type: init.Type, Acc: len(t.Accs) - 1}
}

func (t *nest) extents() []int {
	return append(append([]int{}, t.Dims...), t.Reduce...)
}

// read is the value of an element of a node's array.
func (t *nest) read(n *graph.Node, idx []ir.Index) *ir.Expr {
	if e := t.bound[n]; e != nil {
		return e
	}
	if e := scalarConst(n); e != nil {
		return e
	}
	if t.l.materialised[n] {
		b := t.l.buffers[n]
		if b == nil {
			panic(fmt.Sprintf("lower: %v is read before it is computed", n))
		}
		return t.memo.get(n, idx, func() *ir.Expr { return ir.At(b, flat(t.Loops(), idx, n.Dims)) })
	}
	return t.compute(n, idx)
}

func (t *nest) compute(n *graph.Node, idx []ir.Index) *ir.Expr {
	return t.memo.get(n, idx, func() *ir.Expr { return t.element(n, idx) })
}

// memo is what a nest has loaded or computed already: elements of nodes' arrays.
type memo map[*graph.Node][]element

type element struct {
	at    []ir.Index
	value *ir.Expr
}

// get is the element of a node's array at an index, computed if it is new.
func (m memo) get(n *graph.Node, at []ir.Index, compute func() *ir.Expr) *ir.Expr {
	for _, e := range m[n] {
		if slices.EqualFunc(e.at, at, sameIndex) {
			return e.value
		}
	}
	value := compute()
	m[n] = append(m[n], element{at, value})
	return value
}
