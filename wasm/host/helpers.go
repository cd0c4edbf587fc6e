//go:build js

package host

import (
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"unpool/wasm/module"
)

// helper is a Web Worker.
type helper struct {
	worker  js.Value
	replies chan error   // to messages
	failed  chan failure // of functions
	funcs   []js.Func
}

// failure is what a function that a helper called in some job has thrown.
type failure struct {
	job  int
	text string
}

const (
	listen        = -1               // the command that sends helpers to their event loops
	replyPatience = 10 * time.Second // for a helper to start, to load a program, to say why it failed
	tick          = 100 * time.Millisecond

	// The abort word is 1 + the number of the thread that trapped first, or lost if one did not arrive at a barrier.
	lost = -1
)

// patience is how many ticks a thread waits for another before it considers it dead; at each it also checks whether the run has
// been aborted. Kernels between two barriers take milliseconds; a suspended computer only makes one tick long.
var patience int32 = 600

// helperScript is the address of the helpers' script, relative to this worker's.
var helperScript = "helper.js"

// hostModule defines what modules import as "host": to sleep until a word of the memory changes, and to wake sleepers.
func hostModule() []byte {
	m := module.New()
	m.ImportMemory("env", "memory", 1, module.MaxPages, true)

	f := m.Func("wait", module.Types(module.I32, module.I32), nil)
	left := f.Local(module.I32)
	f.I32Const(patience)
	f.Set(left)
	f.Loop(func(again module.Label) {
		f.I32Const(addrAbort)
		f.Mem(module.I32AtomicLoad, 0)
		f.If(f.Unreachable, nil)
		f.Get(f.Param(0))
		f.Get(f.Param(1))
		f.I64Const(tick.Nanoseconds())
		f.Mem(module.MemoryAtomicWait32, 0)
		f.I32Const(2) // timed out
		f.Op(module.I32Ne)
		f.If(f.Return, nil)
		f.Get(left)
		f.I32Const(1)
		f.Op(module.I32Sub)
		f.Tee(left)
		f.BrIf(again)
	})
	f.I32Const(addrAbort)
	f.I32Const(0)
	f.I32Const(lost)
	f.Mem(module.I32AtomicRmwCmpxchg, 0)
	f.Drop()
	f.Unreachable()
	f.Export("wait")

	f = m.Func("notify", module.Types(module.I32), nil)
	f.Get(f.Param(0))
	f.I32Const(-1) // all of them
	f.Mem(module.MemoryAtomicNotify, 0)
	f.Drop()
	f.Export("notify")
	return m.Encode()
}

func (m *browserMachine) instantiateHost(host js.Value) error {
	instance, err := try(func() js.Value { return webAssembly.Get("Instance").New(host, m.imports) })
	if err == nil {
		m.imports.Set("host", instance.Get("exports"))
	}
	return err
}

// startHelpers starts the helpers; if they do not all start, the machine has one thread.
func (m *browserMachine) startHelpers(host js.Value) {
	at := object.New()
	for name, addr := range map[string]int{
		"abort": addrAbort, "generation": addrGeneration, "job": addrJob, "done": addrDone, "command": addrCommand,
	} {
		at.Set(name, addr/4)
	}
	location := js.Global().Get("location")
	script := js.Global().Get("URL").New(helperScript, location.Get("href"))
	script.Set("search", location.Get("search")) // of the same version, which is what is kept for use offline
	for thread := 1; thread < m.has.Threads; thread++ {
		h, err := newHelper(script)
		if err != nil {
			m.dismiss()
			return
		}
		m.helpers = append(m.helpers, h)
		message := object.New()
		message.Set("memory", m.memory)
		message.Set("host", host)
		message.Set("at", at)
		message.Set("thread", thread)
		message.Set("threads", m.has.Threads)
		message.Set("job", 0)
		h.worker.Call("postMessage", message)
	}
	if m.collect() != nil {
		m.dismiss()
	}
}

func newHelper(script js.Value) (*helper, error) {
	worker, err := try(func() js.Value { return js.Global().Get("Worker").New(script) })
	if err != nil {
		return nil, err
	}
	h := &helper{worker: worker, replies: make(chan error, 1), failed: make(chan failure, 1)}
	h.on("onmessage", func(event js.Value) {
		data := event.Get("data")
		if text := data.Get("failed"); text.Truthy() {
			offer(h.failed, failure{data.Get("job").Int(), text.String()})
		} else if text := data.Get("error"); text.Truthy() {
			offer(h.replies, errors.New(text.String()))
		} else {
			offer(h.replies, nil)
		}
	})
	h.on("onerror", func(event js.Value) {
		offer(h.replies, fmt.Errorf("the helper's script failed: %v", event.Get("message")))
	})
	return h, nil
}

// offer sends without waiting. In place of a value that was not taken, it leaves the new one.
func offer[T any](c chan T, v T) {
	select {
	case <-c:
	default:
	}
	c <- v
}

func (h *helper) on(event string, f func(event js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	h.funcs = append(h.funcs, fn)
	h.worker.Set(event, fn)
}

// collect waits for one reply of each helper, and returns the first that is an error.
func (m *browserMachine) collect() error {
	timeout := time.After(replyPatience)
	var first error
	for _, h := range m.helpers {
		select {
		case err := <-h.replies:
			if first == nil {
				first = err
			}
		case <-timeout:
			return errors.New("a helper thread does not answer")
		}
	}
	return first
}

// dismiss ends the helpers. From then on the machine has one thread; programs that are loaded still work.
func (m *browserMachine) dismiss() {
	if len(m.helpers) > 0 {
		m.post(listen, 0, nil) // from its event loop a worker ends at once; asleep, Chromium leaves it alone for two seconds
	}
	for _, h := range m.helpers {
		h.worker.Call("terminate")
		h.worker.Set("onmessage", nil)
		h.worker.Set("onerror", nil)
		for _, f := range h.funcs {
			f.Release()
		}
	}
	m.helpers = nil
	m.has.Threads = 1
	m.write(addrParts, even(1))
}

func (m *browserMachine) load32(addr int) int {
	return atomics.Call("load", m.words, addr/4).Int()
}

func (m *browserMachine) store32(addr, value int) { atomics.Call("store", m.words, addr/4, value) }

func (m *browserMachine) notify(addr int) { atomics.Call("notify", m.words, addr/4) }

// post starts a job: helpers read the command when they see the job's number change.
func (m *browserMachine) post(program, function int, args []uint32) {
	m.store32(addrCommand, program)
	m.store32(addrCommand+4, function)
	m.store32(addrCommand+8, len(args))
	for i, a := range args {
		m.store32(addrCommand+12+4*i, int(a))
	}
	m.store32(addrDone, 0)
	atomics.Call("add", m.words, addrJob/4, 1)
	m.notify(addrJob)
}

// send gives every helper a message and waits for the answers. A helper that fails or does not answer is a reason to continue
// without helpers.
func (m *browserMachine) send(message js.Value) {
	if len(m.helpers) == 0 {
		return
	}
	for _, h := range m.helpers {
		h.worker.Call("postMessage", message)
	}
	m.post(listen, 0, nil)
	if m.collect() != nil {
		m.dismiss()
	}
}

// abort says that this thread has trapped, and wakes those that wait for it.
func (m *browserMachine) abort() {
	atomics.Call("compareExchange", m.words, addrAbort/4, 0, 1)
	m.notify(addrGeneration)
}

// reason waits for the text of what the helper's function has thrown in a job.
func (h *helper) reason(job int) string {
	timeout := time.After(replyPatience)
	for {
		select {
		case f := <-h.failed:
			if f.job == job {
				return f.text
			}
		case <-timeout:
			return "unknown, in a helper thread"
		}
	}
}

// await sleeps until all helpers have finished the job, and reports whether they have.
func (m *browserMachine) await() bool {
	for range patience {
		done := m.load32(addrDone)
		if done == len(m.helpers) {
			return true
		}
		atomics.Call("wait", m.words, addrDone/4, done, tick.Milliseconds())
	}
	return m.load32(addrDone) == len(m.helpers)
}
