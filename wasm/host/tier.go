package host

import (
	"fmt"

	"unpool/wasm/module"
)

// Tier says what an engine's code may use.
type Tier struct {
	SIMD    bool // 128-bit vectors
	Relaxed bool // relaxed SIMD: multiply-add rounds once where the processor can. Its results may differ between machines.
	Threads int  // how many run a function at once, at least 1
}

// String is the tier in words, as in "relaxed SIMD, 2 threads".
func (t Tier) String() string {
	s := "scalar"
	if t.Relaxed {
		s = "relaxed SIMD"
	} else if t.SIMD {
		s = "SIMD"
	}
	return s + ", " + t.Count()
}

// Count is the number of threads in words, as in "2 threads".
func (t Tier) Count() string {
	if t.Threads == 1 {
		return "1 thread"
	}
	return fmt.Sprintf("%d threads", t.Threads)
}

// Best is the tier to ask for by default: all there is, and as many threads as the machine runs at once.
func Best() Tier { return Tier{SIMD: true, Relaxed: true, Threads: cpus()} }

// within is the most of want that an engine with all of t can give.
func (t Tier) within(want Tier) Tier {
	simd := t.SIMD && want.SIMD
	return Tier{SIMD: simd, Relaxed: simd && t.Relaxed && want.Relaxed, Threads: max(1, min(t.Threads, want.Threads))}
}

// probe is a module that only an engine with a feature accepts. See https://webassembly.org/features.
func probe(result func(f *module.Func)) []byte {
	m := module.New()
	m.DefineMemory("memory", 1, 1, false)
	result(m.Func("probe", nil, nil))
	return m.Encode()
}

func probeSIMD() []byte {
	return probe(func(f *module.Func) {
		f.F32x4Const(1, 2, 3, 4)
		f.Op(module.F32x4Sqrt)
		f.Drop()
	})
}

func probeRelaxed() []byte {
	return probe(func(f *module.Func) {
		for range 3 {
			f.F32x4Const(1, 2, 3, 4)
		}
		f.Op(module.F32x4RelaxedMadd)
		f.Drop()
	})
}

func probeAtomics() []byte {
	return probe(func(f *module.Func) {
		f.I32Const(0)
		f.I32Const(1)
		f.Mem(module.I32AtomicRmwAdd, 0)
		f.Drop()
	})
}

// maxThreads is the most threads an engine has.
const maxThreads = 64

// measure runs the probes against a function that says whether the engine accepts a module. Whether it can have more
// than one thread the caller knows.
func measure(accepts func(code []byte) bool, threads bool) Tier {
	t := Tier{SIMD: accepts(probeSIMD()), Threads: 1}
	t.Relaxed = t.SIMD && accepts(probeRelaxed())
	if threads && accepts(probeAtomics()) {
		t.Threads = maxThreads
	}
	return t
}
