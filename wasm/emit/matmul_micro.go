package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// The micro-kernel computes a tile of up to tileRows x panelWidth outputs in registers.
const (
	panelWidth  = 8
	panelStep   = 4 * panelWidth // bytes of a packed B from one k to the next
	vectorWidth = 4
)

// tileRows is how many rows a tile has at most. Six make twelve vectors of sums; with two of B and one of A they are
// fifteen, all that V8 uses of a processor's sixteen. Without a fused multiply-add a product needs one more, and
// V8 would keep a sum in memory, at two thirds of the speed: hence five. wazero uses all sixteen.
func (k *Kernels) tileRows() int {
	if k.t.Broadcast && !k.t.Relaxed {
		return 5
	}
	return 6
}

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
	packed  bool // A is what packA made
	aRow    int  // bytes from one row of A to the next, when one pointer leads to all; 0 when each row has its own
	cRow    int  // bytes from one row of C to the next
	start   ir.Start
	relu    bool
}

// vectors is the number of vectors a row of the tile takes.
func (m micro) vectors() int { return (m.columns + vectorWidth - 1) / vectorWidth }

// micro returns the function (b, c, bias, a…) that computes one tile: b a packed panel of B, c the tile's corner in C,
// bias that panel's part of the vector, and a either one pointer for each row, or one for all.
func (k *Kernels) micro(m micro) *module.Func {
	if m.packed {
		m.aRow = k.packedNumber()
		m.walk = walk{1, m.walk.k(), m.aRow * m.rows, 0}
	}
	pointers := m.rows
	if m.aRow != 0 {
		pointers = 1
	}
	return k.shared(m, name("tile %+v", m), 3+pointers, func(f *module.Func) {
		b, c, bias := f.Param(0), f.Param(1), f.Param(2)
		a := make([]module.Local, pointers)
		for i := range a {
			a[i] = f.Param(3 + i)
		}
		sums := f.Locals(module.V128, m.rows*m.vectors())
		k.loadSums(f, m, sums, c, bias)
		k.sum(f, m, sums, a, b)
		k.storeSums(f, m, sums, c)
	})
}

// sum adds all products to the sums.
func (k *Kernels) sum(f *module.Func, m micro, sums, a []module.Local, b module.Local) {
	const short = 32 // so few products are done without a loop
	w := m.walk
	if w.k() <= short {
		var places []int
		for run := range w.runs {
			for u := range w.length {
				places = append(places, run*(w.length*w.step+w.skip)+u*w.step)
			}
		}
		k.products(f, m, places, sums, a, b)
		return
	}
	unroll := 4
	if !k.t.Broadcast {
		unroll = 16 // what the checks of the addresses cost is divided by it
	}
	some := func(n int) {
		places := make([]int, n)
		for u := range places {
			places[u] = u * w.step
		}
		k.products(f, m, places, sums, a, b)
		for _, p := range a {
			bump(f, p, n*w.step)
		}
		bump(f, b, n*panelStep)
	}
	times(f, w.runs, func() {
		times(f, w.length/unroll, func() { some(unroll) })
		if rest := w.length % unroll; rest > 0 {
			some(rest)
		}
		for _, p := range a {
			bump(f, p, w.skip)
		}
	})
}

// products adds one product to each sum for each of some k that follow each other; places are where they are in a row
// of A, in bytes from its pointer.
func (k *Kernels) products(f *module.Func, m micro, places []int, sums, a []module.Local, b module.Local) {
	number := func(u, i int) (p module.Local, offset int) {
		if m.aRow != 0 {
			return a[0], places[u] + i*m.aRow
		}
		return a[i], places[u]
	}
	if !k.t.Broadcast {
		last := len(places) - 1
		reach(f, b, last*panelStep+16*(m.vectors()-1))
		for i := m.rows - 1; i >= m.rows-len(a); i-- {
			p, offset := number(last, i)
			reach(f, p, offset)
		}
	}
	factor := f.Local(module.V128)
	panel := f.Locals(module.V128, m.vectors())
	for u := range places {
		for j, v := range panel {
			f.Get(b)
			f.Mem(module.V128Load, uint32(u*panelStep+16*j))
			f.Set(v)
		}
		for i := range m.rows {
			p, offset := number(u, i)
			f.Get(p)
			if k.t.Broadcast {
				f.Mem(module.V128Load32Splat, uint32(offset))
			} else {
				f.Mem(module.V128Load, uint32(offset))
			}
			f.Set(factor)
			for j, v := range panel {
				sum := sums[i*len(panel)+j]
				k.multiplyAdd(f, factor, v, sum)
				f.Set(sum)
			}
		}
	}
}

// reach loads a vector that is not used. wazero compares an address with the memory's size before each load, unless it has
// done so for a larger offset from the same pointer: with the largest first, one comparison serves all. It removes the
// load itself. This doubles the speed of a micro-kernel.
func reach(f *module.Func, p module.Local, offset int) {
	f.Get(p)
	f.Mem(module.V128Load, uint32(offset))
	f.Drop()
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

// loadPart puts the first n floats at an address on the stack, zeros after them; 4 or more are a whole vector.
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
