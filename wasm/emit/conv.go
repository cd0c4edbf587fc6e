package emit

import (
	"unpool/wasm/ir"
	"unpool/wasm/module"
	"unpool/wasm/tiling"
)

// A convolution is a matrix product whose A is never written out. Each image is copied into a frame of zeros as wide as
// its padding; in the frame, the numbers under a window are a few runs of neighbours, so a micro-kernel can walk along
// them. A table gives the place in the frame where each row of A begins.

// frame is one image with its padding, f32 [Height, Width, Channels].
type frame struct {
	tiling.Frame
	number int // bytes that a number takes: 4, or 16 when it is broadcast
}

func (fr frame) pixel() int { return fr.number * fr.Channels } // bytes
func (fr frame) row() int   { return fr.Width * fr.pixel() }   // bytes
func (fr frame) bytes() int { return align(fr.Height * fr.row()) }

// clear makes the frame zero, once; what fill writes is the same places for every image.
func (fr frame) clear(f *module.Func, at module.Local) {
	f.Get(at)
	f.I32Const(0)
	f.I32Const(int32(fr.bytes()))
	f.Op(module.MemoryFill)
}

// fill copies an image into the frame.
func (fr frame) fill(k *Kernels, f *module.Func, frame, image module.Local) {
	add(f, frame, fr.Top*fr.row()+fr.Left*fr.pixel())
	to := let(f)
	f.Get(image)
	from := let(f)
	times(f, fr.RowsUsed, func() {
		if fr.number == 4 {
			f.Get(to)
			f.Get(from)
			f.I32Const(int32(fr.ColsUsed * fr.pixel()))
			f.Op(module.MemoryCopy)
		} else {
			k.broadcast(f, to, from, fr.ColsUsed*fr.Channels)
		}
		bump(f, to, fr.row())
		bump(f, from, fr.W*fr.Channels*4)
	})
}

// broadcast copies n numbers, each into all lanes of a vector.
func (k *Kernels) broadcast(f *module.Func, target, source module.Local, n int) {
	f.Get(target)
	to := let(f)
	f.Get(source)
	from := let(f)
	some := func(n int) {
		k.copyNumbers(f, n, to, func(at int) (module.Local, int) { return from, 4 * at })
		bump(f, to, 16*n)
		bump(f, from, 4*n)
	}
	const unroll = 8
	times(f, n/unroll, func() { some(unroll) })
	if rest := n % unroll; rest > 0 {
		some(rest)
	}
}

// grid fills a table with the bytes from the frame's start to each of rows x columns places.
func grid(f *module.Func, table module.Local, rows, rowStep, columns, columnStep int) {
	f.Get(table)
	next := let(f)
	row := constant(f, 0)
	times(f, rows, func() {
		f.Get(row)
		place := let(f)
		times(f, columns, func() {
			f.Get(next)
			f.Get(place)
			f.Mem(module.I32Store, 0)
			bump(f, next, 4)
			bump(f, place, columnStep)
		})
		bump(f, row, rowStep)
	})
}

// sliding is a product of rows found in a frame and a packed B, for one image.
type sliding struct {
	k       *Kernels
	f       *module.Func
	walk    walk // along all of k
	runs    int  // of walk in a block
	columns panels
	tiles   tiles
	packed  bool // each tile of A is packed
	cRow    int  // bytes
	frame   module.Local
	table   module.Local
	b       module.Local // packed, whole panels one after the other
	splats  module.Local
	bias    module.Local
	from    module.Local // first and last panel
	to      module.Local
}

// runsOf is how many runs of a walk make a block: a panel of B of a block stays in the first-level cache beside A.
func (k *Kernels) runsOf(w walk) int {
	limit := 2 * blockK
	if !k.t.Broadcast {
		limit = blockK
	}
	return min(w.runs, max(1, limit/w.length))
}

// image computes C for one image.
func (s *sliding) image(c module.Local, start ir.Start, relu bool) {
	f := s.f
	i := f.Local(module.I32)
	none := constant(f, 0)
	span(f, i, none, constant(f, s.tiles.Count), 1, func() {
		s.tiles.start(f, i)
		row := let(f)
		at(f, c, row, s.cRow)
		at(f, let(f), s.from, 4*panelWidth)
		corner := let(f)
		s.tiles.each(f, i, func(rows int) {
			pointers := make([]module.Local, rows)
			for r := range pointers {
				at(f, s.table, row, 4)
				f.Mem(module.I32Load, uint32(4*r))
				f.Get(s.frame)
				f.Op(module.I32Add)
				pointers[r] = let(f)
			}
			f.Get(s.b)
			b := let(f)
			for run := 0; run < s.walk.runs; run += s.runs {
				w := s.walk
				w.runs = min(s.runs, s.walk.runs-run)
				shape := micro{rows: rows, walk: w, packed: s.packed, cRow: s.cRow, start: start, relu: relu && run+w.runs == s.walk.runs}
				if run > 0 {
					shape.start = ir.FromC
				}
				s.k.row(f, chunk{s.columns, s.from, s.to}, shape, pointers, b, s.splats, corner, s.bias, s.walk.k())
				for _, p := range pointers {
					bump(f, p, w.runs*(w.length*w.step+w.skip))
				}
				bump(f, b, w.k()*panelStep)
			}
		})
	})
}

func (k *Kernels) conv(c ir.ConvShape) (fr frame, w walk, columns panels) {
	fr = frame{tiling.NewFrame(c.H, c.W, c.In, c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left), 4}
	// A number is under many windows. Where it must be broadcast, that is done once, in the frame, as long as it fits in
	// the second-level cache.
	if wide := 16 / fr.number * fr.bytes(); !k.t.Broadcast && wide <= 1<<20 {
		fr.number = 16
	}
	length := c.WindowW * c.In
	w = walk{runs: c.WindowH, length: length, step: fr.number, skip: fr.row() - fr.number*length}
	return fr, w, panel(c.Out)
}

// ConvScratch is how many bytes of scratch memory a thread needs for c, a multiple of 64.
func (k *Kernels) ConvScratch(c ir.ConvShape) int {
	fr, w, columns := k.conv(c)
	return fr.bytes() + align(4*c.OutH*c.OutW) + k.packedB(columns.count(), w.k()) + k.packedA(w.length*k.runsOf(w))
}

// Conv returns the function (thread, threads, x, kernel, y, bias, scratch) that computes thread's part of c, some of
// the images. Scratch and bias are as for MatMul.
func (k *Kernels) Conv(c ir.ConvShape) *module.Func {
	return k.shared(c, c.String(), 7, func(f *module.Func) {
		fr, w, columns := k.conv(c)
		x, kernel, y, bias := f.Param(2), f.Param(3), f.Param(4), f.Param(5)
		s := &sliding{k: k, f: f, walk: w, runs: k.runsOf(w), columns: columns, tiles: tile(c.OutH*c.OutW, k.tileRows()),
			packed: fr.number < k.packedNumber(), cRow: 4 * c.Out, bias: bias}
		s.frame = f.Param(6)
		add(f, s.frame, fr.bytes())
		s.table = let(f)
		add(f, s.table, align(4*c.OutH*c.OutW))
		s.b = let(f)
		add(f, s.b, k.packedB(columns.count(), w.k()))
		s.splats = let(f)
		s.from, s.to = constant(f, 0), constant(f, columns.count())

		fr.clear(f, s.frame)
		grid(f, s.table, c.OutH, c.StrideH*fr.row(), c.OutW, c.StrideW*fr.pixel())
		k.packKernel(f, c, columns, kernel, s.b)

		from, to := k.part(f, f.Param(0), c.Images)
		n := f.Local(module.I32)
		span(f, n, from, to, 1, func() {
			at(f, x, n, 4*c.H*c.W*c.In)
			fr.fill(k, f, s.frame, let(f))
			at(f, y, n, 4*c.OutH*c.OutW*c.Out)
			s.image(let(f), c.Start, c.ReLU)
		})
	})
}

// packKernel packs a whole kernel: for each panel, window place after window place.
func (k *Kernels) packKernel(f *module.Func, c ir.ConvShape, columns panels, kernel, packed module.Local) {
	f.Get(packed)
	target := let(f)
	add(f, kernel, 4*c.KernelFirst)
	first := let(f)
	c2 := chunk{columns, constant(f, 0), constant(f, columns.count())}
	c2.each(f, func(width int) {
		f.Get(first)
		rowStart := let(f)
		times(f, c.WindowH, func() {
			f.Get(rowStart)
			place := let(f)
			times(f, c.WindowW, func() {
				f.Get(place)
				f.Get(target)
				f.I32Const(int32(c.In))
				f.Call(k.packB(width, 4*c.KernelIn, 4*c.KernelOut))
				bump(f, target, c.In*panelStep)
				bump(f, place, 4*c.KernelW)
			})
			bump(f, rowStart, 4*c.KernelH)
		})
		bump(f, first, 4*panelWidth*c.KernelOut)
	})
}
