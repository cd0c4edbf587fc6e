package lower

import (
	"math"

	"unpool/wasm/ir"
)

// Indices of a nest under construction. Each has a stride for every loop.

// loop is the counter of loop i of n.
func loop(n, i int) ir.Index {
	x := fixed(n, 0)
	x.Strides[i] = 1
	return x
}

// fixed is a constant.
func fixed(n, v int) ir.Index { return ir.Index{Affine: ir.Affine{Base: v, Strides: make([]int, n)}} }

// linear is x·factor + offset.
func linear(x ir.Index, factor, offset int) ir.Index {
	y := fixed(len(x.Strides), x.Base*factor+offset)
	for i, s := range x.Strides {
		y.Strides[i] = s * factor
	}
	if x.Dynamic != nil && factor != 0 {
		y.Dynamic = scaled(x.Dynamic, factor)
	}
	return y
}

func scaled(e *ir.Expr, factor int) *ir.Expr {
	if factor == 1 {
		return e
	}
	return ir.New(ir.Mul, ir.I32, e, ir.Int(ir.I32, int64(factor)))
}

// plus is the sum of two indices.
func plus(a, b ir.Index) ir.Index {
	y := linear(a, 1, b.Base)
	for i, s := range b.Strides {
		y.Strides[i] += s
	}
	switch {
	case y.Dynamic == nil:
		y.Dynamic = b.Dynamic
	case b.Dynamic != nil:
		y.Dynamic = ir.New(ir.Add, ir.I32, y.Dynamic, b.Dynamic)
	}
	return y
}

// dynamic is an index that an expression computes.
func dynamic(n int, e *ir.Expr) ir.Index {
	x := fixed(n, 0)
	x.Dynamic = e
	return x
}

// flat is the index into a row-major array.
func flat(n int, idx []ir.Index, dims []int) ir.Index {
	x := fixed(n, 0)
	for i, s := range ir.Strides(dims) {
		x = plus(x, linear(idx[i], s, 0))
	}
	return x
}

// anything is a lower bound that needs no condition.
const anything = math.MinInt

// below is the condition lo <= x < hi, or nil if extents show that it always holds. It is a constant false if it never does.
func below(x ir.Index, lo, hi int, extents []int) *ir.Expr {
	e := ir.Pos(x)
	least, most := x.Base, x.Base
	for i, s := range x.Strides {
		if s > 0 {
			most += s * (extents[i] - 1)
		} else {
			least += s * (extents[i] - 1)
		}
	}
	known := x.Dynamic == nil
	if known && (most < lo || least >= hi) {
		return ir.Int(ir.Bool, 0)
	}
	var c *ir.Expr
	if lo != anything && (!known || least < lo) {
		c = ir.New(ir.Ge, ir.Bool, e, ir.Int(ir.I32, int64(lo)))
	}
	if !known || most >= hi {
		c = both(c, ir.New(ir.Lt, ir.Bool, e, ir.Int(ir.I32, int64(hi))))
	}
	return c
}

// both is the conjunction of two conditions, of which either may be nil: always true.
func both(a, b *ir.Expr) *ir.Expr {
	switch {
	case a == nil:
		return b
	case b == nil, never(a):
		return a
	case never(b):
		return b
	}
	return ir.New(ir.And, ir.Bool, a, b)
}

// never reports whether a condition is a constant false.
func never(c *ir.Expr) bool { return c != nil && c.Op == ir.Constant && c.Bits == 0 }

// guard is then where the condition holds, else otherwise; a nil condition holds.
func guard(c, then, otherwise *ir.Expr) *ir.Expr {
	switch {
	case c == nil:
		return then
	case never(c):
		return otherwise
	}
	return ir.New(ir.Guard, then.Type, c, then, otherwise)
}

// sameIndex reports whether two indices are one in every iteration, as far as can be decided without the values of data.
func sameIndex(a, b ir.Index) bool { return a.Dynamic == b.Dynamic && a.Same(b.Affine) }
