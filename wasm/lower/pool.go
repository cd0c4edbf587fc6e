package lower

import (
	"unpool/wasm/graph"
	"unpool/wasm/ir"
)

// maxPool describes a window over images [n, h, w, c] as max-pooling, given the dimensions of the input and the output.
func maxPool(s graph.Sliding, in, out []int) (ir.MaxPoolShape, bool) {
	if len(in) != 4 || ir.Product(out) == 0 {
		return ir.MaxPoolShape{}, false
	}
	for a := range in {
		if s.BaseDilation[a] != 1 || s.WindowDilation[a] != 1 || s.Start[a] < 0 {
			return ir.MaxPoolShape{}, false
		}
	}
	for _, a := range []int{0, 3} {
		if s.Dims[a] != 1 || s.Strides[a] != 1 || s.Start[a] != 0 || in[a] != out[a] {
			return ir.MaxPoolShape{}, false
		}
	}
	p := ir.MaxPoolShape{Images: in[0], H: in[1], W: in[2], Channels: in[3], OutH: out[1], OutW: out[2],
		WindowH: s.Dims[1], WindowW: s.Dims[2], StrideH: s.Strides[1], StrideW: s.Strides[2], Top: s.Start[1], Left: s.Start[2]}
	// Every window must have a place inside the image.
	inside := func(out, stride, window, start, size int) bool { return start < window && (out-1)*stride-start < size }
	return p, p.WindowH*p.WindowW <= 16 && inside(p.OutH, p.StrideH, p.WindowH, p.Top, p.H) &&
		inside(p.OutW, p.StrideW, p.WindowW, p.Left, p.W)
}

// pool appends the kernel for max-pooling and says whether the window is one.
func (l *lowerer) pool(n *graph.Node, o graph.Window) bool {
	if o.Fn != ir.Max {
		return false
	}
	x, ok := l.inPlace(n.In[0])
	if !ok || len(n.Dims) != 4 || !dense(n.In[0].Dims, x, 0, 1, 2, 3) {
		return false
	}
	p, ok := maxPool(o.Sliding, n.In[0].Dims, n.Dims)
	if ok {
		l.emit(&ir.MaxPool{MaxPoolShape: p, X: x.buffer, Y: l.home(n)})
	}
	return ok
}

// poolGradient appends the kernel for the gradient of max-pooling and says whether the scatter is one.
func (l *lowerer) poolGradient(n *graph.Node, o graph.SelectScatter) bool {
	if o.Min {
		return false
	}
	x, ok := l.inPlace(n.In[0])
	dy, ok2 := l.inPlace(n.In[1])
	if !ok || !ok2 || len(n.Dims) != 4 || !dense(n.In[0].Dims, x, 0, 1, 2, 3) || !dense(n.In[1].Dims, dy, 0, 1, 2, 3) {
		return false
	}
	p, ok := maxPool(o.Sliding, n.In[0].Dims, n.In[1].Dims)
	if ok {
		l.emit(&ir.MaxPoolGradient{MaxPoolShape: p, X: x.buffer, DY: dy.buffer, DX: l.home(n)})
	}
	return ok
}
