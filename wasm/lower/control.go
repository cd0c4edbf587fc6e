package lower

import (
	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// sort counts for each element how many come before it: that is its new place.
func (l *lowerer) sort(n *graph.Node, o graph.Sort) {
	dims := n.In[0].Dims
	length := dims[o.Axis]
	rank := l.p.NewBuffer(ir.Temp, ir.I32, n.In[0].Size())
	t := l.newNest(dims, []int{length})
	here := t.loops(0, len(dims))
	there := append([]ir.Index{}, here...)
	there[o.Axis] = loop(t.Loops(), len(dims))
	less := func(left, right []ir.Index) *ir.Expr {
		t.bound = map[*graph.Node]*ir.Expr{}
		for i, x := range n.In {
			t.bound[o.Less.Params[i]] = t.read(x, left)
			t.bound[o.Less.Params[len(n.In)+i]] = t.read(x, right)
		}
		outer := t.memo
		t.memo = memo{}
		defer func() { t.memo, t.bound = outer, nil }()
		return t.read(o.Less.Outputs[0], nil)
	}
	// Elements that are equal in order stay in theirs.
	equal := ir.New(ir.And, ir.Bool, ir.New(ir.Not, ir.Bool, less(here, there)),
		ir.New(ir.Lt, ir.Bool, ir.Pos(there[o.Axis]), ir.Pos(here[o.Axis])))
	before := ir.New(ir.Or, ir.Bool, less(there, here), equal)
	count := t.fold(ir.Add, ir.New(ir.Convert, ir.I32, before))
	// A comparison that is not a strict order may count an element before itself.
	t.store(rank, t.flat(dims), ir.New(ir.Min, ir.I32, count, ir.Int(ir.I32, int64(length-1))))
	l.emit(t.Nest)

	results := make([]*ir.Buffer, len(n.In))
	m := l.newNest(dims, nil)
	idx := m.loops(0, len(dims))
	to := append([]ir.Index{}, idx...)
	to[o.Axis] = dynamic(m.Loops(), ir.At(rank, m.flat(dims)))
	for i, x := range n.In {
		results[i] = l.p.NewBuffer(ir.Temp, x.Type, x.Size())
		m.store(results[i], flat(m.Loops(), to, dims), m.read(x, idx))
	}
	l.emit(m.Nest)
	l.results[n] = results
}

// while keeps the state in buffers of its own. The body's results go through others, since they may be a permutation of
// the state.
func (l *lowerer) while(n *graph.Node, o graph.While) {
	state := make([]*ir.Buffer, len(n.In))
	for i, x := range n.In {
		state[i] = l.p.NewBuffer(ir.Temp, x.Type, x.Size())
		l.copyTo(state[i], x)
		l.buffers[o.Test.Params[i]], l.buffers[o.Body.Params[i]] = state[i], state[i]
	}
	w := &ir.While{Test: l.function(o.Test), Cond: l.buffers[o.Test.Outputs[0]], Body: l.function(o.Body)}
	outer := l.out
	l.out = w.Body
	next := make([]*ir.Buffer, len(state))
	for i, x := range o.Body.Outputs {
		next[i] = l.p.NewBuffer(ir.Temp, x.Type, x.Size())
		l.copyTo(next[i], x)
	}
	for i := range next {
		t := l.newNest([]int{next[i].Len}, nil)
		t.store(state[i], loop(1, 0), ir.At(next[i], loop(1, 0)))
		l.emit(t.Nest)
	}
	w.Body, l.out = l.out, outer
	l.emit(w)
	l.results[n] = state
}

func (l *lowerer) branch(n *graph.Node, o graph.If) {
	var results []*ir.Buffer
	for _, x := range o.Then.Outputs {
		results = append(results, l.p.NewBuffer(ir.Temp, x.Type, x.Size()))
	}
	side := func(f *graph.Func) []ir.Kernel {
		kernels := l.function(f)
		outer := l.out
		l.out = kernels
		for i, x := range f.Outputs {
			l.copyTo(results[i], x)
		}
		kernels, l.out = l.out, outer
		return kernels
	}
	l.emit(&ir.If{Cond: l.buffers[n.In[0]], Then: side(o.Then), Else: side(o.Else)})
	l.results[n] = results
}
