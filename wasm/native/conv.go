//go:build amd64 && (linux || darwin)

package native

import (
	"unpool/wasm/ir"
	"unpool/wasm/tiling"
)

// A convolution is a matrix product whose A is never written out: each image is copied into a frame of zeros, and a table gives the
// place in the frame where each row of A begins, as in package emit.

// frame is where the images of a convolution are put, one after the other, f32.
type frame struct {
	tiling.Frame
	place []int32 // of each row of A, in bytes from the frame's start
	still bool    // an image is its own frame
}

func (fr frame) pixel() int { return 4 * fr.Channels }
func (fr frame) row() int   { return fr.Width * fr.pixel() }
func (fr frame) image() int { return fr.H * fr.W * fr.pixel() }

// bytes is the size of the frame in scratch memory, a multiple of 64.
func (fr frame) bytes() int {
	if fr.still {
		return 0
	}
	return (fr.Height*fr.row() + 63) &^ 63
}

func newFrame(f tiling.Frame) frame {
	return frame{Frame: f, still: f.Top == 0 && f.Left == 0 && f.Width == f.W && f.Height <= f.H}
}

// grid fills the table with rows x columns places. The code's pointer into it ends past the last: there is one more.
func (fr *frame) grid(rows, rowStep, columns, columnStep int) {
	for i := range rows {
		for j := range columns {
			fr.place = append(fr.place, int32(i*rowStep+j*columnStep))
		}
	}
	fr.place = append(fr.place, 0)
}

// clear makes the frame at work zero, once; what fill writes is the same places for every image.
func (fr frame) clear(o *operands) { clear(o.memory[o.work : o.work+fr.bytes()]) }

// fill puts the image at an offset into the frame, and returns where that is.
func (fr frame) fill(o *operands, image int) int {
	if fr.still {
		return image
	}
	to := o.work + fr.Top*fr.row() + fr.Left*fr.pixel()
	for range fr.RowsUsed {
		copy(o.memory[to:to+fr.ColsUsed*fr.pixel()], o.memory[image:])
		to += fr.row()
		image += fr.W * fr.pixel()
	}
	return o.work
}

// runsOf is how many runs of a walk make a block of about so many products.
func runsOf(w walk, products int) int { return min(w.runs, max(1, products/w.length)) }

// blocksOf prepares a sum in blocks of so many runs.
func (p *Program) blocksOf(shape micro, runs int, start ir.Start, relu bool, tiles tiling.Tiles, widths []int) (list []*sweep) {
	count := (shape.walk.runs + runs - 1) / runs
	for i := range count {
		block := shape
		block.walk.runs = min(runs, shape.walk.runs-i*runs)
		block.start, block.relu = starts(i, count, start, relu)
		list = append(list, p.sweep(block, tiles, widths))
	}
	return list
}

// conv is a convolution.
type conv struct {
	c       ir.ConvShape
	frame   frame
	sweeps  []*sweep // one for each block of runs
	packB   *packer
	height  int // bytes of a packed panel
	touches reach
}

func (p *Program) conv(c ir.ConvShape) kernel {
	fr := newFrame(tiling.NewFrame(c.H, c.W, c.In, c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left))
	length := c.WindowW * c.In
	if !near(1, fr.Height*fr.row(), 4*tileRows*c.Out) || !near(4*panelWidth, c.KernelIn, c.KernelOut) || !near(panelStep, length) {
		return nil
	}
	fr.grid(c.OutH, c.StrideH*fr.row(), c.OutW, c.StrideW*fr.pixel())
	w := walk{runs: c.WindowH, length: length, step: 4, skip: fr.row() - 4*length}
	v := &conv{c: c, frame: fr, height: w.k() * panelStep}
	panel := widths(c.Out, false)
	v.sweeps = p.blocksOf(micro{walk: w, table: true, cRow: 4 * c.Out}, runsOf(w, blockK), c.Start, c.ReLU, tiling.Rows(c.OutH*c.OutW, tileRows), panel)
	v.packB = p.packer(4*c.KernelIn, 4*c.KernelOut, panel, c.In)
	v.touches = reach{
		parts: c.Images,
		a:     extent{0, c.Images * fr.image()},
		b:     array(c.KernelFirst, []int{c.WindowH, c.WindowW, c.In, c.Out}, []int{c.KernelH, c.KernelW, c.KernelIn, c.KernelOut}),
		c:     extent{0, 4 * c.Images * c.OutH * c.OutW * c.Out},
		work:  extent{0, fr.bytes() + panels(c.Out)*v.height},
	}
	if c.Start == ir.FromBias {
		v.touches.bias = extent{0, 4 * c.Out}
	}
	return v
}

func (v *conv) reach() reach { return v.touches }

func (v *conv) link(entry func(offset int) uintptr) {
	for _, s := range v.sweeps {
		s.link(entry)
	}
	v.packB.link(entry)
}

func (v *conv) run(from, to int, o operands) {
	c := v.c
	packed := o.work + v.frame.bytes()
	v.pack(&o, packed)
	v.frame.clear(&o)
	for image := from; image < to; image++ {
		at := v.frame.fill(&o, o.a+image*v.frame.image())
		b, y := packed, o.c+4*image*c.OutH*c.OutW*c.Out
		for _, s := range v.sweeps {
			s.run(&o, at, v.frame.place, b, v.height, y, o.bias, 0, s.tiles.Count, c.Out)
			at += s.shape.walk.bytes()
			b += s.shape.walk.k() * panelStep
		}
	}
}

// pack packs the kernel: for each panel, window place after window place.
func (v *conv) pack(o *operands, packed int) {
	c := v.c
	for r := range c.WindowH {
		for s := range c.WindowW {
			v.packB.run(o, o.b+4*(c.KernelFirst+r*c.KernelH+s*c.KernelW), packed, v.height, c.In, c.Out)
			packed += c.In * panelStep
		}
	}
}
