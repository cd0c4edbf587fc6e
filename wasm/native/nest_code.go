//go:build amd64 && (linux || darwin)

package native

import (
	"encoding/binary"
	"maps"

	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/native/x86"
)

// nestCode appends a piece of a nest's code.
type nestCode struct {
	*nest
	c     *x86.Code
	pool  *pool
	lea   int // the instruction that finds the pool
	slots int // of the frame that are in use
	cost  int // of the innermost body for one vector

	vectors int  // that are computed at once
	offset  int  // bytes from the pointers of the vector loop to the first of them,
	indexed bool // beside regLane
	masked  bool // of the vector's lanes only some are there

	lanes *lanes // the block being made
	made  map[vectorOf]int
	saved map[vectorOf]x86.Mem // what blocks of outer loops have computed
}

// vectorOf is one of the vectors of an expression that are computed at once.
type vectorOf struct {
	e *ir.Expr
	i int
}

// newNestCode appends what each piece begins with.
func newNestCode(n *nest, c *x86.Code) *nestCode {
	g := &nestCode{nest: n, c: c, pool: &pool{base: regPool, places: map[uint32]int{}}, saved: map[vectorOf]x86.Mem{}, vectors: 1}
	g.lea = c.LeaCode(regPool)
	for i, p := range n.pointers {
		c.Load(p.reg, x86.At(x86.RDI, framePointers+8*i))
	}
	g.enter(-1)
	return g
}

// finish appends what each piece ends with. It is false if the frame is too small.
func (g *nestCode) finish() bool {
	g.c.ZeroUpper()
	g.c.Ret()
	g.c.Align(vectorBytes)
	g.c.SetLea(g.lea)
	for _, n := range g.pool.numbers {
		for range vectorWidth {
			g.c.Bytes = binary.LittleEndian.AppendUint32(g.c.Bytes, n)
		}
	}
	return frameSlots+g.slots*vectorBytes <= emit.NestScratch
}

// vectorLoop appends the vector loop where it is the outermost one.
func (g *nestCode) vectorLoop(step int) {
	if step == 1 {
		g.masked = true
		g.point()
		return
	}
	g.vectors, g.indexed = step/vectorWidth, true
	g.c.Load(regLane, x86.At(x86.RDI, frameCount))
	g.c.Align(loopAlign)
	top := g.c.Here()
	g.point()
	g.c.AddConst(regLane, 4*step)
	g.c.JumpNotZero(top)
}

// outermost appends the outermost loop where it is another one.
func (g *nestCode) outermost(unroll int) {
	g.repeat(0, x86.At(x86.RDI, frameCount), func() { g.loop(1, unroll) })
}

// loop appends loop k of Dims and all inside it.
func (g *nestCode) loop(k, unroll int) {
	extent := g.Dims[k]
	if k < g.Vector {
		g.counted(k, func() { g.loop(k+1, unroll) })
		return
	}
	done := 0
	for _, vectors := range []int{unroll, 1} {
		step := vectors * vectorWidth
		turns := (extent - done) / step
		g.vectors, g.offset, g.indexed = vectors, 4*done, turns > 1
		done += turns * step
		switch {
		case turns == 1:
			g.point()
		case turns > 1:
			g.offset = 4 * done // where regLane is 0
			g.c.Set(regLane, -4*turns*step)
			g.c.Align(loopAlign)
			top := g.c.Here()
			g.point()
			g.c.AddConst(regLane, 4*step)
			g.c.JumpNotZero(top)
		}
	}
	g.vectors, g.offset, g.indexed = 1, 4*done, false
	if done < extent {
		g.masked = true
		g.point()
		g.masked = false
	}
}

// counted appends loop k, which is not the vector loop, with a counter in the frame.
func (g *nestCode) counted(k int, body func()) {
	counter := x86.At(x86.RDI, frameCounters+8*k)
	g.c.Set(regTurn, g.Extent(k))
	g.c.Store(counter, regTurn)
	g.repeat(k, counter, body)
	g.move(k, -g.Extent(k))
}

// repeat appends loop k, whose counter is set.
func (g *nestCode) repeat(k int, counter x86.Mem, body func()) {
	g.c.Align(loopAlign)
	top := g.c.Here()
	known := maps.Clone(g.saved)
	g.enter(k)
	body()
	g.saved = known
	g.move(k, 1)
	g.c.AddToMem(counter, -1)
	g.c.JumpNotZero(top)
}

// move moves the pointers by so many iterations of loop k.
func (g *nestCode) move(k, iterations int) {
	for _, p := range g.pointers {
		if p.steps[k] != 0 {
			g.c.AddConst(p.reg, iterations*p.steps[k])
		}
	}
}

// enter computes what does not change in the loops inside loop k, and saves it.
func (g *nestCode) enter(k int) {
	if len(g.Hoist[k]) == 0 {
		return
	}
	g.begin()
	saved := map[vectorOf]x86.Mem{}
	for _, e := range g.Hoist[k] {
		if e.Op == ir.Load {
			continue // it is as easily loaded from where it is
		}
		vectors := g.vectors
		if g.Uniform(e) {
			vectors = 1
		}
		for i := range vectors {
			place := g.slot()
			g.lanes.store(g.value(e, i), place, false)
			saved[vectorOf{e, i}] = place
		}
	}
	g.end()
	maps.Copy(g.saved, saved)
}

// slot is a new place in the frame.
func (g *nestCode) slot() x86.Mem {
	g.slots++
	return x86.At(x86.RDI, frameSlots+vectorBytes*(g.slots-1))
}

// point appends what happens at one point of Dims for each of the vectors.
func (g *nestCode) point() {
	if len(g.Accs) == 0 {
		g.stores()
		return
	}
	known := maps.Clone(g.saved)
	g.enter(g.Vector)
	g.assign(func(a ir.Acc) *ir.Expr { return a.Init })
	g.reduce(len(g.Dims))
	g.stores()
	g.saved = known
}

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

func (g *nestCode) stores() {
	g.begin()
	for i := range g.vectors {
		for _, s := range g.Stores {
			g.lanes.store(g.value(s.Value, i), g.place(s.Buf, s.At.Affine, i), g.masked)
		}
	}
	g.end()
}

// begin starts a block.
func (g *nestCode) begin() { g.lanes, g.made = newLanes(g.pool), map[vectorOf]int{} }

// end appends the block.
func (g *nestCode) end() {
	var free []x86.Vec
	for v := 15 - len(g.Accs)*g.vectors; v >= 0; v-- {
		free = append(free, x86.Vec(v))
	}
	const perInstruction = 16
	count := g.lanes.emit(g.c, free, x86.At(x86.RDI, frameMask), g.slot)
	g.cost = max(g.cost, perInstruction*(count/g.vectors+1))
}

// place is where an element of a buffer is, the i-th of the vectors.
func (g *nestCode) place(b *ir.Buffer, at ir.Affine, i int) x86.Mem {
	m := x86.At(g.pointer(b, at).reg, 4*at.Base)
	if at.Strides[g.Vector] != 0 {
		m.Disp += int32(g.offset + i*vectorBytes)
		if g.indexed {
			m.Index = regLane
		}
	}
	return m
}

// value is the i-th of the vectors of an expression.
func (g *nestCode) value(e *ir.Expr, i int) int {
	if e.Op == ir.Constant {
		v := uint32(e.Bits)
		if e.Type == ir.Bool && v != 0 {
			v = ones
		}
		return g.lanes.bits(v)
	}
	if g.Uniform(e) {
		i = 0
	}
	key := vectorOf{e, i}
	if v, ok := g.made[key]; ok {
		return v
	}
	v := g.compute(e, i)
	g.made[key] = v
	return v
}

func (g *nestCode) compute(e *ir.Expr, i int) int {
	l := g.lanes
	if place, ok := g.saved[vectorOf{e, i}]; ok {
		return l.add(value{kind: slot, mem: place})
	}
	switch e.Op {
	case ir.Load:
		k := splat
		if e.At.Strides[g.Vector] != 0 {
			k = load
		}
		return l.add(value{kind: k, mem: g.place(e.Buf, e.At.Affine, i)})
	case ir.Accumulator:
		return l.add(value{kind: pinned, n: byte(g.accumulator(e.Acc, i))})
	case ir.Select: // the condition comes last
		values := []int{g.value(e.Args[1], i), g.value(e.Args[2], i), g.value(e.Args[0], i)}
		l.stack = append(l.stack, values...)
	case ir.Shl, ir.ShrL, ir.ShrA:
		l.push(g.value(e.Args[0], i))
		l.I32Const(int32(e.Args[1].Bits))
	default:
		var values []int
		for _, a := range e.Args {
			values = append(values, g.value(a, i))
		}
		l.stack = append(l.stack, values...)
	}
	emit.VectorOp(l, e, e.Args[len(e.Args)-1].Type)
	return l.pop()
}
