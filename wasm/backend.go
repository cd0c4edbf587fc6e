// Package wasm is a compute backend for GoMLX that compiles a whole graph into one generated WebAssembly module, run by
// the browser's engine or, natively, by wazero. See README.md for the way from a graph to code.
//
// It knows nothing of models, runs or pages. The engine comes from the caller.
package wasm

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/notimplemented"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/emit"
	"unpool/wasm/host"
	"unpool/wasm/ir"
)

// Name is the backend's name, and NativeName that of one whose kernels are native code where there is such code. Both compute the same bits.
const (
	Name       = "wasm"
	NativeName = "native"
)

// Backend is a compute.Backend on one engine. Buffers live in the engine's memory.
type Backend struct {
	notimplemented.Backend
	engine    *host.Engine
	target    emit.Target
	native    bool // kernels are native code where there is such code
	finalized atomic.Bool
	compiling Stages

	running   sync.Mutex // held while a computation runs
	arena     uint32     // address of the scratch memory that all computations share
	arenaSize uint64
}

var _ compute.Backend = (*Backend)(nil)

// Tier is what to ask of an engine: all that it has, but where results must be the same bits on every engine nothing
// that may round differently.
func Tier(exact bool) host.Tier {
	tier := host.Best()
	tier.Relaxed = !exact
	return tier
}

// New returns a backend on an engine, which Finalize closes.
func New(engine *host.Engine) *Backend {
	tier := engine.Tier()
	return &Backend{engine: engine, target: emit.Target{
		SIMD: tier.SIMD, Relaxed: tier.Relaxed, Broadcast: engine.Kind() == host.Browser,
	}}
}

// Name returns "wasm", or "native".
func (b *Backend) Name() string {
	if b.native {
		return NativeName
	}
	return Name
}

// String returns the name.
func (b *Backend) String() string { return b.Name() }

// Tier says in words what instructions the code has, and in how many threads it runs.
func (b *Backend) Tier() string {
	tier := b.engine.Tier()
	if b.native {
		return NativeInstructions() + ", " + tier.Count()
	}
	return tier.String()
}

// Description says in words what the backend uses.
func (b *Backend) Description() string {
	if b.native {
		return "graphs compiled to WebAssembly, kernels and loop nests to machine code: " + b.Tier()
	}
	return "graphs compiled to WebAssembly: " + b.Tier()
}

// DeviceDescription describes the only device.
func (b *Backend) DeviceDescription(compute.DeviceNum) string { return b.Description() }

// Engine is the engine that the backend runs on.
func (b *Backend) Engine() *host.Engine { return b.engine }

// Finalize frees all buffers and programs.
func (b *Backend) Finalize() {
	if !b.finalized.Swap(true) {
		b.engine.Close()
	}
}

// IsFinalized reports whether Finalize has been called.
func (b *Backend) IsFinalized() bool { return b.finalized.Load() }

// types are the dtypes that buffers may have.
var types = map[dtypes.DType]ir.DType{
	dtypes.Bool: ir.Bool, dtypes.Int8: ir.I8, dtypes.Int16: ir.I16, dtypes.Int32: ir.I32, dtypes.Int64: ir.I64,
	dtypes.Uint8: ir.U8, dtypes.Uint16: ir.U16, dtypes.Uint32: ir.U32, dtypes.Uint64: ir.U64,
	dtypes.Float16: ir.F16, dtypes.BFloat16: ir.BF16, dtypes.Float32: ir.F32, dtypes.Float64: ir.F64,
}

// dtypeOf is the reverse of types.
var dtypeOf = func() map[ir.DType]dtypes.DType {
	m := map[ir.DType]dtypes.DType{}
	for d, t := range types {
		m[t] = d
	}
	return m
}()

// Buffer is an array in the engine's memory.
type Buffer struct {
	backend *Backend
	shape   shapes.Shape
	block   *block
	cleanup runtime.Cleanup
}

// block is memory of the engine; it is apart from Buffer so that a cleanup can free it.
type block struct {
	device *host.Device
	addr   uint32
	freed  atomic.Bool
}

func (m *block) free() {
	if !m.freed.Swap(true) {
		m.device.Free(m.addr) // fails only when the engine is closed, and the memory with it
	}
}

// newBuffer allocates memory. The collector frees what was not finalised, as a safety net.
func (b *Backend) newBuffer(shape shapes.Shape) (*Buffer, error) {
	addr, err := b.engine.Device().Alloc(uint64(shape.ByteSize()))
	if err != nil {
		return nil, errors.Wrapf(err, "wasm: a buffer for %s", shape)
	}
	return b.wrap(shape, &block{device: b.engine.Device(), addr: addr}), nil
}

func (b *Backend) wrap(shape shapes.Shape, m *block) *Buffer {
	buf := &Buffer{backend: b, shape: shape, block: m}
	buf.cleanup = runtime.AddCleanup(buf, (*block).free, m)
	return buf
}

// Backend returns the buffer's backend.
func (b *Buffer) Backend() compute.Backend { return b.backend }

// Shape returns the buffer's shape.
func (b *Buffer) Shape() (shapes.Shape, error) { return b.shape, b.check() }

// DeviceNum returns 0, the only device.
func (b *Buffer) DeviceNum() (compute.DeviceNum, error) { return 0, b.check() }

// Finalize frees the buffer's memory.
func (b *Buffer) Finalize() error {
	if b.block != nil {
		b.cleanup.Stop()
		b.block.free()
		b.block = nil
	}
	return nil
}

// take removes the memory from the buffer, which can no longer be used.
func (b *Buffer) take() *block {
	m := b.block
	b.cleanup.Stop()
	b.block = nil
	return m
}

func (b *Buffer) check() error {
	if b == nil || b.block == nil {
		return errors.New("wasm: the buffer has been finalised or donated")
	}
	return nil
}

// CopyToDevice copies the buffer; there is one device.
func (b *Buffer) CopyToDevice(n compute.DeviceNum) (compute.Buffer, error) {
	if n != 0 {
		return nil, errors.Errorf("wasm: there is no device %d, only 0", n)
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	bytes := make([]byte, b.shape.ByteSize())
	if err := b.backend.engine.Device().Read(b.block.addr, bytes); err != nil {
		return nil, err
	}
	to, err := b.backend.newBuffer(b.shape)
	if err != nil {
		return nil, err
	}
	return to, b.backend.engine.Device().Write(to.block.addr, bytes)
}

// ToFlatData copies the buffer to a slice of its dtype's Go type.
func (b *Buffer) ToFlatData(flat any) error {
	if err := b.check(); err != nil {
		return err
	}
	bytes, err := bytesOf(flat, b.shape)
	if err != nil {
		return err
	}
	return b.backend.engine.Device().Read(b.block.addr, bytes)
}

// BufferFromFlatData copies a slice into a new buffer.
func (b *Backend) BufferFromFlatData(n compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	if err := storable(n, shape); err != nil {
		return nil, err
	}
	bytes, err := bytesOf(flat, shape)
	if err != nil {
		return nil, err
	}
	buf, err := b.newBuffer(shape)
	if err != nil {
		return nil, err
	}
	if err := b.engine.Device().Write(buf.block.addr, bytes); err != nil {
		return nil, err
	}
	return buf, nil
}

// bytesOf is the memory of a slice, which must have the shape's type and size.
func bytesOf(flat any, shape shapes.Shape) ([]byte, error) {
	t := reflect.TypeOf(flat)
	if t == nil || t.Kind() != reflect.Slice || dtypes.FromGoType(t.Elem()) != shape.DType {
		return nil, errors.Errorf("wasm: a slice of %T for a buffer of %s", flat, shape)
	}
	bytes := dtypes.UnsafeByteSliceFromAny(flat)
	if len(bytes) != int(shape.ByteSize()) {
		return nil, errors.Errorf("wasm: %d bytes for a buffer of %s, which has %d", len(bytes), shape, shape.ByteSize())
	}
	return bytes, nil
}
