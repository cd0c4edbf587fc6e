package nn

import "github.com/gomlx/gomlx/core/graph"

// conv convolves x [n, h, w, in] with the layer's filters, stride 1, padded to the same size, and adds its bias.
func (b *builder) conv(layer string, x *graph.Node) *graph.Node {
	y := graph.Convolve(x, b.variable(layer, "weights")).PadSame().Done()
	return b.tap(layer, graph.Add(y, graph.InsertAxes(b.variable(layer, "bias"), 0, 0, 0)))
}

// filters is conv without a bias, for a layer that batch normalisation follows.
func (b *builder) filters(layer string, x *graph.Node) *graph.Node {
	return b.tap(layer, graph.Convolve(x, b.variable(layer, "weights")).PadSame().Done())
}

// pool is max-pooling 2x2, stride 2, padded to the same size: an odd last row or column is a window of its own.
func (b *builder) pool(name string, x *graph.Node) *graph.Node {
	return b.tap(name, graph.MaxPool(x).Window(2).Strides(2).PadSame().Done())
}

// flatten makes [n, h, w, c] into [n, h*w*c].
func flatten(x *graph.Node) *graph.Node {
	return graph.Reshape(x, x.Shape().Dimensions[0], -1)
}
