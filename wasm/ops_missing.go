package wasm

import (
	"strings"

	"github.com/gomlx/compute"
	"github.com/pkg/errors"

	"unpool/wasm/graph"
)

// Operations that the backend does not have say so when the graph is built, with the types and shapes that they were asked
// for.

// without is the error for an operation that there is no code for.
func without(op compute.OpType, operands ...compute.Value) error {
	var of []string
	for _, v := range operands {
		if n, ok := v.(*graph.Node); ok {
			of = append(of, shapeOf(n).String())
		}
	}
	return errors.Wrapf(compute.ErrNotImplemented, "wasm: %s of %s", op, strings.Join(of, ", "))
}

func (f *Function) Complex(re, im compute.Value) (compute.Value, error) {
	return nil, without(compute.OpTypeComplex, re, im)
}

func (f *Function) Conj(x compute.Value) (compute.Value, error) {
	return nil, without(compute.OpTypeConj, x)
}

func (f *Function) Real(x compute.Value) (compute.Value, error) {
	return nil, without(compute.OpTypeReal, x)
}

func (f *Function) Imag(x compute.Value) (compute.Value, error) {
	return nil, without(compute.OpTypeImag, x)
}

func (f *Function) FFT(x compute.Value, _ compute.FFTType, _ []int) (compute.Value, error) {
	return nil, without(compute.OpTypeFFT, x)
}

func (f *Function) DynamicDimensionSize(x compute.Value, _ int) (compute.Value, error) {
	return nil, without(compute.OpTypeDynamicDimensionSize, x)
}

func (f *Function) DynamicReshape(x compute.Value, _ ...compute.DynamicDimensionSpec) (compute.Value, error) {
	return nil, without(compute.OpTypeDynamicReshape, x)
}

func (f *Function) DynamicShape(x compute.Value) (compute.Value, error) {
	return nil, without(compute.OpTypeDynamicShape, x)
}

func (f *Function) AllReduce(inputs []compute.Value, _ compute.ReduceOpType, _ [][]int) ([]compute.Value, error) {
	return nil, without(compute.OpTypeAllReduce, inputs...)
}

func (f *Function) FusedScaledDotProductAttention(query, key, value compute.Value, _ compute.AttentionAxesLayout,
	_ *compute.ScaledDotProductAttentionConfig) (output compute.Value, states []compute.Value, err error) {
	return nil, nil, without(compute.OpTypeFusedScaledDotProductAttention, query, key, value)
}

func (f *Function) FusedScaledDotProductAttentionVJP(query, key, value compute.Value, _ compute.AttentionAxesLayout,
	_ *compute.ScaledDotProductAttentionConfig, _ compute.Value, _ []compute.Value, _ compute.Value) (dQuery, dKey, dValue compute.Value, err error) {
	return nil, nil, nil, without(compute.OpTypeFusedScaledDotProductAttentionVJP, query, key, value)
}

func (f *Function) FusedAttentionQKVProjection(x, weights, _, _, _ compute.Value, _, _ int) (query, key, value compute.Value, err error) {
	return nil, nil, nil, without(compute.OpTypeFusedAttentionQKVProjection, x, weights)
}

func (f *Function) FusedQuantizedDense(x, weights, _ compute.Value, _ *compute.Quantization, _ compute.ActivationType) (compute.Value, error) {
	return nil, without(compute.OpTypeFusedQuantizedDense, x, weights)
}

func (f *Function) QuantizedEmbeddingLookup(data, indices compute.Value, _ *compute.Quantization) (compute.Value, error) {
	return nil, without(compute.OpTypeQuantizedEmbeddingLookup, data, indices)
}
