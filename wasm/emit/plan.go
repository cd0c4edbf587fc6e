package emit

import (
	"math/bits"
	"slices"

	"unpool/wasm/ir"
)

// accumulated marks in a set of loops that an expression depends on an accumulator.
const accumulated = 1 << 63

// Plan is a nest made ready for code: its loops in order, which of them runs in vectors, and what is known of its
// expressions.
type Plan struct {
	*ir.Nest
	Vector int  // the loop of vectors: the last of Dims or the last of Reduce; -1 if there is none
	byLane bool // there are no vectors: what would be lanes is computed one after the other
	Rows   int  // the outermost loop is so many rows of unit iterations, the last perhaps of fewer
	Unit   int
	deps   map[*ir.Expr]uint64
	uses   map[*ir.Expr]int
	mixed  map[*ir.Expr]bool  // the same for all lanes, and an operand of something that is not
	Hoist  map[int][]*ir.Expr // expressions to compute in the body of a loop, ahead of the loops inside; -1: of the function
}

// NewPlan chooses the vector loop. Results do not depend on the choice but for sums, and the choice depends on the
// nest alone. Without vectors it is only of use for sums that would be split among lanes.
func NewPlan(n *ir.Nest, simd bool) *Plan {
	rows := 0 // of the outermost loop that has more than one iteration
	if i := slices.IndexFunc(n.Dims, func(extent int) bool { return extent > 1 }); i >= 0 {
		rows = n.Dims[i]
	}
	n = n.Flatten()
	best, cost := -1, 1000
	if !n.Serial {
		for v := range n.Loops() {
			lane := v >= len(n.Dims)
			if lane && !splittable(n) {
				continue
			}
			c := vectorCost(n, v)
			if c < 0 || n.Extent(v) < 4 {
				continue
			}
			if lane {
				c = c*2 + 1 // whole results in a lane are better than parts of one
			}
			if c < cost || c == cost && v < len(n.Dims) {
				best, cost = v, c
			}
		}
	}
	if !simd && best < len(n.Dims) {
		best = -1
	}
	p := &Plan{Nest: n, Vector: best, byLane: !simd}
	if best >= 0 {
		last := len(n.Dims) - 1
		if best > last {
			last = n.Loops() - 1
		}
		order := make([]int, n.Loops())
		for i := range order {
			order[i] = i
		}
		order = slices.Insert(slices.Delete(order, best, best+1), last, best)
		p.Nest, p.Vector = n.Permute(order), last
		if best == 0 && len(p.Dims) > 1 { // another loop is the outermost now
			rows = p.Dims[0]
		}
	}
	p.divide(rows)
	p.deps, p.uses, p.Hoist = dependencies(p.Nest), uses(p.Nest), map[int][]*ir.Expr{}
	p.findInvariants()
	p.mixed = map[*ir.Expr]bool{}
	p.Walk(func(e *ir.Expr) {
		for _, a := range e.Args {
			if !p.Uniform(e) && p.Uniform(a) {
				p.mixed[a] = true
			}
		}
	})
	return p
}

// divide sets Rows and Unit: the rows of the array where there are many, else single iterations, or cache lines of them.
func (p *Plan) divide(rows int) {
	if len(p.Dims) == 0 {
		return
	}
	extent := p.Dims[0]
	switch {
	case rows >= dividedRows:
		p.Rows, p.Unit = rows, extent/rows
	case p.Vector == 0:
		p.Rows, p.Unit = (extent+15)/16, 16
	default:
		p.Rows, p.Unit = extent, 1
	}
}

// splittable reports whether all accumulators may be summed in parts.
func splittable(n *ir.Nest) bool {
	for i := range n.Accs {
		if _, x := combine(n, i); x == nil {
			return false
		}
	}
	return len(n.Accs) > 0
}

// combine takes accumulator i's step apart: op(accumulator i, x). x is nil if it has another form.
func combine(n *ir.Nest, i int) (ir.Op, *ir.Expr) {
	s := n.Accs[i].Step
	switch s.Op {
	case ir.Add, ir.Mul, ir.Max, ir.Min, ir.And, ir.Or, ir.Xor:
	default:
		return 0, nil
	}
	if s.Args[0].Op != ir.Accumulator || s.Args[0].Acc != i || dependencies(n)[s.Args[1]]&accumulated != 0 {
		return 0, nil
	}
	return s.Op, s.Args[1]
}

// vectorCost is the number of loads and stores that would go lane by lane if loop v ran in vectors; -1 if it cannot.
func vectorCost(n *ir.Nest, v int) int {
	deps := dependencies(n)
	cost := 0
	ok := true
	n.Walk(func(e *ir.Expr) {
		if deps[e]&(1<<v|accumulated) == 0 {
			if e.Op != ir.Constant && !lanes(e.Type) {
				return // a single number: fine unless a vector operation takes it, which vectorizable checks
			}
			return
		}
		switch {
		case !vectorizable(e):
			ok = false
		case e.Op == ir.Guard && deps[e.Args[0]]&(1<<v|accumulated) != 0:
			ok = false
		case e.Op == ir.Load:
			if e.At.Dynamic != nil && deps[e.At.Dynamic]&(1<<v|accumulated) != 0 {
				ok = false
			}
			if s := e.At.Strides[v]; s != 0 && s != 1 {
				if e.Type == ir.Bool {
					ok = false
				}
				cost++
			}
		}
	})
	for _, a := range n.Accs {
		ok = ok && lanes(a.Type)
	}
	if v < len(n.Dims) {
		for _, s := range n.Stores {
			if !lanes(s.Buf.Type) || s.At.Strides[v] != 1 || s.At.Dynamic != nil && deps[s.At.Dynamic]&(1<<v|accumulated) != 0 {
				ok = false
			}
		}
	}
	if !ok {
		return -1
	}
	return cost
}

// dependencies gives for each expression the set of loops that its value depends on.
func dependencies(n *ir.Nest) map[*ir.Expr]uint64 {
	deps := map[*ir.Expr]uint64{}
	var of func(e *ir.Expr) uint64
	of = func(e *ir.Expr) uint64 {
		if e == nil {
			return 0
		}
		if d, ok := deps[e]; ok {
			return d
		}
		var d uint64
		switch e.Op {
		case ir.Load, ir.Position:
			d = of(e.At.Dynamic)
			for i, s := range e.At.Strides {
				if s != 0 {
					d |= 1 << i
				}
			}
		case ir.Accumulator:
			d = accumulated
		}
		for _, a := range e.Args {
			d |= of(a)
		}
		deps[e] = d
		return d
	}
	n.Walk(func(e *ir.Expr) { of(e) })
	return deps
}

// uses counts how often each expression is needed.
func uses(n *ir.Nest) map[*ir.Expr]int {
	count := map[*ir.Expr]int{}
	n.Walk(func(e *ir.Expr) {
		for _, a := range e.Args {
			count[a]++
		}
		if e.At.Dynamic != nil {
			count[e.At.Dynamic]++
		}
	})
	for _, a := range n.Accs {
		count[a.Init]++
		count[a.Step]++
	}
	for _, s := range n.Stores {
		count[s.Value]++
		if s.At.Dynamic != nil {
			count[s.At.Dynamic]++
		}
	}
	return count
}

// innermost is the number of the innermost loop of a set, -1 if it is empty.
func innermost(deps uint64) int { return 63 - bits.LeadingZeros64(deps&^accumulated) }

// findInvariants fills Hoist: expressions that do not change in the loops around their use and are certain to be
// needed, so not those behind a Guard.
func (p *Plan) findInvariants() {
	seen := map[*ir.Expr]bool{}
	var visit func(e *ir.Expr, level int)
	visit = func(e *ir.Expr, level int) {
		if e == nil || e.Op == ir.Constant || e.Op == ir.Accumulator {
			return
		}
		own := level
		if p.deps[e]&accumulated == 0 {
			own = innermost(p.deps[e])
			if own < level && !seen[e] {
				seen[e] = true
				defer func() { p.Hoist[own] = append(p.Hoist[own], e) }()
			}
		}
		args := e.Args
		if e.Op == ir.Guard {
			args = args[:1]
		}
		for _, a := range args {
			visit(a, own)
		}
		visit(e.At.Dynamic, own)
	}
	points := len(p.Dims) - 1
	for _, a := range p.Accs {
		visit(a.Init, points)
		visit(a.Step, p.Loops()-1)
	}
	for _, s := range p.Stores {
		visit(s.Value, points)
		visit(s.At.Dynamic, points)
	}
}

// Uniform reports whether an expression is the same in all lanes of the vector loop.
func (p *Plan) Uniform(e *ir.Expr) bool {
	return p.Vector >= 0 && p.deps[e]&(1<<p.Vector|accumulated) == 0
}
