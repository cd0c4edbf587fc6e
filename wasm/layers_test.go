package wasm_test

import (
	"testing"

	"unpool/models/nn/nntest"
	"unpool/wasm/host"
)

// Every kind of layer that a net can have: gradients agree with finite differences.
func TestLayers(t *testing.T) {
	nntest.Layers(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}))
}
