package lower

import (
	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// liveNodes are those that outputs depend on, in all functions.
func liveNodes(f *graph.Func) map[*graph.Node]bool {
	live := map[*graph.Node]bool{}
	var mark func(n *graph.Node)
	function := func(f *graph.Func) {
		for _, n := range f.Params {
			live[n] = true
		}
		for _, n := range f.Outputs {
			mark(n)
		}
	}
	mark = func(n *graph.Node) {
		if live[n] {
			return
		}
		live[n] = true
		for _, in := range n.In {
			mark(in)
		}
		for _, inner := range functionsOf(n) {
			function(inner)
		}
	}
	function(f)
	return live
}

// functionsOf are the functions that an operation contains.
func functionsOf(n *graph.Node) []*graph.Func {
	switch o := n.Op.(type) {
	case graph.Sort:
		return []*graph.Func{o.Less}
	case graph.While:
		return []*graph.Func{o.Test, o.Body}
	case graph.If:
		return []*graph.Func{o.Then, o.Else}
	}
	return nil
}

// chooser decides which values are materialised: stored in buffers.
type chooser struct {
	live         map[*graph.Node]bool
	materialised map[*graph.Node]bool
	users        map[*graph.Node]int
	cost         map[*graph.Node]int // of computing an element again, for nodes that are not materialised
}

// materialise says which values are materialised: those that must be, and those that would be computed too often.
func materialise(f *graph.Func, live map[*graph.Node]bool) map[*graph.Node]bool {
	c := &chooser{live, map[*graph.Node]bool{}, map[*graph.Node]int{}, map[*graph.Node]int{}}
	c.demand(f)
	c.function(f)
	return c.materialised
}

// demand marks what the form of its use or of its own demands to be materialised, and counts users.
func (c *chooser) demand(f *graph.Func) {
	for _, n := range f.Outputs {
		c.users[n]++
		c.materialised[n] = true
	}
	for _, n := range f.Params {
		c.materialised[n] = true
	}
	for _, n := range f.Nodes {
		if !c.live[n] {
			continue
		}
		for _, in := range n.In {
			c.users[in]++
		}
		switch o := n.Op.(type) {
		case graph.Map, graph.Iota, graph.Broadcast, graph.Transpose, graph.Slice, graph.Reverse, graph.Concat, graph.Pad:
		case graph.Reshape:
			if !onlyOnes(n.Dims, n.In[0].Dims) {
				c.materialised[n], c.materialised[n.In[0]] = true, true
			}
		case graph.Bitcast:
			c.materialised[n], c.materialised[n.In[0]] = true, true
		case graph.Const:
			c.materialised[n] = n.Size() != 1
		case graph.DynamicSlice, graph.DynamicUpdate, graph.Gather:
			for _, in := range n.In {
				c.store(in)
			}
		case graph.Reduce, graph.ArgMinMax, graph.PaddedConcat:
			c.materialised[n] = true
		case graph.Item:
			c.materialised[n] = true
		case graph.Sort:
			c.materialised[n] = true
			for _, in := range n.In {
				c.store(in)
			}
			c.demand(o.Less)
			for _, m := range o.Less.Nodes { // computed inside the sort's own loops
				delete(c.materialised, m)
			}
		case graph.While:
			c.materialised[n] = true
			for _, in := range n.In {
				c.store(in)
			}
			c.demand(o.Test)
			c.demand(o.Body)
		case graph.If:
			c.materialised[n] = true
			c.materialised[n.In[0]] = true
			c.demand(o.Then)
			c.demand(o.Else)
		default: // reads its operands' elements many times
			c.materialised[n] = true
			for _, in := range n.In {
				c.store(in)
			}
		}
	}
}

// store marks the value that n is a view of. Constants of one element need no buffer.
func (c *chooser) store(n *graph.Node) {
	for {
		switch n.Op.(type) {
		case graph.Transpose, graph.Reverse, graph.Slice, graph.Broadcast:
		case graph.Reshape:
			if !onlyOnes(n.Dims, n.In[0].Dims) {
				return
			}
		default:
			if scalarConst(n) == nil {
				c.materialised[n] = true
			}
			return
		}
		if c.materialised[n] {
			return
		}
		n = n.In[0]
	}
}

const (
	cheap  = 3  // at most this, a value is computed again by each of several readers
	large  = 64 // more than this, a value is materialised even for one reader
	costly = 8  // of an operation that takes many instructions
)

// function decides on the other nodes by what computing them again costs.
func (c *chooser) function(f *graph.Func) {
	for _, n := range f.Nodes {
		if !c.live[n] {
			continue
		}
		for _, inner := range functionsOf(n) {
			if _, ok := n.Op.(graph.Sort); !ok {
				c.function(inner)
			}
		}
		if c.materialised[n] || scalarConst(n) != nil {
			continue
		}
		loads, cost := 0, 0
		for _, in := range n.In {
			if c.materialised[in] {
				loads++
			} else {
				cost += c.cost[in]
			}
		}
		switch o := n.Op.(type) {
		case graph.Map:
			cost += opCost(o.Fn)
			if loads > 1 {
				cost += loads - 1
			}
		case graph.Concat, graph.Pad, graph.DynamicSlice, graph.DynamicUpdate, graph.Gather:
			cost += 2
		case graph.Broadcast:
			in := n.In[0]
			if !c.materialised[in] && c.cost[in] >= costly && n.Size() > in.Size() && in.Size() > 1 {
				c.materialised[in] = true
				cost = 0
			}
		}
		c.cost[n] = cost
		if c.users[n] > 1 && cost > cheap || cost > large {
			c.materialised[n] = true
		}
	}
}

// opCost is what an operation costs, an addition being 1.
func opCost(o ir.Op) int {
	switch o {
	case ir.Div, ir.Rem, ir.Sqrt, ir.Rsqrt, ir.Pow, ir.Atan2, ir.Exp, ir.Expm1, ir.Log, ir.Log1p, ir.Sin, ir.Cos, ir.Tanh,
		ir.Logistic, ir.Erf:
		return costly
	}
	return 1
}
