package lower

import (
	"slices"

	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// convKernel appends the kernel for a two-dimensional f32 convolution and says whether there is one for it. The
// gradient with respect to the kernel is a convolution too, in which channels and batch have changed places.
func (l *lowerer) convKernel(n *graph.Node, o graph.Conv) bool {
	if n.Type != ir.F32 || n.Size() == 0 || len(o.Strides) != 2 || o.ChannelGroups > 1 || o.BatchGroups > 1 {
		return false
	}
	x, ok := l.inPlace(n.In[0])
	k, ok2 := l.inPlace(n.In[1])
	if !ok || !ok2 {
		return false
	}
	c := convOperands{o: o, x: n.In[0].Dims, k: n.In[1].Dims, y: n.Dims, xs: x, ks: k, ys: ir.Strides(n.Dims)}
	if !slices.Equal(o.InputDilation, []int{1, 1}) {
		return l.dilatedConv(n, c, x.buffer, k.buffer)
	}
	if f, ok := c.forward(); ok {
		l.emit(&ir.Conv{ConvShape: f, X: x.buffer, Kernel: k.buffer, Y: l.home(n)})
		return true
	}
	if f, ok := c.filter(); ok {
		l.emit(&ir.ConvFilter{ConvFilterShape: f, X: x.buffer, DY: k.buffer, DKernel: l.home(n)})
		return true
	}
	return false
}

type convOperands struct {
	o       graph.Conv
	x, k, y []int // dimensions
	xs, ks  operand
	ys      []int // strides of the result
}

// dense reports whether an array's axes, in the order given, lie row-major in its buffer from the start.
func dense(dims []int, at operand, axes ...int) bool {
	if at.at != 0 {
		return false
	}
	step := 1
	for i := len(axes) - 1; i >= 0; i-- {
		if dims[axes[i]] != 1 && at.strides[axes[i]] != step {
			return false
		}
		step *= dims[axes[i]]
	}
	return true
}

// forward is a convolution of images [n, h, w, c] to images, with any strides of the kernel.
func (c convOperands) forward() (ir.ConvShape, bool) {
	o := c.o
	in, kernel, out := o.Input, o.Kernel, o.Output
	if !slices.Equal(o.KernelDilate, []int{1, 1}) || !dense(c.x, c.xs, in[0], in[2], in[3], in[1]) ||
		!dense(c.y, operand{strides: c.ys}, out[0], out[2], out[3], out[1]) {
		return ir.ConvShape{}, false
	}
	return ir.ConvShape{
		Images: c.x[in[0]], H: c.x[in[2]], W: c.x[in[3]], In: c.x[in[1]],
		OutH: c.y[out[2]], OutW: c.y[out[3]], Out: c.y[out[1]],
		WindowH: c.k[kernel[2]], WindowW: c.k[kernel[3]], StrideH: o.Strides[0], StrideW: o.Strides[1],
		Top: o.Start[0], Left: o.Start[1], KernelFirst: c.ks.at,
		KernelH: c.ks.strides[kernel[2]], KernelW: c.ks.strides[kernel[3]],
		KernelIn: c.ks.strides[kernel[1]], KernelOut: c.ks.strides[kernel[0]],
	}, o.Start[0] >= 0 && o.Start[1] >= 0 && c.ks.strides[kernel[1]] > 0 && c.ks.strides[kernel[0]] > 0
}

// filter is the gradient with respect to the kernel: the images' channels are the convolution's batch and their number its
// channels, the gradient of the outputs is its kernel, dilated by the strides of the convolution it belongs to.
func (c convOperands) filter() (ir.ConvFilterShape, bool) {
	o := c.o
	in, kernel, out := o.Input, o.Kernel, o.Output
	if !slices.Equal(o.Strides, []int{1, 1}) || !dense(c.x, c.xs, in[1], in[2], in[3], in[0]) ||
		!dense(c.k, c.ks, kernel[1], kernel[2], kernel[3], kernel[0]) ||
		!dense(c.y, operand{strides: c.ys}, out[2], out[3], out[0], out[1]) {
		return ir.ConvFilterShape{}, false
	}
	return ir.ConvFilterShape{
		Images: c.x[in[1]], H: c.x[in[2]], W: c.x[in[3]], In: c.x[in[0]],
		OutH: c.k[kernel[2]], OutW: c.k[kernel[3]], Out: c.k[kernel[0]],
		WindowH: c.y[out[2]], WindowW: c.y[out[3]],
		StrideH: o.KernelDilate[0], StrideW: o.KernelDilate[1], Top: o.Start[0], Left: o.Start[1],
	}, o.Start[0] >= 0 && o.Start[1] >= 0
}
