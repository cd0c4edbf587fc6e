package emit

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"unpool/wasm/host"
	"unpool/wasm/module"
)

// bench is an engine with a module of kernels, for tests: memory is given out in order and never freed.
type workbench struct {
	t       testing.TB
	e       *host.Engine
	m       *module.Module
	k       *Kernels
	threads int
	program *host.Program
}

func newWorkbench(t testing.TB, threads int, broadcast bool) *workbench {
	t.Helper()
	e, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: threads}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	m := module.New()
	env := e.Declare(m)
	return &workbench{t: t, e: e, m: m, k: NewKernels(m, Target{SIMD: true, Broadcast: broadcast}, Imports{Part: env.Part()}), threads: threads}
}

// run calls a kernel in all threads. The last argument is the first thread's scratch memory, of the given size for
// each thread; size 0 is a kernel without.
func (w *workbench) run(kernel *module.Func, size int, args ...uint32) {
	w.t.Helper()
	if w.program == nil {
		types := make([]module.Type, 2+len(args))
		for i := range types {
			types[i] = module.I32
		}
		f := w.m.Func("kernel", types, nil)
		for i := range types {
			f.Get(f.Param(i))
		}
		mul(f, f.Param(0), size)
		f.Op(module.I32Add)
		f.Call(kernel)
		f.Export("kernel")
		p, err := w.e.Load(w.m.Encode())
		if err != nil {
			w.t.Fatal(err)
		}
		w.program = p
	}
	f, err := w.program.Func("kernel")
	if err != nil {
		w.t.Fatal(err)
	}
	if err := f.Run(args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workbench) alloc(bytes int) uint32 {
	w.t.Helper()
	addr, err := w.e.Device().Alloc(uint64(max(bytes, 64)))
	if err != nil {
		w.t.Fatal(err)
	}
	return addr
}

func (w *workbench) put(v []float32) uint32 {
	w.t.Helper()
	raw := make([]byte, 0, 4*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	addr := w.alloc(len(raw))
	if err := w.e.Device().Write(addr, raw); err != nil {
		w.t.Fatal(err)
	}
	return addr
}

func (w *workbench) get(addr uint32, n int) []float32 {
	w.t.Helper()
	raw := make([]byte, 4*n)
	if err := w.e.Device().Read(addr, raw); err != nil {
		w.t.Fatal(err)
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return v
}

// everyKind runs a test with one, two and three threads and both ways of reading A. Their results must be the same
// bits, which sameBits checks against one reference.
func everyKind(t *testing.T, test func(t *testing.T, w *workbench)) {
	for _, threads := range []int{1, 2, 3} {
		for _, broadcast := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d threads, broadcast %v", threads, broadcast), func(t *testing.T) {
				test(t, newWorkbench(t, threads, broadcast))
			})
		}
	}
}
