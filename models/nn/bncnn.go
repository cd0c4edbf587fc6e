package nn

import "github.com/gomlx/gomlx/core/graph"

// bncnn is the report's second net: three convolutions with batch normalisation after pooling, dropout twice:
// 28x28x1 -> 14x14x32 -> 7x7x64 -> 4x4x64 -> 256 -> 10.
func (b *builder) bncnn(x *graph.Node) *graph.Node {
	x = b.norm("norm1", b.pool("pool1", b.relu("relu1", b.conv("conv1", x))))
	x = b.norm("norm2", b.pool("pool2", b.relu("relu2", b.conv("conv2", x))))
	x = b.dropout("dropout2", x)
	x = b.norm("norm3", b.pool("pool3", b.relu("relu3", b.conv("conv3", x))))
	x = b.norm("norm4", b.relu("relu4", b.tap("fc1", b.dense("fc1", flatten(x)))))
	x = b.dropout("dropout4", x)
	return b.logits(x)
}
