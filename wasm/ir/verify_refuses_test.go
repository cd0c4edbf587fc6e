package ir

import (
	"slices"
	"strings"
	"testing"
)

// mistake is a program that is wrong, and what is said about it.
type mistake struct {
	name  string
	build func(s parts)
	want  string
}

var one = Float(F32, 1)

// Lists of buffers that are wrong.
var brokenBuffers = []mistake{
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
}

// Expressions of the wrong form or types.
var brokenTypes = []mistake{
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
}

// What an accumulator may not be, and where none is seen.
var brokenAccumulators = []mistake{
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
}

// Indices that leave their buffers.
var brokenIndices = []mistake{
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
}

// Points that may be visited at the same time, and touch what another writes.
var races = []mistake{
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
	{"an input reversed in place", func(s parts) {
		s.out.Replaces = s.in
		s.run(set(s.out, At(s.in, at(7, -1))))
	}, "%0[-1i+7] is read where %2[i] is written"},
}

// What is read before it is written, or after it is lost.
var brokenOrder = []mistake{
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
}

// Kernels of the wrong sizes.
var brokenKernels = []mistake{
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
	}, "the right operand, %1, has 8 elements, of which 1 to 8 are read"},
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
	}, "the kernel, %1, has 8 elements, of which 3 to 8 are read"},
	{"a kernel reversed from its start", func(s parts) {
		k := s.small()
		k.KernelH, k.KernelW = -2, -1
		s.run(k)
	}, "the kernel, %1, has 8 elements, of which -5 to 0 are read"},
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
	}, "the gradient with respect to the images, %8, has 2 elements, want 8"},
}

// Each break gives a message that names it.
func TestVerifyRefuses(t *testing.T) {
	for _, test := range slices.Concat(brokenBuffers, brokenTypes, brokenAccumulators, brokenIndices, races, brokenOrder, brokenKernels) {
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
