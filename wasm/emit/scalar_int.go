package emit

import (
	"fmt"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// intHelper is the function of an operation on integers of a type that takes several instructions.
func (l *library) intHelper(o ir.Op, t ir.DType) *module.Func {
	type ofType struct {
		o ir.Op
		t ir.DType
	}
	m := modeOf(t)
	params := module.Types(m.ints(), m.ints())[:o.Arity()]
	return l.get(ofType{o, t}, fmt.Sprintf("%v.%v", o, t), params, module.Types(m.ints()), func(f *module.Func) {
		h := intHelper{calc{f, m}, f, o, t, signRow(t)}
		switch o {
		case ir.Abs:
			h.abs()
		case ir.Sign:
			h.sign()
		case ir.Max, ir.Min:
			h.extreme()
		case ir.Div, ir.Rem:
			h.divide()
		case ir.Shl, ir.ShrL, ir.ShrA:
			h.shiftBy()
		default:
			panic(fmt.Sprintf("emit: no %v for %v", o, t))
		}
	})
}

// intHelper appends the code of such a function, whose parameters are the operands.
type intHelper struct {
	calc
	f   *module.Func
	o   ir.Op
	t   ir.DType
	row int // of intBinary and the like
}

// compare leaves whether a comparison of a parameter with a constant holds.
func (h intHelper) compare(o ir.Op, row int, x module.Local, v int64) {
	h.Get(x)
	h.i(v)
	h.op(intBinary[o][row])
}

func (h intHelper) abs() {
	x := h.f.Param(0)
	if h.row == 1 { // it has no sign
		h.Get(x)
		return
	}
	h.i(0)
	h.Get(x)
	h.op(iSub)
	h.Get(x)
	h.compare(ir.Lt, 0, x, 0)
	h.choose()
}

func (h intHelper) sign() {
	x := h.f.Param(0)
	h.i(1)
	if h.row == 1 {
		h.i(0)
		h.compare(ir.Ne, 1, x, 0)
	} else {
		h.Get(x)
		h.shift(false, true, 31+32*int(h.mode/double))
		h.compare(ir.Gt, 0, x, 0)
	}
	h.choose()
}

func (h intHelper) extreme() {
	x, y := h.f.Param(0), h.f.Param(1)
	order := ir.Lt
	if h.o == ir.Max {
		order = ir.Gt
	}
	for range 2 { // to choose between, and to compare
		h.Get(x)
		h.Get(y)
	}
	h.op(intBinary[order][h.row])
	h.choose()
}

// divide is by zero 0, and does not trap where the smallest number is divided by -1.
func (h intHelper) divide() {
	x, y := h.f.Param(0), h.f.Param(1)
	h.compare(ir.Eq, h.row, y, 0)
	h.f.If(func() {
		h.i(0)
		h.f.Return()
	}, nil)
	if h.row == 0 {
		h.compare(ir.Eq, 0, y, -1)
		h.f.If(func() {
			h.i(0)
			if h.o == ir.Div {
				h.Get(x)
				h.op(iSub)
			}
			h.f.Return()
		}, nil)
	}
	h.Get(x)
	h.Get(y)
	h.op(divide[h.o][h.row])
}

// shiftBy is by too many places 0, or the sign.
func (h intHelper) shiftBy() {
	x, y := h.f.Param(0), h.f.Param(1)
	bits := int64(8 * h.t.Size())
	arithmetic := h.o == ir.ShrA && h.row == 0
	if arithmetic {
		h.Get(y)
		h.i(bits - 1)
		h.compare(ir.Lt, 1, y, bits)
		h.choose()
		h.Set(y)
	} else {
		h.compare(ir.Ge, 1, y, bits)
		h.f.If(func() {
			h.i(0)
			h.f.Return()
		}, nil)
	}
	h.Get(x)
	if h.o == ir.ShrL && h.t.Narrow() && h.row == 0 {
		h.i(1<<bits - 1)
		h.op(iAnd)
	}
	h.Get(y)
	switch {
	case h.o == ir.Shl:
		h.op(op{module.I32Shl, {}, module.I64Shl})
	case arithmetic:
		h.op(op{module.I32ShrS, {}, module.I64ShrS})
	default:
		h.op(op{module.I32ShrU, {}, module.I64ShrU})
	}
}

var divide = map[ir.Op][2]op{
	ir.Div: {{module.I32DivS, {}, module.I64DivS}, {module.I32DivU, {}, module.I64DivU}},
	ir.Rem: {{module.I32RemS, {}, module.I64RemS}, {module.I32RemU, {}, module.I64RemU}},
}
