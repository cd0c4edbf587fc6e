package ir

import "testing"

// at is an index: a base and a stride for each loop.
func at(base int, strides ...int) Index { return Index{Affine: Affine{base, strides}} }

// by is a place that an expression decides, in a nest of so many loops.
func by(e *Expr, loops int) Index { return Index{Affine{Strides: make([]int, loops)}, e} }

func acc(i int, t DType) *Expr { return &Expr{Op: Accumulator, Type: t, Acc: i} }

func add(a, b *Expr) *Expr { return New(Add, a.Type, a, b) }

// parts are buffers to make programs of: each of 8 elements.
type parts struct {
	*Program
	in, in2, out, c *Buffer // f32; c is a constant
	places          *Buffer // an i32 input
	t, t2           *Buffer // temporaries side by side
}

func newParts() parts {
	p := &Program{Arena: 128}
	s := parts{Program: p, in: p.NewBuffer(Input, F32, 8), in2: p.NewBuffer(Input, F32, 8), out: p.NewBuffer(Output, F32, 8),
		c: p.NewBuffer(Const, F32, 8), places: p.NewBuffer(Input, I32, 8), t: p.NewBuffer(Temp, F32, 8), t2: p.NewBuffer(Temp, F32, 8)}
	s.c.Data = make([]byte, 32)
	s.t2.Offset = 64
	return s
}

// run appends kernels.
func (s parts) run(kernels ...Kernel) { s.Kernels = append(s.Kernels, kernels...) }

// set is a nest that stores a value to each of 8 elements.
func set(b *Buffer, value *Expr) *Nest {
	return &Nest{Dims: []int{8}, Stores: []Store{{b, at(0, 1), value}}}
}

// copied is a nest that copies 8 elements.
func copied(to, from *Buffer) *Nest { return set(to, At(from, at(0, 1))) }

// fold is a nest that stores to out what an accumulator of 3 rounds is at each of 8 points.
func (s parts) fold(a Acc) *Nest {
	return &Nest{Dims: []int{8}, Reduce: []int{3}, Accs: []Acc{a}, Stores: []Store{{s.out, at(0, 1, 0), acc(0, F32)}}}
}

// square is a product of matrices of 2 by 2.
func (s parts) square() *MatMul {
	return &MatMul{A: s.in, B: s.in2, C: s.t, MatMulShape: MatMulShape{M: 2, N: 2, K: 2, ARow: 2, ACol: 1, BRow: 2, BCol: 1, CRow: 2,
		Batch: 2, ABatch: 4, BBatch: 4, CBatch: 4}}
}

// small is a convolution of an image of 2 by 4.
func (s parts) small() *Conv {
	return &Conv{X: s.in, Kernel: s.in2, Y: s.t, ConvShape: ConvShape{Images: 1, H: 2, W: 4, In: 1, OutH: 2, OutW: 4, Out: 1,
		WindowH: 3, WindowW: 2, StrideH: 1, StrideW: 1, Top: 1, KernelH: 2, KernelW: 1, KernelIn: 1, KernelOut: 1}}
}

func (s parts) smallFilter() *ConvFilter {
	dk := s.NewBuffer(Temp, F32, 6)
	dk.Offset = 64
	return &ConvFilter{X: s.in, DY: s.in2, DKernel: dk, ConvFilterShape: ConvFilterShape{Images: 1, H: 2, W: 4, In: 1, OutH: 2,
		OutW: 4, Out: 1, WindowH: 3, WindowW: 2, StrideH: 1, StrideW: 1, Top: 1}}
}

// halves pools an image of 2 by 4 to 2 numbers.
func (s parts) halves() *MaxPool {
	y := s.NewBuffer(Temp, F32, 2)
	return &MaxPool{X: s.in, Y: y, MaxPoolShape: MaxPoolShape{Images: 1, H: 2, W: 4, Channels: 1, OutH: 1, OutW: 2, WindowH: 2, WindowW: 2,
		StrideH: 2, StrideW: 2}}
}

func (s parts) halvesGradient() *MaxPoolGradient {
	p := s.halves()
	p.Y.Len = 0
	return &MaxPoolGradient{MaxPoolShape: p.MaxPoolShape, X: s.in, DY: s.in2, DX: s.t}
}

func (s parts) choice(yes, no Kernel) *If {
	return &If{Cond: s.NewBuffer(Input, Bool, 1), Then: []Kernel{yes}, Else: []Kernel{no}}
}

// loop copies t to the output as long as t2's first element is not zero; the body is given.
func (s parts) loop(body ...Kernel) []Kernel {
	cond := s.NewBuffer(Temp, Bool, 1)
	cond.Offset = 96
	test := &Nest{Stores: []Store{{cond, at(0), New(Ne, Bool, At(s.t, at(0)), Float(F32, 0))}}}
	return []Kernel{copied(s.t, s.in), &While{Test: []Kernel{test}, Cond: cond, Body: body}, copied(s.out, s.t)}
}

// smallest stores to out the element that is smallest of three; first is the condition that there is none yet.
func (s parts) smallest(first *Expr) *Nest {
	x := At(s.in, at(0, 0, 1))
	c := New(Or, Bool, first, New(Lt, Bool, x, acc(0, F32)))
	n := s.fold(Acc{F32, Float(F32, 0), New(Select, F32, c, x, acc(0, F32))})
	n.Accs = append(n.Accs, Acc{I32, Int(I32, -1), New(Select, I32, c, Pos(at(0, 0, 1)), acc(1, I32))})
	n.Stores[0].Value = At(s.in, by(New(Max, I32, acc(1, I32), Int(I32, 0)), 2))
	return n
}

// Programs that are right, though not obviously.
func TestVerifyAccepts(t *testing.T) {
	for name, build := range map[string]func(s parts){
		"a copy": func(s parts) { s.run(copied(s.out, s.in)) },
		"backwards": func(s parts) {
			s.run(set(s.out, At(s.in, at(7, -1))))
		},
		"a guard against padding": func(s parts) {
			x := Pos(at(-2, 1))
			inside := New(And, Bool, New(Ge, Bool, x, Int(I32, 0)), New(Lt, Bool, x, Int(I32, 3)))
			s.run(set(s.out, New(Guard, F32, inside, At(s.in, at(-6, 3)), Float(F32, 0))))
		},
		"the other side of a guard": func(s parts) {
			early := New(Lt, Bool, Pos(at(0, 1)), Int(I32, 4))
			s.run(set(s.out, New(Guard, F32, early, At(s.in, at(4, 1)), At(s.in, at(-4, 1)))))
		},
		"what is never computed": func(s parts) {
			even := New(Eq, Bool, New(Rem, I32, Pos(at(0, 1)), Int(I32, 2)), Int(I32, 0))
			never := New(And, Bool, Int(Bool, 0), even)
			s.run(set(s.out, New(Guard, F32, never, At(s.in, at(8, 1)), Float(F32, 0))))
		},
		"every second": func(s parts) {
			x := Pos(at(0, 2))
			even := New(Eq, Bool, New(Rem, I32, x, Int(I32, 2)), Int(I32, 0))
			s.run(set(s.out, New(Guard, F32, even, At(s.in, by(New(Div, I32, x, Int(I32, 2)), 1)), Float(F32, 0))))
		},
		"a place that data decide, moved inside": func(s parts) {
			place := New(Min, I32, New(Max, I32, At(s.places, at(0, 1)), Int(I32, 0)), Int(I32, 7))
			s.run(set(s.out, At(s.in, by(place, 1))))
		},
		"a place that data decide, if it is inside": func(s parts) {
			x := add(At(s.places, at(0, 1)), Pos(at(0, 1)))
			inside := New(And, Bool, New(Ge, Bool, x, Int(I32, 0)), New(Lt, Bool, x, Int(I32, 8)))
			s.run(copied(s.out, s.in), &Nest{Dims: []int{8}, Serial: true, Stores: []Store{
				{s.out, by(New(Select, I32, inside, x, Int(I32, 3)), 1), Float(F32, 1)}}})
		},
		"a place counted by another nest": func(s parts) {
			rank := s.NewBuffer(Temp, I32, 8)
			less := New(Convert, I32, New(Lt, Bool, At(s.in, at(0, 1, 0)), At(s.in, at(0, 0, 1))))
			s.run(&Nest{Dims: []int{8}, Reduce: []int{7}, Accs: []Acc{{I32, Int(I32, 0), add(acc(0, I32), less)}},
				Stores: []Store{{rank, at(0, 1, 0), acc(0, I32)}}},
				&Nest{Dims: []int{8}, Stores: []Store{{s.out, by(At(rank, at(0, 1)), 1), At(s.in, at(0, 1))}}})
		},
		"an output over its input": func(s parts) {
			s.out.Replaces = s.in
			s.run(set(s.out, add(At(s.in, at(0, 1)), At(s.in2, at(0, 1)))))
		},
		"an output in parts": func(s parts) {
			for part := range 2 {
				s.run(&Nest{Dims: []int{4}, Stores: []Store{{s.out, at(4*part, 1), Float(F32, 0)}}})
			}
		},
		"memory used again": func(s parts) {
			s.t2.Offset = 0
			s.run(copied(s.t, s.in), copied(s.out, s.t), copied(s.t2, s.in), copied(s.out, s.t2))
		},
		"a view": func(s parts) {
			s.run(copied(s.t, s.in), set(s.out, New(Bitcast, F32, At(s.Alias(s.t, I32, 8), at(0, 1)))))
		},
		"nothing to do": func(s parts) {
			s.run(copied(s.out, s.in), &Nest{Dims: []int{0}, Stores: []Store{{s.out, at(100, 1), At(s.in, at(-1, 1))}}})
		},
		"a product":          func(s parts) { s.run(s.square(), copied(s.out, s.t)) },
		"a convolution":      func(s parts) { s.run(s.small(), copied(s.out, s.t)) },
		"a filter gradient":  func(s parts) { s.run(s.smallFilter(), copied(s.out, s.in)) },
		"a pool":             func(s parts) { s.run(s.halves(), copied(s.out, s.in)) },
		"a pool's gradient":  func(s parts) { s.run(s.halvesGradient(), copied(s.out, s.t)) },
		"a choice":           func(s parts) { s.run(s.choice(copied(s.t, s.in), copied(s.t, s.in2)), copied(s.out, s.t)) },
		"a loop":             func(s parts) { s.run(s.loop(copied(s.t, s.in))...) },
		"a smallest element": func(s parts) { s.run(s.smallest(New(Lt, Bool, acc(1, I32), Int(I32, 0)))) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newParts()
			build(s)
			if err := Verify(s.Program); err != nil {
				t.Errorf("%v in\n%v", err, s.Program)
			}
		})
	}
}
