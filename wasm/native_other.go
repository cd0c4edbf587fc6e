//go:build !amd64 || !(linux || darwin)

package wasm

import "errors"

// NativeInstructions names the instructions that native code uses on this machine; "" where there is none.
func NativeInstructions() string { return "" }

func newNative() nativeCode { return nil }

func nativePeak() (run func(turns int), flops int, free func(), err error) {
	return nil, 0, nil, errors.New("wasm: no native code for this machine")
}
