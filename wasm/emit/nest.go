package emit

import (
	"slices"

	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// nest appends the code of a loop nest to a function (thread, threads, address of each buffer…). With split the threads
// share the outermost loop, its rows in tiles as products do; without it the function is for one thread.
func (l *library) nest(f *module.Func, p *Plan, buffers []*ir.Buffer, split bool, k *Kernels) {
	g := &generator{Func: f, library: l, Plan: p, bases: map[*ir.Buffer]module.Local{},
		single: map[*ir.Expr]module.Local{}, vectors: map[*ir.Expr]module.Local{}, split: split, kernels: k, lane: -1}
	for i, b := range buffers {
		g.bases[b] = f.Param(2 + i)
	}
	g.findPointers()
	g.invariants(-1)
	g.loop(0)
}

// generator appends the code of one nest.
type generator struct {
	*module.Func
	*library
	*Plan
	bases    map[*ir.Buffer]module.Local
	pointers []*pointer // in order of first use
	counters []module.Local
	accs     []module.Local
	split    bool
	kernels  *Kernels
	wide     bool // the code being appended computes four iterations of the vector loop at once
	lane     int  // without vectors, which of such four is being computed; -1 for none

	// Values that have been computed already, of single numbers and of vectors, and the order in which they were.
	single, vectors map[*ir.Expr]module.Local
	computed        []memo
}

// pointer is an address that moves with the loops: base + sum of strides times loop counters. Accesses to a buffer that differ
// by a constant share one, unless an address could lie below the buffer or wrap around.
type pointer struct {
	buffer  *ir.Buffer
	leads   ir.Affine    // to which of its elements
	now     module.Local // in the loop being appended
	strides []int        // bytes
}

// plain reports whether the base can be an instruction's offset.
func plain(at ir.Index) bool {
	return at.Dynamic == nil && at.Base >= 0 && !slices.ContainsFunc(at.Strides, func(s int) bool { return s < 0 })
}

// pointer is the one for an access, or nil if there is none yet.
func (g *generator) pointer(b *ir.Buffer, at ir.Index) *pointer {
	leads := leads(at)
	for _, p := range g.pointers {
		if p.buffer == b && p.leads.Same(leads) {
			return p
		}
	}
	return nil
}

// leads is where the pointer for an access leads to.
func leads(at ir.Index) ir.Affine {
	if plain(at) {
		at.Base = 0
	}
	return at.Affine
}

func (g *generator) findPointers() {
	touch := func(b *ir.Buffer, at ir.Index) {
		if g.pointer(b, at) != nil {
			return
		}
		size := b.Type.Size()
		p := &pointer{buffer: b, leads: leads(at), now: g.bases[b], strides: make([]int, len(at.Strides))}
		for i, s := range at.Strides {
			p.strides[i] = s * size
		}
		if p.leads.Base != 0 {
			p.now = g.Local(module.I32)
			add(g.Func, g.bases[b], p.leads.Base*size)
			g.Set(p.now)
		}
		g.pointers = append(g.pointers, p)
	}
	g.Walk(func(e *ir.Expr) {
		if e.Op == ir.Load {
			touch(e.Buf, e.At)
		}
	})
	for _, s := range g.Stores {
		touch(s.Buf, s.At)
	}
}

// address puts the address of an element on the stack, and returns the offset to add to it. Lane counts elements along
// the vector loop.
func (g *generator) address(b *ir.Buffer, at ir.Index, lane int) uint32 {
	p := g.pointer(b, at)
	offset := 0
	if plain(at) {
		offset = at.Base * b.Type.Size()
	}
	g.Get(p.now)
	if at.Dynamic != nil {
		g.scalar(at.Dynamic)
		g.I32Const(int32(b.Type.Size()))
		g.Op(module.I32Mul, module.I32Add)
	}
	if lane > 0 {
		step := lane * p.strides[g.Vector]
		if step >= 0 && plain(at) {
			offset += step
		} else {
			g.I32Const(int32(step))
			g.Op(module.I32Add)
		}
	}
	return uint32(offset)
}

// loop appends loop k of Dims and all inside it.
func (g *generator) loop(k int) {
	if k == len(g.Dims) {
		g.point()
		return
	}
	from, to := g.bounds(k)
	inside := func() { g.loop(k + 1) }
	if k != g.Vector {
		g.count(k, from, to, phase{1, inside})
		return
	}
	wide := phase{4, inside}
	if k == 0 && g.split || g.Dims[k]%4 != 0 {
		g.count(k, from, to, wide, phase{1, inside})
	} else {
		g.count(k, from, to, wide)
	}
}

// bounds gives the loop's range, as functions that put a number on the stack.
func (g *generator) bounds(k int) (from, to func()) {
	extent := g.Extent(k)
	if k > 0 || !g.split {
		return func() { g.I32Const(0) }, func() { g.I32Const(int32(extent)) }
	}
	t := tile(g.Rows, 1)
	if g.Rows >= dividedRows {
		t = tile(g.Rows, g.kernels.tileRows())
	}
	first, last := g.kernels.shareRows(g.Func, g.Param(0), t)
	return func() { mul(g.Func, first, g.Unit) }, func() {
		mul(g.Func, last, g.Unit)
		if g.Rows*g.Unit > extent {
			limit := let(g.Func)
			minimum(g.Func, limit, extent)
		}
	}
}

// phase is a loop's body that does several iterations at once; without vectors, the body of each of them, one after the
// other.
type phase struct {
	step int
	body func()
}

// count appends a loop with a counter and moving pointers. Each phase continues where the one before has stopped because
// fewer iterations were left than its step.
func (g *generator) count(k int, from, to func(), phases ...phase) {
	i, end := g.Local(module.I32), g.Local(module.I32)
	from()
	g.Set(i)
	g.counters = append(g.counters, i)
	var moving []*pointer
	var before []module.Local
	for _, p := range g.pointers {
		if p.strides[k] != 0 {
			moving = append(moving, p)
			before = append(before, p.now)
			now := g.Local(module.I32)
			at(g.Func, p.now, i, p.strides[k])
			g.Set(now)
			p.now = now
		}
	}
	for _, ph := range phases {
		to()
		g.Set(end)
		if ph.step > 1 { // the last whole step ends here
			g.Get(end)
			g.Get(end)
			g.Get(i)
			g.Op(module.I32Sub)
			g.I32Const(int32(ph.step - 1))
			g.Op(module.I32And, module.I32Sub)
			g.Set(end)
		}
		mark, wide := len(g.computed), g.wide
		lanes := 1
		switch {
		case ph.step > 1 && g.byLane:
			lanes = ph.step
		case ph.step > 1:
			g.wide = true
			g.splats()
		}
		g.Get(i)
		g.Get(end)
		g.Op(module.I32LtU)
		g.If(func() {
			g.Loop(func(again module.Label) {
				for lane := range lanes {
					one := len(g.computed)
					if lanes > 1 {
						g.lane = lane
					}
					g.invariants(k)
					ph.body()
					for _, p := range moving {
						bump(g.Func, p.now, ph.step/lanes*p.strides[k])
					}
					bump(g.Func, i, ph.step/lanes)
					g.forget(one)
				}
				g.lane = -1
				g.Get(i)
				g.Get(end)
				g.Op(module.I32LtU)
				g.BrIf(again)
			})
		}, nil)
		g.forget(mark)
		g.wide = wide
	}
	for j, p := range moving {
		p.now = before[j]
	}
	g.counters = g.counters[:k]
}

// memo is a value in a local variable, as a single number or as a vector.
type memo struct {
	e     *ir.Expr
	where map[*ir.Expr]module.Local
}

// forget drops values computed since a mark: code that follows may run without that which computed them.
func (g *generator) forget(mark int) {
	for _, m := range g.computed[mark:] {
		delete(m.where, m.e)
	}
	g.computed = g.computed[:mark]
}

// keep computes a value into a local variable.
func (g *generator) keep(e *ir.Expr, where map[*ir.Expr]module.Local, t module.Type, compute func()) {
	if _, ok := where[e]; ok {
		return
	}
	compute()
	v := g.Local(t)
	g.Set(v)
	where[e] = v
	g.computed = append(g.computed, memo{e, where})
}

// invariants computes what hoist has for a loop.
func (g *generator) invariants(k int) {
	for _, e := range g.Hoist[k] {
		if g.wide && !g.Uniform(e) {
			g.keep(e, g.vectors, module.V128, func() { g.computeVector(e) })
		} else {
			g.keep(e, g.single, register(e.Type), func() { g.compute(e) })
		}
	}
}

// splats makes vectors of the numbers known so far that vector operations will need.
func (g *generator) splats() {
	for _, m := range slices.Clone(g.computed) {
		if lanes(m.e.Type) && g.mixed[m.e] {
			g.keep(m.e, g.vectors, module.V128, func() {
				g.Get(g.single[m.e])
				splat(g.Func, m.e.Type)
			})
		}
	}
}

// point appends what happens at one point of Dims, or at four.
func (g *generator) point() {
	mark := len(g.computed)
	if len(g.Accs) > 0 {
		g.reduce()
	}
	for _, s := range g.Stores {
		offset := g.address(s.Buf, s.At, 0)
		if g.wide {
			g.vectorValue(s.Value)
			storeVector(g.Func, s.Buf.Type, offset)
		} else {
			g.scalar(s.Value)
			g.storeScalar(g.Func, s.Buf.Type, offset)
		}
	}
	g.forget(mark)
}
