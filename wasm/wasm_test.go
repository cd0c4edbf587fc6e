package wasm_test

import (
	"testing"

	"github.com/gomlx/compute/support/backendtest"

	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// newBackend returns a backend on an engine of its own.
func newBackend(t testing.TB, tier host.Tier) *wasm.Backend {
	t.Helper()
	engine, err := host.New(host.Options{Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	return b
}

// tiers are what is tested: without vectors, with them, with two threads, and all that the engine has, which in a browser
// is relaxed SIMD too.
var tiers = map[string]host.Tier{
	"scalar":  {Threads: 1},
	"SIMD":    {SIMD: true, Threads: 1},
	"threads": {SIMD: true, Threads: 2},
	"best":    host.Best(),
}

// Every operation that a GoMLX backend can have, by GoMLX's own suite.
func TestCompliance(t *testing.T) {
	for name, tier := range tiers {
		t.Run(name, func(t *testing.T) { backendtest.RunAll(t, newBackend(t, tier), nil) })
	}
}

// The nets of the catalog: gradients agree with finite differences, and each memorises 32 images.
func TestNets(t *testing.T) {
	nntest.Run(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), nntest.Nets()...)
}
