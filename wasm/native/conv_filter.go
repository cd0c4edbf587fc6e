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
	parts   []convFilterPart
	height  int // bytes of a packed panel
	touches reach
}

// convFilterPart is what one thread does: some output channels.
type convFilterPart struct {
	column, columns int
	first, others   []*sweep // of the first image, and of those whose sums go on; one for each block of runs
	packB           *packer
}

func (p *Program) convFilter(c ir.ConvFilterShape, parts []emit.Part) kernel {
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
	tiles, most := tiling.Rows(c.WindowH*c.WindowW*c.In, tileRows), 0
	for _, part := range parts {
		q := convFilterPart{column: part.From * emit.PartColumns}
		q.columns = min(part.To*emit.PartColumns, c.Out) - q.column
		if q.columns > 0 {
			q.packB = p.packer(4*c.Out, 4, q.columns)
			q.first = p.blocksOf(shape, runsOf(w, blockK), ir.FromZero, false, tiles, q.columns)
			q.others = p.blocksOf(shape, runsOf(w, blockK), ir.FromC, false, tiles, q.columns)
		}
		v.parts = append(v.parts, q)
		most = max(most, q.columns)
	}
	v.touches = reach{
		a:    extent{0, c.Images * fr.image()},
		b:    extent{0, 4 * c.Images * c.OutH * c.OutW * c.Out},
		c:    extent{0, 4 * c.WindowH * c.WindowW * c.In * c.Out},
		work: extent{0, fr.bytes() + panels(most)*v.height},
	}
	return v
}

func (v *convFilter) reach() reach { return v.touches }

func (v *convFilter) link(entry func(offset int) uintptr) {
	for _, q := range v.parts {
		for _, s := range append(q.first, q.others...) {
			s.link(entry)
		}
		if q.packB != nil {
			q.packB.link(entry)
		}
	}
}

func (v *convFilter) run(thread int, o operands) {
	c, q := v.c, &v.parts[thread]
	if q.columns <= 0 {
		return
	}
	packed := o.work + v.frame.bytes()
	v.frame.clear(&o)
	sweeps := q.first
	for image := range c.Images {
		at := v.frame.fill(&o, o.a+image*v.frame.image())
		q.packB.run(&o, o.b+4*(image*c.OutH*c.OutW*c.Out+q.column), packed, v.height, c.OutH*c.OutW, q.columns)
		b := packed
		for _, s := range sweeps {
			s.run(&o, at, v.frame.place, b, v.height, o.c+4*q.column, 0, 0, s.tiles.Count, 0, q.columns)
			at += s.shape.walk.bytes()
			b += s.shape.walk.k() * panelStep
		}
		sweeps = q.others
	}
}
