package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Loss is the mean cross-entropy in nats, an f32 scalar, of logits f32 [batch, classes] against labels i32 [batch].
// With a mask, f32 [batch] of ones and zeros, only images where it is one count; at least one must.
func Loss(logits, labels, mask *graph.Node) *graph.Node {
	g, dims := logits.Graph(), logits.Shape().Dimensions
	class := graph.Iota(g, shapes.Make(labels.DType(), dims...), 1)
	right := graph.ConvertDType(graph.Equal(class, graph.InsertAxes(labels, -1)), dtypes.Float32)
	each := graph.Neg(graph.ReduceSum(graph.Mul(graph.LogSoftmax(logits), right), 1))
	if mask == nil {
		return graph.ReduceAllMean(each)
	}
	return graph.Div(graph.ReduceAllSum(graph.Mul(each, mask)), graph.ReduceAllSum(mask))
}
