package emit

import (
	"fmt"
	"math"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// register is the type of a local variable that holds a value of a type.
func register(t ir.DType) module.Type {
	switch t {
	case ir.F16, ir.BF16, ir.F32:
		return module.F32
	case ir.F64:
		return module.F64
	case ir.I64, ir.U64:
		return module.I64
	}
	return module.I32
}

// modeOf is the mode of scalar code for a type: a float's own, an integer's by its size.
func modeOf(t ir.DType) mode {
	if t.Size() == 8 {
		return double
	}
	return single
}

// number puts a constant on the stack.
func number(f *module.Func, e *ir.Expr) {
	switch register(e.Type) {
	case module.F32:
		f.F32Const(math.Float32frombits(uint32(e.Bits)))
	case module.F64:
		f.F64Const(math.Float64frombits(e.Bits))
	case module.I64:
		f.I64Const(int64(e.Bits))
	default:
		f.I32Const(int32(e.Bits))
		wrap(f, e.Type)
	}
}

// wrap brings the i32 on the stack into the range of a narrow integer.
func wrap(f *module.Func, t ir.DType) {
	switch t {
	case ir.I8:
		f.Op(module.I32Extend8S)
	case ir.I16:
		f.Op(module.I32Extend16S)
	case ir.U8:
		f.I32Const(0xff)
		f.Op(module.I32And)
	case ir.U16:
		f.I32Const(0xffff)
		f.Op(module.I32And)
	}
}

// loadScalar takes an address and leaves the element.
func (l *library) loadScalar(f *module.Func, t ir.DType, offset uint32) {
	switch t {
	case ir.F32:
		f.Mem(module.F32Load, offset)
	case ir.F64:
		f.Mem(module.F64Load, offset)
	case ir.I64, ir.U64:
		f.Mem(module.I64Load, offset)
	case ir.I32, ir.U32:
		f.Mem(module.I32Load, offset)
	case ir.I8:
		f.Mem(module.I32Load8S, offset)
	case ir.U8, ir.Bool:
		f.Mem(module.I32Load8U, offset)
	case ir.I16:
		f.Mem(module.I32Load16S, offset)
	case ir.U16:
		f.Mem(module.I32Load16U, offset)
	case ir.F16:
		f.Mem(module.I32Load16U, offset)
		f.Call(l.halfToFloat())
	case ir.BF16:
		f.Mem(module.I32Load16U, offset)
		f.I32Const(16)
		f.Op(module.I32Shl, module.F32ReinterpretI32)
	}
}

// storeScalar takes an address and a value.
func (l *library) storeScalar(f *module.Func, t ir.DType, offset uint32) {
	switch t {
	case ir.F32:
		f.Mem(module.F32Store, offset)
	case ir.F64:
		f.Mem(module.F64Store, offset)
	case ir.I64, ir.U64:
		f.Mem(module.I64Store, offset)
	case ir.I32, ir.U32:
		f.Mem(module.I32Store, offset)
	case ir.I8, ir.U8, ir.Bool:
		f.Mem(module.I32Store8, offset)
	case ir.I16, ir.U16:
		f.Mem(module.I32Store16, offset)
	case ir.F16:
		f.Call(l.floatToHalf())
		f.Mem(module.I32Store16, offset)
	case ir.BF16:
		f.Call(l.floatToBrain())
		f.Mem(module.I32Store16, offset)
	}
}

var floatBinary = map[ir.Op]op{ir.Add: fAdd, ir.Sub: fSub, ir.Mul: fMul, ir.Div: fDiv, ir.Max: fMax, ir.Min: fMin,
	ir.Eq: fEq, ir.Ne: fNe, ir.Lt: fLt, ir.Le: fLe, ir.Gt: fGt, ir.Ge: fGe}

var floatUnary = map[ir.Op]op{ir.Abs: fAbs, ir.Neg: fNeg, ir.Sqrt: fSqrt, ir.Round: fNearest,
	ir.Ceil:  {module.F32Ceil, module.F32x4Ceil, module.F64Ceil},
	ir.Floor: {module.F32Floor, module.F32x4Floor, module.F64Floor}}

// Integer instructions: the first row signed, the second unsigned.
var intBinary = map[ir.Op][2]op{
	ir.Add: {iAdd, iAdd}, ir.Sub: {iSub, iSub}, ir.And: {iAnd, iAnd}, ir.Or: {iOr, iOr}, ir.Xor: {iXor, iXor},
	ir.Mul: same3(module.I32Mul, module.I32x4Mul, module.I64Mul),
	ir.Eq:  same3(module.I32Eq, module.I32x4Eq, module.I64Eq),
	ir.Ne:  same3(module.I32Ne, module.I32x4Ne, module.I64Ne),
	ir.Lt:  {{module.I32LtS, module.I32x4LtS, module.I64LtS}, {module.I32LtU, module.I32x4LtU, module.I64LtU}},
	ir.Le:  {{module.I32LeS, module.I32x4LeS, module.I64LeS}, {module.I32LeU, module.I32x4LeU, module.I64LeU}},
	ir.Gt:  {{module.I32GtS, module.I32x4GtS, module.I64GtS}, {module.I32GtU, module.I32x4GtU, module.I64GtU}},
	ir.Ge:  {{module.I32GeS, module.I32x4GeS, module.I64GeS}, {module.I32GeU, module.I32x4GeU, module.I64GeU}},
}

func same3(s, v, d module.Op) [2]op { return [2]op{{s, v, d}, {s, v, d}} }

func signRow(t ir.DType) int {
	if t.Unsigned() {
		return 1
	}
	return 0
}

// scalarOp takes an operation's operands from the stack and leaves its result. from is the type of the operands, of
// the last if they differ.
func (l *library) scalarOp(f *module.Func, e *ir.Expr, from ir.DType) {
	c := calc{f, modeOf(from)}
	switch {
	case e.Op == ir.Convert:
		l.convert(f, from, e.Type)
	case e.Op == ir.Bitcast:
		l.bitcast(f, from, e.Type)
	case e.Op == ir.Select:
		f.Select()
	case from.Float():
		l.floatOp(c, e.Op)
	default:
		l.intOp(f, c, e.Op, from)
		if e.Type != ir.Bool {
			wrap(f, e.Type)
		}
	}
}

func (l *library) floatOp(c calc, o ir.Op) {
	if in, ok := floatBinary[o]; ok {
		c.op(in)
		return
	}
	if in, ok := floatUnary[o]; ok {
		c.op(in)
		return
	}
	switch o {
	case ir.Rsqrt, ir.Sign, ir.IsFinite, ir.IsNaN:
		x := c.float()
		c.Set(x)
		special(c, o, x)
	case ir.Pow, ir.Atan2, ir.Rem:
		c.Code.(*module.Func).Call(l.inDouble(o, c.mode))
	default:
		l.call(c, o)
	}
}

// special leaves a function of x that needs x more than once.
func special(c calc, o ir.Op, x module.Local) {
	switch o {
	case ir.Rsqrt:
		c.f(1)
		c.Get(x)
		c.op(fSqrt, fDiv)
	case ir.IsFinite:
		c.Get(x)
		c.op(fAbs)
		c.f(inf)
		c.op(fLt)
	case ir.IsNaN:
		c.Get(x)
		c.Get(x)
		c.op(fNe)
	case ir.Sign: // ±0 and NaN stay
		c.f(1)
		c.f(-1)
		c.Get(x)
		c.Get(x)
		c.f(0)
		c.op(fLt)
		c.choose()
		c.Get(x)
		c.f(0)
		c.op(fGt)
		c.choose()
	}
}

// inDouble is a function of two numbers that is computed in f64 whatever the mode is.
func (l *library) inDouble(o ir.Op, m mode) *module.Func {
	if m == double {
		switch o {
		case ir.Pow:
			return l.pow()
		case ir.Atan2:
			return l.atan2()
		}
		return l.remainder()
	}
	t := m.floats()
	name := fmt.Sprintf("%v.%s", o, [...]string{"f32", "f32x4"}[m])
	return l.get(inMode{o, m}, name, module.Types(t, t), module.Types(t), func(f *module.Func) {
		x, y := f.Param(0), f.Param(1)
		if m == single {
			f.Get(x)
			f.Op(module.F64PromoteF32)
			f.Get(y)
			f.Op(module.F64PromoteF32)
			f.Call(l.inDouble(o, double))
			f.Op(module.F32DemoteF64)
			return
		}
		f.Get(x)
		for lane := range 4 {
			f.Get(x)
			f.Lane(module.F32x4ExtractLane, lane)
			f.Get(y)
			f.Lane(module.F32x4ExtractLane, lane)
			f.Call(l.inDouble(o, single))
			f.Lane(module.F32x4ReplaceLane, lane)
		}
	})
}

// remainder is x - y·trunc(x/y) in f64.
func (l *library) remainder() *module.Func {
	return l.get("rem.f64", "rem.f64", module.Types(module.F64, module.F64), module.Types(module.F64), func(f *module.Func) {
		c := calc{f, double}
		x, y := f.Param(0), f.Param(1)
		c.Get(x)
		c.Get(x)
		c.Get(y)
		c.Get(x)
		c.Get(y)
		c.op(fDiv, fTrunc, fMul, fSub)
		c.Get(y)
		c.op(fAbs)
		c.f(inf)
		c.op(fEq)
		c.choose()
	})
}

func (l *library) intOp(f *module.Func, c calc, o ir.Op, t ir.DType) {
	if in, ok := intBinary[o]; ok {
		c.op(in[signRow(t)])
		return
	}
	bits := int64(8 * t.Size())
	unsigned := func() { // the number on the stack without its sign's extension
		if t.Narrow() && !t.Unsigned() {
			c.i(1<<bits - 1)
			c.op(iAnd)
		}
	}
	switch o {
	case ir.Not:
		if t == ir.Bool {
			c.Op(module.I32Eqz)
		} else {
			c.i(-1)
			c.op(iXor)
		}
	case ir.Neg:
		c.i(-1)
		c.op(iXor)
		c.i(1)
		c.op(iAdd)
	case ir.Popcnt:
		unsigned()
		c.op(op{module.I32Popcnt, {}, module.I64Popcnt})
	case ir.Clz:
		unsigned()
		c.op(op{module.I32Clz, {}, module.I64Clz})
		if t.Narrow() {
			c.i(32 - bits)
			c.op(iSub)
		}
	case ir.Pow:
		l.callWide(f, c, l.intPow(!t.Unsigned()), t)
	default:
		f.Call(l.intHelper(o, t))
	}
}

// callWide calls a function of two 64-bit integers for two of a type.
func (l *library) callWide(f *module.Func, c calc, callee *module.Func, t ir.DType) {
	if c.mode == double {
		f.Call(callee)
		return
	}
	extend := module.I64ExtendI32S
	if t.Unsigned() {
		extend = module.I64ExtendI32U
	}
	y := c.integer()
	c.Set(y)
	c.Op(extend)
	c.Get(y)
	c.Op(extend)
	f.Call(callee)
	c.Op(module.I32WrapI64)
}
