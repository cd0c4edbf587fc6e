package ir

import (
	"math"
	"slices"
)

// Affine is an index that is linear in a nest's loops: Base + sum of Strides[i]·loop i. There is one stride for each
// loop, outer first.
type Affine struct {
	Base    int
	Strides []int
}

// Index is an element's place in a buffer: Affine + Dynamic, which is an I32 expression or nil.
type Index struct {
	Affine
	Dynamic *Expr
}

// Op is what an expression does.
type Op uint8

// Expr is a node of an expression. Expressions are shared: one may be an argument of several, and is computed once.
type Expr struct {
	Op   Op
	Type DType
	Args []*Expr
	Bits uint64  // of a Constant: the number's bits, sign-extended if an integer; F16 and BF16 as float32
	Buf  *Buffer // of a Load
	At   Index   // of a Load; of a Position, without Dynamic
	Acc  int     // of an Accumulator: which
}

// The operations. Operands have the result's type unless said otherwise.
const (
	Constant    Op = iota
	Load           // an element of a buffer
	Position       // an I32 affine in the loops
	Accumulator    // a reduction's value so far, or in a store its result

	Add
	Sub
	Mul
	Div // integers: towards zero, and by zero: 0
	Rem // sign of the dividend; integers by zero: 0
	Max // NaN if either is
	Min
	Pow
	Atan2
	And // bitwise; of Bool logical
	Or
	Xor
	Shl // by at least the width: 0
	ShrA
	ShrL

	Eq // comparisons give Bool
	Ne
	Lt
	Le
	Gt
	Ge

	Abs
	Neg
	Not // bitwise; of Bool logical
	Sign
	Ceil
	Floor
	Round // to even
	Sqrt
	Rsqrt
	Exp
	Expm1
	Log
	Log1p
	Sin
	Cos
	Tanh
	Logistic
	Erf
	IsFinite // Bool
	IsNaN    // Bool
	Popcnt
	Clz
	Convert // to the result's type from any
	Bitcast // the same bits, from a type of the same size

	Select // a Bool, and two values: the first if it is true
	Guard  // as Select, but the value that is not chosen is not computed
)

var opNames = [...]string{
	Constant: "constant", Load: "load", Position: "position", Accumulator: "acc",
	Add: "add", Sub: "sub", Mul: "mul", Div: "div", Rem: "rem", Max: "max", Min: "min", Pow: "pow", Atan2: "atan2",
	And: "and", Or: "or", Xor: "xor", Shl: "shl", ShrA: "shra", ShrL: "shrl",
	Eq: "eq", Ne: "ne", Lt: "lt", Le: "le", Gt: "gt", Ge: "ge",
	Abs: "abs", Neg: "neg", Not: "not", Sign: "sign", Ceil: "ceil", Floor: "floor", Round: "round", Sqrt: "sqrt",
	Rsqrt: "rsqrt", Exp: "exp", Expm1: "expm1", Log: "log", Log1p: "log1p", Sin: "sin", Cos: "cos", Tanh: "tanh",
	Logistic: "logistic", Erf: "erf", IsFinite: "isfinite", IsNaN: "isnan", Popcnt: "popcnt", Clz: "clz",
	Convert: "convert", Bitcast: "bitcast", Select: "select", Guard: "guard",
}

func (op Op) String() string { return opNames[op] }

// Arity is the number of an operation's operands.
func (op Op) Arity() int {
	switch {
	case op <= Accumulator:
		return 0
	case op <= Ge:
		return 2
	case op <= Bitcast:
		return 1
	}
	return 3
}

// New is an operation on expressions, or a simpler expression of the same value.
func New(op Op, t DType, args ...*Expr) *Expr {
	if op == Convert && args[0].Type == t {
		return args[0]
	}
	return &Expr{Op: op, Type: t, Args: args}
}

// Int is a constant of an integer type or Bool.
func Int(t DType, v int64) *Expr { return &Expr{Op: Constant, Type: t, Bits: uint64(v)} }

// Float is a constant of a float type.
func Float(t DType, v float64) *Expr {
	if t == F64 {
		return &Expr{Op: Constant, Type: t, Bits: math.Float64bits(v)}
	}
	return &Expr{Op: Constant, Type: t, Bits: uint64(math.Float32bits(float32(v)))}
}

// Number is a constant of any type.
func Number(t DType, v float64) *Expr {
	if t.Float() {
		return Float(t, v)
	}
	return Int(t, int64(v))
}

// At is a load.
func At(b *Buffer, at Index) *Expr { return &Expr{Op: Load, Type: b.Type, Buf: b, At: at} }

// Pos is an index as a number: I32.
func Pos(at Index) *Expr {
	if at.Dynamic != nil && at.IsConst() && at.Base == 0 {
		return at.Dynamic
	}
	var e *Expr
	if at.IsConst() {
		e = Int(I32, int64(at.Base))
	} else {
		e = &Expr{Op: Position, Type: I32, At: Index{Affine: at.Affine}}
	}
	if at.Dynamic != nil {
		e = New(Add, I32, at.Dynamic, e)
	}
	return e
}

// IsConst reports whether the affine part is the same in every iteration.
func (a Affine) IsConst() bool {
	return !slices.ContainsFunc(a.Strides, func(s int) bool { return s != 0 })
}

// Same reports whether two indices are one in every iteration.
func (a Affine) Same(b Affine) bool { return a.Base == b.Base && slices.Equal(a.Strides, b.Strides) }

// Walk calls f for e and every expression below it, each once, parents first; f says whether to go below.
func (e *Expr) Walk(f func(*Expr) bool) { walk(e, map[*Expr]bool{}, f) }

func walk(e *Expr, seen map[*Expr]bool, f func(*Expr) bool) {
	if e == nil || seen[e] {
		return
	}
	seen[e] = true
	if !f(e) {
		return
	}
	for _, a := range e.Args {
		walk(a, seen, f)
	}
	walk(e.At.Dynamic, seen, f)
}
