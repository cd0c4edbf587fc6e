//go:build amd64 && (linux || darwin)

package native

import (
	"unsafe"

	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/native/code"
	"unpool/wasm/tiling"
)

// Blocks of a product: blockK products of each sum are done at a time, so that a panel of B stays in the first-level cache (16 KiB)
// beside the tiles of A that pass by it; for blockPanels panels of B and blockTiles tiles of A at most, so that the packed B
// (512 KiB) and the rows of A (192 KiB, or 256 packed) stay in the larger caches.
const (
	blockK      = 256
	blockPanels = 32
	blockTiles  = 32
)

// matMul is a product.
type matMul struct {
	g       ir.MatMulShape
	length  int     // of a block of k
	packA   uintptr // code that packs a tile of A, if packed
	packed  bool    // tiles of A are packed: their rows lie side by side, and far apart along k
	divided bool    // by columns
	tiles   tiling.Tiles
	sweeps  []*sweep // one for each block of k
	packB   *packer
	workB   int // bytes of scratch memory for the packed B; A is after it
	touches reach
}

// packedRow is how many bytes the rows of a tile of a packed A take for each k.
const packedRow = vectorBytes

// matMul prepares a product; nil if its arrays are too far apart.
func (p *Program) matMul(g ir.MatMulShape, divided bool) kernel {
	if near(tileRows*4, g.ARow, g.CRow, g.M*g.CRow) && near(4*panelWidth, g.BCol, g.BRow) && near(4*short, g.ACol) {
		count, length, last := tiling.Blocks(g.K, blockK)
		m := &matMul{g: g, length: length, packed: g.ARow == 1 && g.ACol != 1, divided: divided, tiles: tiling.Rows(g.M, tileRows)}
		if m.packed {
			m.packA = p.offset(packRows{vectorWidth, vectorWidth, 4 * g.ACol})
		}
		panel := widths(g.N, divided)
		m.packB = p.packer(4*g.BRow, 4*g.BCol, panel, length, last)
		for i := range count {
			shape := micro{walk: walk{1, length, 4 * g.ACol, 0}, aRow: 4 * g.ARow, cRow: 4 * g.CRow}
			if i == count-1 {
				shape.walk.length = last
			}
			if m.packed {
				shape.walk.step, shape.aRow, shape.aTile = packedRow, 4, length*packedRow
			}
			shape.start, shape.relu = starts(i, count, g.Start, g.ReLU)
			m.sweeps = append(m.sweeps, p.sweep(shape, m.tiles, panel))
		}
		m.workB = min(panels(g.N), blockPanels) * length * panelStep
		work, parts := m.workB, m.tiles.Count
		if m.packed {
			work += blockTiles * length * packedRow
		}
		if divided {
			parts = groups(g.N)
		}
		m.touches = reach{
			parts: parts,
			a:     array(0, []int{g.M, g.K, g.Batch}, []int{g.ARow, g.ACol, g.ABatch}),
			b:     array(0, []int{g.K, g.N, g.Batch}, []int{g.BRow, g.BCol, g.BBatch}),
			c:     array(0, []int{g.M, g.N, g.Batch}, []int{g.CRow, 1, g.CBatch}),
			work:  extent{0, work},
		}
		if g.Start == ir.FromBias {
			m.touches.bias = extent{0, 4 * g.N}
		}
		return m
	}
	return nil
}

// panels is how many panels so many columns make.
func panels(columns int) int { return (columns + panelWidth - 1) / panelWidth }

// groups is how many groups so many columns make.
func groups(columns int) int { return (columns + emit.PartColumns - 1) / emit.PartColumns }

// near reports whether so many bytes times each of some numbers of steps is no farther than one piece of code reaches.
func near(bytes int, steps ...int) bool {
	for _, n := range steps {
		if d := n * bytes; d >= farthest || d <= -farthest {
			return false
		}
	}
	return true
}

func (m *matMul) reach() reach { return m.touches }

func (m *matMul) link(entry func(offset int) uintptr) {
	m.packA = entry(int(m.packA))
	for _, s := range m.sweeps {
		s.link(entry)
	}
	m.packB.link(entry)
}

func (m *matMul) run(from, to int, o operands) {
	g := m.g
	first, end := 0, g.N
	if m.divided {
		first, end = from*emit.PartColumns, min(to*emit.PartColumns, g.N)
		from, to = 0, m.tiles.Count
	}
	const chunk = blockPanels * panelWidth
	for range g.Batch {
		for column := first; column < end; column += chunk {
			columns := min(chunk, end-column)
			for i, s := range m.sweeps {
				k, length := i*m.length, s.shape.walk.length
				height := length * panelStep
				m.packB.run(&o, o.b+4*(k*g.BRow+column*g.BCol), o.work, height, length, columns)
				for tile := from; tile < to; tile += blockTiles {
					last := min(tile+blockTiles, to)
					row := m.tiles.First(tile)
					a := o.a + 4*(row*g.ARow+k*g.ACol)
					if m.packed {
						m.pack(&o, tile, last, a, length)
						a = o.work + m.workB
					}
					s.run(&o, a, nil, o.work, height, o.c+4*(row*g.CRow+column), o.bias+4*column, tile, last, columns)
				}
			}
		}
		o.a, o.b, o.c = o.a+4*g.ABatch, o.b+4*g.BBatch, o.c+4*g.CBatch
	}
}

// pack packs some tiles of A; a is the first number of the first of them.
func (m *matMul) pack(o *operands, from, to, a, length int) {
	x := args{count: uint64(length)}
	for tile := from; tile < to; tile++ {
		x.a = o.at(a + 4*(m.tiles.First(tile)-m.tiles.First(from)))
		x.c = o.at(o.work + m.workB + (tile-from)*m.length*packedRow)
		code.Call(m.packA, unsafe.Pointer(&x))
	}
}
