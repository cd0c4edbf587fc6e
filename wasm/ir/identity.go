package ir

import "math"

// Identity is the identity element of an operation, which changes no other operand: what a reduction begins with.
func Identity(o Op, t DType) *Expr {
	switch o {
	case Mul:
		return Number(t, 1)
	case And:
		if t == Bool {
			return Int(t, 1)
		}
		return Int(t, -1)
	case Max, Min:
		return Extreme(t, o == Max)
	}
	return Number(t, 0)
}

// Extreme is the lowest number of a type, or the highest.
func Extreme(t DType, lowest bool) *Expr {
	bits := 8 * t.Size()
	switch {
	case t.Float() && lowest:
		return Float(t, math.Inf(-1))
	case t.Float():
		return Float(t, math.Inf(1))
	case t == Bool && lowest, t.Unsigned() && lowest:
		return Int(t, 0)
	case t == Bool:
		return Int(t, 1)
	case t.Unsigned():
		return Int(t, int64(uint64(math.MaxUint64)>>(64-bits)))
	case lowest:
		return Int(t, math.MinInt64>>(64-bits))
	}
	return Int(t, math.MaxInt64>>(64-bits))
}
