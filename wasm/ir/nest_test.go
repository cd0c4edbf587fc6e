package ir

import (
	"math"
	"slices"
	"testing"
)

// interpreter runs nests of i32, number by number in order.
type interpreter struct {
	memory map[*Buffer][]int
	at     []int // the loops
	accs   []int
}

func (x *interpreter) index(at Index) int {
	i := at.Base
	for loop, s := range at.Strides {
		i += s * x.at[loop]
	}
	if at.Dynamic != nil {
		i += x.value(at.Dynamic)
	}
	return i
}

func (x *interpreter) value(e *Expr) int {
	arg := func(i int) int { return x.value(e.Args[i]) }
	switch e.Op {
	case Constant:
		return int(int64(e.Bits))
	case Load:
		return x.memory[e.Buf][x.index(e.At)]
	case Position:
		return x.index(e.At)
	case Accumulator:
		return x.accs[e.Acc]
	case Add:
		return arg(0) + arg(1)
	case Mul:
		return arg(0) * arg(1)
	case Lt:
		if arg(0) < arg(1) {
			return 1
		}
		return 0
	case Guard:
		if arg(0) != 0 {
			return arg(1)
		}
		return arg(2)
	}
	panic(e.Op)
}

// each calls f at every point of the loops from first on that have these extents.
func (x *interpreter) each(first int, extents []int, f func()) {
	if len(extents) == 0 {
		f()
		return
	}
	for x.at[first] = 0; x.at[first] < extents[0]; x.at[first]++ {
		x.each(first+1, extents[1:], f)
	}
	x.at[first] = 0
}

func (x *interpreter) run(n *Nest) {
	x.at, x.accs = make([]int, n.Loops()), make([]int, len(n.Accs))
	x.each(0, n.Dims, func() {
		for i, a := range n.Accs {
			x.accs[i] = x.value(a.Init)
		}
		x.each(len(n.Dims), n.Reduce, func() {
			next := make([]int, len(n.Accs))
			for i, a := range n.Accs {
				next[i] = x.value(a.Step)
			}
			x.accs = next
		})
		for _, s := range n.Stores {
			x.memory[s.Buf][x.index(s.At)] = x.value(s.Value)
		}
	})
}

// result runs a nest on inputs of ascending squares.
func result(n *Nest) map[*Buffer][]int {
	x := &interpreter{memory: map[*Buffer][]int{}}
	for _, b := range n.Touched() {
		x.memory[b] = make([]int, b.Len)
		for i := range x.memory[b] {
			x.memory[b][i] = i * i % 97
		}
	}
	x.run(n)
	return x.memory
}

func sameResult(t *testing.T, name string, n, m *Nest) {
	t.Helper()
	want, got := result(n), result(m)
	for b := range want {
		if !slices.Equal(want[b], got[b]) {
			t.Errorf("%s: %v holds %v, want %v, after\n%v", name, b, got[b], want[b], m)
		}
	}
}

func i32(id, n int) *Buffer { return &Buffer{ID: id, Type: I32, Len: n} }

// weighted is a nest over loops of these extents that sums x[a] times (the position p) and stores it at o.
func weighted(dims, reduce []int, a, p, o Index) *Nest {
	sum := &Expr{Op: Accumulator, Type: I32}
	term := New(Mul, I32, At(i32(0, 200), a), Pos(p))
	return &Nest{Dims: dims, Reduce: reduce, Accs: []Acc{{I32, Int(I32, 1), New(Add, I32, sum, term)}},
		Stores: []Store{{i32(1, 200), o, sum}}}
}

func TestFlatten(t *testing.T) {
	for _, test := range []struct {
		name         string
		n            *Nest
		dims, reduce []int
	}{
		{"rows without gaps", weighted([]int{3, 4}, nil, at(0, 4, 1), at(2), at(5, 4, 1)), []int{12}, nil},
		{"loops of one", weighted([]int{1, 4, 1}, []int{1}, at(0, 9, 1, 7, 0), at(2, 0, 0, 0, 0), at(5, 3, 2, 1, 0)), []int{4}, nil},
		{"all loops of one", weighted([]int{1, 1}, []int{1}, at(3, 9, 1, 0), at(2, 0, 0, 0), at(5, 3, 2, 0)), []int{}, nil},
		{"a gap in one array", weighted([]int{3, 4}, nil, at(0, 5, 1), at(2, 0, 0), at(5, 4, 1)), []int{3, 4}, nil},
		{"a position that does not continue", weighted([]int{3, 4}, nil, at(0, 4, 1), at(0, 1, 0), at(5, 4, 1)), []int{3, 4}, nil},
		{"a position that continues", weighted([]int{3, 4}, nil, at(0, 4, 1), at(0, 4, 1), at(5, 4, 1)), []int{12}, nil},
		{"two of three", weighted([]int{2, 3, 4}, nil, at(0, 20, 4, 1), at(2, 0, 0, 0), at(0, 12, 4, 1)), []int{2, 12}, nil},
		{"two of three around one", weighted([]int{2, 1, 4}, nil, at(0, 4, 50, 1), at(2, 0, 0, 0), at(0, 4, 60, 1)), []int{8}, nil},
		{"a reduction stays one", weighted([]int{3}, []int{4}, at(0, 4, 1), at(2, 0, 0), at(0, 4, 0)), []int{3}, []int{4}},
		{"loops of a reduction", weighted([]int{3}, []int{2, 5}, at(0, 10, 5, 1), at(2, 0, 0, 0), at(0, 1, 0, 0)), []int{3}, []int{10}},
		{"backwards", weighted([]int{3, 4}, nil, at(11, -4, -1), at(2, 0, 0), at(0, 4, 1)), []int{12}, nil},
	} {
		m := test.n.Flatten()
		if !slices.Equal(m.Dims, test.dims) || !slices.Equal(m.Reduce, test.reduce) {
			t.Errorf("%s: %v reduce %v, want %v reduce %v", test.name, m.Dims, m.Reduce, test.dims, test.reduce)
		}
		sameResult(t, test.name, test.n, m)
	}
}

func TestPermute(t *testing.T) {
	n := weighted([]int{2, 3, 4}, []int{2, 5}, at(3, 1, 7, 20, 2, 11), at(0, 5, 1, 2, 0, 3), at(1, 12, 4, 1, 0, 0))
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {2, 0, 1, 3, 4}, {1, 2, 0, 4, 3}, {0, 1, 2, 4, 3}} {
		m := n.Permute(order)
		for i, o := range order {
			if m.Extent(i) != n.Extent(o) {
				t.Errorf("%v: loop %d runs %d times, want %d", order, i, m.Extent(i), n.Extent(o))
			}
		}
		sameResult(t, "permuted", n, m)
	}
}

// The same expression is replaced once; what was shared still is, and the nest itself stays as it was.
func TestRewrite(t *testing.T) {
	x := At(i32(0, 8), at(0, 1))
	square := New(Mul, I32, x, x)
	place := New(Add, I32, square, Int(I32, 2))
	n := &Nest{Dims: []int{8}, Serial: true, Stores: []Store{{i32(1, 8), by(place, 1), square}}}
	before := n.String()
	seen := map[*Expr]int{}
	m := n.Rewrite(func(e *Expr) *Expr {
		seen[e]++
		if e.Op == Load {
			return Int(I32, 3)
		}
		return e
	}, func(a Affine) Affine { return Affine{a.Base + 1, a.Strides} })
	if len(seen) != 4 {
		t.Errorf("%d expressions were visited, want 4", len(seen))
	}
	want := "nest [8] serial\n  x0 = mul(3, 3)\n  %1[add(x0, 2) + 1] = x0\n"
	if m.String() != want {
		t.Errorf("got\n%v, want\n%s", m, want)
	}
	if s := m.Stores[0]; s.At.Dynamic.Args[0] != s.Value {
		t.Error("the square is no longer shared")
	}
	if n.String() != before {
		t.Errorf("the nest itself is now\n%v", n)
	}
}

func TestWithoutReduce(t *testing.T) {
	n := weighted([]int{4}, []int{0}, at(0, 1, 1), at(0, 0, 0), at(0, 1, 0))
	n.Stores[0].Value = Int(I32, 7)
	if got := n.WithoutReduce().String(); got != "nest [4]\n  %1[i] = 7\n" {
		t.Error(got)
	}
}

// Parents come first, and everything once, also what indices are made of.
func TestWalk(t *testing.T) {
	place := Pos(at(0, 2))
	x := At(i32(0, 8), by(place, 1))
	sum := New(Add, I32, x, New(Mul, I32, x, place))
	var ops []Op
	sum.Walk(func(e *Expr) bool { ops = append(ops, e.Op); return true })
	if want := []Op{Add, Load, Position, Mul}; !slices.Equal(ops, want) {
		t.Errorf("%v, want %v", ops, want)
	}
	ops = nil
	sum.Walk(func(e *Expr) bool { ops = append(ops, e.Op); return e.Op != Load && e.Op != Mul })
	if want := []Op{Add, Load, Mul}; !slices.Equal(ops, want) {
		t.Errorf("where it may not go below loads and products: %v, want %v", ops, want)
	}
}

func TestReadsAndWrites(t *testing.T) {
	a, b, c, d := i32(0, 8), i32(1, 8), i32(2, 8), i32(3, 8)
	cond := &Buffer{ID: 4, Type: Bool, Len: 1}
	copyTo := func(to, from *Buffer) Kernel { return copied(to, from) }
	for _, test := range []struct {
		k             Kernel
		reads, writes []*Buffer
	}{
		{copyTo(b, a), []*Buffer{a}, []*Buffer{b}},
		{&Nest{Dims: []int{8}, Stores: []Store{{b, by(At(a, at(0, 1)), 1), At(b, at(0, 1))}}}, []*Buffer{b, a}, []*Buffer{b}},
		{&If{cond, []Kernel{copyTo(b, a)}, []Kernel{copyTo(c, a), copyTo(b, d)}}, []*Buffer{cond, a, d}, []*Buffer{b, c}},
		{&While{[]Kernel{copyTo(cond, a)}, cond, []Kernel{copyTo(a, b)}}, []*Buffer{cond, a, b}, []*Buffer{cond, a}},
		{&MatMul{A: a, B: a, C: b}, []*Buffer{a}, []*Buffer{b}},
		{&MatMul{A: a, B: c, C: b, MatMulShape: MatMulShape{Start: FromC}}, []*Buffer{a, c, b}, []*Buffer{b}},
		{&MatMul{A: a, B: c, C: b, Bias: d, MatMulShape: MatMulShape{Start: FromBias}}, []*Buffer{a, c, d}, []*Buffer{b}},
		{&Conv{X: a, Kernel: c, Y: b, Bias: d}, []*Buffer{a, c, d}, []*Buffer{b}},
		{&ConvFilter{X: a, DY: c, DKernel: b}, []*Buffer{a, c}, []*Buffer{b}},
		{&MaxPool{X: a, Y: b}, []*Buffer{a}, []*Buffer{b}},
		{&MaxPoolGradient{X: a, DY: c, DX: b}, []*Buffer{a, c}, []*Buffer{b}},
	} {
		if got := test.k.Reads(); !slices.Equal(got, test.reads) {
			t.Errorf("%T reads %v, want %v", test.k, got, test.reads)
		}
		if got := test.k.Writes(); !slices.Equal(got, test.writes) {
			t.Errorf("%T writes %v, want %v", test.k, got, test.writes)
		}
	}
}

func TestOverlap(t *testing.T) {
	s := newParts()
	view := s.Alias(s.t, I32, 4)
	s.out.Replaces = s.in
	behind := s.NewBuffer(Temp, F32, 8)
	behind.Offset = 32
	for _, test := range []struct {
		name string
		a, b *Buffer
		want bool
	}{
		{"itself", s.t, s.t, true},
		{"apart in the arena", s.t, s.t2, false},
		{"neighbours in the arena", s.t, behind, false},
		{"a view and its array", view, s.t, true},
		{"a view and another array", view, s.t2, false},
		{"an output and the input it may replace", s.out, s.in, true},
		{"an output and another input", s.out, s.in2, false},
		{"two inputs", s.in, s.in2, false},
		{"a temporary and an input", s.t, s.in, false},
	} {
		if Overlap(test.a, test.b) != test.want || Overlap(test.b, test.a) != test.want {
			t.Errorf("%s: overlap is %v, want %v", test.name, !test.want, test.want)
		}
	}
	behind.Offset = 31
	if !Overlap(s.t, behind) {
		t.Error("one byte in common is no overlap")
	}
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		e    *Expr
		bits uint64
	}{
		{Number(F32, 1.5), uint64(math.Float32bits(1.5))},
		{Number(BF16, 1.5), uint64(math.Float32bits(1.5))},
		{Number(F64, 1.5), math.Float64bits(1.5)},
		{Number(I32, -2), math.MaxUint64 - 1},
		{Number(U8, 200), 200},
		{Int(Bool, 1), 1},
	} {
		if test.e.Op != Constant || test.e.Bits != test.bits {
			t.Errorf("%v: %v of bits %x, want %x", test.e.Type, test.e.Op, test.e.Bits, test.bits)
		}
	}
	x := Float(F32, 1)
	if New(Convert, F32, x) != x {
		t.Error("a conversion to its own type is not left out")
	}
	if e := Pos(at(3, 0, 0)); e.Op != Constant || e.Bits != 3 {
		t.Errorf("a constant position is %v %d", e.Op, e.Bits)
	}
	if e := Pos(by(x, 2)); e != x {
		t.Error("a position that is an expression alone is not that expression")
	}
}

func TestDTypes(t *testing.T) {
	for _, test := range []struct {
		t                       DType
		name                    string
		size                    int
		float, unsigned, narrow bool
	}{
		{Bool, "bool", 1, false, true, true}, {I8, "i8", 1, false, false, true}, {U16, "u16", 2, false, true, true},
		{I32, "i32", 4, false, false, false}, {U64, "u64", 8, false, true, false}, {F16, "f16", 2, true, false, true},
		{BF16, "bf16", 2, true, false, true}, {F32, "f32", 4, true, false, false}, {F64, "f64", 8, true, false, false},
	} {
		if test.t.String() != test.name || test.t.Size() != test.size || test.t.Float() != test.float ||
			test.t.Unsigned() != test.unsigned || test.t.Narrow() != test.narrow {
			t.Errorf("%v: size %d, float %v, unsigned %v, narrow %v", test.t, test.t.Size(), test.t.Float(), test.t.Unsigned(), test.t.Narrow())
		}
	}
	if got := DType(99).String(); got != "dtype(99)" {
		t.Error(got)
	}
}
