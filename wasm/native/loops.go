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

func (g *nestCode) stores() {
	g.begin()
	for i := range g.vectors {
		for _, s := range g.Stores {
			g.lanes.store(g.value(s.Value, i), g.place(s.Buf, s.At.Affine, i), g.masked)
		}
	}
	g.end()
}
