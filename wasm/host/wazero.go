//go:build !js

package host

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"unpool/wasm/module"
)

// wazeroMachine runs modules under wazero. Threads are goroutines, each with instances of its own.
//
// To wazero the memory is not a shared one, although all threads use it: for a shared one it would read the memory's size
// before every access, because it might grow. Ours grows only while no function runs and never moves, so nothing is lost but
// memory.atomic.wait and notify, which wazero refuses then; sleep takes their place.
type wazeroMachine struct {
	ctx       context.Context
	runtime   wazero.Runtime
	space     *space
	memory    api.Memory
	has       Tier
	maxBytes  uint64
	bytes     atomic.Uint64 // size of the memory
	jobs      []chan *job   // one for each helper
	helpers   sync.WaitGroup
	job       job
	wake      sync.Cond // sleeping threads wait for it
	aborted   bool      // under wake.L: a thread of the current run has trapped
	threadErr []error   // of the current run, by thread
}

// job is a run of a function in all threads.
type job struct {
	f    *wazeroFunc
	args []uint32
	done sync.WaitGroup
}

// errAborted ends a thread because another one has trapped.
var errAborted = errors.New("another thread has trapped")

func cpus() int { return runtime.GOMAXPROCS(0) }

func newMachine(o Options) (machine, error) {
	ctx := experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0))
	features := api.CoreFeaturesV2 | experimental.CoreFeaturesThreads
	m := &wazeroMachine{
		ctx:      ctx,
		runtime:  wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(features)),
		maxBytes: o.MemoryLimit,
	}
	m.wake.L = new(sync.Mutex)
	m.has = measure(m.accepts, true).within(o.Tier)
	if err := m.start(); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// accepts reports whether wazero compiles a module.
func (m *wazeroMachine) accepts(code []byte) bool {
	c, err := m.runtime.CompileModule(m.ctx, code)
	if err != nil {
		return false
	}
	c.Close(m.ctx)
	return true
}

// start makes the memory, what modules import beside it, and the helpers.
func (m *wazeroMachine) start() error {
	var err error
	if m.space, err = reserve(m.maxBytes); err != nil {
		return err
	}
	env := module.New()
	env.DefineMemory("memory", 1, uint32(m.maxBytes/module.PageSize), false)
	ctx := experimental.WithMemoryAllocator(m.ctx, m.space)
	instance, err := m.runtime.InstantiateWithConfig(ctx, env.Encode(), wazero.NewModuleConfig().WithName("env"))
	if err != nil {
		return err
	}
	m.memory = instance.Memory()
	m.bytes.Store(uint64(m.memory.Size()))
	i32 := api.ValueTypeI32
	_, err = m.runtime.NewHostModuleBuilder("host").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(m.sleep), []api.ValueType{i32, i32}, nil).Export("wait").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(m.notify), []api.ValueType{i32}, nil).Export("notify").
		NewFunctionBuilder().WithGoFunction(api.GoFunc(m.outside), slices.Repeat([]api.ValueType{i32}, outsideParams), nil).Export("outside").
		Instantiate(m.ctx)
	if err != nil {
		return err
	}
	m.threadErr = make([]error, m.has.Threads)
	for thread := 1; thread < m.has.Threads; thread++ {
		jobs := make(chan *job)
		m.jobs = append(m.jobs, jobs)
		m.helpers.Go(func() {
			for j := range jobs {
				m.threadErr[thread] = j.f.enter(thread, j.args)
				j.done.Done()
			}
		})
	}
	return nil
}

// sleep is host.wait(address, value): it returns when the word at the address has changed.
func (m *wazeroMachine) sleep(_ context.Context, stack []uint64) {
	word := m.word(uint32(stack[0]))
	m.wake.L.Lock()
	for atomic.LoadUint32(word) == uint32(stack[1]) && !m.aborted {
		m.wake.Wait()
	}
	aborted := m.aborted
	m.wake.L.Unlock()
	if aborted {
		panic(errAborted)
	}
}

// notify is host.notify(address): it wakes all threads that sleep on the word.
func (m *wazeroMachine) notify(context.Context, []uint64) {
	m.wake.L.Lock()
	m.wake.Broadcast()
	m.wake.L.Unlock()
}

// outsideKey is for a program's Outside in the context of its calls.
type outsideKey struct{}

// outside is host.outside(...): it calls the program's function outside.
func (m *wazeroMachine) outside(ctx context.Context, stack []uint64) {
	f, _ := ctx.Value(outsideKey{}).(Outside)
	if f == nil {
		panic(errors.New("the program was loaded without a function outside"))
	}
	if err := f(m.space.bytes[:m.size()], stack[:outsideParams]); err != nil {
		panic(err)
	}
}

// setAborted reports whether the current run has failed, and wakes sleepers to see it.
func (m *wazeroMachine) setAborted(aborted bool) {
	m.wake.L.Lock()
	m.aborted = aborted
	m.wake.Broadcast()
	m.wake.L.Unlock()
}

func (m *wazeroMachine) word(addr uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&m.space.bytes[addr]))
}

func (m *wazeroMachine) kind() Kind    { return Wazero }
func (m *wazeroMachine) tier() Tier    { return m.has }
func (m *wazeroMachine) shared() bool  { return false }
func (m *wazeroMachine) limit() uint64 { return m.maxBytes }
func (m *wazeroMachine) size() uint64  { return m.bytes.Load() }

func (m *wazeroMachine) grow(size uint64) error {
	if have := m.size(); size > have {
		// Closing any module that imports the memory makes wazero forget who allocated it; it then grows the slice in
		// its capacity, which is the whole range. So the pages must be there before.
		pages := (size + module.PageSize - 1) / module.PageSize
		if m.space.Reallocate(pages*module.PageSize) == nil {
			return fmt.Errorf("the system gave no memory beyond %d bytes", have)
		}
		if _, ok := m.memory.Grow(uint32((size - have + module.PageSize - 1) / module.PageSize)); !ok {
			return fmt.Errorf("the system gave no memory beyond %d bytes", have)
		}
		m.bytes.Store(uint64(m.memory.Size()))
	}
	return nil
}

func (m *wazeroMachine) read(addr uint32, to []byte)    { copy(to, m.space.bytes[addr:]) }
func (m *wazeroMachine) write(addr uint32, from []byte) { copy(m.space.bytes[addr:], from) }
func (m *wazeroMachine) view(addr uint32, size int) []byte {
	end := uint64(addr) + uint64(size)
	return m.space.bytes[addr:end:end]
}

func (m *wazeroMachine) close() {
	for _, jobs := range m.jobs {
		close(jobs)
	}
	m.helpers.Wait()
	m.runtime.Close(m.ctx)
	if m.space != nil {
		m.space.release()
	}
}

// wazeroProgram is a module with an instance for each thread.
type wazeroProgram struct {
	m         *wazeroMachine
	ctx       context.Context // of its calls
	compiled  wazero.CompiledModule
	instances []api.Module
}

func (m *wazeroMachine) load(code []byte, outside Outside) (program, error) {
	compiled, err := m.runtime.CompileModule(m.ctx, code)
	if err != nil {
		return nil, err
	}
	p := &wazeroProgram{m: m, ctx: context.WithValue(m.ctx, outsideKey{}, outside), compiled: compiled}
	for range m.has.Threads {
		instance, err := m.runtime.InstantiateModule(m.ctx, compiled, wazero.NewModuleConfig().WithName(""))
		if err != nil {
			p.close()
			return nil, err
		}
		p.instances = append(p.instances, instance)
	}
	return p, nil
}

func (p *wazeroProgram) close() {
	for _, instance := range p.instances {
		instance.Close(p.m.ctx)
	}
	p.compiled.Close(p.m.ctx)
}

// wazeroFunc is an export, once for each thread: wazero's functions are for one goroutine at a time.
type wazeroFunc struct {
	m       *wazeroMachine
	ctx     context.Context
	threads []threadFunc
}

type threadFunc struct {
	f     api.Function
	stack []uint64 // parameters of the current call
}

func (p *wazeroProgram) lookup(name string) (function, int, error) {
	f := &wazeroFunc{m: p.m, ctx: p.ctx}
	params := 0
	for _, instance := range p.instances {
		export := instance.ExportedFunction(name)
		if export == nil {
			return nil, 0, errors.New("the module does not export it")
		}
		d := export.Definition()
		if len(d.ResultTypes()) > 0 {
			return nil, 0, errors.New("it has results")
		}
		for _, t := range d.ParamTypes() {
			if t != api.ValueTypeI32 {
				return nil, 0, fmt.Errorf("it has a parameter of type %s, not i32", api.ValueTypeName(t))
			}
		}
		params = len(d.ParamTypes())
		f.threads = append(f.threads, threadFunc{export, make([]uint64, params)})
	}
	return f, params, nil
}

func (f *wazeroFunc) call(args []uint32) error {
	t := &f.threads[0]
	for i, a := range args {
		t.stack[i] = uint64(a)
	}
	return t.call(f.ctx)
}

func (f *wazeroFunc) run(args []uint32) error {
	m := f.m
	if len(m.jobs) == 0 {
		return f.enter(0, args)
	}
	for _, addr := range [...]uint32{addrArrived, addrSleepers} { // a run that trapped may have left them
		atomic.StoreUint32(m.word(addr), 0)
	}
	j := &m.job
	j.f, j.args = f, args
	j.done.Add(len(m.jobs))
	for _, jobs := range m.jobs {
		jobs <- j
	}
	m.threadErr[0] = f.enter(0, args)
	j.done.Wait()
	return m.outcome()
}

// outcome is the first thread's error that is not merely the consequence of another's.
func (m *wazeroMachine) outcome() error {
	var aborted error
	for _, err := range m.threadErr {
		if err != nil && !errors.Is(err, errAborted) {
			m.setAborted(false)
			return err
		} else if err != nil {
			aborted = err
		}
	}
	return aborted
}

// enter calls the function as one thread of a run.
func (f *wazeroFunc) enter(thread int, args []uint32) error {
	t := &f.threads[thread]
	t.stack[0], t.stack[1] = uint64(thread), uint64(len(f.threads))
	for i, a := range args {
		t.stack[2+i] = uint64(a)
	}
	err := t.call(f.ctx)
	if err != nil && len(f.threads) > 1 {
		f.m.setAborted(true)
	}
	return err
}

func (t *threadFunc) call(ctx context.Context) error {
	err := t.f.CallWithStack(ctx, t.stack)
	if err == nil || errors.Is(err, errAborted) {
		return err
	}
	return &Trap{err.Error()}
}
