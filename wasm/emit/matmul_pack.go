package emit

import "unpool/wasm/module"

// packB returns the function (source, target, ks) that copies ks rows of one panel of B, columns wide, into packed form:
// panelWidth floats for each k, zeros where there is no column. row and col are the bytes from one k, and from one
// column, to the next.
func (k *Kernels) packB(columns, row, col int) *module.Func {
	type packB struct{ columns, row, col int }
	return k.shared(packB{columns, row, col}, name("pack b %d columns, strides %d %d", columns, row, col), 3, func(f *module.Func) {
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

// packColumns copies columns that lie one after the other, as in a transposed matrix: four k at a time by
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

// packedNumber is how many bytes a number of a packed A takes: 16 where it is broadcast.
func (k *Kernels) packedNumber() int {
	if k.t.Broadcast {
		return 4
	}
	return 16
}

// packA returns the function (target, a…) that copies a tile's rows of A in the order in which the micro-kernel reads
// them, broadcast where the engine is slow at that.
func (k *Kernels) packA(rows int, w walk) *module.Func {
	type packA struct {
		rows int
		walk walk
	}
	return k.shared(packA{rows, w}, name("pack a %d rows, %+v", rows, w), 1+rows, func(f *module.Func) {
		target := f.Param(0)
		some := func(n int) {
			k.copyNumbers(f, n*rows, target, func(at int) (module.Local, int) { return f.Param(1 + at%rows), at / rows * w.step })
			bump(f, target, k.packedNumber()*rows*n)
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

// copyNumbers copies n numbers one after the other, as in a packed A; from says where each is. The last goes
// first, for the reason that reach gives. Four are in registers at once because wazero's broadcast waits for the last
// use of its register.
func (k *Kernels) copyNumbers(f *module.Func, n int, target module.Local, from func(at int) (p module.Local, offset int)) {
	if k.t.Broadcast {
		for at := range n {
			p, offset := from(at)
			f.Get(target)
			f.Get(p)
			f.Mem(module.F32Load, uint32(offset))
			f.Mem(module.F32Store, uint32(4*at))
		}
		return
	}
	values := f.Locals(module.V128, 4)
	for end := n; end > 0; end -= len(values) {
		some := values[:min(end, len(values))]
		for i, v := range some {
			p, offset := from(end - 1 - i)
			f.Get(p)
			f.Mem(module.F32Load, uint32(offset))
			f.Op(module.F32x4Splat)
			f.Set(v)
		}
		for i, v := range some {
			storePart(f, target, v, 16*(end-1-i), vectorWidth)
		}
	}
}
