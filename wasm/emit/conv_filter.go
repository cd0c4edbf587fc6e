package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
	"unpool/wasm/tiling"
)

func (k *Kernels) convFilter(c ir.ConvFilterShape) (fr frame, w walk, columns panels) {
	fr = frame{tiling.NewFrame(c.H, c.W, c.In, c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left), 4}
	w = walk{runs: c.OutH, length: c.OutW, step: c.StrideW * fr.pixel(), skip: c.StrideH*fr.row() - c.OutW*c.StrideW*fr.pixel()}
	return fr, w, panel(c.Out)
}

// ConvFilterScratch is how many bytes of scratch memory a thread needs for c, a multiple of 64.
func (k *Kernels) ConvFilterScratch(c ir.ConvFilterShape) int {
	fr, w, columns := k.convFilter(c)
	return fr.bytes() + align(4*c.WindowH*c.WindowW*c.In) + k.packedB(columns.count(), w.k()) + k.packedA(w.length*k.runsOf(w))
}

// ConvFilter returns the function (thread, threads, x, dy, dk, scratch) that computes thread's part of c, some of the
// output channels, image after image. Scratch is as for MatMul.
func (k *Kernels) ConvFilter(c ir.ConvFilterShape) *module.Func {
	return k.shared(c, c.String(), 6, func(f *module.Func) {
		fr, w, columns := k.convFilter(c)
		x, dy, dk := f.Param(2), f.Param(3), f.Param(4)
		rows := c.WindowH * c.WindowW * c.In
		s := &sliding{k: k, f: f, walk: w, runs: k.runsOf(w), columns: columns, tiles: tile(rows, k.tileRows()),
			packed: !k.t.Broadcast, cRow: 4 * c.Out, bias: dk}
		s.frame = f.Param(5)
		add(f, s.frame, fr.bytes())
		s.table = let(f)
		add(f, s.table, align(4*rows))
		s.b = let(f)
		add(f, s.b, k.packedB(columns.count(), w.k()))
		s.splats = let(f)
		s.from, s.to = k.part(f, f.Param(0), columns.count())

		fr.clear(f, s.frame)
		// Window places of one row of the window, with their channels, are neighbours in the frame.
		grid(f, s.table, c.WindowH, fr.row(), c.WindowW*c.In, 4)

		one := func(start ir.Start) {
			fr.fill(k, f, s.frame, x)
			at(f, dy, s.from, 4*panelWidth)
			source := let(f)
			f.Get(s.b)
			target := let(f)
			chunk{columns, s.from, s.to}.each(f, func(width int) {
				f.Get(source)
				f.Get(target)
				f.I32Const(int32(w.k()))
				f.Call(k.packB(width, 4*c.Out, 4))
				bump(f, source, 4*panelWidth)
				bump(f, target, w.k()*panelStep)
			})
			s.image(dk, start, false)
			bump(f, x, 4*c.H*c.W*c.In)
			bump(f, dy, 4*c.OutH*c.OutW*c.Out)
		}
		one(ir.FromZero)
		times(f, c.Images-1, func() { one(ir.FromC) })
	})
}
