package ir

import (
	"fmt"
	"slices"
)

// bounds looks at where a nest's indices go, and notes what numbers it stores to i32 temporaries.
func (v *verifier) bounds(n *Nest) {
	if n.Points() == 0 {
		return
	}
	r := &ranges{v: v, nest: n, accs: make([]interval, len(n.Accs)), known: map[state]interval{},
		terms: map[state]interval{}, looked: map[state]bool{}}
	r.accumulators()
	for _, a := range n.Accs {
		r.look(a.Init, nil)
		if Product(n.Reduce) > 0 {
			r.look(a.Step, nil)
		}
	}
	for _, s := range n.Stores {
		r.look(s.Value, nil)
		r.look(s.At.Dynamic, nil)
		r.within("a store", s.Buf, s.At, nil)
		if root := s.Buf.Root(); s.Buf.Type == I32 && s.Buf == root && root.Place == Temp && v.writers[root] == 1 {
			v.values[root] = r.of(s.Value, nil)
		}
	}
}

// ranges finds what numbers a nest's integer expressions can be.
type ranges struct {
	v      *verifier
	nest   *Nest
	accs   []interval
	known  map[state]interval // of whole expressions
	terms  map[state]interval // by the operation alone
	looked map[state]bool
}

// state is an expression where some facts hold.
type state struct {
	e     *Expr
	facts *fact
}

// fact is that a linear form lies in an interval, and what else is known. Where the interval is empty, nothing is computed.
type fact struct {
	linear
	interval
	rest *fact
}

// linear is Base + sum of Strides times loops + sum of terms, as an index is with its dynamic part taken apart.
type linear struct {
	Affine
	terms []term
}

// term is a multiple of an expression that is not linear itself.
type term struct {
	e *Expr
	k int
}

// accumulators finds what each can be: a sum by the number of its terms, others by one step from the start, if a second
// step adds nothing.
func (r *ranges) accumulators() {
	sums := map[int]bool{}
	for i, a := range r.nest.Accs {
		r.accs[i] = r.of(a.Init, nil)
	}
	for i, a := range r.nest.Accs {
		if s := a.Step; s.Op == Add && s.Args[0].Op == Accumulator && s.Args[0].Acc == i && !hasAccumulator(s.Args[1]) {
			sums[i] = true
			x := r.of(s.Args[1], nil).union(interval{})
			r.accs[i] = r.accs[i].plus(x.times(Product(r.nest.Reduce)))
		}
	}
	stable := false
	for range 2 {
		r.known, r.terms = map[state]interval{}, map[state]interval{}
		next := slices.Clone(r.accs)
		for i, a := range r.nest.Accs {
			if !sums[i] {
				next[i] = next[i].union(r.of(a.Step, nil))
			}
		}
		stable = slices.Equal(next, r.accs)
		r.accs = next
	}
	if !stable {
		for i, a := range r.nest.Accs {
			r.accs[i] = numbers(a.Type)
		}
	}
	r.known, r.terms = map[state]interval{}, map[state]interval{}
}

func hasAccumulator(e *Expr) (has bool) {
	e.Walk(func(e *Expr) bool {
		has = has || e.Op == Accumulator
		return !has
	})
	return has
}

// look goes through an expression and what is computed for it, each with what is known where it is computed, and looks
// at every load.
func (r *ranges) look(e *Expr, facts *fact) {
	if e == nil || r.v.err != nil || r.looked[state{e, facts}] {
		return
	}
	r.looked[state{e, facts}] = true
	if e.Op == Guard {
		r.look(e.Args[0], facts)
		r.look(e.Args[1], r.assume(e.Args[0], true, facts))
		r.look(e.Args[2], r.assume(e.Args[0], false, facts))
		return
	}
	for _, a := range e.Args {
		r.look(a, facts)
	}
	if e.Op == Load {
		r.look(e.At.Dynamic, facts)
		r.within("a load", e.Buf, e.At, facts)
	}
}

func (r *ranges) within(what string, b *Buffer, at Index, facts *fact) {
	if i := r.bound(r.index(at), facts); !i.empty() && (i.lo < 0 || i.hi >= b.Len) {
		name := at.Affine.String()
		if at.Dynamic != nil {
			name = fmt.Sprintf("%v + %s", at.Dynamic.Op, name)
		}
		r.v.fail("%s at %v[%s], which is from %d to %d; there are %d elements", what, b, name, i.lo, i.hi, b.Len)
	}
}

// of is the range of an integer expression where facts hold. It is empty where they cannot.
func (r *ranges) of(e *Expr, facts *fact) interval {
	s := state{e, facts}
	if i, ok := r.known[s]; ok {
		return i
	}
	var i interval
	if all := numbers(e.Type); e.Type != I32 {
		i = r.term(e, facts).intersect(all)
	} else if i = r.bound(r.form(e), facts); i.lo < all.lo || i.hi > all.hi {
		i = all // it may wrap round
	}
	r.known[s] = i
	return i
}

// term is the range of an expression by its operation alone.
func (r *ranges) term(e *Expr, facts *fact) interval {
	s := state{e, facts}
	i, ok := r.terms[s]
	if !ok {
		i = r.operation(e, facts)
		r.terms[s] = i
	}
	return i
}

func (r *ranges) operation(e *Expr, facts *fact) interval {
	all := numbers(e.Type)
	if e.Type.Float() {
		return all
	}
	arg := func(i int) interval { return r.of(e.Args[i], facts) }
	switch e.Op {
	case Constant:
		if v := int(int64(e.Bits)); v >= all.lo && v <= all.hi {
			return interval{v, v}
		}
	case Load:
		if i, ok := r.v.values[e.Buf]; ok {
			return i
		}
	case Accumulator:
		return r.accs[e.Acc]
	case Min:
		return arg(0).min(arg(1))
	case Max:
		return arg(0).max(arg(1))
	case Div, Rem:
		if by := arg(1); by.lo == by.hi && by.lo > 0 {
			if e.Op == Div {
				return arg(0).div(by.lo)
			}
			return arg(0).rem(by.lo)
		}
	case Convert:
		if a := e.Args[0]; !a.Type.Float() {
			if i := r.of(a, facts); i.lo >= all.lo && i.hi <= all.hi {
				return i
			}
		}
	case Select, Guard:
		return r.of(e.Args[1], r.assume(e.Args[0], true, facts)).union(r.of(e.Args[2], r.assume(e.Args[0], false, facts)))
	}
	return all
}

// index is an index as a linear form. Numbers that wrap round do no harm: an index is right if the form is, since both are
// the same modulo 2^32.
func (r *ranges) index(at Index) linear {
	f := linear{Affine: Affine{Strides: make([]int, r.nest.Loops())}}
	f.affine(at.Affine, 1)
	if at.Dynamic != nil {
		f.add(at.Dynamic, 1)
	}
	return f
}

// form is an i32 expression as a linear form.
func (r *ranges) form(e *Expr) linear {
	return r.index(Index{Dynamic: e})
}

// add adds k times an i32 expression.
func (f *linear) add(e *Expr, k int) {
	switch {
	case e.Op == Constant:
		f.Base += k * int(int64(e.Bits))
	case e.Op == Position:
		f.affine(e.At.Affine, k)
	case e.Op == Add:
		f.add(e.Args[0], k)
		f.add(e.Args[1], k)
	case e.Op == Sub:
		f.add(e.Args[0], k)
		f.add(e.Args[1], -k)
	case e.Op == Mul && e.Args[1].Op == Constant:
		f.add(e.Args[0], k*int(int64(e.Args[1].Bits)))
	default:
		f.term(e, k)
	}
}

func (f *linear) affine(a Affine, k int) {
	f.Base += k * a.Base
	for i, s := range a.Strides {
		f.Strides[i] += k * s
	}
}

func (f *linear) term(e *Expr, k int) {
	i := slices.IndexFunc(f.terms, func(t term) bool { return t.e == e })
	if i < 0 {
		f.terms = append(f.terms, term{e, k})
	} else if f.terms[i].k += k; f.terms[i].k == 0 {
		f.terms = slices.Delete(f.terms, i, i+1)
	}
}

// minus is f - k·g.
func (f linear) minus(k int, g linear) linear {
	d := linear{Affine{f.Base, slices.Clone(f.Strides)}, slices.Clone(f.terms)}
	d.affine(g.Affine, -k)
	for _, t := range g.terms {
		d.term(t.e, -k*t.k)
	}
	return d
}

// multiple is how often g is in f, by the first of its loops or terms; 0 if it is not.
func (f linear) multiple(g linear) int {
	if i := slices.IndexFunc(g.Strides, func(s int) bool { return s != 0 }); i >= 0 {
		return whole(f.Strides[i], g.Strides[i])
	}
	for _, t := range f.terms {
		if len(g.terms) > 0 && t.e == g.terms[0].e {
			return whole(t.k, g.terms[0].k)
		}
	}
	return 0
}

// whole is a/b, or 0 if that is not a whole number.
func whole(a, b int) int {
	if a%b != 0 {
		return 0
	}
	return a / b
}

// bound is the range of a linear form where facts hold.
func (r *ranges) bound(f linear, facts *fact) interval {
	for g := facts; g != nil; g = g.rest {
		if g.empty() {
			return nothing
		}
	}
	return r.without(f, facts, facts)
}

// without is the range by the loops' extents, or a better one by taking out multiples of what the facts in left are about.
func (r *ranges) without(f linear, left, facts *fact) interval {
	i := interval{f.Base, f.Base}
	for loop, s := range f.Strides {
		i = i.plus(interval{0, max(r.nest.Extent(loop)-1, 0)}.times(s))
	}
	for _, t := range f.terms {
		i = i.plus(r.term(t.e, facts).times(t.k))
	}
	for g := left; g != nil; g = g.rest {
		if k := f.multiple(g.linear); k != 0 {
			i = i.intersect(r.without(f.minus(k, g.linear), g.rest, facts).plus(g.interval.times(k)))
		}
	}
	return i
}

// assume adds to facts what follows from a condition being true, or false.
func (r *ranges) assume(c *Expr, is bool, facts *fact) *fact {
	switch c.Op {
	case Not:
		return r.assume(c.Args[0], !is, facts)
	case And, Or:
		if (c.Op == And) == is {
			facts = r.assume(c.Args[0], is, facts)
			facts = r.assume(c.Args[1], is, facts)
		}
		return facts
	case Constant:
		if (c.Bits != 0) != is {
			return &fact{interval: nothing, rest: facts}
		}
		return facts
	case Lt, Le, Gt, Ge, Eq:
	default:
		return facts
	}
	if c.Args[0].Type != I32 {
		return facts
	}
	f := r.form(c.Args[0]) // a comparison of a with b is one of a-b with 0
	f.add(c.Args[1], -1)
	op := c.Op
	if !is {
		op = map[Op]Op{Lt: Ge, Ge: Lt, Gt: Le, Le: Gt, Eq: Ne}[op]
	}
	i := interval{-far, far}
	switch op {
	case Lt:
		i.hi = -1
	case Le:
		i.hi = 0
	case Gt:
		i.lo = 1
	case Ge:
		i.lo = 0
	case Eq:
		i = interval{}
	}
	return &fact{f, i, facts}
}
