package models

import (
	"fmt"

	"unpool/core/recipe"
	"unpool/models/net"
)

// Classes is the number of classes that the nets of version 1 recipes tell apart.
const Classes = 10

// The texts of the architectures that version 1 of a recipe names.
const (
	// The report's first net, after LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
	// recognition" (1998), with ReLU and max-pooling.
	lenet5 = "conv 5x5x32 starter, relu, pool 2, conv 5x5x64 starter, relu, pool 2, dense 1024 starter, relu, logits starter"
	// The report's second: batch normalisation after pooling, dropout twice.
	bncnn = "conv 5x5x32 starter, relu, pool 2, batchnorm, conv 3x3x64 starter, relu, pool 2, batchnorm, dropout 0.5, " +
		"conv 3x3x64 starter, relu, pool 2, batchnorm, dense 256 starter, relu, batchnorm, dropout 0.5, logits starter"
	// Small nets of 3x3 convolutions after Simonyan and Zisserman, "Very deep convolutional networks for large-scale image
	// recognition" (2015), with the mean of each map in place of fully connected layers. The wide one has more maps where
	// images are small, which costs as much as more layers where they are large, and learns more.
	vgg = "conv 3x3x32 nobias, batchnorm, relu, pool 2, conv 3x3x64 nobias, batchnorm, relu, conv 3x3x64 nobias, batchnorm, relu, pool 2, " +
		"conv 3x3x96 nobias, batchnorm, relu, conv 3x3x96 nobias, batchnorm, relu, mean, dropout 0.5"
	vggWide = "conv 3x3x32 nobias, batchnorm, relu, pool 2, conv 3x3x64 nobias, batchnorm, relu, pool 2, conv 3x3x128 nobias, batchnorm, relu, " +
		"conv 3x3x128 nobias, batchnorm, relu, pool 2, conv 3x3x256 nobias, batchnorm, relu, mean, dropout 0.5"
)

// Net returns the net of a recipe. It is the only reader of a version 1 recipe's arch, units and no_dropout.
func Net(r recipe.Recipe) (net.Net, error) {
	var text string
	switch r.Arch {
	case recipe.RNN, recipe.LSTM, recipe.GRU:
		text = fmt.Sprintf("%s %d", r.Arch, r.Units)
	case recipe.LeNet5:
		text = lenet5
	case recipe.BNCNN:
		text = bncnn
	case recipe.VGG:
		text = vgg
	case recipe.VGGWide:
		text = vggWide
	default:
		return nil, fmt.Errorf("no architecture is called %q", r.Arch)
	}
	n, err := net.Parse(text)
	if err == nil && r.NoDropout {
		n = n.WithoutDropout()
	}
	return n, err
}

// Plan works out the net of a recipe for the images of its data set.
func Plan(r recipe.Recipe) (*net.Plan, error) {
	n, err := Net(r)
	if err != nil {
		return nil, err
	}
	side, channels := r.Dataset.Shape()
	return n.Plan(net.Task{Height: side, Width: side, Channels: channels, Classes: Classes})
}
