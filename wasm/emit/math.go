package emit

import (
	"fmt"
	"math"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// The mathematical functions use only operations that IEEE 754 defines to the last bit, in a fixed order, so every
// engine gives the same bits, and so do the lanes of a vector and a single number. Bounds are of the relative error,
// in units of 2^-24 for f32 (u); TestMathBounds of package wasm checks them. In f64 the error is below 1e-13 unless said
// otherwise.
//
// body appends the code of a function of x, a variable that it may change.
func (l *library) body(o ir.Op, c calc, x module.Local) {
	switch o {
	case ir.Exp:
		l.exp(c, x)
	case ir.Expm1:
		l.expm1(c, x)
	case ir.Log:
		l.log(c, x)
	case ir.Log1p:
		l.log1p(c, x)
	case ir.Logistic:
		l.logistic(c, x)
	case ir.Tanh:
		l.tanh(c, x)
	case ir.Sin:
		sine(c, x, 0)
	case ir.Cos:
		sine(c, x, 1)
	case ir.Erf:
		l.erf(c, x)
	default:
		panic(fmt.Sprintf("emit: no function for %v", o))
	}
}

// library is the module's helper functions, each made when it is first used.
type library struct {
	m     *module.Module
	funcs map[any]*module.Func
}

// get is the function of a key; build appends its code the first time. The name is for profilers.
func (l *library) get(key any, name string, params, results []module.Type, build func(f *module.Func)) *module.Func {
	f, ok := l.funcs[key]
	if !ok {
		f = l.m.Func(name, params, results)
		l.funcs[key] = f
		build(f)
	}
	return f
}

// inMode is the key of the function for an operation in a mode.
type inMode struct {
	o ir.Op
	m mode
}

// function is a mathematical function of one argument in a mode.
func (l *library) function(o ir.Op, m mode) *module.Func {
	t := module.Types(m.floats())
	name := fmt.Sprintf("%v.%s", o, [...]string{"f32", "f32x4", "f64"}[m])
	return l.get(inMode{o, m}, name, t, t, func(f *module.Func) { l.body(o, calc{f, m}, f.Param(0)) })
}

// call takes the argument of a mathematical function from the stack and leaves its value. Code that is no function of a module has no
// others to call: there the function is written in place.
func (l *library) call(c calc, o ir.Op) {
	if f, ok := c.Code.(*module.Func); ok {
		f.Call(l.function(o, c.mode))
		return
	}
	x := c.float()
	c.Set(x)
	l.body(o, c, x)
}

// exp has error 2u. With n = round(x/ln 2) and r = x - n·ln 2, it is 2^n·e^r, e^r by its Taylor series.
func (l *library) exp(c calc, x module.Local) {
	n, half := c.float(), c.integer()
	c.Get(x)
	c.f(pick(c, 710.0, 89.0))
	c.op(fMin)
	c.f(pick(c, -746.0, -104.0))
	c.op(fMax)
	c.Set(x)
	c.Get(x)
	c.f(math.Log2E)
	c.op(fMul, fNearest)
	c.Set(n)
	ln2high := pick(c, 6.93147180369123816490e-01, 0.693359375) // few bits, so that n times it is exact
	for _, part := range []float64{ln2high, pick(c, 1.90821492927058770002e-10, math.Ln2-0.693359375)} {
		c.Get(x)
		c.Get(n)
		c.f(part)
		c.op(fMul, fSub)
		c.Set(x)
	}
	c.horner(x, series(pick(c, 14, 8), func(k int) float64 { return 1 / factorial(k) })...)
	// 2^n in two factors, since it may be smaller or larger than any float.
	power := func() {
		c.i(c.bias())
		c.op(iAdd)
		c.shift(true, false, c.mantissa())
		c.fromBits()
	}
	c.Get(n)
	c.op(fToInt)
	c.shift(false, true, 1)
	c.Tee(half)
	power()
	c.op(fMul)
	c.Get(n)
	c.op(fToInt)
	c.Get(half)
	c.op(iSub)
	power()
	c.op(fMul)
}

// expm1 has error 4u: a Taylor series near zero, elsewhere exp(x) - 1.
func (l *library) expm1(c calc, x module.Local) {
	c.horner(x, series(pick(c, 16, 9), func(k int) float64 { return 1 / factorial(k+1) })...)
	c.Get(x)
	c.op(fMul)
	c.Get(x)
	l.call(c, ir.Exp)
	c.f(1)
	c.op(fSub)
	c.Get(x)
	c.op(fAbs)
	c.f(0.5)
	c.op(fLt)
	c.choose()
}

// log has error 3u. With x = 2^e·m, m between √½ and √2, and s = (m-1)/(m+1), it is e·ln 2 + 2·artanh(s).
func (l *library) log(c calc, x module.Local) {
	bits, e, s, z := c.integer(), c.float(), c.float(), c.float()
	m := c.float()
	smallest := pick(c, 0x1p-1022, 0x1p-126) // below it numbers have fewer bits; scale them up
	scale := pick(c, 0x1p54, 0x1p23)
	c.Get(x)
	c.f(scale)
	c.op(fMul)
	c.Get(x)
	c.Get(x)
	c.f(smallest)
	c.op(fLt)
	c.choose()
	c.bits()
	sqrtHalf := pick(c, int64(0x3fe6a09e667f3bcd), int64(0x3f3504f3))
	c.i(sqrtHalf)
	c.op(iSub)
	c.Tee(bits)
	c.shift(false, true, c.mantissa())
	c.op(intToF)
	c.f(-math.Log2(scale))
	c.f(0)
	c.Get(x)
	c.f(smallest)
	c.op(fLt)
	c.choose()
	c.op(fAdd)
	c.Set(e)
	c.Get(bits)
	c.i(1<<c.mantissa() - 1)
	c.op(iAnd)
	c.i(sqrtHalf)
	c.op(iAdd)
	c.fromBits()
	c.Tee(m)
	c.f(1)
	c.op(fSub)
	c.Get(m)
	c.f(1)
	c.op(fAdd, fDiv)
	c.Tee(s)
	c.Get(s)
	c.op(fMul)
	c.Set(z)
	ln2high := pick(c, 6.93147180369123816490e-01, 0.693359375)
	c.Get(e)
	c.f(ln2high)
	c.op(fMul)
	c.Get(s)
	c.Get(s)
	c.op(fAdd)
	c.Get(s)
	c.Get(z)
	c.op(fMul)
	c.horner(z, series(pick(c, 11, 5), func(k int) float64 { return 2 / float64(2*k+3) })...)
	c.op(fMul)
	c.Get(e)
	c.f(pick(c, 1.90821492927058770002e-10, math.Ln2-0.693359375))
	c.op(fMul, fAdd, fAdd, fAdd)
	c.Set(s)

	// log(+Inf) = +Inf, log(0) = -Inf, and NaN for negative numbers and NaN.
	c.Get(x)
	c.Get(s)
	c.Get(x)
	c.f(inf)
	c.op(fEq)
	c.choose()
	c.Set(s)
	c.f(-inf)
	c.f(math.NaN())
	c.Get(x)
	c.f(0)
	c.op(fEq)
	c.choose()
	c.Set(z)
	c.Get(s)
	c.Get(z)
	c.Get(x)
	c.f(0)
	c.op(fGt)
	c.choose()
}

// log1p has error 4u: log(u)·x/(u-1) with u = 1+x rounded (Kahan), or x if u = 1. Above 4e36, of f32, the product is infinite, and so is the result.
func (l *library) log1p(c calc, x module.Local) {
	u, r := c.float(), c.float()
	c.Get(x)
	c.f(1)
	c.op(fAdd)
	c.Tee(u)
	l.call(c, ir.Log)
	c.Tee(r)
	c.Get(x)
	c.op(fMul)
	c.Get(u)
	c.f(1)
	c.op(fSub, fDiv)
	c.Get(r)
	c.Get(u)
	c.op(fAbs)
	c.f(inf)
	c.op(fLt)
	c.choose()
	c.Set(r)
	c.Get(x)
	c.Get(r)
	c.Get(u)
	c.f(1)
	c.op(fEq)
	c.choose()
}

// logistic has error 3u: 1/(1 + exp(-x)).
func (l *library) logistic(c calc, x module.Local) {
	c.f(1)
	c.f(1)
	c.Get(x)
	c.op(fNeg)
	l.call(c, ir.Exp)
	c.op(fAdd, fDiv)
}

// tanh has error 5u: a rational minimax approximation (from Eigen's generic_fast_tanh_float); in f64 by expm1.
func (l *library) tanh(c calc, x module.Local) {
	if c.mode == double {
		t := c.float()
		c.Get(x)
		c.op(fAbs)
		c.f(20) // where tanh is 1 in f64
		c.op(fMin)
		c.f(2)
		c.op(fMul)
		l.call(c, ir.Expm1)
		c.Tee(t)
		c.Get(t)
		c.f(2)
		c.op(fAdd, fDiv)
		c.Get(x)
		c.Op(module.F64Copysign)
		return
	}
	z := c.float()
	c.Get(x)
	c.f(7.90531110763549805) // where tanh is 1 in f32
	c.op(fMin)
	c.f(-7.90531110763549805)
	c.op(fMax)
	c.Tee(x)
	c.Get(x)
	c.op(fMul)
	c.Set(z)
	c.Get(x)
	c.horner(z, 4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05, 5.12229709037114e-08,
		-8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16)
	c.op(fMul)
	c.horner(z, 4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)
	c.op(fDiv)
}

// erf has error 6u: a rational approximation (from Eigen). In f64 the error is below 1e-11: the Taylor series up to 3,
// from there 1 - exp(-x²)/√π · (1/(x + ½/(x + 1/(x + 3/2/(x + …))))).
func (l *library) erf(c calc, x module.Local) {
	z := c.float()
	if c.mode == double {
		l.erfDouble(c, x)
		return
	}
	c.Get(x)
	c.f(4)
	c.op(fMin)
	c.f(-4)
	c.op(fMax)
	c.Tee(x)
	c.Get(x)
	c.op(fMul)
	c.Set(z)
	c.Get(x)
	c.horner(z, -1.60960333262415e-02, -2.95459980854025e-03, -7.34990630326855e-04, -5.69250639462346e-05,
		-2.10102402082508e-06, 2.77068142495902e-08, -2.72614225801306e-10)
	c.op(fMul)
	c.horner(z, -1.42647390514189e-02, -7.37332916720468e-03, -1.68282697438203e-03, -2.13374055278905e-04, -1.45660718464996e-05)
	c.op(fDiv)
}

func (l *library) erfDouble(c calc, x module.Local) {
	a, z := c.float(), c.float()
	c.Get(x)
	c.op(fAbs)
	c.Tee(a)
	c.Get(a)
	c.op(fMul)
	c.Set(z)
	c.horner(z, series(60, func(k int) float64 {
		return 2 / math.Sqrt(math.Pi) * float64(1-2*(k%2)) / factorial(k) / float64(2*k+1)
	})...)
	c.Get(a)
	c.op(fMul)
	c.f(1)
	c.Get(z)
	c.op(fNeg)
	l.call(c, ir.Exp)
	c.f(1 / math.Sqrt(math.Pi))
	c.op(fMul)
	c.Get(a)
	for k := 40; k > 0; k-- {
		f := c.float()
		c.Set(f)
		c.Get(a)
		c.f(float64(k) / 2)
		c.Get(f)
		c.op(fDiv, fAdd)
	}
	c.op(fDiv, fSub)
	c.Get(a)
	c.f(3)
	c.op(fLt)
	c.choose()
	c.Get(x)
	c.Op(module.F64Copysign)
}

// sine is sin(x + quadrant·π/2), with error 3u of the larger of the result and |x|·2^-10, for |x| up to 8192: x is
// reduced to ±π/4 with π/2 in three parts. Beyond, the error grows with |x|; of f32 beyond 1e7 the result has nothing to do with the sine, and beyond
// about 1e9 it may be outside ±1 and infinite.
func sine(c calc, x module.Local, quadrant int64) {
	q, n, z := c.float(), c.integer(), c.float()
	c.Get(x)
	c.f(2 / math.Pi)
	c.op(fMul, fNearest)
	c.Tee(q)
	c.op(fToInt)
	c.i(quadrant)
	c.op(iAdd)
	c.Set(n)
	parts := pick(c, []float64{1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624879595063154e-21},
		[]float64{1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8})
	for _, part := range parts {
		c.Get(x)
		c.Get(q)
		c.f(part)
		c.op(fMul, fSub)
		c.Set(x)
	}
	c.Get(x)
	c.Get(x)
	c.op(fMul)
	c.Set(z)
	sign := func(k int) float64 { return float64(1 - 2*(k%2)) }
	c.horner(z, series(pick(c, 10, 6), func(k int) float64 { return sign(k) / factorial(2*k) })...)
	c.horner(z, series(pick(c, 9, 5), func(k int) float64 { return sign(k) / factorial(2*k+1) })...)
	c.Get(x)
	c.op(fMul)
	bit := func(b int64) { // a condition: whether the quadrant has it
		c.Get(n)
		c.i(b)
		c.op(iAnd)
		c.i(b)
		c.op(op{module.I32Eq, module.I32x4Eq, module.I64Eq})
	}
	bit(1)
	c.choose()
	c.Tee(z)
	c.op(fNeg)
	c.Get(z)
	bit(2)
	c.choose()
}
