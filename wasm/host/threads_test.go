package host

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"unpool/wasm/module"
)

func TestRunEntersEveryThread(t *testing.T) {
	e := start(t, Options{Tier: everything(2)})
	f := load(t, e, 3, func(f, _ *module.Func) { // p[thread] = 10·threads + thread
		f.Get(f.Param(2))
		f.Get(f.Param(0))
		f.I32Const(4)
		f.Op(module.I32Mul, module.I32Add)
		f.Get(f.Param(1))
		f.I32Const(10)
		f.Op(module.I32Mul)
		f.Get(f.Param(0))
		f.Op(module.I32Add)
		f.Mem(module.I32Store, 0)
	})
	p := alloc(t, e, 64)
	n := uint32(e.Tier().Threads)
	for range 100 {
		if err := e.Device().Write(p, make([]byte, 64)); err != nil {
			t.Fatal(err)
		}
		if err := f.Run(p); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if got := readU32(t, e, p+4*i); got != 10*n+i {
				t.Fatalf("thread %d of %d wrote %d", i, n, got)
			}
		}
	}
}

// Every thread adds to its own counter, and after each barrier checks that all counters are equal.
func TestBarrier(t *testing.T) {
	for _, threads := range []int{1, 2, 4} {
		e := start(t, Options{Tier: everything(threads)})
		const rounds = 50_000 // of two barriers
		f := load(t, e, 3, counters(rounds))
		p := alloc(t, e, uint64(64*threads))
		if err := e.Device().Write(p, make([]byte, 64*threads)); err != nil {
			t.Fatal(err)
		}
		if err := f.Run(p); err != nil {
			t.Fatalf("%v: %v", e.Tier(), err)
		}
		for i := range uint32(e.Tier().Threads) {
			if got := readU32(t, e, p+64*i); got != rounds {
				t.Errorf("%v: thread %d counted %d, want %d", e.Tier(), i, got, rounds)
			}
		}
	}
}

// counters is f(thread, threads, p): in each round, increment p[thread]; barrier; trap unless all are equal; barrier.
func counters(rounds int32) func(f, barrier *module.Func) {
	return func(f, barrier *module.Func) {
		thread, threads, p := f.Param(0), f.Param(1), f.Param(2)
		round, i, own := f.Local(module.I32), f.Local(module.I32), f.Local(module.I32)
		add := func(l module.Local, by int32) {
			f.Get(l)
			f.I32Const(by)
			f.Op(module.I32Add)
			f.Tee(l)
		}
		line := func(l module.Local) {
			f.Get(p)
			f.Get(l)
			f.I32Const(64)
			f.Op(module.I32Mul, module.I32Add)
		}
		line(thread)
		f.Set(own)
		f.Loop(func(again module.Label) {
			f.Get(own)
			f.Get(own)
			f.Mem(module.I32Load, 0)
			f.I32Const(1)
			f.Op(module.I32Add)
			f.Mem(module.I32Store, 0)
			meet(f, barrier)
			add(round, 1)
			f.Drop()
			f.I32Const(0)
			f.Set(i)
			f.Loop(func(next module.Label) {
				line(i)
				f.Mem(module.I32Load, 0)
				f.Get(round)
				f.Op(module.I32Ne)
				f.If(f.Unreachable, nil)
				add(i, 1)
				f.Get(threads)
				f.Op(module.I32LtU)
				f.BrIf(next)
			})
			meet(f, barrier)
			f.Get(round)
			f.I32Const(rounds)
			f.Op(module.I32LtU)
			f.BrIf(again)
		})
	}
}

// One thread traps while the other waits for it at a barrier.
func TestTrapInOneThread(t *testing.T) {
	e := start(t, Options{Tier: everything(2)})
	f := load(t, e, 3, func(f, barrier *module.Func) { // trap in thread p2
		f.Get(f.Param(0))
		f.Get(f.Param(2))
		f.Op(module.I32Eq)
		f.If(f.Unreachable, nil)
		meet(f, barrier)
	})
	for thread := range uint32(e.Tier().Threads) {
		var trap *Trap
		if err := f.Run(thread); !errors.As(err, &trap) || !strings.Contains(trap.Text, "unreachable") {
			t.Errorf("thread %d traps: got error %v", thread, err)
		}
		if err := f.Run(99); err != nil {
			t.Errorf("after the trap in thread %d: %v", thread, err)
		}
	}
}

// A function outside fails, or panics, in one thread while the other waits for it at a barrier.
func TestOutsideFailsInOneThread(t *testing.T) {
	e := start(t, Options{Tier: everything(2)})
	if e.Kind() != Wazero {
		t.Skip("there are no functions outside")
	}
	m := module.New()
	env := e.Declare(m)
	barrier := env.Barrier()
	f := m.Func("f", module.Types(module.I32, module.I32, module.I32, module.I32), nil) // what to do in thread p2 is p3
	f.Get(f.Param(3))
	for range outsideParams - 3 {
		f.I32Const(0)
	}
	f.Get(f.Param(0))
	f.Get(f.Param(2))
	f.Call(env.Outside())
	meet(f, barrier)
	f.Export("f")
	p, err := e.LoadWith(m.Encode(), func(memory []byte, args []uint64) error {
		if uint32(args[outsideParams-2]) != uint32(args[outsideParams-1]) {
			return nil
		}
		switch uint32(args[0]) {
		case 0:
			return errors.New("it says no")
		case 1:
			panic("it panics")
		}
		return fmt.Errorf("it has %d", memory[uint64(len(memory))+args[0]])
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run, err := p.Func("f")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for thread := range uint32(e.Tier().Threads) {
			for i, want := range []string{"it says no", "it panics", "index out of range"} {
				var trap *Trap
				if err := run.Run(thread, uint32(i)); !errors.As(err, &trap) || !strings.Contains(trap.Text, want) {
					t.Errorf("thread %d: got error %v, want %q", thread, err, want)
				}
				if err := run.Run(99, 0); err != nil {
					t.Errorf("after that in thread %d: %v", thread, err)
				}
			}
		}
	}
}

// Engines come and go and leave no goroutine behind, and every one gets its threads.
func TestCloseLeavesNothing(t *testing.T) {
	before, threads := runtime.NumGoroutine(), 0
	for i := range 20 {
		e := start(t, Options{Tier: everything(3), MemoryLimit: 64 << 20})
		if i > 0 && e.Tier().Threads != threads {
			t.Fatalf("engine %d has %d threads, the first had %d", i, e.Tier().Threads, threads)
		}
		threads = e.Tier().Threads
		f := load(t, e, 3, counters(10))
		if err := f.Run(alloc(t, e, 64*3)); err != nil {
			t.Fatal(err)
		}
		e.Close()
	}
	// A goroutine that has done its work is counted until it has ended completely.
	after := runtime.NumGoroutine()
	for end := time.Now().Add(5 * time.Second); after > before && time.Now().Before(end); after = runtime.NumGoroutine() {
		time.Sleep(time.Millisecond)
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

// Two engines run at once, each on its own memory.
func TestEnginesAreIndependent(t *testing.T) {
	var wg sync.WaitGroup
	for range 2 {
		e := start(t, Options{Tier: everything(2)})
		f := load(t, e, 3, counters(1000))
		p := alloc(t, e, 64*2)
		if err := e.Device().Write(p, make([]byte, 128)); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := f.Run(p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
