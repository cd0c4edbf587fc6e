//go:build js

package host

import (
	"errors"
	"runtime"
	"syscall/js"

	"unpool/wasm/module"
)

// browserMachine runs modules in the engine of the browser that this program runs in. Threads are Web Workers, started
// from helper.js, which must be beside the script of the worker that this program runs in.
//
// A helper sleeps on a word of the shared memory, so starting a run takes a store and a notify. Only programs are handed
// over by message, and for that it is first sent back to its event loop.
type browserMachine struct {
	has      Tier
	isShared bool
	memory   js.Value // WebAssembly.Memory
	length   uint64
	bytes    js.Value // Uint8Array over all of it
	words    js.Value // Int32Array over the engine's own part of it
	maxBytes uint64
	imports  js.Value
	helpers  []*helper // helper i is thread i + 1
	programs int       // ids given out
}

var (
	object      = js.Global().Get("Object")
	webAssembly = js.Global().Get("WebAssembly")
	atomics     = js.Global().Get("Atomics")
)

func cpus() int {
	n := js.Global().Get("navigator").Get("hardwareConcurrency")
	if n.Type() != js.TypeNumber {
		return 1
	}
	return max(1, n.Int())
}

func newMachine(o Options) (machine, error) {
	// Only a worker may sleep, and only an isolated page gets shared memory. WebKit's port to GTK makes such a memory, but has no
	// SharedArrayBuffer and so cannot give it to another thread.
	threads := js.Global().Get("crossOriginIsolated").Truthy() && js.Global().Get("SharedArrayBuffer").Truthy() && js.Global().Get("document").IsUndefined()
	m := &browserMachine{has: measure(accepts, threads).within(o.Tier)}
	m.isShared = m.has.Threads > 1
	if err := m.makeMemory(o.MemoryLimit); err != nil {
		return nil, err
	}
	env := object.New()
	env.Set("memory", m.memory)
	m.imports = object.New()
	m.imports.Set("env", env)
	if !m.isShared {
		return m, nil
	}
	host, err := newModule(hostModule())
	if err != nil {
		return nil, err
	}
	if err := m.instantiateHost(host); err != nil {
		return nil, err
	}
	m.startHelpers(host)
	return m, nil
}

// try turns an exception into an error.
func try(f func() js.Value) (v js.Value, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = errors.New(r.Value.Call("toString").String())
		default:
			panic(r)
		}
	}()
	return f(), nil
}

func toJS(b []byte) js.Value {
	a := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(a, b)
	return a
}

func accepts(code []byte) bool { return webAssembly.Call("validate", toJS(code)).Bool() }

func newModule(code []byte) (js.Value, error) {
	return try(func() js.Value { return webAssembly.Get("Module").New(toJS(code)) })
}

// makeMemory makes the memory, with the largest maximum up to limit for which the browser has addresses.
func (m *browserMachine) makeMemory(limit uint64) error {
	for {
		d := object.New()
		d.Set("initial", 1)
		d.Set("maximum", limit/module.PageSize)
		d.Set("shared", m.isShared)
		var err error
		m.memory, err = try(func() js.Value { return webAssembly.Get("Memory").New(d) })
		if err == nil {
			break
		}
		if limit /= 2; limit < 1<<24 {
			return err
		}
		limit = limit / module.PageSize * module.PageSize
	}
	m.maxBytes = limit
	m.refresh()
	return nil
}

// refresh makes new views: old ones end where the memory ended, and are empty if it is not shared.
func (m *browserMachine) refresh() {
	buffer := m.memory.Get("buffer")
	m.length = uint64(buffer.Get("byteLength").Int())
	m.bytes = js.Global().Get("Uint8Array").New(buffer)
	m.words = js.Global().Get("Int32Array").New(buffer, 0, heapStart/4)
}

func (m *browserMachine) kind() Kind { return Browser }

func (m *browserMachine) tier() Tier { return m.has }

func (m *browserMachine) shared() bool { return m.isShared }

func (m *browserMachine) limit() uint64 { return m.maxBytes }

func (m *browserMachine) size() uint64 { return m.length }

func (m *browserMachine) grow(size uint64) error {
	if size <= m.length {
		return nil
	}
	pages := (size - m.length + module.PageSize - 1) / module.PageSize
	if _, err := try(func() js.Value { return m.memory.Call("grow", pages) }); err != nil {
		return err
	}
	m.refresh()
	return nil
}

func (m *browserMachine) part(addr uint32, n int) js.Value {
	return m.bytes.Call("subarray", addr, uint64(addr)+uint64(n))
}

func (m *browserMachine) read(addr uint32, to []byte) { js.CopyBytesToGo(to, m.part(addr, len(to))) }

func (m *browserMachine) write(addr uint32, from []byte) {
	js.CopyBytesToJS(m.part(addr, len(from)), from)
}

func (m *browserMachine) view(uint32, int) []byte { return nil }

func (m *browserMachine) close() {
	m.dismiss()
	m.memory, m.bytes, m.words, m.imports = js.Undefined(), js.Undefined(), js.Undefined(), js.Undefined()
	runtime.GC() // the browser frees the memory when Go's collector has found that nothing holds these values
}

// browserProgram is a module with its instance in this thread; helpers know it by its id.
type browserProgram struct {
	m        *browserMachine
	id       int
	exports  js.Value
	position map[string]int // of an export in the module
}

func (m *browserMachine) load(code []byte, _ Outside) (program, error) {
	compiled, err := newModule(code)
	if err != nil {
		return nil, err
	}
	instance, err := try(func() js.Value { return webAssembly.Get("Instance").New(compiled, m.imports) })
	if err != nil {
		return nil, err
	}
	m.programs++
	p := &browserProgram{m: m, id: m.programs, exports: instance.Get("exports"), position: map[string]int{}}
	list := webAssembly.Get("Module").Call("exports", compiled)
	for i := range list.Length() {
		p.position[list.Index(i).Get("name").String()] = i
	}
	message := object.New()
	message.Set("id", p.id)
	message.Set("module", compiled)
	m.send(message)
	return p, nil
}

func (p *browserProgram) close() {
	p.exports = js.Undefined()
	message := object.New()
	message.Set("id", p.id)
	p.m.send(message)
}

// browserFunc is an export.
type browserFunc struct {
	p        *browserProgram
	f        js.Value
	position int
	args     []any // of the current call
}

func (p *browserProgram) lookup(name string) (function, int, error) {
	position, ok := p.position[name]
	if !ok {
		return nil, 0, errors.New("the module does not export it")
	}
	f := p.exports.Get(name)
	if f.Type() != js.TypeFunction {
		return nil, 0, errors.New("it is not a function")
	}
	return &browserFunc{p: p, f: f, position: position}, f.Length(), nil
}

func (f *browserFunc) call(args []uint32) error {
	f.args = f.args[:0]
	return f.invoke(args)
}

// invoke calls the function with f.args and args.
func (f *browserFunc) invoke(args []uint32) error {
	for _, a := range args {
		f.args = append(f.args, a)
	}
	if _, err := try(func() js.Value { return f.f.Invoke(f.args...) }); err != nil {
		return &Trap{err.Error()}
	}
	return nil
}

func (f *browserFunc) run(args []uint32) error {
	m := f.p.m
	f.args = append(f.args[:0], 0, 1+len(m.helpers))
	if m.isShared {
		for _, addr := range [...]int{addrAbort, addrArrived, addrSleepers} { // a run that trapped may have left them
			m.store32(addr, 0)
		}
	}
	if len(m.helpers) == 0 {
		return f.invoke(args)
	}
	m.post(f.p.id, f.position, args)
	err := f.invoke(args)
	if err != nil {
		m.abort()
	}
	finished := m.await()
	switch first := m.load32(addrAbort); {
	case first == lost || !finished:
		m.dismiss()
		return &Trap{"a helper thread has died; from now on the engine has one thread"}
	case first > 1:
		return &Trap{m.helpers[first-2].reason(m.load32(addrJob))}
	}
	return err
}
