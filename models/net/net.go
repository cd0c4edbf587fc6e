// Package net describes a neural net as data: a list of typed layers from the image to the classes, with a text form
// such as "conv 5x5x32, relu, pool 2, dense 256, relu". Planned for images of one shape, the list says everything that
// can be known about the net without computing it: shapes, variables and how they begin, multiply-adds, receptive
// fields, names.
//
// It imports the standard library only, so that every program can read a net. It knows nothing of data sets, recipes,
// or how a layer is computed; models/nn does that.
package net

import (
	"strconv"
	"strings"
)

// Net is a list of layers, first to last. The layer to the classes is implied, unless a Logits as the last one says how
// its weights begin.
type Net []Layer

// Layer is one layer of a net: a Conv, Pool, Activation, BatchNorm, LayerNorm, Dropout, Dense, Mean, Cell, Residual or
// Logits. A layer is a value; its fields are what its text says.
type Layer interface {
	// String returns the layer's text form, which Parse reads.
	String() string
	// Words says what the layer is, for people.
	Words() string
	// stem is what the layer's name begins with.
	stem() string
	// options are the layer's fields with what may stand in them.
	options() []Option
	// place works out what the layer is at its place: p has its input, and the receptive field of that.
	place(p *Placed, w *walk) error
}

// String returns the text form of n, its layers with commas between. Parse(n.String()) is n again for every net whose
// layers are valid.
func (n Net) String() string {
	texts := make([]string, len(n))
	for i, l := range n {
		texts[i] = l.String()
	}
	return strings.Join(texts, ", ")
}

// WithoutDropout returns n without its dropout layers. The others keep their names.
func (n Net) WithoutDropout() Net {
	var rest Net
	for _, l := range n {
		switch l := l.(type) {
		case Dropout:
		case Residual:
			rest = append(rest, Residual{l.Layers.WithoutDropout()})
		default:
			rest = append(rest, l)
		}
	}
	return rest
}

// Along says how the first cell reads an image: "row by row" or "column by column", with ", forward and backward" where it reads in
// both directions; "" for a net without cells.
func (n Net) Along() string {
	for _, l := range n {
		switch l := l.(type) {
		case Residual:
			if along := l.Layers.Along(); along != "" {
				return along
			}
		case Cell:
			along := "row by row"
			if l.Columns {
				along = "column by column"
			}
			if l.Both {
				along += ", forward and backward"
			}
			return along
		}
	}
	return ""
}

// Shape is the shape of a layer's output for one image: an image [height, width, channels], a sequence
// [steps, features], or a vector [features].
type Shape []int

// String returns a shape as "28x28x1".
func (s Shape) String() string {
	texts := make([]string, len(s))
	for i, d := range s {
		texts[i] = strconv.Itoa(d)
	}
	return strings.Join(texts, "x")
}

// Size is how many numbers a shape holds.
func (s Shape) Size() int {
	size := 1
	for _, d := range s {
		size *= d
	}
	return size
}

// image and sequence report which of the three a shape is.
func (s Shape) image() bool    { return len(s) == 3 }
func (s Shape) sequence() bool { return len(s) == 2 }

// last is the number of channels or features.
func (s Shape) last() int { return s[len(s)-1] }
