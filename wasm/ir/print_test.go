package ir

import (
	"math"
	"testing"
)

func TestPrintExpressions(t *testing.T) {
	x := At(i32(0, 8), at(0, 1))
	for _, test := range []struct {
		e    *Expr
		want string
	}{
		{Int(I32, -3), "-3"},
		{Int(U32, -1), "4294967295"},
		{Int(U8, 200), "200"},
		{Int(U64, -1), "18446744073709551615"},
		{Int(Bool, 1), "true"},
		{Float(F32, 0.1), "0.1"},
		{Float(F16, 2), "2"},
		{Float(F64, math.Inf(-1)), "-Inf"},
		{Pos(at(-2, 3)), "(3i+-2)"},
		{At(i32(0, 8), at(0, 0)), "%0[0]"},
		{At(i32(0, 8), at(4, -1)), "%0[-1i+4]"},
		{At(i32(0, 8), Index{Affine{1, []int{2}}, x}), "%0[%0[i] + 2i+1]"},
		{New(Convert, F32, x), "convert.f32(%0[i])"},
		{New(Bitcast, U32, x), "bitcast.u32(%0[i])"},
		{New(Guard, I32, Int(Bool, 0), x, Int(I32, 1)), "guard(false, %0[i], 1)"},
		{&Expr{Op: Accumulator, Type: I32, Acc: 2}, "acc2"},
	} {
		n := &Nest{Dims: []int{4}, Stores: []Store{{i32(1, 4), at(0, 1), test.e}}}
		if got, want := n.String(), "nest [4]\n  %1[i] = "+test.want+"\n"; got != want {
			t.Errorf("got\n%s, want\n%s", got, want)
		}
	}
}

func TestPrintNest(t *testing.T) {
	strides := make([]int, 18)
	strides[0], strides[15], strides[17] = 1, 2, 3
	dims := make([]int, 18)
	x := At(i32(0, 8), at(0, strides...))
	n := &Nest{Dims: dims[:17], Reduce: dims[17:], Serial: true,
		Accs:   []Acc{{I32, Int(I32, 0), New(Add, I32, acc(0, I32), New(Mul, I32, x, x))}},
		Stores: []Store{{i32(1, 4), at(3, make([]int, 18)...), acc(0, I32)}}}
	want := `nest [0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0] reduce [0] serial
  acc0: i32 = 0
  x0 = %0[i+2x+3i17]
  acc0 <- add(acc0, mul(x0, x0))
  %1[3] = acc0
`
	if got := n.String(); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestPrintProgram(t *testing.T) {
	p := &Program{}
	in, out := p.NewBuffer(Input, F32, 8), p.NewBuffer(Output, F32, 8)
	out.Replaces = in
	c, temp := p.NewBuffer(Const, Bool, 1), p.NewBuffer(Temp, F32, 8)
	temp.Offset = 64
	p.Alias(temp, I32, 4)
	p.Kernels = []Kernel{
		&While{Test: []Kernel{copied(temp, in)}, Cond: c, Body: []Kernel{
			&If{Cond: c, Then: []Kernel{copied(out, temp)}, Else: []Kernel{copied(out, in)}}}},
		&MatMul{A: in, B: temp, C: out, AAt: 1, Bias: in, MatMulShape: MatMulShape{M: 1, N: 2, K: 3, ARow: 4, ACol: 5, BRow: 6, BCol: 7, CRow: 8,
			Batch: 9, ABatch: 10, BBatch: 11, CBatch: 12, Start: FromBias, ReLU: true}},
	}
	want := `%0 input f32[8] slot 0
%1 output f32[8] slot 0 may replace %0
%2 const bool[1] slot 0
%3 temp f32[8] at 64
%4 temp i32[4] of %3
while
  nest [8]
    %3[i] = %0[i]
do %2
  if %2
    nest [8]
      %1[i] = %3[i]
  else
    nest [8]
      %1[i] = %0[i]
%1 = matmul 1x2x3 a(4,5) b(6,7) c(8) batch 9(10,11,12) bias relu of %0+1, %3+0 bias %0
`
	if got := p.String(); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}
