//go:build amd64 && (linux || darwin)

package native

import (
	"unsafe"

	"unpool/wasm/native/code"
	"unpool/wasm/native/x86"
)

// packRows is code that copies count rows, each of some columns side by side, row bytes apart, to rows of width numbers with
// zeros after them. a is the source, c the target.
type packRows struct {
	columns int // 1 to width
	width   int // 8 or 16
	row     int // bytes from one row to the next, of the source
}

func (p packRows) emit(c *x86.Code) {
	const from, to, left, mask = x86.RSI, x86.RCX, x86.R8, x86.Vec(15)
	c.Load(from, argA)
	c.Load(to, argC)
	c.Load(left, argCount)
	c.LoadVec(mask, argMask)
	c.Align(loopAlign)
	top := c.Here()
	for j := range p.width / vectorWidth {
		v, at := x86.Vec(j), x86.At(from, vectorBytes*j)
		switch valid := p.columns - j*vectorWidth; {
		case valid >= vectorWidth:
			c.LoadVec(v, at)
		case valid > 0:
			c.LoadMasked(v, mask, at)
		default:
			c.Zero(v)
		}
		c.StoreVec(x86.At(to, vectorBytes*j), v)
	}
	c.AddConst(from, p.row)
	c.AddConst(to, 4*p.width)
	c.AddConst(left, -1)
	c.JumpNotZero(top)
	c.ZeroUpper()
	c.Ret()
}

// packColumns is code that copies columns, col bytes apart and each with its rows side by side, to rows of panelWidth numbers with
// zeros after them: count groups of so many rows. It reads eight rows of each group. a is the source, c the target.
type packColumns struct {
	columns int // 1 to panelWidth
	col     int // bytes from one column to the next
	rows    int // of a group, 1 to 8
}

func (p packColumns) emit(c *x86.Code) {
	const from, to, left = x86.RSI, x86.RCX, x86.R8
	c.Load(from, argA)
	c.Load(to, argC)
	c.Load(left, argCount)
	c.Align(loopAlign)
	top := c.Here()
	for half := range panelWidth / vectorWidth {
		for j := range vectorWidth {
			if column := half*vectorWidth + j; column < p.columns {
				c.LoadVec(x86.Vec(j), x86.At(from, column*p.col))
			} else {
				c.Zero(x86.Vec(j))
			}
		}
		transpose(c)
		for i := range p.rows {
			c.StoreVec(x86.At(to, i*panelStep+half*vectorBytes), 8+x86.Vec(i))
		}
	}
	c.AddConst(from, 4*p.rows)
	c.AddConst(to, p.rows*panelStep)
	c.AddConst(left, -1)
	c.JumpNotZero(top)
	c.ZeroUpper()
	c.Ret()
}

// transpose puts the columns of the square in vectors 0 to 7 into vectors 8 to 15.
func transpose(c *x86.Code) {
	for i := x86.Vec(0); i < 8; i += 2 { // in each half: a0 b0 a1 b1, a2 b2 a3 b3
		c.UnpackLow(8+i, i, i+1)
		c.UnpackHigh(9+i, i, i+1)
	}
	for i := x86.Vec(0); i < 8; i += 4 { // a0 b0 c0 d0, and so on
		c.UnpackLowPairs(i, 8+i, 10+i)
		c.UnpackHighPairs(i+1, 8+i, 10+i)
		c.UnpackLowPairs(i+2, 9+i, 11+i)
		c.UnpackHighPairs(i+3, 9+i, 11+i)
	}
	for i := range x86.Vec(4) {
		c.Halves(8+i, i, i+4, 0, 2)
		c.Halves(12+i, i, i+4, 1, 3)
	}
}

// packer packs a block of B, k rows of columns, into panels: panelWidth numbers for each k, zeros where there is no column.
type packer struct {
	row, col int                                      // bytes from one k, and from one column, to the next
	codes    [panelWidth + 1][vectorWidth + 1]uintptr // by the columns of a panel, and the rows of a group
}

// packer prepares to pack blocks of so many rows into panels of these widths; its code is there once it is linked.
func (p *Program) packer(row, col int, widths []int, rows ...int) *packer {
	q := &packer{row: row, col: col}
	for _, width := range widths {
		switch {
		case col == 4:
			q.codes[width][1] = p.offset(packRows{width, panelWidth, row})
		case row == 4:
			q.codes[width][vectorWidth] = p.offset(packColumns{width, col, vectorWidth})
			for _, k := range rows {
				if rest := k % vectorWidth; rest > 0 {
					q.codes[width][rest] = p.offset(packColumns{width, col, rest})
				}
			}
		}
	}
	return q
}

func (q *packer) link(entry func(offset int) uintptr) {
	for i := range q.codes {
		for j := range q.codes[i] {
			q.codes[i][j] = entry(int(q.codes[i][j]))
		}
	}
}

// packCost is what a row of a panel takes, as longest counts it.
const packCost = 2048

// run packs k rows of some columns from source on, the first panel to target and each further one height bytes after it.
func (q *packer) run(o *operands, source, target, height, k, columns int) {
	var x args
	for ; columns > 0; columns -= panelWidth {
		width := min(columns, panelWidth)
		x.setMask(width)
		x.a, x.c = o.at(source), o.at(target)
		some := func(rows, count int) {
			for count > 0 {
				n := min(count, max(1, longest/(rows*packCost)))
				x.count = uint64(n)
				code.Call(q.codes[width][rows], unsafe.Pointer(&x))
				x.a, x.c = unsafe.Add(x.a, rows*n*q.row), unsafe.Add(x.c, rows*n*panelStep)
				count -= n
			}
		}
		switch {
		case q.col == 4:
			some(1, k)
		case q.row == 4:
			some(vectorWidth, k/vectorWidth)
			some(k%vectorWidth, min(k%vectorWidth, 1))
		default:
			q.singly(&x, k, width)
		}
		source += panelWidth * q.col
		target += height
	}
}

// singly packs a panel one number at a time.
func (q *packer) singly(x *args, k, columns int) {
	for i := range k {
		row := (*[panelWidth]float32)(unsafe.Add(x.c, i*panelStep))
		*row = [panelWidth]float32{}
		for j := range columns {
			row[j] = *(*float32)(unsafe.Add(x.a, i*q.row+j*q.col))
		}
	}
}
