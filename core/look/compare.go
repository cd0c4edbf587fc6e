package look

import "slices"

// Pair is what a layer gives for two images, or in two nets.
type Pair struct {
	First      Activations
	Second     *Activations // nil where the second net has no such layer of the same shape
	Difference Activations  // the second's values less the first's; none without a second
}

// Pairs puts the layers of the first beside those of the second of the same name and shape. Both are as Maps returns them.
func Pairs(first, second []Activations) []Pair {
	pairs := make([]Pair, len(first))
	for i, l := range first {
		pairs[i].First = l
		at := slices.IndexFunc(second, func(o Activations) bool { return o.Layer == l.Layer && slices.Equal(o.Dims, l.Dims) })
		if at < 0 {
			continue
		}
		difference := Activations{Layer: l.Layer, Dims: l.Dims, Values: make([]float32, len(l.Values))}
		for j := range difference.Values {
			difference.Values[j] = second[at].Values[j] - l.Values[j]
		}
		pairs[i].Second, pairs[i].Difference = &second[at], difference
	}
	return pairs
}
