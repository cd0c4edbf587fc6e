package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// Vectors hold four numbers of 32 bits. A Bool is a mask of 32 bits in them, all ones or all zeros.

// lanes reports whether a vector can hold numbers of a type.
func lanes(t ir.DType) bool { return t == ir.F32 || t == ir.I32 || t == ir.U32 || t == ir.Bool }

// vectorizable reports whether an operation with these operand types exists for vectors.
func vectorizable(e *ir.Expr) bool {
	if !lanes(e.Type) {
		return false
	}
	for _, a := range e.Args {
		if !lanes(a.Type) {
			return false
		}
	}
	if len(e.Args) == 0 || e.Op == ir.Select || e.Op == ir.Guard || e.Op == ir.Convert || e.Op == ir.Bitcast {
		return true
	}
	from := e.Args[0].Type
	if from == ir.F32 {
		return true
	}
	if from == ir.Bool {
		return e.Op == ir.And || e.Op == ir.Or || e.Op == ir.Xor || e.Op == ir.Not || e.Op == ir.Eq || e.Op == ir.Ne
	}
	switch e.Op {
	case ir.Shl, ir.ShrL, ir.ShrA:
		return e.Args[1].Op == ir.Constant && e.Args[1].Bits < 32
	case ir.Max, ir.Min, ir.Neg, ir.Not, ir.Abs:
		return true
	}
	_, ok := intBinary[e.Op]
	return ok
}

// splat turns the number on the stack into a vector of four of it.
func splat(f *module.Func, t ir.DType) {
	switch t {
	case ir.F32:
		f.Op(module.F32x4Splat)
	case ir.Bool:
		f.Op(module.I32x4Splat, module.I32x4Neg)
	default:
		f.Op(module.I32x4Splat)
	}
}

// vectorNumber puts a constant vector on the stack.
func vectorNumber(f *module.Func, e *ir.Expr) {
	v := int32(e.Bits)
	if e.Type == ir.Bool && v != 0 {
		v = -1
	}
	f.I32x4Const(v, v, v, v)
}

// loadVector takes an address and leaves four neighbouring elements.
func loadVector(f *module.Func, t ir.DType, offset uint32) {
	if t != ir.Bool {
		f.Mem(module.V128Load, offset)
		return
	}
	f.Mem(module.V128Load32Zero, offset)
	f.Op(module.I16x8ExtendLowI8x16U, module.I32x4ExtendLowI16x8U, module.I32x4Neg)
}

// storeVector takes an address and four elements.
func storeVector(f *module.Func, t ir.DType, offset uint32) {
	if t != ir.Bool {
		f.Mem(module.V128Store, offset)
		return
	}
	f.I32x4Const(1, 1, 1, 1)
	f.Op(module.V128And)
	v := f.Local(module.V128)
	f.Tee(v)
	f.Get(v)
	f.Op(module.I16x8NarrowI32x4U)
	f.Get(v)
	f.Op(module.I8x16NarrowI16x8U)
	f.MemLane(module.V128Store32Lane, offset, 0)
}

// vectorOp takes an operation's operands from the stack and leaves its result.
func (l *library) vectorOp(f Code, e *ir.Expr, from ir.DType) {
	c := calc{f, vector}
	row := signRow(from)
	switch {
	case e.Op == ir.Bitcast:
	case e.Op == ir.Convert:
		convertVector(f, from, e.Type)
	case e.Op == ir.Select:
		f.Op(module.V128Bitselect)
	case from == ir.F32:
		l.floatOp(c, e.Op)
	case e.Op == ir.Not:
		f.Op(module.V128Not)
	case e.Op == ir.Neg:
		f.Op(module.I32x4Neg)
	case e.Op == ir.Abs:
		if row == 0 {
			f.Op(module.I32x4Abs)
		}
	case e.Op == ir.Max:
		f.Op([]module.Op{module.I32x4MaxS, module.I32x4MaxU}[row])
	case e.Op == ir.Min:
		f.Op([]module.Op{module.I32x4MinS, module.I32x4MinU}[row])
	case e.Op == ir.Shl:
		f.Op(module.I32x4Shl)
	case e.Op == ir.ShrL || row == 1 && e.Op == ir.ShrA:
		f.Op(module.I32x4ShrU)
	case e.Op == ir.ShrA:
		f.Op(module.I32x4ShrS)
	default:
		c.op(intBinary[e.Op][row])
	}
}

func convertVector(f Code, from, to ir.DType) {
	switch {
	case to == ir.Bool && from == ir.F32:
		f.F32x4Const(0, 0, 0, 0)
		f.Op(module.F32x4Ne)
	case to == ir.Bool && from != ir.Bool:
		f.I32x4Const(0, 0, 0, 0)
		f.Op(module.I32x4Ne)
	case from == ir.Bool && to == ir.F32:
		f.F32x4Const(1, 1, 1, 1)
		f.Op(module.V128And)
	case from == ir.Bool:
		f.I32x4Const(1, 1, 1, 1)
		f.Op(module.V128And)
	case from == ir.F32 && to == ir.I32:
		f.Op(module.I32x4TruncSatF32x4S)
	case from == ir.F32 && to == ir.U32:
		f.Op(module.I32x4TruncSatF32x4U)
	case to == ir.F32 && from == ir.I32:
		f.Op(module.F32x4ConvertI32x4S)
	case to == ir.F32 && from == ir.U32:
		f.Op(module.F32x4ConvertI32x4U)
	}
}
