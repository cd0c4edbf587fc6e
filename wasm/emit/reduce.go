package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// reduce appends the loops of Reduce at one point of Dims, or at four; accumulators are left in local variables.
// If the innermost loop runs in vectors, lane j of a vector accumulates every fourth number from the j-th on; the parts
// are put together in a fixed order. Without vectors four numbers take the place of each vector, with the same results.
func (g *generator) reduce() {
	split := g.Vector >= len(g.Dims)
	g.accs = nil
	var parts []module.Local // of each accumulator a vector, or four numbers
	for _, a := range g.Accs {
		t := register(a.Type)
		if g.wide {
			t = module.V128
			g.vectorValue(a.Init)
		} else {
			g.scalar(a.Init)
		}
		acc := g.Local(t)
		g.Set(acc)
		g.accs = append(g.accs, acc)
	}
	if split {
		for i, a := range g.Accs {
			o, _ := combine(g.Nest, i)
			for range g.partsOfEach() {
				var part module.Local
				if g.byLane {
					part = g.Local(register(a.Type))
					number(g.Func, ir.Identity(o, a.Type))
				} else {
					part = g.Local(module.V128)
					vectorNumber(g.Func, ir.Identity(o, a.Type))
				}
				g.Set(part)
				parts = append(parts, part)
			}
		}
	}
	mark := len(g.computed)
	g.reduceLoop(len(g.Dims), parts)
	g.forget(mark)
	for i := range len(parts) / g.partsOfEach() {
		if g.byLane {
			g.joinNumbers(i, [4]module.Local(parts[4*i:]))
		} else {
			g.join(i, parts[i])
		}
	}
}

// partsOfEach is how many local variables hold the parts of an accumulator.
func (g *generator) partsOfEach() int {
	if g.byLane {
		return 4
	}
	return 1
}

func (g *generator) reduceLoop(k int, parts []module.Local) {
	if k == g.Loops() {
		switch {
		case g.wide && len(parts) > 0:
			g.partialStep(parts)
		case g.lane >= 0:
			g.laneStep(parts)
		default:
			g.step()
		}
		return
	}
	extent := g.Extent(k)
	from, to := func() { g.I32Const(0) }, func() { g.I32Const(int32(extent)) }
	inside := phase{1, func() { g.reduceLoop(k+1, parts) }}
	switch {
	case k != g.Vector:
		g.count(k, from, to, inside)
	case extent%4 == 0:
		g.count(k, from, to, phase{4, inside.body})
	default:
		g.count(k, from, to, phase{4, inside.body}, inside)
	}
}

// step computes all steps, then assigns them.
func (g *generator) step() {
	mark := len(g.computed)
	for _, a := range g.Accs {
		if g.wide {
			g.vectorValue(a.Step)
		} else {
			g.scalar(a.Step)
		}
	}
	for i := len(g.accs) - 1; i >= 0; i-- {
		g.Set(g.accs[i])
	}
	g.forget(mark)
}

func (g *generator) partialStep(parts []module.Local) {
	mark := len(g.computed)
	for i, part := range parts {
		_, x := combine(g.Nest, i)
		g.Get(part)
		g.vectorValue(x)
		g.vectorOp(g.Func, g.Accs[i].Step, g.Accs[i].Type)
		g.Set(part)
	}
	g.forget(mark)
}

// laneStep is partialStep for one lane, as a number.
func (g *generator) laneStep(parts []module.Local) {
	mark := len(g.computed)
	for i, a := range g.Accs {
		_, x := combine(g.Nest, i)
		part := parts[4*i+g.lane]
		g.Get(part)
		g.scalar(x)
		g.scalarOp(g.Func, a.Step, a.Type)
		g.Set(part)
	}
	g.forget(mark)
}

// joinNumbers is join for parts that are numbers.
func (g *generator) joinNumbers(i int, p [4]module.Local) {
	a := g.Accs[i]
	op := func() { g.scalarOp(g.Func, a.Step, a.Type) }
	g.Get(g.accs[i])
	g.Get(p[0])
	g.Get(p[2])
	op()
	g.Get(p[1])
	g.Get(p[3])
	op()
	op()
	op()
	g.Set(g.accs[i])
}

// join puts the four parts of accumulator i together with its first value: acc op ((p0 op p2) op (p1 op p3)).
func (g *generator) join(i int, part module.Local) {
	step := g.Accs[i].Step
	t := g.Accs[i].Type
	fold := func(lanes [4]int) {
		g.Get(part)
		g.Get(part)
		g.Get(part)
		g.Shuffle32(lanes)
		g.vectorOp(g.Func, step, t)
		g.Set(part)
	}
	fold([4]int{2, 3, 0, 1})
	fold([4]int{1, 0, 3, 2})
	g.Get(g.accs[i])
	g.Get(part)
	switch t {
	case ir.F32:
		g.Lane(module.F32x4ExtractLane, 0)
	case ir.Bool:
		g.Lane(module.I32x4ExtractLane, 0)
		g.I32Const(1)
		g.Op(module.I32And)
	default:
		g.Lane(module.I32x4ExtractLane, 0)
	}
	g.scalarOp(g.Func, step, t)
	g.Set(g.accs[i])
}
