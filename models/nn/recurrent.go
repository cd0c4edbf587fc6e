package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// rows multiplies every row of every image by a cell's input weights and adds its bias, all at once, and returns one
// node a row, f32 [batch, gates*units]: one large multiplication is faster than a small one for each row.
func (b *builder) rows(layer string, x *graph.Node) []*graph.Node {
	batch, side, row := x.Shape().Dimensions[0], x.Shape().Dimensions[1], x.Shape().Dimensions[2]*x.Shape().Dimensions[3]
	x = graph.TransposeAllAxes(graph.Reshape(x, batch, side, row), 1, 0, 2)
	x = graph.Reshape(x, side*batch, row)
	all := b.dense(layer, x) // row by row, so that a step's part is contiguous
	steps := make([]*graph.Node, side)
	for t := range steps {
		steps[t] = graph.Slice(all, graph.AxisRange(t*batch, (t+1)*batch))
	}
	return steps
}

// recurrence multiplies the hidden state h [batch, units] by some columns of the cell's recurrent weights.
func (b *builder) recurrence(h, weights *graph.Node) *graph.Node {
	return graph.Dot(h, weights).Product()
}

// gate is the i-th of a matrix's column blocks of width units.
func gate(x *graph.Node, i, units int) *graph.Node {
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(i*units, (i+1)*units))
}

// zeros is a first hidden state.
func (b *builder) zeros(x *graph.Node, units int) *graph.Node {
	return graph.Zeros(b.g, shapes.Make(dtypes.Float32, x.Shape().Dimensions[0], units))
}

// hidden taps the states after each row as [batch, rows, units]. It is left out of training, which has no use for it.
func (b *builder) hidden(states []*graph.Node) {
	if !b.mode.Train {
		b.tap("hidden", graph.Stack(states, 1))
	}
}
