//go:build amd64 && (linux || darwin)

package native

import (
	"unpool/wasm/ir"
	"unpool/wasm/native/x86"
)

// reduce appends loop k of Reduce and all inside it.
func (g *nestCode) reduce(k int) {
	step := func() { g.assign(func(a ir.Acc) *ir.Expr { return a.Step }) }
	switch {
	case k == g.Loops():
		step()
	case k == g.Loops()-1:
		g.c.Set(regTurn, g.Extent(k))
		g.c.Align(loopAlign)
		top := g.c.Here()
		step()
		g.move(k, 1)
		g.c.AddConst(regTurn, -1)
		g.c.JumpNotZero(top)
		g.move(k, -g.Extent(k))
	default:
		g.counted(k, func() { g.reduce(k + 1) })
	}
}

// accumulator is the register of one of the vectors of an accumulator.
func (g *nestCode) accumulator(acc, i int) x86.Vec { return x86.Vec(15 - acc*g.vectors - i) }

// assign computes an expression for each accumulator and then gives them their values.
func (g *nestCode) assign(to func(ir.Acc) *ir.Expr) {
	g.begin()
	type result struct {
		v  int
		to x86.Vec
	}
	var all []result
	for i := range g.vectors {
		for acc, a := range g.Accs {
			all = append(all, result{g.value(to(a), i), g.accumulator(acc, i)})
		}
	}
	for _, r := range all {
		g.lanes.pin(r.v, r.to)
	}
	g.end()
}
