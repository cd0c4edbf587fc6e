package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
	"unpool/wasm/tiling"
)

// Blocks of a product: blockK products of each sum are done at a time, for blockPanels panels of B at most, so that a
// panel stays in the first-level cache (8 KiB) and the packed block in the second (512 KiB).
const (
	blockK      = 256
	blockPanels = 64
)

// tiles are some rows in tiles.
type tiles struct{ tiling.Tiles }

func tile(n, most int) tiles { return tiles{tiling.Rows(n, most)} }

// start puts the first row of tile i on the stack.
func (t tiles) start(f *module.Func, i module.Local) {
	mul(f, i, t.Rows)
	if t.Large == t.Count {
		return
	}
	add(f, i, -t.Large) // how many smaller tiles come before it
	f.I32Const(0)
	add(f, i, -t.Large)
	f.I32Const(0)
	f.Op(module.I32GtS)
	f.Select()
	f.Op(module.I32Sub)
}

// each emits body for the size of tile i, for both sizes where there are two.
func (t tiles) each(f *module.Func, i module.Local, body func(rows int)) {
	if t.Large == t.Count {
		body(t.Rows)
		return
	}
	f.Get(i)
	f.I32Const(int32(t.Large))
	f.Op(module.I32LtU)
	f.If(func() { body(t.Rows) }, func() { body(t.Rows - 1) })
}

// panels divides n columns into panels: full ones, and one with the rest.
type panels struct{ full, rest int }

func panel(n int) panels { return panels{n / panelWidth, n % panelWidth} }

func (p panels) count() int {
	if p.rest > 0 {
		return p.full + 1
	}
	return p.full
}

// chunk is a run of panels, from up to to, that are done together.
type chunk struct {
	panels
	from, to module.Local
}

// each emits body for every panel of the chunk; columns is how many it has.
func (c chunk) each(f *module.Func, body func(columns int)) {
	if c.full > 0 {
		minimum(f, c.to, c.full)
		f.Get(c.from)
		f.Op(module.I32Sub)
		left := let(f)
		f.Block(func(none module.Label) {
			f.Get(left) // negative when the chunk is the last, narrow panel alone
			f.I32Const(0)
			f.Op(module.I32LeS)
			f.BrIf(none)
			while(f, left, 1, func() { body(panelWidth) })
		})
	}
	if c.rest > 0 {
		f.Get(c.to)
		f.I32Const(int32(c.full))
		f.Op(module.I32GtU)
		f.If(func() { body(c.rest) }, nil)
	}
}

// minimum puts the smaller of l and n on the stack.
func minimum(f *module.Func, l module.Local, n int) {
	f.Get(l)
	f.I32Const(int32(n))
	f.Get(l)
	f.I32Const(int32(n))
	f.Op(module.I32LtU)
	f.Select()
}

// MatMulScratch is how many bytes of scratch memory a thread needs for g, a multiple of 64.
func (k *Kernels) MatMulScratch(g ir.MatMulShape) int {
	_, length, _ := tiling.Blocks(g.K, blockK)
	return k.packedB(min(panel(g.N).count(), blockPanels), length) + k.packedA(length)
}

func (k *Kernels) packedB(panels, length int) int { return align(panels * length * panelStep) }

func (k *Kernels) packedA(length int) int { return align(k.tileRows() * length * k.packedNumber()) }

// MatMul returns the function (thread, threads, a, b, c, bias, scratch) that computes thread's part of g. Scratch is
// memory of MatMulScratch bytes that no other thread uses. Bias is ignored unless the sums start with it.
func (k *Kernels) MatMul(g ir.MatMulShape) *module.Func {
	return k.shared(g, g.String(), 7, func(f *module.Func) {
		thread := f.Param(0)
		a, b, c, bias, scratch := f.Param(2), f.Param(3), f.Param(4), f.Param(5), f.Param(6)
		p := product{k: k, f: f, g: g, columns: panel(g.N), tiles: tile(g.M, k.tileRows()), a: a, b: b, c: c, bias: bias, packed: scratch}
		_, length, _ := tiling.Blocks(g.K, blockK)
		add(f, scratch, k.packedB(min(p.columns.count(), blockPanels), length))
		p.splats = let(f)
		p.fromPanel, p.toPanel = constant(f, 0), constant(f, p.columns.count())
		p.fromTile, p.toTile = constant(f, 0), constant(f, p.tiles.Count)
		if k.byColumns(g) {
			p.fromPanel, p.toPanel = k.part(f, thread, p.columns.count())
		} else {
			p.fromTile, p.toTile = k.part(f, thread, p.tiles.Count)
		}
		times(f, g.Batch, func() {
			p.chunks()
			bump(f, a, 4*g.ABatch)
			bump(f, b, 4*g.BBatch)
			bump(f, c, 4*g.CBatch)
		})
	})
}

// byColumns reports whether threads divide g's columns. They divide the rows as long as B is small: a thread then continues
// with the rows that it wrote itself one product earlier, and they are in its own cache. A large B is divided by columns,
// so that none is read twice.
func (k *Kernels) byColumns(g ir.MatMulShape) bool {
	const small = 512 << 10 // bytes
	rows := tile(g.M, k.tileRows()).Count >= 8 && 4*g.K*g.N <= small
	return !rows && panel(g.N).count() >= 4
}

// product is one matrix product while its code is made.
type product struct {
	k                  *Kernels
	f                  *module.Func
	g                  ir.MatMulShape
	columns            panels
	tiles              tiles
	a, b, c, bias      module.Local
	packed             module.Local // scratch: a block of B, panel after panel
	splats             module.Local // scratch: a tile of A, broadcast
	fromPanel, toPanel module.Local // the thread's part
	fromTile, toTile   module.Local
	aBlock, bBlock     module.Local // where the block of k begins
}

// chunks goes through the thread's panels, blockPanels at a time, and through k, a block at a time.
func (p *product) chunks() {
	f, g := p.f, p.g
	count, length, last := tiling.Blocks(g.K, blockK)
	from, to := f.Local(module.I32), f.Local(module.I32)
	span(f, from, p.fromPanel, p.toPanel, blockPanels, func() {
		add(f, from, blockPanels)
		f.Get(p.toPanel)
		add(f, from, blockPanels)
		f.Get(p.toPanel)
		f.Op(module.I32LtU)
		f.Select()
		f.Set(to)
		f.Get(p.a)
		p.aBlock = let(f)
		f.Get(p.b)
		p.bBlock = let(f)
		c := chunk{p.columns, from, to}
		next := func() {
			bump(f, p.aBlock, 4*g.ACol*length)
			bump(f, p.bBlock, 4*g.BRow*length)
		}
		if count == 1 {
			p.block(c, last, g.Start, g.ReLU)
			return
		}
		p.block(c, length, g.Start, false)
		next()
		times(f, count-2, func() {
			p.block(c, length, ir.FromC, false)
			next()
		})
		p.block(c, last, ir.FromC, g.ReLU)
	})
}

// block packs a block of B and multiplies every tile of A's rows by it.
func (p *product) block(c chunk, length int, start ir.Start, relu bool) {
	f, g, k := p.f, p.g, p.k
	at(f, p.bBlock, c.from, 4*panelWidth*g.BCol)
	source := let(f)
	f.Get(p.packed)
	target := let(f)
	c.each(f, func(columns int) {
		f.Get(source)
		f.Get(target)
		f.I32Const(int32(length))
		f.Call(k.packB(columns, 4*g.BRow, 4*g.BCol))
		bump(f, source, 4*panelWidth*g.BCol)
		bump(f, target, length*panelStep)
	})

	i := f.Local(module.I32)
	span(f, i, p.fromTile, p.toTile, 1, func() {
		p.tiles.start(f, i)
		row := let(f)
		at(f, p.aBlock, row, 4*g.ARow)
		a := let(f)
		at(f, p.c, row, 4*g.CRow)
		at(f, let(f), c.from, 4*panelWidth)
		corner := let(f)
		p.tiles.each(f, i, func(rows int) {
			pointers := make([]module.Local, rows)
			for r := range pointers {
				add(f, a, 4*r*g.ARow)
				pointers[r] = let(f)
			}
			shape := micro{rows: rows, walk: walk{1, length, 4 * g.ACol, 0}, cRow: 4 * g.CRow, start: start, relu: relu}
			// Where the numbers of a row lie apart, each has a cache line of its own, and far from all fit in the cache.
			shape.packed = !k.t.Broadcast || g.ACol != 1
			if !shape.packed && g.ARow > 0 {
				shape.aRow = 4 * g.ARow
				pointers = pointers[:1]
			}
			k.row(f, c, shape, pointers, p.packed, p.splats, corner, p.bias, length)
		})
	})
}

// row computes one tile of rows against every panel of a chunk. Corner is where the chunk's first panel begins in C;
// panels of B are height products apart, of which this block has shape.walk.k().
func (k *Kernels) row(f *module.Func, c chunk, shape micro, pointers []module.Local, packed, splats, corner, bias module.Local, height int) {
	if shape.packed {
		f.Get(splats)
		for _, a := range pointers {
			f.Get(a)
		}
		f.Call(k.packA(shape.rows, shape.walk))
		pointers = []module.Local{splats}
	}
	f.Get(packed)
	b := let(f)
	f.Get(corner)
	to := let(f)
	at(f, bias, c.from, 4*panelWidth)
	biased := let(f)
	c.each(f, func(columns int) {
		shape.columns = columns
		f.Get(b)
		f.Get(to)
		f.Get(biased)
		for _, a := range pointers {
			f.Get(a)
		}
		f.Call(k.micro(shape))
		bump(f, b, height*panelStep)
		bump(f, to, 4*panelWidth)
		bump(f, biased, 4*panelWidth)
	})
}
