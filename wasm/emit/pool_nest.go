package emit

import "unpool/wasm/ir"

// poolNest is a pool, or the gradient of one, as a loop nest: native code has nests and no kernels for pools. It is nil where windows reach
// out of the image, or the gradient's do not cover it once, and where there are too few channels for vectors.
func poolNest(k ir.Kernel) *ir.Nest {
	var p ir.MaxPoolShape
	var x *ir.Buffer
	pool, forward := k.(*ir.MaxPool)
	gradient, backward := k.(*ir.MaxPoolGradient)
	switch {
	case forward:
		p, x = pool.MaxPoolShape, pool.X
	case backward:
		p, x = gradient.MaxPoolShape, gradient.X
	default:
		return nil
	}
	inside := p.Top == 0 && p.Left == 0 && (p.OutH-1)*p.StrideH+p.WindowH <= p.H && (p.OutW-1)*p.StrideW+p.WindowW <= p.W
	once := p.StrideH == p.WindowH && p.StrideW == p.WindowW && p.OutH*p.StrideH == p.H && p.OutW*p.StrideW == p.W
	if !inside || backward && !once || p.Channels < 2*vectorWidth {
		return nil
	}
	n := &ir.Nest{Dims: []int{p.Images, p.OutH, p.OutW, p.Channels}}
	row := p.W * p.Channels
	strides := []int{p.H * row, p.StrideH * row, p.StrideW * p.Channels, 1}
	var places []ir.Index // in the window
	for r := range p.WindowH {
		for s := range p.WindowW {
			places = append(places, ir.Index{Affine: ir.Affine{Base: r*row + s*p.Channels, Strides: strides}})
		}
	}
	out := ir.Index{Affine: ir.Affine{Strides: ir.Strides(n.Dims)}}
	best := ir.At(x, places[0])
	if forward {
		for _, place := range places[1:] {
			best = ir.New(ir.Max, ir.F32, best, ir.At(x, place))
		}
		n.Stores = []ir.Store{{Buf: pool.Y, At: out, Value: best}}
		return n
	}
	first := ir.Int(ir.I32, 0) // of the largest: its place
	for i, place := range places[1:] {
		v := ir.At(x, place)
		larger := ir.New(ir.Gt, ir.Bool, v, best)
		first = ir.New(ir.Select, ir.I32, larger, ir.Int(ir.I32, int64(i+1)), first)
		best = ir.New(ir.Select, ir.F32, larger, v, best)
	}
	dy := ir.At(gradient.DY, out)
	for i, place := range places {
		here := ir.New(ir.Eq, ir.Bool, first, ir.Int(ir.I32, int64(i)))
		n.Stores = append(n.Stores, ir.Store{Buf: gradient.DX, At: place, Value: ir.New(ir.Select, ir.F32, here, dy, ir.Float(ir.F32, 0))})
	}
	return n
}
