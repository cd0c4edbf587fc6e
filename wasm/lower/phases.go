package lower

import (
	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// A convolution of images that are dilated, with gaps of zeros between their pixels, is the gradient with respect to its input of a
// convolution with strides. Of the result's rows, those that are a dilation apart meet the same rows of the kernel, and so
// do its columns: each such phase is a convolution without gaps, by a part of the kernel. All phases together take the
// multiplications that are not with a gap, in the order of the whole, so the sums have the same bits.

// phase is one of a dilated convolution's phases, along rows or columns.
type phase struct {
	from    int // the first row of the result
	rows    int // of the result
	tap     int // the first row of the kernel
	taps    int // 0 where all is gaps
	padding int // before the image
}

// phasesAlong returns the phases along an axis, or false where the image would have to lose pixels before its first.
func phasesAlong(dilation, start, window, out int) ([]phase, bool) {
	var all []phase
	for from := range min(dilation, out) {
		p := phase{from: from, rows: (out - from + dilation - 1) / dilation}
		p.tap = ((start-from)%dilation + dilation) % dilation
		if p.tap < window {
			p.taps = (window - p.tap + dilation - 1) / dilation
		}
		p.padding = (start - from - p.tap) / dilation
		if p.taps > 0 && start < from+p.tap {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}

// dilatedConv appends the kernels for the phases of a dilated convolution, and says whether it can be done.
func (l *lowerer) dilatedConv(n *graph.Node, c convOperands, x, kernel *ir.Buffer) bool {
	whole, ok := c.forward()
	dilation := c.o.InputDilation
	down, ok2 := phasesAlong(dilation[0], c.o.Start[0], whole.WindowH, whole.OutH)
	across, ok3 := phasesAlong(dilation[1], c.o.Start[1], whole.WindowW, whole.OutW)
	if !ok || !ok2 || !ok3 || whole.StrideH != 1 || whole.StrideW != 1 {
		return false
	}
	for _, row := range down {
		for _, column := range across {
			part := whole
			part.OutH, part.OutW = row.rows, column.rows
			part.WindowH, part.WindowW = row.taps, column.taps
			part.Top, part.Left = row.padding, column.padding
			part.KernelFirst += row.tap*whole.KernelH + column.tap*whole.KernelW
			part.KernelH *= dilation[0]
			part.KernelW *= dilation[1]
			l.interleave(n, c, part, row.from, column.from, x, kernel)
		}
	}
	return true
}

// interleave appends a phase of a dilated convolution and puts it at its place between the others.
func (l *lowerer) interleave(n *graph.Node, c convOperands, part ir.ConvShape, row, column int, x, kernel *ir.Buffer) {
	dims := []int{part.Images, part.OutH, part.OutW, part.Out}
	t := l.newNest(dims, nil)
	value := ir.Number(ir.F32, 0)
	if part.WindowH > 0 && part.WindowW > 0 {
		y := l.p.NewBuffer(ir.Temp, ir.F32, part.Images*part.OutH*part.OutW*part.Out)
		l.emit(&ir.Conv{ConvShape: part, X: x, Kernel: kernel, Y: y})
		value = ir.At(y, t.flat(dims))
	}
	out, dilation := c.o.Output, c.o.InputDilation
	strides := pick(c.ys, []int{out[0], out[2], out[3], out[1]})
	at := fixed(t.Loops(), row*strides[1]+column*strides[2])
	copy(at.Strides, []int{strides[0], strides[1] * dilation[0], strides[2] * dilation[1], strides[3]})
	t.store(l.home(n), at, value)
	l.emit(t.Nest)
}
