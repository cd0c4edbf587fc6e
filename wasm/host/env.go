package host

import (
	"slices"

	"unpool/wasm/module"
)

// The first bytes of the memory belong to the engine. Words that different threads write stand on lines of their own.
const (
	addrAbort      = 64                                        // not 0 when a thread of the current run has trapped
	addrArrived    = 128                                       // barrier: threads that wait
	addrGeneration = 192                                       // barrier: how often it has opened
	addrSleepers   = 256                                       // barrier: threads that wait asleep
	addrJob        = 320                                       // number of the current job; helpers sleep on it (in a browser)
	addrDone       = 384                                       // helpers that have finished the current job
	addrCommand    = 448                                       // what the job is: program, function, number of arguments, arguments
	addrParts      = 1024                                      // how work is divided: parts.go
	addrWaited     = (addrParts + 4*(maxThreads+1) + 63) &^ 63 // barrier: for each thread, how often it has checked for the others
	heapStart      = addrWaited + 64*maxThreads
)

// A thread checks for some time whether the others have arrived before it goes to sleep: a sleep and a wake-up take tens of
// microseconds, and after them the threads may run in turn on one processor. But where another program has taken a
// processor, waiting long for the thread that ran there makes all slower. So each thread looks twice as long after it has
// seen the others arrive, up to mostSpins (a millisecond or two), and half as long after it had to sleep, down to leastSpins.
const (
	leastSpins = 2_000
	mostSpins  = 512_000
)

// Env is what a module gets from its engine.
type Env struct {
	m            *module.Module
	threads      int
	wait, notify *module.Func
	outside      *module.Func
}

// Declare imports the engine's memory into a module. It must come before the module's own functions.
// Addresses use all 32 bits, so generated code compares them as unsigned.
func (e *Engine) Declare(m *module.Module) *Env {
	m.ImportMemory("env", "memory", 1, module.MaxPages, e.machine.shared())
	env := &Env{m: m, threads: e.machine.tier().Threads}
	if env.threads > 1 {
		env.wait = m.ImportFunc("host", "wait", module.Types(module.I32, module.I32), nil)
		env.notify = m.ImportFunc("host", "notify", module.Types(module.I32), nil)
	}
	if e.Kind() == Wazero {
		env.outside = m.ImportFunc("host", "outside", slices.Repeat(module.Types(module.I32), outsideParams), nil)
	}
	return env
}

// outsideParams is how many numbers a module gives a function outside.
const outsideParams = 8

// Outside is a function of eight i32 that calls what LoadWith was given; nil in a browser.
func (env *Env) Outside() *module.Func { return env.outside }

// Barrier defines the function barrier(thread, threads, weight i32): a thread of a run that calls it continues when all threads
// have called it, and then sees all they have written. Weight is how much the threads have shared since the last barrier, as give says.
// In an engine with one thread it does nothing.
func (env *Env) Barrier() *module.Func {
	f := env.m.Func("barrier", module.Types(module.I32, module.I32, module.I32), nil)
	if env.threads == 1 {
		return f
	}
	budget := env.m.GlobalI32(true, mostSpins) // of this thread: each has an instance of its own
	thread, n, weight := f.Param(0), f.Param(1), f.Param(2)
	generation, looks, waited := f.Local(module.I32), f.Local(module.I32), f.Local(module.I32)
	load := func(addr int32) {
		f.I32Const(addr)
		f.Mem(module.I32AtomicLoad, 0)
	}
	add := func(addr, delta int32) {
		f.I32Const(addr)
		f.I32Const(delta)
		f.Mem(module.I32AtomicRmwAdd, 0)
	}
	store := func(addr, value int32) {
		f.I32Const(addr)
		f.I32Const(value)
		f.Mem(module.I32AtomicStore, 0)
	}
	closed := func() {
		load(addrGeneration)
		f.Get(generation)
		f.Op(module.I32Eq)
	}

	f.Get(thread)
	f.I32Const(64)
	f.Op(module.I32Mul)
	f.Set(waited)
	tell := func(looks func()) {
		f.Get(waited)
		looks()
		f.Mem(module.I32Store, addrWaited)
	}
	tell(func() { f.I32Const(0) })
	load(addrGeneration)
	f.Set(generation)
	add(addrArrived, 1)
	f.I32Const(1)
	f.Op(module.I32Add)
	f.Get(n)
	f.Op(module.I32Eq)
	f.If(func() { // the last to arrive opens it
		give(f, thread, n, weight)
		store(addrArrived, 0)
		add(addrGeneration, 1)
		f.Drop()
		load(addrSleepers)
		f.If(func() {
			f.I32Const(addrGeneration)
			f.Call(env.notify)
		}, nil)
		f.Return()
	}, nil)

	f.Loop(func(again module.Label) {
		closed()
		f.Op(module.I32Eqz)
		f.If(func() {
			f.GlobalGet(budget)
			f.I32Const(mostSpins)
			f.Op(module.I32LtU)
			f.If(func() {
				f.GlobalGet(budget)
				f.I32Const(1)
				f.Op(module.I32Shl)
				f.GlobalSet(budget)
			}, nil)
			f.Return()
		}, nil)
		tell(func() {
			f.Get(looks)
			f.I32Const(1)
			f.Op(module.I32Add)
			f.Tee(looks)
		})
		f.Get(looks)
		f.GlobalGet(budget)
		f.Op(module.I32LtU)
		f.BrIf(again)
	})

	f.GlobalGet(budget)
	f.I32Const(leastSpins)
	f.Op(module.I32GtU)
	f.If(func() {
		f.GlobalGet(budget)
		f.I32Const(1)
		f.Op(module.I32ShrU)
		f.GlobalSet(budget)
	}, nil)
	tell(func() { f.I32Const(asleep) })
	add(addrSleepers, 1)
	f.Drop()
	f.Loop(func(again module.Label) {
		f.I32Const(addrGeneration)
		f.Get(generation)
		f.Call(env.wait)
		closed()
		f.BrIf(again)
	})
	add(addrSleepers, -1)
	f.Drop()
	return f
}
