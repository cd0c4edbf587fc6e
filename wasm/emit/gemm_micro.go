package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// The micro-kernel computes a tile of up to tileRows x panelWidth outputs in registers: twelve vectors of sums, two of
// B and one of A are fifteen of the sixteen that a processor has. It was measured best in V8, and under wazero with a
// packed A.
const (
	tileRows    = 6
	panelWidth  = 8
	panelStep   = 4 * panelWidth // bytes of a packed B from one k to the next
	vectorWidth = 4
)

// walk is how the numbers of one row of A follow each other along k: runs of them, step bytes from one to the next,
// and skip bytes more from the end of a run to the next. A matrix has one run; a convolution one for each row of its
// window.
type walk struct {
	runs, length int
	step, skip   int
}

func (w walk) k() int { return w.runs * w.length }

// micro is all that the code of a micro-kernel depends on.
type micro struct {
	rows    int
	columns int // valid ones, 1 to panelWidth
	walk    walk
	cRow    int // bytes from one row of C to the next
	start   ir.Start
	relu    bool
}

// vectors is the number of vectors a row of the tile takes.
func (m micro) vectors() int { return (m.columns + vectorWidth - 1) / vectorWidth }

// micro returns the function (b, c, bias, a…) that computes one tile: b a packed panel of B, c the tile's corner in C,
// bias that panel's part of the vector, and a either one pointer for each row, or one to a packed, broadcast A.
func (k *Kernels) micro(m micro) *module.Func {
	pointers := m.rows
	if !k.t.Broadcast {
		pointers = 1
		m.walk = walk{1, m.walk.k(), 16 * m.rows, 0}
	}
	return k.shared(name("tile %+v", m), 3+pointers, func(f *module.Func) {
		b, c, bias := f.Param(0), f.Param(1), f.Param(2)
		a := make([]module.Local, pointers)
		for i := range a {
			a[i] = f.Param(3 + i)
		}
		sums := f.Locals(module.V128, m.rows*m.vectors())
		k.loadSums(f, m, sums, c, bias)
		unroll := 2
		if !k.t.Broadcast {
			unroll = 8
		}
		times(f, m.walk.runs, func() {
			times(f, m.walk.length/unroll, func() { k.products(f, m, unroll, sums, a, b) })
			if rest := m.walk.length % unroll; rest > 0 {
				k.products(f, m, rest, sums, a, b)
			}
			for _, p := range a {
				bump(f, p, m.walk.skip)
			}
		})
		k.storeSums(f, m, sums, c)
	})
}

// products adds n products to each sum and moves the pointers on.
func (k *Kernels) products(f *module.Func, m micro, n int, sums, a []module.Local, b module.Local) {
	factor := f.Local(module.V128)
	panel := f.Locals(module.V128, m.vectors())
	for u := range n {
		// The largest offset from each pointer first: wazero checks it and no smaller one after it.
		for j := len(panel) - 1; j >= 0; j-- {
			f.Get(b)
			f.Mem(module.V128Load, uint32(u*panelStep+16*j))
			f.Set(panel[j])
		}
		for i := m.rows - 1; i >= 0; i-- {
			if k.t.Broadcast {
				f.Get(a[i])
				f.Mem(module.V128Load32Splat, uint32(u*m.walk.step))
			} else {
				f.Get(a[0])
				f.Mem(module.V128Load, uint32(u*m.walk.step+16*i))
			}
			f.Set(factor)
			for j, v := range panel {
				sum := sums[i*len(panel)+j]
				k.multiplyAdd(f, factor, v, sum)
				f.Set(sum)
			}
		}
	}
	for _, p := range a {
		bump(f, p, n*m.walk.step)
	}
	bump(f, b, n*panelStep)
}

// multiplyAdd puts x·y + z on the stack.
func (k *Kernels) multiplyAdd(f *module.Func, x, y, z module.Local) {
	if k.t.Relaxed {
		f.Get(x)
		f.Get(y)
		f.Get(z)
		f.Op(module.F32x4RelaxedMadd)
		return
	}
	f.Get(z)
	f.Get(x)
	f.Get(y)
	f.Op(module.F32x4Mul, module.F32x4Add)
}

func (k *Kernels) loadSums(f *module.Func, m micro, sums []module.Local, c, bias module.Local) {
	for i, sum := range sums {
		row, j := i/m.vectors(), i%m.vectors()
		switch m.start {
		case ir.FromZero:
			f.F32x4Const(0, 0, 0, 0)
		case ir.FromBias:
			loadPart(f, bias, 16*j, m.columns-vectorWidth*j)
		case ir.FromC:
			loadPart(f, c, row*m.cRow+16*j, m.columns-vectorWidth*j)
		}
		f.Set(sum)
	}
}

func (k *Kernels) storeSums(f *module.Func, m micro, sums []module.Local, c module.Local) {
	for i, sum := range sums {
		row, j := i/m.vectors(), i%m.vectors()
		if m.relu {
			f.Get(sum)
			f.F32x4Const(0, 0, 0, 0)
			f.Op(module.F32x4Max)
			f.Set(sum)
		}
		storePart(f, c, sum, row*m.cRow+16*j, m.columns-vectorWidth*j)
	}
}

// loadPart puts the first n floats at an address on the stack, zeros behind them; 4 or more are a whole vector.
func loadPart(f *module.Func, p module.Local, offset, n int) {
	f.Get(p)
	switch o := uint32(offset); n {
	case 1:
		f.Mem(module.V128Load32Zero, o)
	case 2:
		f.Mem(module.V128Load64Zero, o)
	case 3:
		low := f.Local(module.V128)
		f.Mem(module.V128Load64Zero, o)
		f.Set(low)
		f.Get(p)
		f.Get(low)
		f.MemLane(module.V128Load32Lane, o+8, 2)
	default:
		f.Mem(module.V128Load, o)
	}
}

// storePart stores the first n floats of a vector; 4 or more are all of it.
func storePart(f *module.Func, p, v module.Local, offset, n int) {
	o := uint32(offset)
	f.Get(p)
	f.Get(v)
	switch n {
	case 1:
		f.MemLane(module.V128Store32Lane, o, 0)
	case 2:
		f.MemLane(module.V128Store64Lane, o, 0)
	case 3:
		f.MemLane(module.V128Store64Lane, o, 0)
		f.Get(p)
		f.Get(v)
		f.MemLane(module.V128Store32Lane, o+8, 2)
	default:
		f.Mem(module.V128Store, o)
	}
}
