package nn

import "github.com/gomlx/gomlx/core/graph"

// lenet5 is the report's net after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
// recognition" (1998), with ReLU and max-pooling: 28x28x1 -> 14x14x32 -> 7x7x64 -> 1024 -> 10.
func (b *builder) lenet5(x *graph.Node) *graph.Node {
	x = b.pool("pool1", b.relu("relu1", b.conv("conv1", x)))
	x = b.pool("pool2", b.relu("relu2", b.conv("conv2", x)))
	x = b.relu("relu3", b.tap("fc1", b.dense("fc1", flatten(x))))
	return b.logits(x)
}
