package lower

import "unpool/wasm/ir"

// simplify is an operation on expressions, by rules that change no bit of the result, with one exception: see Add.
func simplify(o ir.Op, t ir.DType, args []*ir.Expr) *ir.Expr {
	if o == ir.Add {
		// x + (max(x,0) - x), as a ReLU with a gradient rule of its own is written, becomes max(x,0). For x = +Inf that is
		// +Inf in place of NaN.
		if d := args[1]; d.Op == ir.Sub && d.Args[1] == args[0] && d.Args[0].Op == ir.Max && d.Args[0].Args[0] == args[0] {
			return d.Args[0]
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
