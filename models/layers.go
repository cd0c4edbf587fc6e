package models

import (
	"fmt"
	"slices"

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

// Classes is the number of classes that every net tells apart.
const Classes = 10

// Layers lists the layers of a recipe's net from input to logits.
func Layers(r recipe.Recipe) []Layer {
	all := layers(r)
	if r.NoDropout {
		return slices.DeleteFunc(all, func(l Layer) bool { return l.Kind == dropped })
	}
	return all
}

func layers(r recipe.Recipe) []Layer {
	side, channels := r.Dataset.Shape()
	half := Pooled(side)
	quarter := Pooled(half)
	eighth := Pooled(quarter)
	u, row := r.Units, side*channels
	switch r.Arch {
	case recipe.RNN:
		return []Layer{cell("rnn", "recurrent, tanh", row, u, 1), dense("logits", u, Classes)}
	case recipe.LSTM:
		return []Layer{cell("lstm", "long short-term memory", row, u, 4), dense("logits", u, Classes)}
	case recipe.GRU:
		return []Layer{cell("gru", "gated recurrent unit", row, u, 3), dense("logits", u, Classes)}
	case recipe.LeNet5:
		return []Layer{
			conv("conv1", 5, channels, 32, side), pool("pool1", 32, half),
			conv("conv2", 5, 32, 64, half), pool("pool2", 64, quarter),
			dense("fc1", quarter*quarter*64, 1024), dense("logits", 1024, Classes),
		}
	case recipe.BNCNN:
		return []Layer{
			conv("conv1", 5, channels, 32, side), pool("pool1", 32, half), norm("norm1", half, half, 32),
			conv("conv2", 3, 32, 64, half), pool("pool2", 64, quarter), norm("norm2", quarter, quarter, 64),
			dropout("dropout2", quarter, quarter, 64),
			conv("conv3", 3, 64, 64, quarter), pool("pool3", 64, eighth), norm("norm3", eighth, eighth, 64),
			dense("fc1", eighth*eighth*64, 256), norm("norm4", 256), dropout("dropout4", 256),
			dense("logits", 256, Classes),
		}
	case recipe.VGG, recipe.VGGWide:
		var all []Layer
		in, convolutions := channels, VGG(r.Arch)
		for i, c := range convolutions {
			all = append(all, filters(fmt.Sprint("conv", i+1), 3, in, c.Maps, side), norm(fmt.Sprint("norm", i+1), side, side, c.Maps))
			if c.Pooled {
				side = Pooled(side)
				all = append(all, pool(fmt.Sprint("pool", i+1), c.Maps, side))
			}
			in = c.Maps
		}
		last := len(convolutions)
		return append(all, Layer{Name: fmt.Sprint("mean", last), Kind: "mean of each map", Output: []int{in}},
			dropout(fmt.Sprint("dropout", last), in), dense("logits", in, Classes))
	}
	return nil
}

// Pooled is the side of an image after max-pooling 2x2 with stride 2, padded to the same size: 28, 14, 7, 4.
func Pooled(side int) int { return (side + 1) / 2 }

func cell(name, kind string, row, units, gates int) Layer {
	return Layer{Name: name, Kind: fmt.Sprintf("%s, %d units, one row a step", kind, units), Output: []int{units},
		Parameters: gates * (row*units + units*units + units)}
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

// dropped is the kind of a layer of dropout.
const dropped = "dropout, half"

func dropout(name string, shape ...int) Layer {
	return Layer{Name: name, Kind: dropped, Output: shape}
}
