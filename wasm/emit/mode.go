package emit

import (
	"math"

	"unpool/wasm/module"
)

// mode is the kind of number that a piece of code computes with. The mathematical functions are written once for all.
type mode int

const (
	single mode = iota // f32, with i32 for its bits
	vector             // f32x4, with i32x4
	double             // f64, with i64
)

// op is an instruction in each mode.
type op [3]module.Op

var (
	fAdd     = op{module.F32Add, module.F32x4Add, module.F64Add}
	fSub     = op{module.F32Sub, module.F32x4Sub, module.F64Sub}
	fMul     = op{module.F32Mul, module.F32x4Mul, module.F64Mul}
	fDiv     = op{module.F32Div, module.F32x4Div, module.F64Div}
	fMin     = op{module.F32Min, module.F32x4Min, module.F64Min}
	fMax     = op{module.F32Max, module.F32x4Max, module.F64Max}
	fAbs     = op{module.F32Abs, module.F32x4Abs, module.F64Abs}
	fNeg     = op{module.F32Neg, module.F32x4Neg, module.F64Neg}
	fSqrt    = op{module.F32Sqrt, module.F32x4Sqrt, module.F64Sqrt}
	fNearest = op{module.F32Nearest, module.F32x4Nearest, module.F64Nearest}
	fTrunc   = op{module.F32Trunc, module.F32x4Trunc, module.F64Trunc}
	fEq      = op{module.F32Eq, module.F32x4Eq, module.F64Eq}
	fNe      = op{module.F32Ne, module.F32x4Ne, module.F64Ne}
	fLt      = op{module.F32Lt, module.F32x4Lt, module.F64Lt}
	fLe      = op{module.F32Le, module.F32x4Le, module.F64Le}
	fGt      = op{module.F32Gt, module.F32x4Gt, module.F64Gt}
	fGe      = op{module.F32Ge, module.F32x4Ge, module.F64Ge}
	iAdd     = op{module.I32Add, module.I32x4Add, module.I64Add}
	iSub     = op{module.I32Sub, module.I32x4Sub, module.I64Sub}
	iAnd     = op{module.I32And, module.V128And, module.I64And}
	iOr      = op{module.I32Or, module.V128Or, module.I64Or}
	iXor     = op{module.I32Xor, module.V128Xor, module.I64Xor}
	fToInt   = op{module.I32TruncSatF32S, module.I32x4TruncSatF32x4S, module.I64TruncSatF64S}
	intToF   = op{module.F32ConvertI32S, module.F32x4ConvertI32x4S, module.F64ConvertI64S}
)

// Code is what arithmetic is written to: a stack machine with WebAssembly's instructions. A *module.Func is one; another may have other
// vectors than four lanes, since arithmetic treats all lanes alike.
type Code interface {
	Local(t module.Type) module.Local
	Get(l module.Local)
	Set(l module.Local)
	Tee(l module.Local)
	Op(ops ...module.Op)
	Select()
	I32Const(v int32)
	I64Const(v int64)
	F32Const(v float32)
	F64Const(v float64)
	I32x4Const(a, b, c, d int32)
	F32x4Const(a, b, c, d float32)
}

// calc appends code of one mode.
type calc struct {
	Code
	mode mode
}

func (m mode) floats() module.Type {
	return [...]module.Type{module.F32, module.V128, module.F64}[m]
}

func (m mode) ints() module.Type {
	return [...]module.Type{module.I32, module.V128, module.I64}[m]
}

func (c calc) float() module.Local   { return c.Local(c.mode.floats()) }
func (c calc) integer() module.Local { return c.Local(c.mode.ints()) }

func (c calc) op(ops ...op) {
	for _, o := range ops {
		c.Op(o[c.mode])
	}
}

// f puts a float constant on the stack, rounded to the mode's precision.
func (c calc) f(v float64) {
	switch c.mode {
	case single:
		c.F32Const(float32(v))
	case vector:
		c.F32x4Const(float32(v), float32(v), float32(v), float32(v))
	case double:
		c.F64Const(v)
	}
}

// i puts an integer constant on the stack.
func (c calc) i(v int64) {
	switch c.mode {
	case single:
		c.I32Const(int32(v))
	case vector:
		c.I32x4Const(int32(v), int32(v), int32(v), int32(v))
	case double:
		c.I64Const(v)
	}
}

// shift shifts the integer on the stack by a constant: left, or right without the sign, or right with it.
func (c calc) shift(left, signed bool, by int) {
	if c.mode == double {
		c.I64Const(int64(by))
	} else {
		c.I32Const(int32(by))
	}
	switch {
	case left:
		c.op(op{module.I32Shl, module.I32x4Shl, module.I64Shl})
	case signed:
		c.op(op{module.I32ShrS, module.I32x4ShrS, module.I64ShrS})
	default:
		c.op(op{module.I32ShrU, module.I32x4ShrU, module.I64ShrU})
	}
}

// bits turns the float on the stack into the integer of the same bits, and float does the opposite.
func (c calc) bits() {
	switch c.mode {
	case single:
		c.Op(module.I32ReinterpretF32)
	case double:
		c.Op(module.I64ReinterpretF64)
	}
}

func (c calc) fromBits() {
	switch c.mode {
	case single:
		c.Op(module.F32ReinterpretI32)
	case double:
		c.Op(module.F64ReinterpretI64)
	}
}

// choose takes a, b and the outcome of a comparison and leaves a where it is true, else b.
func (c calc) choose() {
	if c.mode == vector {
		c.Op(module.V128Bitselect)
	} else {
		c.Select()
	}
}

// mantissa is the number of a float's fraction bits, and bias its exponent's bias.
func (c calc) mantissa() int {
	if c.mode == double {
		return 52
	}
	return 23
}

func (c calc) bias() int64 {
	if c.mode == double {
		return 1023
	}
	return 127
}

// horner puts the polynomial with these coefficients, the constant one first, of x on the stack.
func (c calc) horner(x module.Local, coefficients ...float64) {
	c.f(coefficients[len(coefficients)-1])
	for i := len(coefficients) - 2; i >= 0; i-- {
		c.Get(x)
		c.op(fMul)
		c.f(coefficients[i])
		c.op(fAdd)
	}
}

// pick is a in double mode, else b.
func pick[T any](c calc, a, b T) T {
	if c.mode == double {
		return a
	}
	return b
}

// series is n coefficients given by a formula.
func series(n int, term func(k int) float64) []float64 {
	s := make([]float64, n)
	for k := range s {
		s[k] = term(k)
	}
	return s
}

// factorial is exact up to 22.
func factorial(k int) float64 {
	p := 1.0
	for i := 2; i <= k; i++ {
		p *= float64(i)
	}
	return p
}

var inf = math.Inf(1)
