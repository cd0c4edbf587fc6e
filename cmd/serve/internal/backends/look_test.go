package backends

import (
	"testing"

	"github.com/gomlx/compute"

	"unpool/core/look/looktest"
	"unpool/internal/plugintest"
	"unpool/models/nn/nntest"
)

// The deconvnet and its relatives are the same on every backend.
func TestProjections(t *testing.T) { onAll(t, looktest.Run) }

func TestDeconvFixtures(t *testing.T) { onAll(t, looktest.Fixtures) }

// onAll runs a suite on each of the backends that this machine can have without a GPU.
func onAll(t *testing.T, suite func(*testing.T, compute.Backend)) {
	for _, name := range []string{Native, Wasm, Go, XLACPU} {
		t.Run(name, func(t *testing.T) {
			o := Options{Backend: name}
			switch {
			case name == XLACPU:
				o.Plugin = plugintest.CPU(t, HasXLA)
			case name == Native && !o.HasNative():
				t.Skip("no native code for this processor")
			}
			b, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Finalize()
			suite(t, b.Backend)
		})
	}
}

// With what it lacked, GoMLX's backend has the right gradients, and trains.
func TestGoNets(t *testing.T) {
	b, err := Open(Options{Backend: Go})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	nntest.Layers(t, b.Backend, "batchnorm")
	nntest.Run(t, b.Backend, "mnist-rnn-128")
}
