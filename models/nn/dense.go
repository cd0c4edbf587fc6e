package nn

import "github.com/gomlx/gomlx/core/graph"

// dense multiplies x [batch, ...], each image's numbers taken as one vector, by the layer's weights and adds its bias:
// [batch, units].
func (b *builder) dense(layer string, bias bool, x *graph.Node) *graph.Node {
	if x.Rank() > 2 {
		x = graph.Reshape(x, x.Shape().Dimensions[0], -1)
	}
	y := graph.Dot(x, b.variable(layer, "weights")).Product()
	if !bias {
		return y
	}
	return graph.Add(y, graph.InsertAxes(b.variable(layer, "bias"), 0))
}
