package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"unpool/core/recipe"
	"unpool/models"
)

// vgg is a small net of 3x3 convolutions after Simonyan and Zisserman, "Very deep convolutional networks for large-scale
// image recognition" (2015), each followed by batch normalisation and a ReLU, and with the mean of each map in place of
// fully connected layers (Lin, Chen and Yan, "Network in network", 2014). models.VGG lists the convolutions.
func (b *builder) vgg(arch recipe.Arch, x *graph.Node) *graph.Node {
	convolutions := models.VGG(arch)
	for i, c := range convolutions {
		layer := func(kind string) string { return fmt.Sprint(kind, i+1) }
		x = b.relu(layer("relu"), b.norm(layer("norm"), b.filters(layer("conv"), x)))
		if c.Pooled {
			x = b.pool(layer("pool"), x)
		}
	}
	last := len(convolutions)
	x = b.tap(fmt.Sprint("mean", last), graph.ReduceMean(x, 1, 2))
	return b.logits(b.dropout(fmt.Sprint("dropout", last), x))
}
