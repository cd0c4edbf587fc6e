package emit

import "unpool/wasm/module"

// packB returns the function (source, target, ks) that copies ks rows of one panel of B, columns wide, into packed form:
// panelWidth floats for each k, zeros where there is no column. row and col are the bytes from one k, and from one
// column, to the next.
func (k *Kernels) packB(columns, row, col int) *module.Func {
	return k.shared(name("pack b %d columns, strides %d %d", columns, row, col), 3, func(f *module.Func) {
		source, target, ks := f.Param(0), f.Param(1), f.Param(2)
		switch {
		case col == 4:
			k.packRows(f, source, target, ks, columns, row)
		case row == 4 && columns == panelWidth:
			k.packColumns(f, source, target, ks, col)
		default:
			packSingly(f, source, target, ks, columns, row, col)
		}
	})
}

// packRows copies rows whose columns are side by side.
func (k *Kernels) packRows(f *module.Func, source, target, ks module.Local, columns, row int) {
	v := f.Local(module.V128)
	while(f, ks, 1, func() {
		for j := 0; j < panelWidth; j += vectorWidth {
			if columns > j {
				loadPart(f, source, 4*j, columns-j)
			} else {
				f.F32x4Const(0, 0, 0, 0)
			}
			f.Set(v)
			storePart(f, target, v, 4*j, vectorWidth)
		}
		bump(f, source, row)
		bump(f, target, panelStep)
	})
}

// packColumns copies columns that lie one behind the other, as a transposed matrix has them: four k at a time by
// transposing squares of four, the rest singly.
func (k *Kernels) packColumns(f *module.Func, source, target, ks module.Local, col int) {
	square := f.Locals(module.V128, 4)
	while(f, ks, 4, func() {
		for half := range panelWidth / vectorWidth {
			for j := range square {
				f.Get(source)
				f.Mem(module.V128Load, uint32((4*half+j)*col))
				f.Set(square[j])
			}
			for i, row := range transpose(f, square) {
				storePart(f, target, row, i*panelStep+16*half, vectorWidth)
			}
		}
		bump(f, source, 16)
		bump(f, target, 4*panelStep)
	})
	packSingly(f, source, target, ks, panelWidth, 4, col)
}

// transpose returns the columns of a square of four vectors.
func transpose(f *module.Func, v []module.Local) []module.Local {
	mix := func(a, b module.Local, lanes [4]int) module.Local {
		out := f.Local(module.V128)
		f.Get(a)
		f.Get(b)
		f.Shuffle32(lanes)
		f.Set(out)
		return out
	}
	low, high := [4]int{0, 4, 1, 5}, [4]int{2, 6, 3, 7}
	ab, cd := mix(v[0], v[1], low), mix(v[2], v[3], low)
	AB, CD := mix(v[0], v[1], high), mix(v[2], v[3], high)
	first, second := [4]int{0, 1, 4, 5}, [4]int{2, 3, 6, 7}
	return []module.Local{mix(ab, cd, first), mix(ab, cd, second), mix(AB, CD, first), mix(AB, CD, second)}
}

// packSingly copies one number at a time.
func packSingly(f *module.Func, source, target, ks module.Local, columns, row, col int) {
	while(f, ks, 1, func() {
		for j := range panelWidth {
			f.Get(target)
			if j < columns {
				f.Get(source)
				f.Mem(module.F32Load, uint32(j*col))
			} else {
				f.F32Const(0)
			}
			f.Mem(module.F32Store, uint32(4*j))
		}
		bump(f, source, row)
		bump(f, target, panelStep)
	})
}

// while runs body as long as n is at least step, making it smaller by step each time.
func while(f *module.Func, n module.Local, step int, body func()) {
	f.Block(func(done module.Label) {
		f.Loop(func(again module.Label) {
			f.Get(n)
			f.I32Const(int32(step))
			f.Op(module.I32LtU)
			f.BrIf(done)
			body()
			bump(f, n, -step)
			f.Br(again)
		})
	})
}

// packA returns the function (target, a…) that copies a tile's rows of A, each number broadcast into a vector, in the
// order in which the micro-kernel reads them.
func (k *Kernels) packA(rows int, w walk) *module.Func {
	return k.shared(name("pack a %d rows, %+v", rows, w), 1+rows, func(f *module.Func) {
		target := f.Param(0)
		copyOne := func(u int) {
			for i := rows - 1; i >= 0; i-- {
				f.Get(target)
				f.Get(f.Param(1 + i))
				f.Mem(module.F32Load, uint32(u*w.step))
				f.Op(module.F32x4Splat)
				f.Mem(module.V128Store, uint32(16*(u*rows+i)))
			}
		}
		some := func(n int) {
			for u := n - 1; u >= 0; u-- { // the largest offset first, as in the micro-kernel
				copyOne(u)
			}
			bump(f, target, 16*rows*n)
			for i := range rows {
				bump(f, f.Param(1+i), n*w.step)
			}
		}
		const unroll = 4
		times(f, w.runs, func() {
			times(f, w.length/unroll, func() { some(unroll) })
			if rest := w.length % unroll; rest > 0 {
				some(rest)
			}
			for i := range rows {
				bump(f, f.Param(1+i), w.skip)
			}
		})
	})
}
