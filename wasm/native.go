package wasm

import "unpool/wasm/emit"

// nativeCode is the native kernels of one computation.
type nativeCode interface {
	emit.Native
	Load() error
	Call(memory []byte, args []uint64) error
	Close()
}
