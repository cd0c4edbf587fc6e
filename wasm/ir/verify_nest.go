package ir

import (
	"fmt"
	"slices"
)

// nest looks at a loop nest: first at its expressions' form and types, then at where its indices go.
func (v *verifier) nest(n *Nest) {
	for i := range n.Loops() {
		if n.Extent(i) < 0 {
			v.fail("loop %s runs %d times", loopName(i), n.Extent(i))
			return
		}
	}
	t := &typing{nest: n, sees: map[*Expr]scope{}}
	for i, a := range n.Accs {
		v.typed(t, fmt.Sprintf("the start of acc%d", i), a.Init, a.Type, scope{})
		v.typed(t, fmt.Sprintf("the step of acc%d", i), a.Step, a.Type, scope{reduce: true, accs: true})
	}
	for _, s := range n.Stores {
		v.typed(t, fmt.Sprintf("what is stored to %v", s.Buf), s.Value, s.Buf.Type, scope{accs: true})
		at := &Expr{Op: Position, Type: I32, At: Index{Affine: s.At.Affine}}
		v.typed(t, fmt.Sprintf("the index of %v", s.Buf), at, I32, scope{})
		if s.At.Dynamic != nil {
			v.typed(t, fmt.Sprintf("the index of %v", s.Buf), s.At.Dynamic, I32, scope{accs: true})
		}
	}
	if v.err != nil {
		return
	}
	v.races(n)
	v.bounds(n)
}

// scope is what an expression sees, or may see: the loops of Reduce, the accumulators.
type scope struct{ reduce, accs bool }

func (a scope) and(b scope) scope { return scope{a.reduce || b.reduce, a.accs || b.accs} }

// typing looks at each expression of a nest once.
type typing struct {
	nest *Nest
	sees map[*Expr]scope
	open []*Expr // expressions being looked at, the outermost first
}

func (v *verifier) typed(t *typing, what string, e *Expr, want DType, may scope) {
	if e == nil {
		v.fail("%s is missing", what)
		return
	}
	sees, mistake := t.expr(e)
	switch {
	case mistake != "":
		v.fail("%s: %s", what, mistake)
	case e.Type != want:
		v.fail("%s is %v, want %v", what, e.Type, want)
	case sees.reduce && !may.reduce:
		v.fail("%s depends on a loop of the reduction", what)
	case sees.accs && !may.accs:
		v.fail("%s depends on an accumulator", what)
	}
}

// expr says what an expression sees, and what is wrong with it or with one below it.
func (t *typing) expr(e *Expr) (sees scope, mistake string) {
	if sees, ok := t.sees[e]; ok {
		return sees, ""
	}
	if slices.Contains(t.open, e) {
		return sees, "an expression is its own operand"
	}
	t.open = append(t.open, e)
	defer func() { t.open = t.open[:len(t.open)-1] }()
	below := e.Args
	if e.At.Dynamic != nil {
		below = append(below[:len(below):len(below)], e.At.Dynamic)
	}
	for _, a := range below {
		if a == nil {
			return sees, fmt.Sprintf("%v has no operand", e.Op)
		}
		s, mistake := t.expr(a)
		if mistake != "" {
			return sees, mistake
		}
		sees = sees.and(s)
	}
	if mistake = t.form(e); mistake != "" {
		return sees, mistake
	}
	switch e.Op {
	case Load, Position:
		reduce := e.At.Strides[len(t.nest.Dims):]
		sees.reduce = sees.reduce || slices.ContainsFunc(reduce, func(s int) bool { return s != 0 })
	case Accumulator:
		sees.accs = true
	}
	t.sees[e] = sees
	return sees, ""
}

// form says what is wrong with an expression whose operands are right.
func (t *typing) form(e *Expr) string {
	if int(e.Op) >= len(opNames) || int(e.Type) >= len(dtypes) {
		return fmt.Sprintf("operation %d of %v", e.Op, e.Type)
	}
	if len(e.Args) != e.Op.Arity() {
		return fmt.Sprintf("%v of %d operands, want %d", e.Op, len(e.Args), e.Op.Arity())
	}
	if e.Op == Load || e.Op == Position {
		if len(e.At.Strides) != t.nest.Loops() {
			return fmt.Sprintf("an index of %d loops in a nest of %d", len(e.At.Strides), t.nest.Loops())
		}
		if d := e.At.Dynamic; d != nil && (d.Type != I32 || e.Op == Position) {
			return fmt.Sprintf("a %v at a dynamic index of %v", e.Op, d.Type)
		}
	}
	types := make([]DType, len(e.Args))
	for i, a := range e.Args {
		types[i] = a.Type
	}
	if !e.typesFit(t.nest, types) {
		return fmt.Sprintf("%v of %v gives %v", e.Op, types, e.Type)
	}
	return ""
}

func (e *Expr) typesFit(n *Nest, args []DType) bool {
	switch e.Op {
	case Constant, Convert:
		return true
	case Load:
		return e.Buf != nil && e.Type == e.Buf.Type
	case Position:
		return e.Type == I32
	case Accumulator:
		return e.Acc >= 0 && e.Acc < len(n.Accs) && e.Type == n.Accs[e.Acc].Type
	case Eq, Ne, Lt, Le, Gt, Ge:
		return e.Type == Bool && args[0] == args[1]
	case IsFinite, IsNaN:
		return e.Type == Bool && args[0].Float()
	case Bitcast:
		return e.Type.Size() == args[0].Size()
	case Select, Guard:
		return args[0] == Bool && args[1] == e.Type && args[2] == e.Type
	case And, Or, Xor, Not, Shl, ShrA, ShrL, Popcnt, Clz:
		if e.Type.Float() {
			return false
		}
	case Atan2, Ceil, Floor, Round, Sqrt, Rsqrt, Exp, Expm1, Log, Log1p, Sin, Cos, Tanh, Logistic, Erf:
		if !e.Type.Float() {
			return false
		}
	}
	return !slices.ContainsFunc(args, func(t DType) bool { return t != e.Type })
}

// races looks for points of a nest without order that touch what another writes. Where data decide the place of a
// result, as a sort's do, nothing is known.
func (v *verifier) races(n *Nest) {
	for i, s := range n.Stores {
		for _, o := range n.Stores[:i] {
			if Overlap(s.Buf, o.Buf) {
				v.fail("%v and %v are both stored to, and share memory", o.Buf, s.Buf)
			}
		}
		if !n.Serial && s.At.Dynamic == nil && !injective(n.Dims, s.At.Strides) {
			v.fail("two points store to one element of %v", s.Buf)
		}
		n.Walk(func(e *Expr) {
			if e.Op != Load || !Overlap(e.Buf, s.Buf) {
				return
			}
			same := e.Buf.Root() == s.Buf.Root() || s.Buf.Root().Replaces == e.Buf.Root()
			here := e.Type.Size() == s.Buf.Type.Size() && e.At.Dynamic == nil && s.At.Dynamic == nil && e.At.Same(s.At.Affine)
			if !same || !here && !(n.Serial && e.Buf.Root() == s.Buf.Root()) {
				v.fail("%v[%v] is read where %v[%v] is written, and shares its memory", e.Buf, e.At.Affine, s.Buf, s.At.Affine)
			}
		})
	}
}

// injective says that an index is another for every point of a space. It may say no of an index that is, if strides are
// not multiples of each other.
func injective(dims, strides []int) bool {
	type loop struct{ stride, extent int }
	var loops []loop
	for i, d := range dims {
		if d == 0 {
			return true
		}
		if d > 1 {
			loops = append(loops, loop{max(strides[i], -strides[i]), d})
		}
	}
	slices.SortFunc(loops, func(a, b loop) int { return a.stride - b.stride })
	reach := 0
	for _, l := range loops {
		if l.stride <= reach {
			return false
		}
		reach += l.stride * (l.extent - 1)
	}
	return true
}
