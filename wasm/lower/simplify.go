package lower

import "unpool/wasm/ir"

// simplify is an operation on expressions, by rules that change no bit of the result, with one exception: see Add.
func simplify(o ir.Op, t ir.DType, args []*ir.Expr) *ir.Expr {
	if o == ir.Add {
		// x + (max(x, 0) - x), as a ReLU with a gradient rule of its own is written, becomes max(x, 0). For finite x nothing is
		// rounded, and both are the same bits. For +Inf and -Inf the sum is NaN and the maximum +Inf and 0: what a ReLU is, and
		// gives where it is written without such a rule. NaN stays NaN. With another number than 0 the difference is rounded, and
		// with -0 the maximum may be -0, which the sum never is.
		if d := args[1]; d.Op == ir.Sub && d.Args[1] == args[0] {
			if m := d.Args[0]; m.Op == ir.Max && m.Args[0] == args[0] && isZero(m.Args[1]) {
				return m
			}
		}
	}
	if o == ir.Guard || o == ir.Select {
		if c := args[0]; c.Op == ir.Constant {
			if c.Bits != 0 {
				return args[1]
			}
			return args[2]
		}
	}
	return ir.New(o, t, args...)
}
