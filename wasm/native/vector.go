//go:build amd64 && (linux || darwin)

package native

import (
	"fmt"
	"math"

	"unpool/wasm/emit"
	"unpool/wasm/module"
	"unpool/wasm/native/x86"
)

// lanes is an emit.Code whose operands are values of a block: what package emit writes for four lanes becomes code for eight. It has vectors,
// and constants to shift them by.
type lanes struct {
	*block
	pool      *pool
	stack     []int
	by        int32 // the constant on top of the stack
	variables *module.Func
	locals    map[module.Local]int
}

var _ emit.Code = (*lanes)(nil)

func newLanes(p *pool) *lanes {
	return &lanes{block: newBlock(), pool: p, variables: module.New().Func("", nil, nil), locals: map[module.Local]int{}}
}

func (l *lanes) push(v int) { l.stack = append(l.stack, v) }

func (l *lanes) pop() int {
	v := l.stack[len(l.stack)-1]
	l.stack = l.stack[:len(l.stack)-1]
	return v
}

// Local adds a variable.
func (l *lanes) Local(t module.Type) module.Local { return l.variables.Local(t) }

// Get puts a variable's value on the stack.
func (l *lanes) Get(v module.Local) { l.push(l.locals[v]) }

// Set takes the value on the stack into a variable.
func (l *lanes) Set(v module.Local) { l.locals[v] = l.pop() }

// Tee is Set and leaves the value on the stack.
func (l *lanes) Tee(v module.Local) { l.locals[v] = l.stack[len(l.stack)-1] }

// Select is for single numbers.
func (l *lanes) Select() { l.missing("select") }

// I64Const is for single numbers.
func (l *lanes) I64Const(int64) { l.missing("i64.const") }

// F32Const is for single numbers.
func (l *lanes) F32Const(float32) { l.missing("f32.const") }

// F64Const is for single numbers.
func (l *lanes) F64Const(float64) { l.missing("f64.const") }

func (l *lanes) missing(what string) { panic(fmt.Sprintf("native: no %s for vectors", what)) }

// I32Const is how far the shift that follows goes.
func (l *lanes) I32Const(v int32) { l.by = v }

// I32x4Const puts a vector of one number on the stack.
func (l *lanes) I32x4Const(a, _, _, _ int32) { l.push(l.bits(uint32(a))) }

// F32x4Const puts a vector of one number on the stack.
func (l *lanes) F32x4Const(a, _, _, _ float32) { l.push(l.bits(math.Float32bits(a))) }

// bits is a vector of one number.
func (l *lanes) bits(v uint32) int { return l.add(value{kind: constant, mem: l.pool.at(v)}) }

func (l *lanes) arith(op x86.Arith, a, b int) int {
	return l.add(value{kind: arith, op: op, args: [3]int{a, b}})
}

func (l *lanes) unary(op x86.Arith, a int) int {
	return l.add(value{kind: arith, op: op, args: [3]int{0, a}})
}

func (l *lanes) shift(s x86.Shift, a int, n byte) int {
	return l.add(value{kind: shift, by: s, n: n, args: [3]int{a}})
}

const ones = math.MaxUint32

func (l *lanes) not(a int) int { return l.arith(x86.Xor, a, l.bits(ones)) }

// binaryOps are the processor's too.
var binaryOps = map[module.Op]x86.Arith{
	module.F32x4Add: x86.AddPS, module.F32x4Sub: x86.SubPS, module.F32x4Mul: x86.MulPS, module.F32x4Div: x86.DivPS,
	module.F32x4Eq: x86.EqualPS, module.F32x4Ne: x86.UnequalPS, module.F32x4Lt: x86.LessPS, module.F32x4Le: x86.LessOrEqualPS,
	module.F32x4Gt: x86.GreaterPS, module.F32x4Ge: x86.GreaterOrEqualPS,
	module.V128And: x86.And, module.V128Or: x86.Or, module.V128Xor: x86.Xor,
	module.I32x4Add: x86.AddInt, module.I32x4Sub: x86.SubInt, module.I32x4Mul: x86.MulInt,
	module.I32x4MinS: x86.MinInt, module.I32x4MinU: x86.MinUint, module.I32x4MaxS: x86.MaxInt, module.I32x4MaxU: x86.MaxUint,
	module.I32x4Eq: x86.EqualInt, module.I32x4GtS: x86.GreaterInt,
}

var unaryOps = map[module.Op]x86.Arith{
	module.F32x4Sqrt: x86.SqrtPS, module.F32x4Nearest: x86.NearestPS, module.F32x4Floor: x86.FloorPS, module.F32x4Ceil: x86.CeilPS,
	module.I32x4Abs: x86.AbsInt, module.F32x4ConvertI32x4S: x86.IntToPS,
}

var shifts = map[module.Op]x86.Shift{module.I32x4Shl: x86.ShiftLeft, module.I32x4ShrU: x86.ShiftRight, module.I32x4ShrS: x86.ShiftRightSigned}

// Op takes operands from the stack and leaves the result.
func (l *lanes) Op(ops ...module.Op) {
	for _, op := range ops {
		b := l.pop()
		if in, ok := unaryOps[op]; ok {
			l.push(l.unary(in, b))
		} else if s, ok := shifts[op]; ok {
			l.push(l.shift(s, b, byte(l.by)))
		} else if f, ok := unaryCode[op]; ok {
			l.push(f(l, b))
		} else if in, ok := binaryOps[op]; ok {
			l.push(l.arith(in, l.pop(), b))
		} else if f, ok := binaryCode[op]; ok {
			l.push(f(l, l.pop(), b))
		} else if op == module.V128Bitselect {
			y := l.pop()
			l.push(l.choose(l.pop(), y, b))
		} else {
			l.missing(op.Name())
		}
	}
}

// choose gives x where the mask's lanes are ones, and y where they are zeros.
func (l *lanes) choose(x, y, mask int) int {
	if y == l.bits(0) {
		return l.arith(x86.And, mask, x)
	}
	return l.add(value{kind: blend, args: [3]int{y, x, mask}})
}

// Instructions that take several of the processor's. The results are those of wazero's code, to the last bit of a NaN.

var unaryCode = map[module.Op]func(l *lanes, a int) int{
	module.F32x4Abs: func(l *lanes, a int) int { return l.arith(x86.And, a, l.bits(math.MaxInt32)) },
	module.F32x4Neg: func(l *lanes, a int) int { return l.arith(x86.Xor, a, l.bits(1<<31)) },
	module.V128Not:  (*lanes).not,
	module.I32x4Neg: func(l *lanes, a int) int { return l.arith(x86.SubInt, l.bits(0), a) },
	// NaN becomes 0; what is too large becomes 1<<31 by the conversion, and then the largest number.
	module.I32x4TruncSatF32x4S: func(l *lanes, a int) int {
		number := l.arith(x86.And, a, l.arith(x86.EqualPS, a, a))
		large := l.arith(x86.GreaterOrEqualPS, a, l.bits(math.Float32bits(1<<31)))
		return l.arith(x86.Xor, l.unary(x86.PSToInt, number), large)
	},
	// What is 1<<31 or more is converted in two parts.
	module.I32x4TruncSatF32x4U: func(l *lanes, a int) int {
		half := l.bits(math.Float32bits(1 << 31))
		a = l.arith(x86.MaxPS, a, l.bits(0))
		rest := l.arith(x86.SubPS, a, half)
		rest = l.arith(x86.Xor, l.unary(x86.PSToInt, rest), l.arith(x86.GreaterOrEqualPS, rest, half))
		return l.arith(x86.AddInt, l.unary(x86.PSToInt, a), l.arith(x86.MaxInt, rest, l.bits(0)))
	},
	// The lower 22 bits and the others are converted each for itself, the others halved.
	module.F32x4ConvertI32x4U: func(l *lanes, a int) int {
		low := l.arith(x86.And, a, l.bits(1<<22-1))
		high := l.unary(x86.IntToPS, l.shift(x86.ShiftRight, l.arith(x86.SubInt, a, low), 1))
		return l.arith(x86.AddPS, l.arith(x86.AddPS, high, high), l.unary(x86.IntToPS, low))
	},
}

var binaryCode = map[module.Op]func(l *lanes, a, b int) int{
	// -0 is less than 0, and all NaN become one: the processor takes the second operand for both.
	module.F32x4Min: func(l *lanes, a, b int) int {
		ab, ba := l.arith(x86.MinPS, a, b), l.arith(x86.MinPS, b, a)
		nan := l.arith(x86.UnorderedPS, a, b)
		return l.arith(x86.AndNot, l.shift(x86.ShiftRight, nan, 10), l.arith(x86.Or, l.arith(x86.Or, ab, ba), nan))
	},
	module.F32x4Max: func(l *lanes, a, b int) int {
		ab, ba := l.arith(x86.MaxPS, a, b), l.arith(x86.MaxPS, b, a)
		differ := l.arith(x86.Xor, ba, ab)
		most := l.arith(x86.Or, ba, differ)
		nan := l.arith(x86.UnorderedPS, most, most)
		return l.arith(x86.AndNot, l.shift(x86.ShiftRight, nan, 10), l.arith(x86.SubPS, most, differ))
	},
	module.I32x4Ne:  func(l *lanes, a, b int) int { return l.not(l.arith(x86.EqualInt, a, b)) },
	module.I32x4LtS: func(l *lanes, a, b int) int { return l.arith(x86.GreaterInt, b, a) },
	module.I32x4LeS: func(l *lanes, a, b int) int { return l.not(l.arith(x86.GreaterInt, a, b)) },
	module.I32x4GeS: func(l *lanes, a, b int) int { return l.not(l.arith(x86.GreaterInt, b, a)) },
	module.I32x4LeU: (*lanes).noMore,
	module.I32x4GeU: func(l *lanes, a, b int) int { return l.noMore(b, a) },
	module.I32x4LtU: func(l *lanes, a, b int) int { return l.not(l.noMore(b, a)) },
	module.I32x4GtU: func(l *lanes, a, b int) int { return l.not(l.noMore(a, b)) },
}

// noMore says where a is no more than b, both unsigned.
func (l *lanes) noMore(a, b int) int { return l.arith(x86.EqualInt, l.arith(x86.MinUint, a, b), a) }

// pool is the constants of a piece of code, each a vector of equal numbers, as they lie behind the code.
type pool struct {
	base    x86.Reg // the register with its address
	numbers []uint32
	places  map[uint32]int
}

// at is where a vector of a number is.
func (p *pool) at(v uint32) x86.Mem {
	place, ok := p.places[v]
	if !ok {
		place = len(p.numbers)
		p.numbers = append(p.numbers, v)
		p.places[v] = place
	}
	return x86.At(p.base, place*vectorBytes)
}
