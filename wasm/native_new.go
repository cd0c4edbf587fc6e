//go:build !js

package wasm

import (
	"github.com/pkg/errors"

	"unpool/wasm/host"
)

// NewNative returns a backend on an engine, which Finalize closes, that computes what it can by native code. It is an error
// where NativeInstructions is "", and with relaxed SIMD, which rounds in another way.
func NewNative(engine *host.Engine) (*Backend, error) {
	b := New(engine)
	if NativeInstructions() == "" || b.target.Relaxed || !b.target.SIMD {
		return nil, errors.Errorf("wasm: no native code for this machine, beside %s", engine.Tier())
	}
	b.native = true
	return b, nil
}
