//go:build long && cgo && linux

package backends

import (
	"testing"

	"unpool/internal/plugintest"
	"unpool/models/nn/nntest"
)

// Each kind of layer has the right gradients on XLA, too. Every net takes seconds to compile.
func TestXLALayers(t *testing.T) {
	b, err := Open(Options{Backend: XLACPU, Plugin: plugintest.CPU(t, HasXLA)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	nntest.Layers(t, b.Backend)
}
