package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// Threads wait for each other only where one may touch what another has written. Nets compute images independently of
// each other: where two kernels in a row divide the images in the same way, each thread continues with its own, and a
// recurrent net's 28 steps need no barrier at all. So kernels divide rows in one way, and say which bytes a row has.

// dividedRows is how many rows a loop must have to be divided like a product's.
const dividedRows = 64

// shareRows gives a thread its part of n rows, in whole tiles of a product's rows.
func (k *Kernels) shareRows(f *module.Func, thread module.Local, t tiles) (from, to module.Local) {
	first, last := k.part(f, thread, t.Count)
	t.start(f, first)
	from = let(f)
	t.start(f, last)
	return from, let(f)
}

// footprint is what a kernel touches of a buffer: bytes from up to to. Divided, that is row 0 of rows; each row is step
// bytes after the one before, and a thread touches its own rows only. Undivided, rows is 0.
type footprint struct {
	buffer     *ir.Buffer
	writes     bool
	from, to   int
	rows, step int
}

// whole is the footprint of a kernel that may touch all of a buffer in every thread.
func whole(b *ir.Buffer, writes bool) footprint {
	return footprint{buffer: b, writes: writes, to: b.Root().Size()}
}

// within is the footprint of an array: extents and strides of its axes, in elements, from an element on. With divided the
// threads divide the first axis.
func within(b *ir.Buffer, writes, divided bool, at int, extents, strides []int) footprint {
	size := b.Type.Size()
	f := footprint{buffer: b, writes: writes, from: at * size, to: (at + 1) * size}
	if divided && strides[0] > 0 {
		f.rows, f.step = extents[0], strides[0]*size
		extents, strides = extents[1:], strides[1:]
	}
	for i, n := range extents {
		if reach := (n - 1) * strides[i] * size; reach < 0 {
			f.from += reach
		} else {
			f.to += reach
		}
	}
	return f
}

// place names the memory that a buffer is in and says where it begins there. Buffers in different memory never overlap.
func place(b *ir.Buffer) (memory any, at int) {
	b = b.Root()
	switch {
	case b.Place == ir.Temp:
		return ir.Temp, b.Offset
	case b.Replaces != nil: // it may lie in the input's memory
		return b.Replaces.Root(), 0
	}
	return b, 0
}

// conflict reports whether a thread may touch by y what another has touched by x, one of them writing.
func conflict(x, y footprint) bool {
	memory, a := place(x.buffer)
	other, b := place(y.buffer)
	if memory != other || !x.writes && !y.writes {
		return false
	}
	from, to := min(a+x.from, b+y.from), max(a+x.to, b+y.to)
	if x.rows > 0 && x.rows == y.rows && x.step == y.step && to-from <= x.step {
		return false
	}
	return a+x.from < b+y.end() && b+y.from < a+x.end()
}

// end is the first byte after all rows.
func (f footprint) end() int {
	if f.rows == 0 {
		return f.to
	}
	return f.to + (f.rows-1)*f.step
}

// footprints of a kernel that is not a loop nest.
func (k *Kernels) footprints(kernel ir.Kernel) (list []footprint) {
	m, ok := kernel.(*ir.MatMul)
	if !ok {
		for _, b := range kernel.Reads() {
			list = append(list, whole(b, false))
		}
		for _, b := range kernel.Writes() {
			list = append(list, whole(b, true))
		}
		return list
	}
	// Fewer rows are divided by loops in another way.
	divided := m.Batch == 1 && m.M >= dividedRows && !k.byColumns(m.MatMulShape)
	list = []footprint{
		within(m.A, false, divided, m.AAt, []int{m.M, m.K, m.Batch}, []int{m.ARow, m.ACol, m.ABatch}),
		within(m.B, false, false, m.BAt, []int{m.K, m.N, m.Batch}, []int{m.BRow, m.BCol, m.BBatch}),
		within(m.C, true, divided, 0, []int{m.M, m.N, m.Batch}, []int{m.CRow, 1, m.CBatch}),
	}
	if m.Bias != nil {
		list = append(list, whole(m.Bias, false))
	}
	return list
}

// footprints of the nest, whose threads divide its outermost loop if split.
func (p *Plan) footprints(split bool) (list []footprint) {
	touch := func(b *ir.Buffer, at ir.Index, writes bool) {
		if at.Dynamic != nil {
			list = append(list, whole(b, writes))
			return
		}
		extents, strides := make([]int, p.Loops()), at.Strides
		for i := range extents {
			extents[i] = p.Extent(i)
		}
		if len(p.Dims) > 0 { // the outermost loop as rows of p.Unit iterations
			extents = append([]int{p.Rows, p.Unit}, extents[1:]...)
			strides = append([]int{strides[0] * p.Unit}, strides...)
		}
		list = append(list, within(b, writes, split, at.Base, extents, strides))
	}
	p.Walk(func(e *ir.Expr) {
		if e.Op == ir.Load {
			touch(e.Buf, e.At, false)
		}
	})
	for _, s := range p.Stores {
		touch(s.Buf, s.At, true)
	}
	return list
}
