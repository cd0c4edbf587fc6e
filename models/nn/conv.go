package nn

import (
	"github.com/gomlx/gomlx/core/graph"

	"unpool/models/net"
)

// conv convolves x [batch, height, width, channels] with the layer's filters and adds its bias.
func (b *builder) conv(p *net.Placed, l net.Conv, x *graph.Node) *graph.Node {
	filters, padding := b.variable(p.Name, "weights"), p.Padding
	for axis := range padding {
		// GoMLX's gradient with respect to x of a convolution with an even window is one pixel off, so the window gets a row or column of
		// zeros at its end, over a pixel more of padding: the same sums.
		if shape := filters.Shape(); shape.Dimensions[axis]%2 == 0 {
			shape = shape.Clone()
			shape.Dimensions[axis] = 1
			filters = graph.Concatenate([]*graph.Node{filters, graph.Zeros(b.g, shape)}, axis)
			padding[axis][1]++
		}
	}
	y := graph.Convolve(x, filters).PaddingPerDim(padding[:]).Strides(l.Stride).Done()
	if l.NoBias {
		return y
	}
	return graph.Add(y, graph.InsertAxes(b.variable(p.Name, "bias"), 0, 0, 0))
}
