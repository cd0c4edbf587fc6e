//go:build linux || darwin

package wasm

import (
	"golang.org/x/sys/cpu"

	"unpool/wasm/native"
)

// NativeInstructions names the instructions that native code uses on this machine, "AVX2"; "" where there is none.
func NativeInstructions() string {
	if cpu.X86.HasAVX2 {
		return "AVX2"
	}
	return ""
}

func newNative() nativeCode { return native.NewProgram() }

// nativePeak returns a function that multiplies and adds in registers alone, for so many turns of so many operations.
func nativePeak() (run func(turns int), flops int, free func(), err error) {
	run, free, err = native.Peak()
	return run, native.PeakFlops, free, err
}
