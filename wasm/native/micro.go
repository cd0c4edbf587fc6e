//go:build amd64 && (linux || darwin)

package native

import (
	"unsafe"

	"unpool/wasm/ir"
	"unpool/wasm/native/x86"
)

// The micro-kernel computes tiles of up to tileRows x panelWidth outputs in registers: twelve vectors of sums, which with two of B,
// one of A and one of products are all sixteen.
const (
	tileRows    = 6
	panelWidth  = 16
	panelStep   = 4 * panelWidth // bytes of a packed B from one k to the next
	vectorWidth = 8
	vectorBytes = 4 * vectorWidth
)

// walk is how the numbers of one row of A follow each other along k: runs of them, step bytes from one to the next, and skip bytes
// more from the end of a run to the next. A matrix has one run; a convolution one for each row of its window.
type walk struct{ runs, length, step, skip int }

func (w walk) k() int { return w.runs * w.length }

// bytes is how far the walk leads.
func (w walk) bytes() int { return w.runs * (w.length*w.step + w.skip) }

// micro is all that the code of a micro-kernel depends on. The code computes one tile after the other, down a panel of B.
type micro struct {
	rows    int
	columns int // valid ones, 1 to panelWidth
	walk    walk
	table   bool // it has the place of each row of A
	aRow    int  // without it: bytes from one row of A to the next
	aTile   int  // and from one tile's rows to the next tile's
	cRow    int  // bytes from one row of C to the next
	start   ir.Start
	relu    bool
}

// args is what the code of a kernel gets.
type args struct {
	a     unsafe.Pointer // the first row of A, or what the table's places count from
	table unsafe.Pointer // for each row an int32, the bytes from a; the code moves it
	b     unsafe.Pointer // a packed panel of B
	c     unsafe.Pointer // the first tile's corner in C
	bias  unsafe.Pointer // the panel's part of it
	count uint64         // of tiles, at least 1
	mask  [vectorWidth]int32
}

// setMask marks the valid lanes of the last vector of so many columns.
func (a *args) setMask(columns int) {
	for i := range a.mask {
		a.mask[i] = 0
		if i <= (columns-1)%vectorWidth {
			a.mask[i] = -1
		}
	}
}

// at is a field of the arguments.
func at(offset uintptr) x86.Mem { return x86.At(x86.RDI, int(offset)) }

var (
	argA, argTable, argB = at(unsafe.Offsetof(args{}.a)), at(unsafe.Offsetof(args{}.table)), at(unsafe.Offsetof(args{}.b))
	argC, argBias        = at(unsafe.Offsetof(args{}.c)), at(unsafe.Offsetof(args{}.bias))
	argCount, argMask    = at(unsafe.Offsetof(args{}.count)), at(unsafe.Offsetof(args{}.mask))
)

// General-purpose registers of a micro-kernel. RDI has the arguments.
const (
	regA     = x86.RSI
	regB     = x86.RDX
	regC     = x86.RCX
	regTiles = x86.R8
	regLeft  = x86.R9  // turns of the inner loop
	regRuns  = x86.R10 // runs of the walk; the table before
	regK     = x86.RAX // bytes along a row of A
)

// regRow are the places of the rows of A.
var regRow = [tileRows]x86.Reg{x86.RBX, x86.R11, x86.R12, x86.R13, x86.R14, x86.R15}

// Vector registers of a micro-kernel; the sums come first.
const (
	vecB       = x86.Vec(12) // and 13
	vecA       = x86.Vec(14)
	vecProduct = x86.Vec(15)
	vecMask    = x86.Vec(15) // while there are no products
)

func (m micro) vectors() int { return (m.columns + vectorWidth - 1) / vectorWidth }

func (m micro) sum(row, j int) x86.Vec { return x86.Vec(row*m.vectors() + j) }

// emit appends the code.
func (m micro) emit(c *x86.Code) {
	c.Load(regA, argA)
	c.Load(regB, argB)
	c.Load(regC, argC)
	c.Load(regTiles, argCount)
	c.Align(loopAlign)
	tile := c.Here()
	m.places(c)
	m.loadSums(c)
	m.sums(c)
	m.storeSums(c)
	c.AddConst(regC, m.rows*m.cRow)
	c.AddConst(regTiles, -1)
	c.JumpNotZero(tile)
	c.ZeroUpper()
	c.Ret()
}

// loopAlign is where loops begin: processors fetch code in such lines.
const loopAlign = 32

// places finds the rows of the next tile.
func (m micro) places(c *x86.Code) {
	if !m.table {
		for r := range m.rows {
			c.Lea(regRow[r], x86.At(regA, r*m.aRow))
		}
		c.AddConst(regA, m.aTile)
		return
	}
	table := regRuns
	c.Load(table, argTable)
	for r := range m.rows {
		c.Load32(regRow[r], x86.At(table, 4*r))
		c.Add(regRow[r], regA)
	}
	c.AddConst(table, 4*m.rows)
	c.Store(argTable, table)
}

// each runs body for each vector of the tile; partial says that it is not whole.
func (m micro) each(c *x86.Code, body func(row, j int, partial bool)) {
	partial := m.columns%vectorWidth != 0
	if partial {
		c.LoadVec(vecMask, argMask)
	}
	for row := range m.rows {
		for j := range m.vectors() {
			body(row, j, partial && j == m.vectors()-1)
		}
	}
}

func (m micro) loadSums(c *x86.Code) {
	bias := regLeft
	if m.start == ir.FromBias {
		c.Load(bias, argBias)
	}
	m.each(c, func(row, j int, partial bool) {
		sum, from := m.sum(row, j), x86.At(regC, row*m.cRow+vectorBytes*j)
		switch m.start {
		case ir.FromZero:
			c.Zero(sum)
			return
		case ir.FromBias:
			from = x86.At(bias, vectorBytes*j)
		}
		if partial {
			c.LoadMasked(sum, vecMask, from)
		} else {
			c.LoadVec(sum, from)
		}
	})
}

// short is how many products are done without a loop.
const short = 32

// sums adds all products to the sums.
func (m micro) sums(c *x86.Code) {
	const unroll = 4
	w := m.walk
	if w.k() <= short {
		for run := range w.runs {
			for u := range w.length {
				k := run*w.length + u
				m.products(c, k*panelStep, func(r int) x86.Mem { return x86.At(regRow[r], run*(w.length*w.step+w.skip)+u*w.step) })
			}
		}
		return
	}
	some := func(n int) {
		for u := range n {
			m.products(c, u*panelStep, func(r int) x86.Mem { return x86.AtSum(regRow[r], regK, u*w.step) })
		}
		c.AddConst(regK, n*w.step)
		c.AddConst(regB, n*panelStep)
	}
	c.Set(regK, 0)
	times(c, regRuns, w.runs, func() {
		times(c, regLeft, w.length/unroll, func() { some(unroll) })
		if rest := w.length % unroll; rest > 0 {
			some(rest)
		}
		if w.skip != 0 {
			c.AddConst(regK, w.skip)
		}
	})
	c.AddConst(regB, -w.k()*panelStep)
}

// times appends code that runs body n times.
func times(c *x86.Code, counter x86.Reg, n int, body func()) {
	switch {
	case n < 1:
		return
	case n == 1:
		body()
		return
	}
	c.Set(counter, n)
	c.Align(loopAlign)
	top := c.Here()
	body()
	c.AddConst(counter, -1)
	c.JumpNotZero(top)
}

// products adds one product to each sum. Its B is at offset b of the panel, and its A where number says, for each row.
// The product is rounded, and then the sum: no multiply-add.
func (m micro) products(c *x86.Code, b int, number func(row int) x86.Mem) {
	for j := range m.vectors() {
		c.LoadVec(vecB+x86.Vec(j), x86.At(regB, b+vectorBytes*j))
	}
	for row := range m.rows {
		c.Broadcast(vecA, number(row))
		for j := range m.vectors() {
			sum := m.sum(row, j)
			product := vecProduct
			if j == m.vectors()-1 {
				product = vecA // not needed any more
			}
			c.Arith(x86.MulPS, product, vecA, vecB+x86.Vec(j))
			c.Arith(x86.AddPS, sum, sum, product)
		}
	}
}

// storeSums stores them. A ReLU is WebAssembly's maximum as in wazero: -0 becomes 0, which the processor's maximum alone would leave,
// and of a NaN only the sign stays.
func (m micro) storeSums(c *x86.Code) {
	if m.relu {
		zero, nan := vecA, vecProduct
		c.Zero(zero)
		for sum := range x86.Vec(m.rows * m.vectors()) {
			c.Arith(x86.MaxPS, sum, zero, sum)
			c.Arith(x86.AddPS, sum, sum, zero)
			c.Arith(x86.UnorderedPS, nan, sum, sum)
			c.Shift(x86.ShiftRight, nan, nan, 10)
			c.Arith(x86.AndNot, sum, nan, sum)
		}
	}
	m.each(c, func(row, j int, partial bool) {
		sum, to := m.sum(row, j), x86.At(regC, row*m.cRow+vectorBytes*j)
		if partial {
			c.StoreMasked(to, vecMask, sum)
		} else {
			c.StoreVec(to, sum)
		}
	})
}
