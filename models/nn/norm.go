package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Settings of batch and layer normalisation: those of Keras.
const (
	normMomentum = 0.99 // of the running averages
	NormEpsilon  = 1e-3 // added to the variance
)

// batchNorm is batch normalisation (Ioffe and Szegedy, 2015) over all axes but the last. In training it uses the mean and the (biased) variance of
// the batch, through which gradients flow too, and moves the running averages; otherwise it uses those.
func (b *builder) batchNorm(layer string, x *graph.Node) *graph.Node {
	scale, offset := b.variable(layer, "scale"), b.variable(layer, "offset")
	if !b.mode.Train {
		// Written out, since GoMLX's inference op has no gradient and looking inside a net needs one.
		mean, variance := b.variable(layer, "mean"), b.variable(layer, "variance")
		factor := graph.Div(scale, graph.Sqrt(graph.AddScalar(variance, NormEpsilon)))
		shift := graph.Sub(offset, graph.Mul(mean, factor))
		y := graph.Mul(x, graph.ExpandLeftToRank(factor, x.Rank()))
		return graph.Add(y, graph.ExpandLeftToRank(shift, x.Rank()))
	}
	y, mean, variance := graph.InternalBatchNormForTraining(x, scale, offset, NormEpsilon, x.Rank()-1)
	// Step s is the (s+1)th. A weight of at most s/(s+1) makes the first averages plain means of the batches seen,
	// where a fixed momentum would take 500 steps to forget its start.
	s := graph.ConvertDType(b.mode.Step, dtypes.Float32)
	keep := graph.Min(graph.Scalar(b.g, dtypes.Float32, normMomentum), graph.Div(s, graph.OnePlus(s)))
	move := func(name string, now *graph.Node) {
		average := b.stored(layer, name)
		before := graph.Mul(keep, average.NodeValue(b.g))
		average.SetNodeValue(graph.Add(before, graph.Mul(graph.OneMinus(keep), graph.StopGradient(now))))
	}
	move("mean", mean)
	move("variance", variance)
	return y
}

// layerNorm is layer normalisation (Ba, Kiros and Hinton, 2016) over the last axis.
func (b *builder) layerNorm(layer string, x *graph.Node) *graph.Node {
	x = graph.Sub(x, graph.ReduceAndKeep(x, graph.ReduceMean, -1))
	variance := graph.ReduceAndKeep(graph.Square(x), graph.ReduceMean, -1)
	x = graph.Div(x, graph.Sqrt(graph.AddScalar(variance, NormEpsilon)))
	x = graph.Mul(x, graph.ExpandLeftToRank(b.variable(layer, "scale"), x.Rank()))
	return graph.Add(x, graph.ExpandLeftToRank(b.variable(layer, "offset"), x.Rank()))
}
