//go:build amd64 && (linux || darwin)

package native

import (
	"slices"
	"unsafe"

	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/native/code"
	"unpool/wasm/tiling"
)

// sweep is one block of products for some rows and columns of C.
type sweep struct {
	shape micro // with the rows of larger tiles, and all of a panel's columns
	tiles tiling.Tiles
	codes [2][panelWidth + 1]uintptr // of larger and smaller tiles; by the columns of a panel
}

// widths lists how many columns the panels of a part can have, of so many columns in all. If they are divided, a part begins at any group
// of emit.PartColumns and ends at any, or after the last.
func widths(columns int, divided bool) (list []int) {
	last := []int{columns % panelWidth}
	if divided {
		last = append(last, emit.PartColumns, (columns+emit.PartColumns)%panelWidth)
	}
	for _, n := range append(last, panelWidth) {
		if n > 0 && n <= columns && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// sweep prepares a block of products for panels of these widths; its code is there once it is linked.
func (p *Program) sweep(shape micro, tiles tiling.Tiles, widths []int) *sweep {
	s := &sweep{shape: shape, tiles: tiles}
	s.shape.rows, s.shape.columns = tiles.Rows, panelWidth
	for i := range s.codes {
		if tiles.Rows == i || i == 1 && tiles.Large == tiles.Count {
			continue
		}
		for _, width := range widths {
			m := s.shape
			m.rows, m.columns = m.rows-i, width
			if m.aTile == 0 { // the rows of all tiles lie alike
				m.aTile = m.rows * m.aRow
			}
			s.codes[i][width] = p.offset(m)
		}
	}
	return s
}

func (s *sweep) link(entry func(offset int) uintptr) {
	for i := range s.codes {
		for j := range s.codes[i] {
			s.codes[i][j] = entry(int(s.codes[i][j]))
		}
	}
}

// longest is how many multiplications and additions, or what takes as long, code does in one call: a millisecond or two. Tests change it.
var longest = 100_000_000

// tileCost is what a tile takes beside its products, while its sums come from memory and go there.
const tileCost = 2 * tileRows * panelWidth * 64

// run computes tiles from up to to for the panels of columns up to columns from a multiple of panelWidth on. a and c are the first of
// these tiles' rows, table where the rows of A are if they have one; b is the first panel, and height bytes lie from one to the next.
func (s *sweep) run(o *operands, a int, table []int32, b, height, c, bias, from, to, columns int) {
	most := max(1, longest/(2*tileRows*panelWidth*s.shape.walk.k()+tileCost))
	var x args
	x.b, x.bias = o.at(b), o.at(bias)
	for ; columns > 0; columns -= panelWidth {
		width := min(columns, panelWidth)
		x.setMask(width)
		x.a, x.c, x.table = o.at(a), o.at(c), unsafe.Pointer(unsafe.SliceData(table))
		for i, n := range [2]int{min(to, s.tiles.Large) - from, to - max(from, s.tiles.Large)} {
			rows := s.tiles.Rows - i
			for n > 0 {
				some := min(n, most)
				x.count = uint64(some)
				code.Call(s.codes[i][width], unsafe.Pointer(&x))
				n -= some
				x.c = unsafe.Add(x.c, some*rows*s.shape.cRow)
				if tile := s.shape.aTile; tile != 0 {
					x.a = unsafe.Add(x.a, some*tile)
				} else {
					x.a = unsafe.Add(x.a, some*rows*s.shape.aRow)
				}
			}
		}
		c += panelStep
		x.b, x.bias = unsafe.Add(x.b, height), unsafe.Add(x.bias, panelStep)
	}
}

// starts says how block i of count of a sum begins, and whether it ends with a ReLU.
func starts(i, count int, start ir.Start, relu bool) (ir.Start, bool) {
	if i > 0 {
		start = ir.FromC
	}
	return start, relu && i == count-1
}
