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
// (512 KiB) and the rows of A (192 KiB, or 256 packed) stay in the caches behind.
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
	work    int     // bytes of scratch memory: of the packed B, and of A behind it
	workB   int
	parts   []matMulPart
	touches reach
}

// matMulPart is what one thread does: some rows, or some columns.
type matMulPart struct {
	row, column, columns int // the first row and column, and how many columns
	tiles                tiling.Tiles
	sweeps               []*sweep // one for each block of k
	packB                *packer
}

// packedRow is how many bytes the rows of a tile of a packed A take for each k.
const packedRow = vectorBytes

// matMul prepares a product; nil if its arrays are too far apart.
func (p *Program) matMul(g ir.MatMulShape, parts []emit.Part) kernel {
	if near(tileRows*4, g.ARow, g.CRow, g.M*g.CRow) && near(4*panelWidth, g.BCol, g.BRow) && near(4*short, g.ACol) {
		count, length, last := tiling.Blocks(g.K, blockK)
		m := &matMul{g: g, length: length, packed: g.ARow == 1 && g.ACol != 1}
		if m.packed {
			m.packA = p.offset(packRows{vectorWidth, vectorWidth, 4 * g.ACol})
		}
		most := 0
		for _, part := range parts {
			q := matMulPart{columns: g.N}
			rows := g.M
			if part.Columns {
				q.column = part.From * emit.PartColumns
				q.columns = min(part.To*emit.PartColumns, g.N) - q.column
			} else {
				q.row, rows = part.From, part.To-part.From
			}
			if rows > 0 && q.columns > 0 {
				q.tiles = tiling.Rows(rows, tileRows)
				q.packB = p.packer(4*g.BRow, 4*g.BCol, q.columns, length, last)
				for i := range count {
					shape := micro{walk: walk{1, length, 4 * g.ACol, 0}, aRow: 4 * g.ARow, cRow: 4 * g.CRow}
					if i == count-1 {
						shape.walk.length = last
					}
					if m.packed {
						shape.walk.step, shape.aRow, shape.aTile = packedRow, 4, length*packedRow
					}
					shape.start, shape.relu = starts(i, count, g.Start, g.ReLU)
					q.sweeps = append(q.sweeps, p.sweep(shape, q.tiles, q.columns))
				}
				most = max(most, q.columns)
			}
			m.parts = append(m.parts, q)
		}
		m.workB = min(panels(most), blockPanels) * length * panelStep
		m.work = m.workB
		if m.packed {
			m.work += blockTiles * length * packedRow
		}
		m.touches = reach{
			a:    array(0, []int{g.M, g.K, g.Batch}, []int{g.ARow, g.ACol, g.ABatch}),
			b:    array(0, []int{g.K, g.N, g.Batch}, []int{g.BRow, g.BCol, g.BBatch}),
			c:    array(0, []int{g.M, g.N, g.Batch}, []int{g.CRow, 1, g.CBatch}),
			work: extent{0, m.work},
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

// near says whether so many bytes times each of some numbers of steps is no farther than one piece of code reaches.
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
	for _, q := range m.parts {
		for _, s := range q.sweeps {
			s.link(entry)
		}
		if q.packB != nil {
			q.packB.link(entry)
		}
	}
}

func (m *matMul) run(thread int, o operands) {
	g, q := m.g, &m.parts[thread]
	if len(q.sweeps) == 0 {
		return
	}
	const chunk = blockPanels * panelWidth
	for range g.Batch {
		for column := 0; column < q.columns; column += chunk {
			to := min(column+chunk, q.columns)
			for i, s := range q.sweeps {
				k, length := i*m.length, s.shape.walk.length
				height := length * panelStep
				q.packB.run(&o, o.b+4*(k*g.BRow+(q.column+column)*g.BCol), o.work, height, length, to-column)
				for tile := 0; tile < q.tiles.Count; tile += blockTiles {
					last := min(tile+blockTiles, q.tiles.Count)
					row := q.row + q.tiles.First(tile)
					a := o.a + 4*(row*g.ARow+k*g.ACol)
					if m.packed {
						m.pack(&o, q.tiles, tile, last, a, length)
						a = o.work + m.workB
					}
					s.run(&o, a, nil, o.work, height, o.c+4*(row*g.CRow+q.column+column), o.bias+4*(q.column+column), tile, last, column, to)
				}
			}
		}
		o.a, o.b, o.c = o.a+4*g.ABatch, o.b+4*g.BBatch, o.c+4*g.CBatch
	}
}

// pack packs some tiles of A; a is the first number of the first of them.
func (m *matMul) pack(o *operands, tiles tiling.Tiles, from, to, a, length int) {
	x := args{count: uint64(length)}
	for tile := from; tile < to; tile++ {
		x.a = o.at(a + 4*(tiles.First(tile)-tiles.First(from)))
		x.c = o.at(o.work + m.workB + (tile-from)*m.length*packedRow)
		code.Call(m.packA, unsafe.Pointer(&x))
	}
}
