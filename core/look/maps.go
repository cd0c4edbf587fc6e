package look

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Activations are what a layer gives for some images.
type Activations struct {
	Layer  string
	Dims   []int     // for one image: [height, width, maps], [steps, features] or [features]
	Values []float32 // [images, Dims...]
}

// Strongest is where a map is strongest, or which feature it is, in the only image that there is.
func (a Activations) Strongest(m int) (Unit, float32) {
	maps := a.Dims[len(a.Dims)-1]
	best := m
	for j := m; j < len(a.Values); j += maps {
		if a.Values[j] > a.Values[best] {
			best = j
		}
	}
	u := Unit{Layer: a.Layer, Map: m}
	switch place := best / maps; len(a.Dims) {
	case 2:
		u.Row = place
	case 3:
		u.Row, u.Column = place/a.Dims[1], place%a.Dims[1]
	}
	return u, a.Values[best]
}

// Value is the activation of a unit in the only image that there is.
func (a Activations) Value(u Unit) (float32, error) {
	i, err := u.index(a.Dims)
	if err != nil {
		return 0, err
	}
	return a.Values[i], nil
}

// Maps returns what each layer gives for images, which are as those of the data set, one after the other, in the order of the net; and the
// probability of each class, [images][classes].
func (n *Net) Maps(images []byte) (layers []Activations, probabilities [][]float32, err error) {
	if _, err := n.count(images); err != nil {
		return nil, nil, err
	}
	batch := fewImages
	if len(images) == n.size() {
		batch = 1
	}
	var names []string
	var dims [][]int
	for p := range n.Plan.All() {
		if _, err := n.placed(p.Name); err == nil {
			names, dims = append(names, p.Name), append(dims, p.Out)
		}
	}
	layers = make([]Activations, len(names))
	for i := range names {
		layers[i] = Activations{Layer: names[i], Dims: dims[i]}
	}
	for some := range slices.Chunk(images, batch*n.size()) {
		count := len(some) / n.size()
		out, err := n.call(key("maps", batch), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			logits, taps := n.build(scope, in[0])
			var out []*graph.Node
			for _, name := range names {
				out = append(out, tapped(taps, name))
			}
			return append(out, graph.Softmax(logits))
		}, n.input(some, batch))
		if err != nil {
			return nil, nil, err
		}
		for i, values := range out[:len(names)] {
			layers[i].Values = append(layers[i].Values, values[:len(values)/batch*count]...)
		}
		last := out[len(names)]
		probabilities = slices.AppendSeq(probabilities, slices.Chunk(last[:len(last)/batch*count], len(last)/batch))
	}
	return layers, probabilities, nil
}
