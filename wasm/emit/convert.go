package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// convert turns the number on the stack from one type into another.
func (l *library) convert(f *module.Func, from, to ir.DType) {
	a, b := register(from), register(to)
	row := signRow(from)
	switch {
	case to == ir.Bool:
		switch a {
		case module.F32:
			f.F32Const(0)
			f.Op(module.F32Ne)
		case module.F64:
			f.F64Const(0)
			f.Op(module.F64Ne)
		case module.I64:
			f.Op(module.I64Eqz, module.I32Eqz)
		default:
			f.Op(module.I32Eqz, module.I32Eqz)
		}
		return
	case from.Float() && !to.Float():
		row = signRow(to)
		if to.Narrow() {
			row = 0
		}
	}
	if in, ok := conversions[[2]module.Type{a, b}]; ok {
		f.Op(in[row])
	}
	switch to {
	case ir.F16:
		f.Call(l.floatToHalf())
		f.Call(l.halfToFloat())
	case ir.BF16:
		f.Call(l.floatToBrain())
		f.I32Const(16)
		f.Op(module.I32Shl, module.F32ReinterpretI32)
	default:
		wrap(f, to)
	}
}

// conversions between registers: of or to signed integers, and unsigned.
var conversions = map[[2]module.Type][2]module.Op{
	{module.I32, module.I64}: {module.I64ExtendI32S, module.I64ExtendI32U},
	{module.I64, module.I32}: {module.I32WrapI64, module.I32WrapI64},
	{module.I32, module.F32}: {module.F32ConvertI32S, module.F32ConvertI32U},
	{module.I32, module.F64}: {module.F64ConvertI32S, module.F64ConvertI32U},
	{module.I64, module.F32}: {module.F32ConvertI64S, module.F32ConvertI64U},
	{module.I64, module.F64}: {module.F64ConvertI64S, module.F64ConvertI64U},
	{module.F32, module.I32}: {module.I32TruncSatF32S, module.I32TruncSatF32U},
	{module.F32, module.I64}: {module.I64TruncSatF32S, module.I64TruncSatF32U},
	{module.F64, module.I32}: {module.I32TruncSatF64S, module.I32TruncSatF64U},
	{module.F64, module.I64}: {module.I64TruncSatF64S, module.I64TruncSatF64U},
	{module.F32, module.F64}: {module.F64PromoteF32, module.F64PromoteF32},
	{module.F64, module.F32}: {module.F32DemoteF64, module.F32DemoteF64},
}

// bitcast takes the number on the stack as one of another type of the same size.
func (l *library) bitcast(f *module.Func, from, to ir.DType) {
	switch { // to bits
	case from == ir.F16:
		f.Call(l.floatToHalf())
	case from == ir.BF16:
		f.Call(l.floatToBrain())
	case from == ir.F32:
		f.Op(module.I32ReinterpretF32)
	case from == ir.F64:
		f.Op(module.I64ReinterpretF64)
	}
	switch { // from bits
	case to == ir.F16:
		f.I32Const(0xffff)
		f.Op(module.I32And)
		f.Call(l.halfToFloat())
	case to == ir.BF16:
		f.I32Const(16)
		f.Op(module.I32Shl, module.F32ReinterpretI32)
	case to == ir.F32:
		f.Op(module.F32ReinterpretI32)
	case to == ir.F64:
		f.Op(module.F64ReinterpretI64)
	default:
		wrap(f, to)
	}
}
