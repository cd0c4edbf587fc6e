package models

import (
	"fmt"

	"unpool/core/recipe"
)

// Layer is one layer of a net as a person would list it.
type Layer struct {
	Name       string // as in the names of its variables and its tap in models/nn
	Kind       string // in words
	Output     []int  // shape of its output, without the batch
	Parameters int    // trainable numbers
	Statistics int    // running averages, kept but not trained
}

// Side is the height and width of an image, and Classes the number of classes, of every dataset so far.
const (
	Side    = 28
	Classes = 10
)

// Layers lists the layers of a recipe's net from input to logits.
func Layers(r recipe.Recipe) []Layer {
	u := r.Units
	switch r.Arch {
	case recipe.RNN:
		return []Layer{cell("rnn", "recurrent, tanh", u, 1), dense("logits", u, Classes)}
	case recipe.LSTM:
		return []Layer{cell("lstm", "long short-term memory", u, 4), dense("logits", u, Classes)}
	case recipe.GRU:
		return []Layer{cell("gru", "gated recurrent unit", u, 3), dense("logits", u, Classes)}
	case recipe.LeNet5:
		return []Layer{
			conv("conv1", 5, 1, 32, 28), pool("pool1", 32, 14),
			conv("conv2", 5, 32, 64, 14), pool("pool2", 64, 7),
			dense("fc1", 7*7*64, 1024), dense("logits", 1024, Classes),
		}
	case recipe.BNCNN:
		return []Layer{
			conv("conv1", 5, 1, 32, 28), pool("pool1", 32, 14), norm("norm1", 14, 14, 32),
			conv("conv2", 3, 32, 64, 14), pool("pool2", 64, 7), norm("norm2", 7, 7, 64), dropout("dropout2", 7, 7, 64),
			conv("conv3", 3, 64, 64, 7), pool("pool3", 64, 4), norm("norm3", 4, 4, 64),
			dense("fc1", 4*4*64, 256), norm("norm4", 256), dropout("dropout4", 256),
			dense("logits", 256, Classes),
		}
	case recipe.VGG:
		return []Layer{
			filters("conv1", 3, 1, 32, 28), norm("norm1", 28, 28, 32), pool("pool1", 32, 14),
			filters("conv2", 3, 32, 64, 14), norm("norm2", 14, 14, 64),
			filters("conv3", 3, 64, 64, 14), norm("norm3", 14, 14, 64), pool("pool3", 64, 7),
			filters("conv4", 3, 64, 96, 7), norm("norm4", 7, 7, 96),
			filters("conv5", 3, 96, 96, 7), norm("norm5", 7, 7, 96),
			{Name: "mean5", Kind: "mean of each map", Output: []int{96}}, dropout("dropout5", 96),
			dense("logits", 96, Classes),
		}
	}
	return nil
}

func cell(name, kind string, units, gates int) Layer {
	return Layer{Name: name, Kind: fmt.Sprintf("%s, %d units, one row a step", kind, units), Output: []int{units},
		Parameters: gates * (Side*units + units*units + units)}
}

func conv(name string, window, in, out, side int) Layer {
	return Layer{Name: name, Kind: fmt.Sprintf("convolution %dx%d, ReLU", window, window), Output: []int{side, side, out},
		Parameters: window*window*in*out + out}
}

// filters is a convolution without a bias: the batch normalisation after it has one.
func filters(name string, window, in, out, side int) Layer {
	return Layer{Name: name, Kind: fmt.Sprintf("convolution %dx%d", window, window), Output: []int{side, side, out},
		Parameters: window * window * in * out}
}

func pool(name string, channels, side int) Layer {
	return Layer{Name: name, Kind: "max-pooling 2x2", Output: []int{side, side, channels}}
}

func dense(name string, in, out int) Layer {
	kind := "fully connected, ReLU"
	if name == "logits" {
		kind = "fully connected"
	}
	return Layer{Name: name, Kind: kind, Output: []int{out}, Parameters: in*out + out}
}

func norm(name string, shape ...int) Layer {
	c := shape[len(shape)-1]
	return Layer{Name: name, Kind: "batch normalisation", Output: shape, Parameters: 2 * c, Statistics: 2 * c}
}

func dropout(name string, shape ...int) Layer {
	return Layer{Name: name, Kind: "dropout, half", Output: shape}
}
