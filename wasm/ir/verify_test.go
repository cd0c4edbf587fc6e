package ir

import (
	"strings"
	"testing"
)

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
	return &MatMul{A: s.in, B: s.in2, C: s.t, Gemm: Gemm{M: 2, N: 2, K: 2, ARow: 2, ACol: 1, BRow: 2, BCol: 1, CRow: 2,
		Batch: 2, ABatch: 4, BBatch: 4, CBatch: 4}}
}

// small is a convolution of an image of 2 by 4.
func (s parts) small() *Convolution {
	return &Convolution{X: s.in, Kernel: s.in2, Y: s.t, Conv: Conv{Images: 1, H: 2, W: 4, In: 1, OutH: 2, OutW: 4, Out: 1,
		WindowH: 3, WindowW: 2, StrideH: 1, StrideW: 1, Top: 1, KernelH: 2, KernelW: 1, KernelIn: 1, KernelOut: 1}}
}

func (s parts) smallFilter() *FilterGradient {
	dk := s.NewBuffer(Temp, F32, 6)
	dk.Offset = 64
	return &FilterGradient{X: s.in, DY: s.in2, DKernel: dk, ConvFilter: ConvFilter{Images: 1, H: 2, W: 4, In: 1, OutH: 2,
		OutW: 4, Out: 1, WindowH: 3, WindowW: 2, StrideH: 1, StrideW: 1, Top: 1}}
}

// halves pools an image of 2 by 4 to 2 numbers.
func (s parts) halves() *Pool {
	y := s.NewBuffer(Temp, F32, 2)
	return &Pool{X: s.in, Y: y, MaxPool: MaxPool{Images: 1, H: 2, W: 4, Channels: 1, OutH: 1, OutW: 2, WindowH: 2, WindowW: 2,
		StrideH: 2, StrideW: 2}}
}

func (s parts) halvesGradient() *PoolGradient {
	p := s.halves()
	p.Y.Len = 0
	return &PoolGradient{MaxPool: p.MaxPool, X: s.in, DY: s.in2, DX: s.t}
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

// Programs that are right, though it takes a thought.
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

// Each break gives a message that names it.
func TestVerifyRefuses(t *testing.T) {
	one := Float(F32, 1)
	for _, test := range []struct {
		name  string
		build func(s parts)
		want  string
	}{
		// Buffers.
		{"a buffer twice", func(s parts) { s.Buffers[1] = s.in }, "buffer 1 of the program calls itself %0"},
		{"a slot that is another's", func(s parts) { s.in2.Slot = 0 }, "%1 is not in slot 0"},
		{"a list too long", func(s parts) { s.Consts = append(s.Consts, s.c) }, "6 inputs, outputs and constants are listed, the program has 5"},
		{"a length below zero", func(s parts) { s.t.Len = -1 }, "%5 has -1 elements of f32"},
		{"an unknown type", func(s parts) { s.t.Type = 99 }, "%5 has 8 elements of dtype(99)"},
		{"a constant without data", func(s parts) { s.c.Data = nil }, "%3 has 0 bytes of data, want 32"},
		{"a view of what comes later", func(s parts) { s.t.Of = s.t2 }, "%5 is a view of what does not come before it"},
		{"a view too large", func(s parts) { s.Alias(s.t, F64, 5) }, "%7 has 40 bytes, but %5, of which it is a view, has 32"},
		{"a view in another place", func(s parts) { s.Alias(s.t, F32, 8).Place = Output }, "%7 is a view of %5, but in another place"},
		{"an output that replaces an output", func(s parts) { s.out.Replaces = s.out }, "only an output can replace an input"},
		{"an output that replaces less", func(s parts) { s.out.Replaces = s.places }, "%2, f32[8], cannot replace %4, i32[8]"},
		{"two outputs that replace one input", func(s parts) {
			s.out.Replaces, s.NewBuffer(Output, F32, 8).Replaces = s.in, s.in
		}, "%2 and %7 both replace %0"},
		{"a buffer of another program", func(s parts) { s.run(copied(s.out, newParts().in)) }, "%0 is not a buffer of the program"},
		{"beyond the arena", func(s parts) { s.t.Offset = 120; s.run(copied(s.t, s.in)) }, "%5 lies at 120 to 152 of an arena of 128 bytes"},

		// Types.
		{"a sum of two types", func(s parts) { s.run(set(s.out, New(Add, F32, one, Int(I32, 1)))) }, "what is stored to %2: add of [f32 i32] gives f32"},
		{"bits of floats", func(s parts) { s.run(set(s.out, New(Xor, F32, one, one))) }, "xor of [f32 f32] gives f32"},
		{"a root of integers", func(s parts) {
			s.run(set(s.out, New(Convert, F32, New(Sqrt, I32, Int(I32, 4)))))
		}, "sqrt of [i32] gives i32"},
		{"a comparison that is a number", func(s parts) { s.run(set(s.out, New(Lt, F32, one, one))) }, "lt of [f32 f32] gives f32"},
		{"a choice by a number", func(s parts) { s.run(set(s.out, New(Select, F32, one, one, one))) }, "select of [f32 f32 f32] gives f32"},
		{"bits of another size", func(s parts) { s.run(set(s.out, New(Bitcast, F32, Float(F64, 1)))) }, "bitcast of [f64] gives f32"},
		{"a load of another type", func(s parts) {
			s.run(set(s.out, &Expr{Op: Load, Type: F32, Buf: s.places, At: at(0, 1)}))
		}, "load of [] gives f32"},
		{"a store of another type", func(s parts) { s.run(set(s.out, Int(I32, 1))) }, "what is stored to %2 is i32, want f32"},
		{"an operand too many", func(s parts) { s.run(set(s.out, New(Neg, F32, one, one))) }, "neg of 2 operands, want 1"},
		{"an operand too few", func(s parts) { s.run(set(s.out, New(Neg, F32, nil))) }, "neg has no operand"},
		{"an unknown operation", func(s parts) { s.run(set(s.out, New(200, F32, one, one, one))) }, "operation 200 of f32"},
		{"an index by a float", func(s parts) { s.run(set(s.out, At(s.in, by(one, 1)))) }, "a load at a dynamic index of f32"},
		{"a place by a float", func(s parts) {
			s.run(&Nest{Dims: []int{8}, Stores: []Store{{s.out, by(one, 1), one}}})
		}, "the index of %2 is f32, want i32"},
		{"an index of too few loops", func(s parts) { s.run(set(s.out, At(s.in, at(0)))) }, "an index of 0 loops in a nest of 1"},
		{"an operand of itself", func(s parts) {
			e := New(Neg, F32, one)
			e.Args[0] = e
			s.run(set(s.out, e))
		}, "an expression is its own operand"},
		{"nothing stored", func(s parts) { s.run(set(s.out, nil)) }, "what is stored to %2 is missing"},
		{"a loop below zero", func(s parts) { s.run(&Nest{Dims: []int{8, -1}}) }, "loop j runs -1 times"},

		// Accumulators.
		{"a start that sums", func(s parts) { s.run(s.fold(Acc{F32, acc(0, F32), one})) }, "the start of acc0 depends on an accumulator"},
		{"a start inside the reduction", func(s parts) {
			s.run(s.fold(Acc{F32, At(s.in, at(0, 0, 1)), one}))
		}, "the start of acc0 depends on a loop of the reduction"},
		{"no step", func(s parts) { s.run(s.fold(Acc{F32, one, nil})) }, "the step of acc0 is missing"},
		{"a step of another type", func(s parts) { s.run(s.fold(Acc{F32, one, Int(I32, 1)})) }, "the step of acc0 is i32, want f32"},
		{"an accumulator that is not", func(s parts) { s.run(s.fold(Acc{F32, one, acc(1, F32)})) }, "the step of acc0: acc of [] gives f32"},
		{"a result inside the reduction", func(s parts) {
			n := s.fold(Acc{F32, one, one})
			n.Stores[0].Value = At(s.in, at(0, 0, 1))
			s.run(n)
		}, "what is stored to %2 depends on a loop of the reduction"},
		{"a place inside the reduction", func(s parts) {
			n := s.fold(Acc{F32, one, one})
			n.Stores[0].At = at(0, 1, 1)
			s.run(n)
		}, "the index of %2 depends on a loop of the reduction"},

		// Indices.
		{"one too far", func(s parts) { s.run(set(s.out, At(s.in, at(1, 1)))) }, "kernel 0 (nest [8]): a load at %0[i+1], which is from 1 to 8; there are 8 elements"},
		{"one too early", func(s parts) { s.run(set(s.out, At(s.in, at(-1, 1)))) }, "a load at %0[i+-1], which is from -1 to 6"},
		{"a store too far", func(s parts) { s.run(&Nest{Dims: []int{9}, Stores: []Store{{s.out, at(0, 1), one}}}) }, "a store at %2[i], which is from 0 to 8"},
		{"a step too far", func(s parts) {
			s.run(s.fold(Acc{F32, one, add(acc(0, F32), At(s.in, at(0, 1, 1)))}))
		}, "a load at %0[i+j], which is from 0 to 9"},
		{"a guard that does not hold enough back", func(s parts) {
			inside := New(Lt, Bool, Pos(at(0, 1)), Int(I32, 7))
			s.run(set(s.out, New(Guard, F32, inside, At(s.in, at(2, 1)), one)))
		}, "which is from 2 to 8"},
		{"a choice is no guard", func(s parts) {
			inside := New(Lt, Bool, Pos(at(0, 1)), Int(I32, 7))
			s.run(set(s.out, New(Select, F32, inside, At(s.in, at(1, 1)), one)))
		}, "which is from 1 to 8"},
		{"the wrong side of a guard", func(s parts) {
			inside := New(Lt, Bool, Pos(at(0, 1)), Int(I32, 7))
			s.run(set(s.out, New(Guard, F32, inside, one, At(s.in, at(1, 1)))))
		}, "which is from 8 to 8"},
		{"a place that data decide", func(s parts) {
			s.run(set(s.out, At(s.in, by(At(s.places, at(0, 1)), 1))))
		}, "a load at %0[load + 0], which is from -2147483648 to 2147483647"},
		{"a place that data decide, moved too little", func(s parts) {
			place := New(Min, I32, New(Max, I32, At(s.places, at(0, 1)), Int(I32, 0)), Int(I32, 8))
			s.run(set(s.out, At(s.in, by(place, 1))))
		}, "a load at %0[min + 0], which is from 0 to 8"},
		{"a place counted too high", func(s parts) {
			rank := s.NewBuffer(Temp, I32, 8)
			less := New(Convert, I32, New(Lt, Bool, At(s.in, at(0, 1, 0)), At(s.in, at(0, 0, 1))))
			s.run(&Nest{Dims: []int{8}, Reduce: []int{8}, Accs: []Acc{{I32, Int(I32, 0), add(acc(0, I32), less)}},
				Stores: []Store{{rank, at(0, 1, 0), acc(0, I32)}}},
				&Nest{Dims: []int{8}, Stores: []Store{{s.out, by(At(rank, at(0, 1)), 1), At(s.in, at(0, 1))}}})
		}, "a store at %2[load + 0], which is from 0 to 8"},
		{"a smallest element that there may not be", func(s parts) {
			n := s.smallest(New(Lt, Bool, acc(1, I32), Int(I32, 0)))
			n.Stores[0].Value = At(s.in, by(acc(1, I32), 2))
			s.run(n)
		}, "a load at %0[acc + 0], which is from -1 to 2"},

		// Points at the same time.
		{"two points, one element", func(s parts) { s.run(&Nest{Dims: []int{8}, Stores: []Store{{s.out, at(0, 0), one}}}) }, "two points store to one element of %2"},
		{"rows that overlap", func(s parts) {
			s.run(&Nest{Dims: []int{2, 4}, Stores: []Store{{s.out, at(0, 3, 1), one}}})
		}, "two points store to one element of %2"},
		{"two stores, one buffer", func(s parts) {
			s.run(&Nest{Dims: []int{8}, Stores: []Store{{s.out, at(0, 1), one}, {s.out, at(0, 1), one}}})
		}, "%2 and %2 are both stored to"},
		{"a neighbour's element", func(s parts) {
			s.run(copied(s.t, s.in), &Nest{Dims: []int{7}, Stores: []Store{{s.t, at(0, 1), At(s.t, at(1, 1))}}})
		}, "%5[i+1] is read where %5[i] is written"},
		{"another buffer's memory", func(s parts) {
			s.t2.Offset = 0
			s.run(copied(s.t, s.in), copied(s.t2, s.t))
		}, "%5[i] is read where %6[i] is written"},
		{"an input turned round in place", func(s parts) {
			s.out.Replaces = s.in
			s.run(set(s.out, At(s.in, at(7, -1))))
		}, "%0[-1i+7] is read where %2[i] is written"},

		// Time.
		{"an input written", func(s parts) { s.run(copied(s.in, s.in2)) }, "%0 is written, and is not an output or a temporary"},
		{"a constant written", func(s parts) { s.run(copied(s.c, s.in2)) }, "%3 is written, and is not an output or a temporary"},
		{"read before written", func(s parts) { s.run(copied(s.out, s.t)) }, "%5 is read when 0 of its 32 bytes have been written"},
		{"read when half written", func(s parts) {
			s.run(&Nest{Dims: []int{4}, Stores: []Store{{s.t, at(0, 1), one}}}, copied(s.out, s.t))
		}, "kernel 1 (nest [8]): %5 is read when 16 of its 32 bytes have been written"},
		{"written on one way alone", func(s parts) {
			s.run(s.choice(copied(s.t, s.in), copied(s.t2, s.in)), copied(s.out, s.t))
		}, "%5 is read when 0 of its 32 bytes have been written"},
		{"written in a loop alone", func(s parts) {
			kernels := s.loop(copied(s.t2, s.in))
			s.run(append(kernels, copied(s.out, s.t2))...)
		}, "%6 is read when 0 of its 32 bytes have been written"},
		{"lost", func(s parts) {
			s.t2.Offset = 24
			s.run(copied(s.t, s.in), copied(s.t2, s.in), copied(s.out, s.t))
		}, "kernel 2 (nest [8]): %5 is read after %6 has been put into its memory"},
		{"lost in the round before", func(s parts) {
			s.t2.Offset = 0
			s.run(s.loop(copied(s.t2, s.in))...)
		}, "%5 is read after %6 has been put into its memory"},
		{"an input read when it is replaced", func(s parts) {
			s.out.Replaces = s.in
			s.run(copied(s.out, s.in2), copied(s.t, s.in))
		}, "%0 is read after %2 has been put into its memory"},
		{"an output not written", func(parts) {}, "ir: the program writes 0 of 32 bytes of its output %2"},

		// Kernels.
		{"a condition that is a number", func(s parts) {
			k := s.choice(copied(s.out, s.in), copied(s.out, s.in))
			k.Cond = s.in
			s.run(k)
		}, "kernel 0 (if %0): the condition %0 is f32[8], want bool[1]"},
		{"a product of integers", func(s parts) {
			k := s.square()
			k.A = s.places
			s.run(k)
		}, "the left operand, %4, is i32, want f32"},
		{"a product beyond its operand", func(s parts) {
			k := s.square()
			k.BAt = 1
			s.run(k)
		}, "the right operand, %1, has 8 elements, of which 1 to 8 are wanted"},
		{"a product without a sum", func(s parts) {
			k := s.square()
			k.K = 0
			s.run(k)
		}, "a dimension of 0, want at least 1"},
		{"a product with rows that overlap", func(s parts) {
			k := s.square()
			k.CRow = 1
			s.run(k)
		}, "a row of the product of 1, want at least 2"},
		{"products that overlap", func(s parts) {
			k := s.square()
			k.CBatch = 3
			s.run(k)
		}, "a product of the batch of 3, want at least 4"},
		{"a product over its operand", func(s parts) {
			k := s.square()
			k.A = s.t2
			s.t2.Offset = 0
			s.run(k)
		}, "the result %5 shares memory with the operand %6"},
		{"a product without its bias", func(s parts) {
			k := s.square()
			k.Start = FromBias
			s.run(k)
		}, "there is no buffer for the bias"},
		{"a product with a bias too many", func(s parts) {
			k := s.square()
			k.Bias = s.c
			s.run(k)
		}, "sums do not start with the bias %3"},
		{"a product that adds to nothing", func(s parts) {
			k := s.square()
			k.Start = FromC
			s.run(k)
		}, "%5 is read when 0 of its 32 bytes have been written"},
		{"images too few", func(s parts) {
			k := s.small()
			k.Images = 2
			s.run(k)
		}, "the images, %0, has 8 elements, want 16"},
		{"a kernel beyond its buffer", func(s parts) {
			k := s.small()
			k.KernelFirst = 3
			s.run(k)
		}, "the kernel, %1, has 8 elements, of which 3 to 8 are wanted"},
		{"a kernel turned round from its start", func(s parts) {
			k := s.small()
			k.KernelH, k.KernelW = -2, -1
			s.run(k)
		}, "the kernel, %1, has 8 elements, of which -5 to 0 are wanted"},
		{"a result partly written", func(s parts) {
			k := s.small()
			k.OutH = 1
			s.run(k)
		}, "the result, %5, has 8 elements, of which 4 are written"},
		{"a convolution that adds", func(s parts) {
			k := s.small()
			k.Start = FromC
			s.run(k)
		}, "a convolution cannot add to what its result holds"},
		{"a window that stands still", func(s parts) {
			k := s.small()
			k.StrideW = 0
			s.run(k)
		}, "a window's stride of 0, want at least 1"},
		{"padding below zero", func(s parts) {
			k := s.smallFilter()
			k.Left = -1
			s.run(k)
		}, "padding of -1, want at least 0"},
		{"a filter over its images", func(s parts) {
			k := s.smallFilter()
			k.X = s.t2
			s.run(copied(s.t2, s.in), k)
		}, "the result %7 shares memory with the operand %6"},
		{"a window outside", func(s parts) {
			k := s.halves()
			k.Top = 2
			s.run(k)
		}, "a window lies outside the image"},
		{"a pool's gradient too small", func(s parts) {
			k := s.halvesGradient()
			k.DX = s.halves().Y
			s.run(k)
		}, "the gradient by the images, %8, has 2 elements, want 8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newParts()
			test.build(s)
			err := Verify(s.Program)
			if err == nil {
				t.Fatalf("accepted:\n%v", s.Program)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}
