package emit

import (
	"math"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// Functions that exist for single numbers only; vectors call them lane by lane.

// atan is the arc tangent in f64: the half-angle formula brings |x| ≤ 1 below tan(π/16), where a series does.
func (l *library) atan() *module.Func {
	t := module.Types(module.F64)
	return l.get("atan.f64", "atan.f64", t, t, func(f *module.Func) {
		c := calc{f, double}
		x, z := f.Param(0), c.float()
		for range 2 {
			c.Get(x)
			c.f(1)
			c.Get(x)
			c.Get(x)
			c.op(fMul)
			c.f(1)
			c.op(fAdd, fSqrt, fAdd, fDiv)
			c.Set(x)
		}
		c.Get(x)
		c.Get(x)
		c.op(fMul)
		c.Set(z)
		c.horner(z, series(12, func(k int) float64 { return 4 * float64(1-2*(k%2)) / float64(2*k+1) })...)
		c.Get(x)
		c.op(fMul)
	})
}

// atan2 is the angle of the point (x, y), in f64.
func (l *library) atan2() *module.Func {
	return l.get("atan2.f64", "atan2.f64", module.Types(module.F64, module.F64), module.Types(module.F64), func(f *module.Func) {
		c := calc{f, double}
		y, x, a, b, r := f.Param(0), f.Param(1), c.float(), c.float(), c.float()
		c.Get(y)
		c.op(fAbs)
		c.Set(a)
		c.Get(x)
		c.op(fAbs)
		c.Set(b)
		// The angle of (b, a), from 0 to π/2; the quotient of two equal numbers is 1, also if they are 0 or infinite.
		quotient := func(n, d module.Local) {
			c.Get(n)
			c.Get(d)
			c.op(fDiv)
		}
		quotient(a, b)
		f.Call(l.atan())
		c.f(math.Pi / 2)
		quotient(b, a)
		f.Call(l.atan())
		c.op(fSub)
		c.Get(a)
		c.Get(b)
		c.op(fLe)
		c.choose()
		c.Set(r)
		c.f(0)
		c.f(math.Pi / 4)
		c.Get(a)
		c.f(0)
		c.op(fEq)
		c.choose()
		c.Get(r)
		c.Get(a)
		c.Get(b)
		c.op(fEq)
		c.choose()
		c.Set(r)
		c.f(math.Pi)
		c.Get(r)
		c.op(fSub)
		c.Get(r)
		c.Get(x)
		c.bits()
		c.i(0)
		c.Op(module.I64LtS)
		c.choose()
		c.Get(y)
		c.Op(module.F64Copysign)
	})
}

// pow is x to the power y in f64, as exp(y·log|x|) with the sign that the rules of IEEE 754 give.
func (l *library) pow() *module.Func {
	return l.get("pow.f64", "pow.f64", module.Types(module.F64, module.F64), module.Types(module.F64), func(f *module.Func) {
		c := calc{f, double}
		x, y, r := f.Param(0), f.Param(1), c.float()
		c.Get(y)
		c.f(0)
		c.op(fEq)
		c.Get(x)
		c.f(1)
		c.op(fEq)
		c.Op(module.I32Or)
		f.If(func() {
			c.f(1)
			f.Return()
		}, nil)
		c.Get(y)
		c.Get(x)
		c.op(fAbs)
		f.Call(l.function(ir.Log, double))
		c.op(fMul)
		f.Call(l.function(ir.Exp, double))
		c.Set(r)
		c.Get(x)
		c.f(0)
		c.op(fLt)
		f.If(func() {
			c.Get(y)
			c.Get(y)
			c.op(fTrunc, fNe)
			f.If(func() {
				c.f(math.NaN())
				f.Return()
			}, nil)
			half := func() {
				c.Get(y)
				c.f(0.5)
				c.op(fMul)
			}
			c.Get(r) // odd powers are negative
			c.op(fNeg)
			c.Get(r)
			half()
			half()
			c.op(fTrunc, fNe)
			c.choose()
			c.Set(r)
		}, nil)
		c.Get(r)
	})
}

// intPow is x to the power y for integers, by repeated squaring; 0 for negative powers except those of 1 and -1.
func (l *library) intPow(signed bool) *module.Func {
	name := "pow.u64"
	if signed {
		name = "pow.i64"
	}
	return l.get(name, name, module.Types(module.I64, module.I64), module.Types(module.I64), func(f *module.Func) {
		c := calc{f, double}
		x, y, r := f.Param(0), f.Param(1), c.integer()
		if signed {
			c.Get(y)
			c.i(0)
			c.Op(module.I64LtS)
			f.If(func() {
				c.Get(x)
				c.i(1)
				c.op(iAdd)
				c.i(2)
				c.Op(module.I64GtU)
				f.If(func() {
					c.i(0)
					f.Return()
				}, nil)
				c.i(0)
				c.Get(y)
				c.op(iSub)
				c.Set(y)
			}, nil)
		}
		c.i(1)
		c.Set(r)
		f.Loop(func(again module.Label) {
			c.Get(r)
			c.Get(x)
			c.i(1)
			c.Get(y)
			c.i(1)
			c.op(iAnd)
			c.Op(module.I32WrapI64)
			c.choose()
			c.Op(module.I64Mul)
			c.Set(r)
			c.Get(x)
			c.Get(x)
			c.Op(module.I64Mul)
			c.Set(x)
			c.Get(y)
			c.shift(false, false, 1)
			c.Tee(y)
			c.Op(module.I64Eqz, module.I32Eqz)
			f.BrIf(again)
		})
		c.Get(r)
	})
}

// halfToFloat turns the bits of an f16 into an f32, exactly.
func (l *library) halfToFloat() *module.Func {
	return l.get("f32.f16", "f32.f16", module.Types(module.I32), module.Types(module.F32), func(f *module.Func) {
		h, v := f.Param(0), f.Local(module.F32)
		c := calc{f, single}
		// Exponent and fraction at their places in an f32, whose exponent is then too small by 127-15.
		c.Get(h)
		c.i(0x7fff)
		c.op(iAnd)
		c.shift(true, false, 13)
		c.fromBits()
		c.f(0x1p112)
		c.op(fMul)
		c.Tee(v)
		c.bits()
		c.i(0x7f800000) // the largest exponent means infinity or NaN
		c.i(0)
		c.Get(v)
		c.f(65536)
		c.op(fGe)
		c.choose()
		c.op(iOr)
		c.Get(h)
		c.i(0x8000)
		c.op(iAnd)
		c.shift(true, false, 16)
		c.op(iOr)
		c.fromBits()
	})
}

// floatToHalf turns an f32 into the bits of the nearest f16, even in a tie.
func (l *library) floatToHalf() *module.Func {
	return l.get("f16.f32", "f16.f32", module.Types(module.F32), module.Types(module.I32), func(f *module.Func) {
		c := calc{f, single}
		x, a, r, u := f.Param(0), c.float(), c.integer(), c.integer()
		c.Get(x)
		c.op(fAbs)
		c.Tee(a)
		c.bits()
		c.Tee(u)
		// Normal numbers: round at bit 13, correct the exponent.
		c.i(0xfff - (112 << 23))
		c.op(iAdd)
		c.Get(u)
		c.shift(false, false, 13)
		c.i(1)
		c.op(iAnd, iAdd)
		c.shift(false, false, 13)
		// Subnormal ones: adding 0.5 rounds at their last bit.
		c.Get(a)
		c.f(0.5)
		c.op(fAdd)
		c.bits()
		c.i(0x3f000000)
		c.op(iSub)
		c.Get(a)
		c.f(0x1p-14)
		c.op(fGe)
		c.choose()
		c.Set(r)
		c.i(0x7c00)
		c.Get(r)
		c.Get(a)
		c.f(65520)
		c.op(fGe)
		c.choose()
		c.Set(r)
		c.i(0x7e00)
		c.Get(r)
		c.Get(x)
		c.Get(x)
		c.op(fNe)
		c.choose()
		c.Get(x)
		c.bits()
		c.shift(false, false, 16)
		c.i(0x8000)
		c.op(iAnd, iOr)
	})
}

// floatToBrain turns an f32 into the bits of the nearest bf16, even in a tie.
func (l *library) floatToBrain() *module.Func {
	return l.get("bf16.f32", "bf16.f32", module.Types(module.F32), module.Types(module.I32), func(f *module.Func) {
		c := calc{f, single}
		x, u := f.Param(0), c.integer()
		c.i(0x7fc0)
		c.Get(x)
		c.bits()
		c.Tee(u)
		c.i(0x7fff)
		c.op(iAdd)
		c.Get(u)
		c.shift(false, false, 16)
		c.i(1)
		c.op(iAnd, iAdd)
		c.shift(false, false, 16)
		c.Get(x)
		c.Get(x)
		c.op(fNe)
		c.choose()
	})
}
