// Package host runs WebAssembly modules: natively under wazero, and under js in the browser's own engine.
//
// An Engine has one memory, the Device, that all of its modules share, and a number of threads. Programs are loaded into
// it and their exported functions called with 32-bit integers. What a function needs beyond that it finds in the memory.
//
//	e, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Relaxed: true, Threads: 2}})
//	defer e.Close()
//	m := module.New()
//	env := e.Declare(m) // imports the memory
//	…                   // define the function step(thread, threads, address), which may call env.Barrier()
//	p, err := e.Load(m.Encode())
//	step, err := p.Func("step")
//	addr, err := e.Device().Alloc(4096)
//	err = step.Run(addr)
//
// The package knows nothing of tensors or graphs. Several engines in one process do not disturb each other.
package host

import (
	"fmt"
	"sync"

	"unpool/wasm/module"
)

// Options for an engine.
type Options struct {
	// Tier is what to use at most; the engine takes the best within it that it has.
	Tier Tier
	// MemoryLimit is the most bytes the device's memory may grow to; 0 is as much as 32-bit addresses and the engine allow.
	MemoryLimit uint64
}

// Kind names the WebAssembly engine behind an Engine: code that is fast in one can be slow in another.
type Kind string

const (
	Wazero  Kind = "wazero"
	Browser Kind = "browser"
)

// maxMemory is the most a memory may have: less than 4 GiB, so that the address after a block still has 32 bits.
const maxMemory = 1<<32 - 1<<16

// machine is what differs between engines. Its methods are called under the Engine's locks.
type machine interface {
	kind() Kind
	tier() Tier
	shared() bool // whether modules must import the memory as shared
	limit() uint64
	size() uint64
	grow(size uint64) error
	read(addr uint32, to []byte)
	write(addr uint32, from []byte)
	view(addr uint32, size int) []byte
	load(code []byte, outside Outside) (program, error)
	close()
}

// program is a module that has been loaded into every thread of a machine.
type program interface {
	lookup(name string) (function, int, error) // and its number of parameters
	close()
}

// function is an export of a program.
type function interface {
	call(args []uint32) error // in the calling thread
	run(args []uint32) error  // in all threads, with thread and number of threads put before the arguments
}

// Trap is a function's failure: what the engine said.
type Trap struct{ Text string }

func (t *Trap) Error() string { return "WebAssembly trap: " + t.Text }

// Engine runs programs against one memory.
type Engine struct {
	device  *Device
	running sync.Mutex // held while a function runs or a program is loaded or closed

	// open is read-locked by whoever uses the machine and locked by whoever changes it: to grow the memory, or to close.
	open    sync.RWMutex
	machine machine
	closed  bool
}

// New starts an engine. In a browser it starts helper workers and waits for them, so it must be called from a
// goroutine that may block; if they do not start, the engine has one thread.
func New(o Options) (*Engine, error) {
	if o.MemoryLimit == 0 || o.MemoryLimit > maxMemory {
		o.MemoryLimit = maxMemory
	}
	o.MemoryLimit = max(o.MemoryLimit/module.PageSize, 1) * module.PageSize
	m, err := newMachine(o)
	if err != nil {
		return nil, fmt.Errorf("host: starting the engine: %w", err)
	}
	e := &Engine{machine: m}
	e.device = &Device{e: e, heap: newHeap(heapStart), limit: m.limit()}
	e.device.heap.extend(m.size() - slack)
	m.write(addrParts, even(m.tier().Threads))
	return e, nil
}

// Tier is what the engine uses. It has one thread after a helper worker has died.
func (e *Engine) Tier() Tier { return e.machine.tier() }

// Kind is what runs the engine's code.
func (e *Engine) Kind() Kind { return e.machine.kind() }

// Device is the engine's memory.
func (e *Engine) Device() *Device { return e.device }

// Close stops the threads and frees the memory and all programs. It waits for a function that is running. A second Close
// does nothing.
func (e *Engine) Close() {
	e.running.Lock()
	defer e.running.Unlock()
	e.open.Lock()
	defer e.open.Unlock()
	if !e.closed {
		e.closed = true
		e.machine.close()
	}
}

// access calls f with the machine, unless it is closed.
func (e *Engine) access(f func(m machine) error) error {
	e.open.RLock()
	defer e.open.RUnlock()
	if e.closed {
		return ErrClosed
	}
	return f(e.machine)
}

// grow makes the memory have at least size bytes, when no function is running, and returns its new size.
func (e *Engine) grow(size uint64) (uint64, error) {
	e.running.Lock()
	defer e.running.Unlock()
	e.open.Lock()
	defer e.open.Unlock()
	if e.closed {
		return 0, ErrClosed
	}
	if err := e.machine.grow(size); err != nil {
		return 0, err
	}
	return e.machine.size(), nil
}

// Program is a loaded module.
type Program struct {
	e      *Engine
	p      program
	closed bool // under e.running
}

// Outside is a function that is not in any module. Modules call it in any of their threads, several at once. Memory is the engine's, as far
// as it has grown. An error is a trap.
type Outside func(memory []byte, args []uint64) error

// Load compiles a module and instantiates it in every thread. Its imports are those of Declare.
func (e *Engine) Load(code []byte) (*Program, error) { return e.LoadWith(code, nil) }

// LoadWith loads a module that calls a function outside.
func (e *Engine) LoadWith(code []byte, outside Outside) (*Program, error) {
	e.running.Lock()
	defer e.running.Unlock()
	p := &Program{e: e}
	err := e.access(func(m machine) (err error) {
		p.p, err = m.load(code, outside)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("host: loading a module of %d bytes: %w", len(code), err)
	}
	return p, nil
}

// Close frees the program's code. Its functions return ErrClosed from then on. A second Close does nothing, nor does one
// after the engine's.
func (p *Program) Close() {
	p.e.running.Lock()
	defer p.e.running.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	p.e.access(func(machine) error {
		p.p.close()
		return nil
	})
}

// Func is an exported function that takes i32 and returns nothing.
type Func struct {
	p      *Program
	f      function
	name   string
	params int
	args   []uint32 // of the current call, kept so that a call allocates nothing
}

// maxParams is the most parameters a function may have: what a job has room for in the memory.
const maxParams = 128

// Func finds an exported function. It must have only i32 parameters, at most 128, and no results.
func (p *Program) Func(name string) (*Func, error) {
	p.e.running.Lock()
	defer p.e.running.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	f := &Func{p: p, name: name}
	err := p.e.access(func(machine) (err error) {
		f.f, f.params, err = p.p.lookup(name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("host: function %q: %w", name, err)
	}
	if f.params > maxParams {
		return nil, fmt.Errorf("host: function %q: it has %d parameters, the limit is %d", name, f.params, maxParams)
	}
	return f, nil
}

// Call calls the function in one thread. A trap is a *Trap; the engine can be used further.
func (f *Func) Call(args ...uint32) error { return f.invoke(args, 0) }

// Run calls the function in all of the engine's threads at once as f(thread, threads, args…), thread counting from 0, and
// returns when all have returned. A trap in one of them ends the others at their next barrier and is a *Trap.
func (f *Func) Run(args ...uint32) error { return f.invoke(args, 2) }

func (f *Func) invoke(args []uint32, extra int) error {
	e := f.p.e
	e.running.Lock()
	defer e.running.Unlock()
	if len(args)+extra != f.params {
		return fmt.Errorf("host: function %q has %d parameters and was given %d", f.name, f.params, len(args)+extra)
	}
	e.open.RLock()
	defer e.open.RUnlock()
	if e.closed || f.p.closed {
		return ErrClosed
	}
	f.args = append(f.args[:0], args...)
	if extra == 0 {
		return f.f.call(f.args)
	}
	return f.f.run(f.args)
}
