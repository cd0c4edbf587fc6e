package wasm

import (
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/host"
)

// HasSharedBuffers reports whether Go reaches the engine's memory. Natively it does, and the memory never moves; in a browser
// Go has a memory of its own.
func (b *Backend) HasSharedBuffers() bool { return b.engine.Kind() != host.Browser }

// NewSharedBuffer returns a buffer and its elements as a slice, which holds until the buffer is finalised or donated.
// What the elements are is not defined.
func (b *Backend) NewSharedBuffer(n compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	if err := storable(n, shape); err != nil {
		return nil, nil, err
	}
	buf, err := b.newBuffer(shape)
	if err != nil {
		return nil, nil, err
	}
	flat, err := buf.Data()
	if err != nil {
		buf.Finalize()
		return nil, nil, err
	}
	return buf, flat, nil
}

// Data returns the buffer's elements themselves, as a slice of its dtype's Go type that holds until the buffer is finalised
// or donated. It is an error in a browser.
func (b *Buffer) Data() (any, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if b.shape.Size() == 0 {
		return dtypes.MakeAnySlice(b.shape.DType, 0), nil
	}
	view, err := b.backend.engine.Device().View(b.block.addr, int(b.shape.ByteSize()))
	if err != nil {
		return nil, err
	}
	if view == nil {
		return nil, errors.New("wasm: buffers are not shared with the host; use ToFlatData")
	}
	return dtypes.UnsafeAnySliceFromBytes(unsafe.Pointer(unsafe.SliceData(view)), b.shape.DType, b.shape.Size()), nil
}

// storable says why a device cannot have an array of some shape.
func storable(n compute.DeviceNum, shape shapes.Shape) error {
	if n != 0 {
		return errors.Errorf("wasm: there is no device %d, only 0", n)
	}
	if _, ok := types[shape.DType]; !ok {
		return errors.Wrapf(compute.ErrNotImplemented, "wasm: a buffer of %s", shape)
	}
	return nil
}
