package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// scalar leaves an expression's value on the stack, as a single number.
func (g *generator) scalar(e *ir.Expr) {
	if e.Op == ir.Constant {
		number(g.Func, e)
		return
	}
	if v, ok := g.single[e]; ok {
		g.Get(v)
		return
	}
	if g.uses[e] > 1 && e.Op != ir.Accumulator {
		g.keep(e, g.single, register(e.Type), func() { g.compute(e) })
		g.Get(g.single[e])
		return
	}
	g.compute(e)
}

func (g *generator) compute(e *ir.Expr) {
	switch e.Op {
	case ir.Load:
		offset := g.address(e.Buf, e.At, 0)
		g.loadScalar(g.Func, e.Type, offset)
	case ir.Position:
		g.position(e.At.Affine)
	case ir.Accumulator:
		g.Get(g.accs[e.Acc])
	case ir.Guard:
		g.scalar(e.Args[0])
		g.branch(e, register(e.Type), g.scalar)
	case ir.Select: // the condition comes last
		g.scalar(e.Args[1])
		g.scalar(e.Args[2])
		g.scalar(e.Args[0])
		g.Select()
	default:
		for _, a := range e.Args {
			g.scalar(a)
		}
		g.scalarOp(g.Func, e, e.Args[len(e.Args)-1].Type)
	}
}

// branch takes a condition and computes one of two values.
func (g *generator) branch(e *ir.Expr, t module.Type, value func(*ir.Expr)) {
	side := func(a *ir.Expr) func() {
		return func() {
			mark := len(g.computed)
			value(a)
			g.forget(mark)
		}
	}
	g.If(side(e.Args[1]), side(e.Args[2]), t)
}

// position leaves an index as an i32.
func (g *generator) position(at ir.Affine) {
	g.I32Const(int32(at.Base))
	for i, s := range at.Strides {
		if s != 0 {
			mul(g.Func, g.counters[i], s)
			g.Op(module.I32Add)
		}
	}
}

// vectorValue leaves an expression's values in the four lanes of a vector.
func (g *generator) vectorValue(e *ir.Expr) {
	if e.Op == ir.Constant {
		vectorNumber(g.Func, e)
		return
	}
	if v, ok := g.vectors[e]; ok {
		g.Get(v)
		return
	}
	compute := func() { g.computeVector(e) }
	if g.Uniform(e) {
		compute = func() {
			g.scalar(e)
			splat(g.Func, e.Type)
		}
	}
	if g.uses[e] > 1 && e.Op != ir.Accumulator {
		g.keep(e, g.vectors, module.V128, compute)
		g.Get(g.vectors[e])
		return
	}
	compute()
}

func (g *generator) computeVector(e *ir.Expr) {
	switch e.Op {
	case ir.Load:
		g.vectorLoad(e)
	case ir.Position:
		g.position(e.At.Affine)
		g.Op(module.I32x4Splat)
		s := int32(e.At.Strides[g.Vector])
		g.I32x4Const(0, s, 2*s, 3*s)
		g.Op(module.I32x4Add)
	case ir.Accumulator:
		g.Get(g.accs[e.Acc])
	case ir.Guard: // the condition is one for all lanes
		g.scalar(e.Args[0])
		g.branch(e, module.V128, g.vectorValue)
	case ir.Select:
		g.vectorValue(e.Args[1])
		g.vectorValue(e.Args[2])
		g.vectorValue(e.Args[0])
		g.Op(module.V128Bitselect)
	case ir.Shl, ir.ShrL, ir.ShrA:
		g.vectorValue(e.Args[0])
		number(g.Func, e.Args[1])
		g.vectorOp(g.Func, e, e.Type)
	default:
		for _, a := range e.Args {
			g.vectorValue(a)
		}
		g.vectorOp(g.Func, e, e.Args[len(e.Args)-1].Type)
	}
}

func (g *generator) vectorLoad(e *ir.Expr) {
	if e.At.Strides[g.Vector] == 1 {
		loadVector(g.Func, e.Type, g.address(e.Buf, e.At, 0))
		return
	}
	v := g.Local(module.V128)
	g.Mem(module.V128Load32Zero, g.address(e.Buf, e.At, 0))
	g.Set(v)
	for lane := 1; lane < 4; lane++ {
		offset := g.address(e.Buf, e.At, lane)
		g.Get(v)
		g.MemLane(module.V128Load32Lane, offset, lane)
		g.Set(v)
	}
	g.Get(v)
}
