//go:build amd64 && (linux || darwin)

package native

import (
	"unpool/wasm/emit"
	"unpool/wasm/ir"
	"unpool/wasm/tiling"
)

// convFilter is the gradient of a convolution by its kernel: a product with the pixels as the summed axis, image after image.
type convFilter struct {
	c       ir.ConvFilterShape
	frame   frame
	first   []*sweep // of the first image, one for each block of runs
	others  []*sweep // of those whose sums continue
	packB   *packer
	height  int // bytes of a packed panel
	touches reach
}

func (p *Program) convFilter(c ir.ConvFilterShape) kernel {
	fr := newFrame(tiling.NewFrame(c.H, c.W, c.In, c.OutH, c.OutW, c.WindowH, c.WindowW, c.StrideH, c.StrideW, c.Top, c.Left))
	step := c.StrideW * fr.pixel()
	if !near(1, fr.Height*fr.row(), 4*tileRows*c.Out, short*step) || !near(panelStep, c.OutW) {
		return nil
	}
	// Places of one row of the window, with their channels, are neighbours in the frame.
	fr.grid(c.WindowH, fr.row(), c.WindowW*c.In, 4)
	w := walk{runs: c.OutH, length: c.OutW, step: step, skip: c.StrideH*fr.row() - c.OutW*step}
	v := &convFilter{c: c, frame: fr, height: w.k() * panelStep}
	shape := micro{walk: w, table: true, cRow: 4 * c.Out}
	tiles, panel := tiling.Rows(c.WindowH*c.WindowW*c.In, tileRows), widths(c.Out, true)
	v.packB = p.packer(4*c.Out, 4, panel)
	v.first = p.blocksOf(shape, runsOf(w, blockK), ir.FromZero, false, tiles, panel)
	v.others = p.blocksOf(shape, runsOf(w, blockK), ir.FromC, false, tiles, panel)
	v.touches = reach{
		parts: groups(c.Out),
		a:     extent{0, c.Images * fr.image()},
		b:     extent{0, 4 * c.Images * c.OutH * c.OutW * c.Out},
		c:     extent{0, 4 * c.WindowH * c.WindowW * c.In * c.Out},
		work:  extent{0, fr.bytes() + panels(c.Out)*v.height},
	}
	return v
}

func (v *convFilter) reach() reach { return v.touches }

func (v *convFilter) link(entry func(offset int) uintptr) {
	for _, s := range append(v.first, v.others...) {
		s.link(entry)
	}
	v.packB.link(entry)
}

func (v *convFilter) run(from, to int, o operands) {
	c := v.c
	column := from * emit.PartColumns
	columns := min(to*emit.PartColumns, c.Out) - column
	packed := o.work + v.frame.bytes()
	v.frame.clear(&o)
	sweeps := v.first
	for image := range c.Images {
		at := v.frame.fill(&o, o.a+image*v.frame.image())
		v.packB.run(&o, o.b+4*(image*c.OutH*c.OutW*c.Out+column), packed, v.height, c.OutH*c.OutW, columns)
		b := packed
		for _, s := range sweeps {
			s.run(&o, at, v.frame.place, b, v.height, o.c+4*column, 0, 0, s.tiles.Count, columns)
			at += s.shape.walk.bytes()
			b += s.shape.walk.k() * panelStep
		}
		sweeps = v.others
	}
}
