//go:build linux || darwin

package wasm_test

import (
	"bytes"
	"math"
	"runtime"
	"runtime/pprof"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/compute/support/backendtest"

	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// newNative returns a backend with native code on an engine of its own.
func newNative(t testing.TB, threads int) *wasm.Backend {
	t.Helper()
	if wasm.NativeInstructions() == "" {
		t.Skip("this processor has no AVX2")
	}
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: threads}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := wasm.NewNative(engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

func TestNativeCompliance(t *testing.T) {
	for _, threads := range []int{1, 2} {
		t.Run(host.Tier{Threads: threads}.Count(), func(t *testing.T) { backendtest.RunAll(t, newNative(t, threads), nil) })
	}
}

func TestNativeNets(t *testing.T) { nntest.Run(t, newNative(t, 2), nntest.Nets()...) }

func TestNativeNeedsVectors(t *testing.T) {
	engine, err := host.New(host.Options{Tier: host.Tier{Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if b, err := wasm.NewNative(engine); err == nil {
		t.Errorf("%s on %s", b.Description(), engine.Tier())
	}
}

// Native code gives the bits of WebAssembly, with one thread and with three.
func TestNativeGivesTheSameBits(t *testing.T) {
	for _, name := range exactNets {
		t.Run(name, func(t *testing.T) {
			start := steps(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), name, nil, 1).state
			want := steps(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), name, start, 3).weights
			for _, threads := range []int{1, 3} {
				if got := steps(t, newNative(t, threads), name, start, 3).weights; got != want {
					t.Errorf("%d threads: weights %s, WebAssembly's %s", threads, got, want)
				}
			}
		})
	}
}

// The payload of a NaN and its sign are as with WebAssembly, through a product and a ReLU that is part of it.
func TestNativeNaN(t *testing.T) {
	nan := func(bits uint32) float32 { return math.Float32frombits(bits) }
	x := []float32{1, nan(0xffc00007), float32(math.Inf(1)), -1}
	w := make([]float32, 4*16)
	for i := range w {
		w[i] = []float32{1, nan(0x7fc01000 + uint32(i)), 2, nan(0xffc02000 + uint32(i)), 0, -3, 4}[i%7]
	}
	for _, relu := range []bool{false, true} {
		for _, x := range [][]float32{x, {1, 2, 3, 4}} {
			got := product(t, newNative(t, 1), x, w, relu)
			if want := product(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), x, w, relu); !slices.Equal(got, want) {
				t.Errorf("ReLU %v: %x, by WebAssembly %x", relu, got, want)
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// product returns the bits of a row times a matrix of 16 columns.
func product(t *testing.T, backend compute.Backend, x, w []float32, relu bool) (bits []uint32) {
	t.Helper()
	builder := backend.Builder("product")
	f := builder.Main()
	row, matrix := shapes.Make(dtypes.Float32, 1, len(x)), shapes.Make(dtypes.Float32, len(x), 16)
	y := must(f.DotGeneral(must(f.Parameter("x", row, nil)), []int{1}, nil, must(f.Parameter("w", matrix, nil)), []int{0}, nil, compute.DotGeneralConfig{}))
	if relu {
		zeros := must(f.BroadcastInDim(must(f.Constant([]float32{0})), shapes.Make(dtypes.Float32, 1, 16), nil))
		y = must(f.Max(y, zeros))
	}
	if err := f.Return([]compute.Value{y}, nil); err != nil {
		t.Fatal(err)
	}
	inputs := []compute.Buffer{must(backend.BufferFromFlatData(0, x, row)), must(backend.BufferFromFlatData(0, w, matrix))}
	outputs := must(must(builder.Compile()).Execute(inputs, nil, 0))
	numbers := make([]float32, 16)
	if err := outputs[0].ToFlatData(numbers); err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		bits = append(bits, math.Float32bits(n))
	}
	return bits
}

// Random graphs give the bits of WebAssembly too.
func FuzzNative(f *testing.F) {
	first := newBackend(f, host.Tier{SIMD: true, Threads: 1})
	others := map[string]compute.Backend{"one thread": newNative(f, 1), "two threads": newNative(f, 2)}
	addScripts(f)
	f.Fuzz(func(t *testing.T, bytes []byte) {
		outputs, want, err := execute(first, bytes)
		if err != nil {
			t.Skip(err) // FuzzGraphs looks at it
		}
		for name, b := range others {
			if _, got, err := execute(b, bytes); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if err := apart(outputs, got, want, false); err != nil {
				t.Errorf("%s: %v as by WebAssembly", name, err)
			}
		}
	})
}

// Collections and the signals of a profiler come at any moment of a kernel; a run has the same weights as without them.
func TestNativeUnderCollectionAndSignals(t *testing.T) {
	want := session(t, newNative(t, 2), nntest.Recipe("mnist-cnn"), 5).WeightsSHA256
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	done := make(chan struct{})
	collector := make(chan int)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				collector <- n
				return
			default:
				runtime.GC()
			}
		}
	}()
	end := session(t, newNative(t, 2), nntest.Recipe("mnist-cnn"), 5)
	close(done)
	if n := <-collector; n < 5 {
		t.Errorf("only %d collections", n)
	}
	if end.WeightsSHA256 != want {
		t.Errorf("the run ended with %+v, want weights %s", end, want)
	}
}

// Addresses that lie outside the memory end the run with an error, not the program; the next run works, in all threads.
func TestNativeTrapEndsTheRun(t *testing.T) {
	trapEndsTheRun(t, newNative(t, 2), session(t, newNative(t, 2), smallRNN(), 3).WeightsSHA256)
}

// As TestUnevenParts, by native code.
func TestNativeUnevenParts(t *testing.T) {
	unevenParts(t, func(threads int) *wasm.Backend { return newNative(t, threads) })
}
