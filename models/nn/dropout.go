package nn

import (
	"hash/fnv"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// dropout sets a share of x to zero in training and enlarges the rest so that sums keep their mean (Srivastava et al.,
// 2014, inverted); otherwise it is nothing. The mask is a hash of (seed, step, layer, index) in whole numbers: a backend's
// random numbers would differ from the next one's.
func (b *builder) dropout(layer string, rate float64, x *graph.Node) *graph.Node {
	if !b.mode.Train {
		return x
	}
	index := graph.Reshape(graph.Iota(b.g, shapes.Make(dtypes.Uint32, x.Shape().Size()), 0), x.Shape().Dimensions...)
	key := mix(graph.Add(b.mode.Step, graph.Const(b.g, dropoutKey(b.mode.Seed, layer))))
	hash := mix(graph.Add(graph.Mul(index, graph.Const(b.g, uint32(0x9e3779b1))), key))
	keep := graph.LessThan(hash, graph.Const(b.g, uint32((1-rate)*(1<<32))))
	return graph.Where(keep, graph.MulScalar(x, 1/(1-rate)), graph.ZerosLike(x))
}

// dropoutKey is where a layer's sequence of masks starts.
func dropoutKey(seed uint64, layer string) uint32 {
	h := fnv.New64a()
	h.Write([]byte(layer)) // a hash takes every write
	z := seeded(seed, h.Sum64()).Next()
	return uint32(z >> 32)
}

// mix is the finaliser of MurmurHash3 (Appleby, 2011), which spreads every bit of its input over all of its output.
func mix(h *graph.Node) *graph.Node {
	h = graph.BitwiseXor(h, graph.BitwiseShiftRightLogicalScalar(h, 16))
	h = graph.Mul(h, graph.Const(h.Graph(), uint32(0x85ebca6b)))
	h = graph.BitwiseXor(h, graph.BitwiseShiftRightLogicalScalar(h, 13))
	h = graph.Mul(h, graph.Const(h.Graph(), uint32(0xc2b2ae35)))
	return graph.BitwiseXor(h, graph.BitwiseShiftRightLogicalScalar(h, 16))
}
