package nn

import "github.com/gomlx/gomlx/core/graph"

// vgg is a small net of 3x3 convolutions after Simonyan and Zisserman, "Very deep convolutional networks for large-scale
// image recognition" (2015), each followed by batch normalisation and a ReLU, and with the mean of each map in place of
// fully connected layers (Lin, Chen and Yan, "Network in network", 2014):
// 28x28x1 -> 14x14x32 -> 7x7x64 -> 7x7x96 -> 96 -> 10.
func (b *builder) vgg(x *graph.Node) *graph.Node {
	layer := func(i string, x *graph.Node) *graph.Node {
		return b.relu("relu"+i, b.norm("norm"+i, b.filters("conv"+i, x)))
	}
	x = b.pool("pool1", layer("1", x))
	x = b.pool("pool3", layer("3", layer("2", x)))
	x = layer("5", layer("4", x))
	x = b.tap("mean5", graph.ReduceMean(x, 1, 2))
	return b.logits(b.dropout("dropout5", x))
}
