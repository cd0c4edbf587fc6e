package net

import (
	"slices"
	"strings"
)

// kind is a kind of layer: what it is for, one as a menu adds it, and how one is made of the words after its first.
type kind struct {
	purpose Purpose
	example string
	parse   func(o *options) Layer
}

// word is what the text of such a layer begins with.
func (k kind) word() string {
	word, _, _ := strings.Cut(k.example, " ")
	return word
}

// Purpose is what kinds of layers are for, by which a menu puts them together.
type Purpose string

// The purposes.
const (
	Windows   Purpose = "Windows over an image"
	Functions Purpose = "Functions of each value"
	Steadying Purpose = "Normalisation and dropout"
	Joining   Purpose = "The whole input"
	Sequences Purpose = "Step by step"
	Grouping  Purpose = "Group"
)

// kinds lists all but groups, which are not made of words.
var kinds = slices.Concat(
	[]kind{{Windows, "conv 3x3x32", parseConv}, {Windows, "pool 2", parsePool}, {Windows, "avgpool 2", parseAveragePool}},
	each(Functions, "", Activations, func(a Activation, _ *options) Layer { return a }),
	[]kind{
		{Steadying, "batchnorm", parseBatchNorm}, {Steadying, "layernorm", parseLayerNorm}, {Steadying, "dropout 0.5", parseDropout},
		{Joining, "dense 256", parseDense}, {Joining, "mean", parseMean},
	},
	each(Sequences, " 128", CellKinds, parseCell),
	[]kind{{"", "logits", parseLogits}},
)

// each is a kind for each of some words, with a size where there is one.
func each[T ~string](purpose Purpose, size string, words []T, parse func(word T, o *options) Layer) (all []kind) {
	for _, word := range words {
		all = append(all, kind{purpose, string(word) + size, func(o *options) Layer { return parse(word, o) }})
	}
	return all
}

// Example is a layer as a menu adds it.
type Example struct {
	Kind    string // the word that its text begins with
	Purpose Purpose
	Layer   Layer
}

// Examples lists a layer of each kind, those of a purpose together. The implied Logits is not among them. A group keeps the
// shape that it reads, which is in; without one it can read anything.
func Examples(in Shape) (all []Example) {
	for _, k := range kinds {
		if k.purpose != "" {
			all = append(all, Example{k.word(), k.purpose, k.parse(&options{words: strings.Fields(k.example)[1:]})})
		}
	}
	return append(all, Example{residualWord, Grouping, Residual{keeping(in)}})
}

// keeping is a net whose output has the shape of its input.
func keeping(in Shape) Net {
	switch {
	case in.image():
		return Net{Conv{Height: 3, Width: 3, Maps: in.last(), Stride: 1}, ReLU}
	case in.sequence():
		return Net{Cell{Kind: GRU, Units: in.last(), Sequence: true}}
	case len(in) == 1:
		return Net{Dense{Units: in.last()}, ReLU}
	}
	return Net{ReLU}
}
