package wasm

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// missing are the operations that the backend does not have: complex numbers, Fourier transforms, dynamic shapes,
// collectives, the quantised and attention fusions, and what is an operation inside other backends only.
var missing = []compute.OpType{
	compute.OpTypeInvalid, compute.OpTypeLast, compute.OpTypeCapturedValue, compute.OpTypeBlockForDotGeneral,
	compute.OpTypeComplex, compute.OpTypeConj, compute.OpTypeReal, compute.OpTypeImag, compute.OpTypeFFT,
	compute.OpTypeDynamicDimensionSize, compute.OpTypeDynamicReshape, compute.OpTypeDynamicShape,
	compute.OpTypeSelectAndScatterSum, // there is no such operation in compute.StandardOps
	compute.OpTypeAllReduce, compute.OpTypeCollectiveBroadcast, compute.OpTypeAllGather,
	compute.OpTypeFusedScaledDotProductAttention, compute.OpTypeFusedScaledDotProductAttentionVJP,
	compute.OpTypeFusedAttentionQKVProjection, compute.OpTypeFusedQuantizedDense, compute.OpTypeQuantizedEmbeddingLookup,
}

// Capabilities lists what the backend can do.
func (b *Backend) Capabilities() compute.Capabilities {
	c := compute.Capabilities{Functions: true, Operations: map[compute.OpType]bool{}, DTypes: map[dtypes.DType]bool{}}
	for t := range types {
		c.DTypes[t] = true
	}
	for _, op := range compute.OpTypeValues() {
		if !slices.Contains(missing, op) {
			c.Operations[op] = true
		}
	}
	return c
}
