package wasm

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"unpool/wasm/emit"
	"unpool/wasm/host"
	"unpool/wasm/ir"
	"unpool/wasm/lower"
	"unpool/wasm/module"
)

// Executable is a compiled computation.
type Executable struct {
	backend *Backend
	names   []string
	inputs  []shapes.Shape
	outputs []shapes.Shape
	reuse   []int // for each output, the input whose memory it takes when that is donated; -1 for none

	program *host.Program
	native  nativeCode // of the kernels that are not in the program; nil if there are none
	run     *host.Func
	arena   uint64 // bytes of scratch memory that a run needs
	args    uint32 // address of the table of addresses
	table   []byte // that table, as it is written before a run
	consts  uint32 // address of the constants; 0 if there are none

	mu     sync.Mutex
	closed bool
}

var _ compute.Executable = (*Executable)(nil)

// Compile lowers the main function, makes a module of it and loads that into the engine.
func (b *Builder) Compile() (exec compute.Executable, err error) {
	if !b.main.done {
		return nil, errors.Errorf("wasm: computation %q has not returned anything", b.name)
	}
	// The generator panics on its own mistakes; here they become errors.
	defer func() {
		if p := recover(); p != nil {
			exec, err = nil, errors.Errorf("wasm: compiling %q: %v", b.name, p)
		}
	}()
	e := &Executable{backend: b.backend, names: b.main.params}
	for _, n := range b.main.f.Params {
		e.inputs = append(e.inputs, shapeOf(n))
	}
	for _, n := range b.main.f.Outputs {
		e.outputs = append(e.outputs, shapeOf(n))
	}
	engine, stages := b.backend.engine, &b.backend.compiling
	lap := stopwatch()
	p := lower.Program(b.main.f, b.backend.target.SIMD)
	lap(&stages.Lower)
	if err := ir.Verify(p); err != nil {
		return nil, errors.WithMessagef(err, "wasm: compiling %q", b.name)
	}
	lap(&stages.Verify)
	target := b.backend.target
	if b.backend.native {
		e.native = newNative()
		target.Native = e.native
	}
	code, scratch := emit.Program(p, target, func(m *module.Module) emit.Imports {
		env := engine.Declare(m)
		return emit.Imports{Barrier: env.Barrier(), Part: env.Part(), Native: env.Outside()}
	})
	lap(&stages.Emit)
	e.arena = uint64(p.Arena+63)&^63 + uint64(scratch)*uint64(max(engine.Tier().Threads, 1))
	for _, out := range p.Outputs {
		e.reuse = append(e.reuse, slices.Index(p.Inputs, out.Replaces))
	}
	e.program, err = e.load(code)
	lap(&stages.Load)
	if err != nil {
		return nil, errors.WithMessagef(err, "wasm: computation %q", b.name)
	}
	if e.run, err = e.program.Func("run"); err == nil {
		err = e.upload(p)
	}
	if err != nil {
		e.Finalize()
		return nil, errors.WithMessagef(err, "wasm: computation %q", b.name)
	}
	return e, nil
}

// load loads the program's module, and the native code that it calls.
func (e *Executable) load(module []byte) (*host.Program, error) {
	engine := e.backend.engine
	if e.native == nil {
		return engine.Load(module)
	}
	if err := e.native.Load(); err != nil {
		return nil, err
	}
	return engine.LoadWith(module, e.native.Call)
}

// upload puts the constants into memory and makes the table of addresses.
func (e *Executable) upload(p *ir.Program) error {
	device := e.backend.engine.Device()
	var data []byte
	offsets := make([]int, len(p.Consts))
	for i, c := range p.Consts {
		data = append(data, make([]byte, -len(data)&63)...)
		offsets[i] = len(data)
		data = append(data, c.Data...)
	}
	var err error
	if len(data) > 0 {
		if e.consts, err = device.Alloc(uint64(len(data))); err != nil {
			return fmt.Errorf("constants: %w", err)
		}
		if err = device.Write(e.consts, data); err != nil {
			return err
		}
	}
	e.table = make([]byte, 4*(1+len(p.Inputs)+len(p.Outputs)+len(p.Consts)))
	for i, at := range offsets {
		e.set(1+len(p.Inputs)+len(p.Outputs)+i, e.consts+uint32(at))
	}
	e.args, err = device.Alloc(uint64(len(e.table)))
	return err
}

func (e *Executable) set(slot int, addr uint32) {
	binary.LittleEndian.PutUint32(e.table[4*slot:], addr)
}

// Finalize frees the code and the constants.
func (e *Executable) Finalize() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	e.closed = true
	e.program.Close()
	if e.native != nil {
		e.native.Close()
	}
	for _, addr := range []uint32{e.consts, e.args} {
		if addr != 0 {
			e.backend.engine.Device().Free(addr) // fails only when the engine is closed
		}
	}
}

// Inputs returns the parameters' names and shapes.
func (e *Executable) Inputs() ([]string, []shapes.Shape) { return e.names, e.inputs }

// Outputs returns the results' shapes.
func (e *Executable) Outputs() []shapes.Shape { return e.outputs }

// Execute runs the computation. It uses the memory of a donated input for an output where the computation allows that;
// other donated inputs are freed. After an error donated inputs are lost all the same.
func (e *Executable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) (results []compute.Buffer, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.New("wasm: the computation has been finalised")
	}
	if len(inputs) != len(e.inputs) {
		return nil, errors.Errorf("wasm: %d inputs for a computation of %d", len(inputs), len(e.inputs))
	}
	in := make([]*Buffer, len(inputs))
	for i, x := range inputs {
		b, ok := x.(*Buffer)
		if !ok || b.backend != e.backend {
			return nil, errors.Errorf("wasm: input %d (%s) is not a buffer of this backend", i, e.names[i])
		}
		if err := b.check(); err != nil {
			return nil, errors.WithMessagef(err, "input %d (%s)", i, e.names[i])
		}
		if !b.shape.Equal(e.inputs[i]) {
			return nil, errors.Errorf("wasm: input %d (%s) is %s, want %s", i, e.names[i], b.shape, e.inputs[i])
		}
		in[i] = b
		e.set(1+i, b.block.addr)
	}
	given := func(i int) bool { return i >= 0 && i < len(donate) && donate[i] }
	out := make([]*Buffer, len(e.outputs))
	defer func() {
		for i, b := range in {
			if given(i) {
				b.Finalize()
			}
		}
		if err != nil {
			for _, b := range out {
				if b != nil {
					b.Finalize()
				}
			}
		}
	}()
	for i, shape := range e.outputs {
		if from := e.reuse[i]; given(from) && !shared(in, from) {
			out[i] = e.backend.wrap(shape, in[from].take())
		} else if out[i], err = e.backend.newBuffer(shape); err != nil {
			return nil, err
		}
		e.set(1+len(in)+i, out[i].block.addr)
	}
	if err := e.backend.execute(e); err != nil {
		return nil, err
	}
	results = make([]compute.Buffer, len(out))
	for i, b := range out {
		results[i] = b
	}
	return results, nil
}

// shared reports whether an input's buffer is another input too.
func shared(in []*Buffer, i int) bool {
	for j, b := range in {
		if j != i && b == in[i] {
			return true
		}
	}
	return false
}

// execute runs an executable whose table is filled but for the arena, one after the other since they share it.
func (b *Backend) execute(e *Executable) error {
	b.running.Lock()
	defer b.running.Unlock()
	device := b.engine.Device()
	if e.arena > b.arenaSize {
		if b.arenaSize > 0 {
			device.Free(b.arena)
			b.arenaSize = 0
		}
		addr, err := device.Alloc(e.arena)
		if err != nil {
			return errors.WithMessage(err, "wasm: scratch memory")
		}
		b.arena, b.arenaSize = addr, e.arena
	}
	e.set(0, b.arena)
	if err := device.Write(e.args, e.table); err != nil {
		return err
	}
	return errors.WithMessage(e.run.Run(e.args), "wasm")
}
