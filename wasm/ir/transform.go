package ir

import "slices"

// Rewrite returns the nest with every expression and index replaced: f gets each expression after its operands have
// been replaced, and may return it or another; at, if not nil, replaces the affine part of every index.
func (n *Nest) Rewrite(f func(*Expr) *Expr, at func(Affine) Affine) *Nest {
	done := map[*Expr]*Expr{}
	index := func(x Affine) Affine {
		if at == nil {
			return x
		}
		return at(x)
	}
	var rewrite func(e *Expr) *Expr
	rewrite = func(e *Expr) *Expr {
		if e == nil {
			return nil
		}
		if r, ok := done[e]; ok {
			return r
		}
		c := *e
		c.Args = make([]*Expr, len(e.Args))
		for i, a := range e.Args {
			c.Args[i] = rewrite(a)
		}
		if e.Op == Load || e.Op == Position {
			c.At = Index{index(e.At.Affine), rewrite(e.At.Dynamic)}
		}
		r := &c
		if f != nil {
			r = f(r)
		}
		done[e] = r
		return r
	}
	m := &Nest{Dims: n.Dims, Reduce: n.Reduce, Serial: n.Serial}
	for _, a := range n.Accs {
		m.Accs = append(m.Accs, Acc{a.Type, rewrite(a.Init), rewrite(a.Step)})
	}
	for _, s := range n.Stores {
		m.Stores = append(m.Stores, Store{s.Buf, Index{index(s.At.Affine), rewrite(s.At.Dynamic)}, rewrite(s.Value)})
	}
	return m
}

// Permute returns the nest with loop order[i] of the old one as loop i. Loops of Dims stay among Dims.
func (n *Nest) Permute(order []int) *Nest {
	m := n.Rewrite(nil, func(a Affine) Affine {
		strides := make([]int, len(order))
		for i, o := range order {
			strides[i] = a.Strides[o]
		}
		return Affine{a.Base, strides}
	})
	m.Dims, m.Reduce = make([]int, len(n.Dims)), make([]int, len(n.Reduce))
	for i, o := range order {
		if i < len(n.Dims) {
			m.Dims[i] = n.Extent(o)
		} else {
			m.Reduce[i-len(n.Dims)] = n.Extent(o)
		}
	}
	return m
}

// Affines calls f for every affine index of the nest.
func (n *Nest) Affines(f func(Affine)) {
	n.Walk(func(e *Expr) {
		if e.Op == Load || e.Op == Position {
			f(e.At.Affine)
		}
	})
	for _, s := range n.Stores {
		f(s.At.Affine)
	}
}

// Flatten returns the nest without loops of one iteration, and with neighbouring loops made one where every index
// allows it.
func (n *Nest) Flatten() *Nest {
	keep := []int{}
	for i := range n.Loops() {
		if n.Extent(i) != 1 {
			keep = append(keep, i)
		}
	}
	// groups[g] lists loops that become one, outer first.
	var groups [][]int
	for _, i := range keep {
		if len(groups) > 0 {
			last := groups[len(groups)-1]
			outer := last[len(last)-1]
			if (outer < len(n.Dims)) == (i < len(n.Dims)) && n.mergeable(outer, i) {
				groups[len(groups)-1] = append(last, i)
				continue
			}
		}
		groups = append(groups, []int{i})
	}
	if len(groups) == n.Loops() {
		return n
	}
	m := n.Rewrite(nil, func(a Affine) Affine {
		strides := make([]int, len(groups))
		for g, loops := range groups {
			strides[g] = a.Strides[loops[len(loops)-1]]
		}
		return Affine{a.Base, strides}
	})
	m.Dims, m.Reduce = []int{}, nil
	for _, loops := range groups {
		extent := 1
		for _, i := range loops {
			extent *= n.Extent(i)
		}
		if loops[0] < len(n.Dims) {
			m.Dims = append(m.Dims, extent)
		} else {
			m.Reduce = append(m.Reduce, extent)
		}
	}
	return m
}

// mergeable reports whether stepping through the inner loop to its end leads to where the next iteration of the outer begins.
func (n *Nest) mergeable(outer, inner int) bool {
	ok := true
	n.Affines(func(a Affine) { ok = ok && a.Strides[outer] == a.Strides[inner]*n.Extent(inner) })
	return ok
}

// Strides are the distances between neighbours of a row-major array along each axis.
func Strides(dims []int) []int {
	s := make([]int, len(dims))
	step := 1
	for i, d := range slices.Backward(dims) {
		s[i] = step
		step *= d
	}
	return s
}

// WithoutReduce returns the nest without the loops of Reduce, which no store may depend on.
func (n *Nest) WithoutReduce() *Nest {
	m := n.Rewrite(nil, func(a Affine) Affine { return Affine{a.Base, a.Strides[:len(n.Dims)]} })
	m.Accs, m.Reduce = nil, nil
	return m
}
