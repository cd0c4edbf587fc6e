package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
)

// pool goes over the windows of some images, four channels at a time.
type pool struct {
	ir.MaxPoolShape
	f *module.Func
	k *Kernels
}

func (p pool) inputImage() int  { return 4 * p.H * p.W * p.Channels }
func (p pool) outputImage() int { return 4 * p.OutH * p.OutW * p.Channels }

// windows runs body for every window of thread's images. Places are where the window's numbers are in the input, in
// bytes from its start; a place outside the image is moved to the nearest one inside, which is in the window too.
// Out is where the output is.
func (p pool) windows(body func(places []module.Local, out module.Local)) {
	f := p.f
	from, to := p.k.part(f, f.Param(0), p.Images)
	n, out := f.Local(module.I32), f.Local(module.I32)
	mul(f, from, p.outputImage())
	f.Set(out)
	span(f, n, from, to, 1, func() {
		i := constant(f, 0)
		times(f, p.OutH, func() {
			rows := make([]module.Local, p.WindowH)
			for r := range rows {
				p.inside(i, p.StrideH, r-p.Top, p.H)
				mul(f, let(f), 4*p.W*p.Channels)
				mul(f, n, p.inputImage())
				f.Op(module.I32Add)
				rows[r] = let(f)
			}
			j := constant(f, 0)
			times(f, p.OutW, func() {
				var places []module.Local
				columns := make([]module.Local, p.WindowW)
				for s := range columns {
					p.inside(j, p.StrideW, s-p.Left, p.W)
					columns[s] = let(f)
				}
				for _, row := range rows {
					for _, column := range columns {
						at(f, row, column, 4*p.Channels)
						places = append(places, let(f))
					}
				}
				body(places, out)
				bump(f, out, 4*p.Channels)
				bump(f, j, 1)
			})
			bump(f, i, 1)
		})
	})
}

// inside puts i·stride + offset, moved to 0 … size-1, on the stack.
func (p pool) inside(i module.Local, stride, offset, size int) {
	f := p.f
	mul(f, i, stride)
	add(f, let(f), offset)
	v := let(f)
	clamp := func(limit int, outside module.Op) {
		f.I32Const(int32(limit))
		f.Get(v)
		f.Get(v)
		f.I32Const(int32(limit))
		f.Op(outside)
		f.Select()
		f.Set(v)
	}
	clamp(0, module.I32LtS)
	clamp(size-1, module.I32GtS)
	f.Get(v)
}

// channels runs body for each vector of channels; count is how many of its lanes are in use. It advances the locals.
func (p pool) channels(move []module.Local, body func(count int)) {
	step := func() {
		for _, l := range move {
			bump(p.f, l, 4*vectorWidth)
		}
	}
	times(p.f, p.Channels/vectorWidth, func() {
		body(vectorWidth)
		step()
	})
	if rest := p.Channels % vectorWidth; rest > 0 {
		body(rest)
	}
}

// pointers makes locals of base + each of the places.
func pointers(f *module.Func, base module.Local, places ...module.Local) []module.Local {
	out := make([]module.Local, len(places))
	for i, place := range places {
		f.Get(base)
		f.Get(place)
		f.Op(module.I32Add)
		out[i] = let(f)
	}
	return out
}

// MaxPool returns the function (thread, threads, x, y) that computes thread's part of a pool, some of the images.
func (k *Kernels) MaxPool(m ir.MaxPoolShape) *module.Func {
	return k.shared(m, m.String(), 4, func(f *module.Func) {
		p := pool{m, f, k}
		x, y := f.Param(2), f.Param(3)
		best := f.Local(module.V128)
		p.windows(func(places []module.Local, out module.Local) {
			from := pointers(f, x, places...)
			to := pointers(f, y, out)[0]
			p.channels(append(from, to), func(count int) {
				loadPart(f, from[0], 0, count)
				for _, place := range from[1:] {
					loadPart(f, place, 0, count)
					f.Op(module.F32x4Max)
				}
				f.Set(best)
				storePart(f, to, best, 0, count)
			})
		})
	})
}

// MaxPoolGradient returns the function (thread, threads, x, dy, dx) that computes thread's part of the gradient of a
// pool by its input: each window's dy goes to the first of its largest numbers, in order of rows and columns.
func (k *Kernels) MaxPoolGradient(m ir.MaxPoolShape) *module.Func {
	type gradient struct{ of ir.MaxPoolShape }
	return k.shared(gradient{m}, "gradient of "+m.String(), 5, func(f *module.Func) {
		p := pool{m, f, k}
		x, dy, dx := f.Param(2), f.Param(3), f.Param(4)
		// Where windows neither overlap nor leave gaps each place is written once, except that one outside the image
		// stands for its neighbour inside: that comes earlier in the window, so backwards its write is the last.
		exact := m.StrideH == m.WindowH && m.StrideW == m.WindowW && m.Top == 0 && m.Left == 0 &&
			m.OutH*m.StrideH >= m.H && m.OutW*m.StrideW >= m.W
		if !exact {
			from, to := k.part(f, f.Param(0), m.Images)
			at(f, dx, from, p.inputImage())
			f.I32Const(0)
			f.Get(to)
			f.Get(from)
			f.Op(module.I32Sub)
			mul(f, let(f), p.inputImage())
			f.Op(module.MemoryFill)
		}
		best, index, v, g, larger := f.Local(module.V128), f.Local(module.V128), f.Local(module.V128), f.Local(module.V128), f.Local(module.V128)
		p.windows(func(places []module.Local, out module.Local) {
			from, to := pointers(f, x, places...), pointers(f, dx, places...)
			gradient := pointers(f, dy, out)[0]
			p.channels(append(append(from, to...), gradient), func(count int) {
				loadPart(f, from[0], 0, count)
				f.Set(best)
				f.I32x4Const(0, 0, 0, 0)
				f.Set(index)
				for i, place := range from[1:] {
					loadPart(f, place, 0, count)
					f.Tee(v)
					f.Get(best)
					f.Op(module.F32x4Gt)
					f.Set(larger)
					f.I32x4Const(int32(i+1), int32(i+1), int32(i+1), int32(i+1))
					f.Get(index)
					f.Get(larger)
					f.Op(module.V128Bitselect)
					f.Set(index)
					f.Get(v)
					f.Get(best)
					f.Get(larger)
					f.Op(module.V128Bitselect)
					f.Set(best)
				}
				loadPart(f, gradient, 0, count)
				f.Set(g)
				for i := len(to) - 1; i >= 0; i-- {
					f.Get(g)
					f.Get(index)
					f.I32x4Const(int32(i), int32(i), int32(i), int32(i))
					f.Op(module.I32x4Eq, module.V128And)
					if !exact {
						loadPart(f, to[i], 0, count)
						f.Op(module.F32x4Add)
					}
					f.Set(v)
					storePart(f, to[i], v, 0, count)
				}
			})
		})
	})
}
