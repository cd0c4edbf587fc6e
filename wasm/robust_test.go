package wasm_test

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// smallSet is a data set of n images of noise.
func smallSet(n int) *data.Dataset {
	info, _ := recipe.MNIST.Info()
	side, channels := info.Side, info.Channels
	d := &data.Dataset{Name: recipe.MNIST, Height: side, Width: side, Channels: channels, Classes: info.Classes}
	for _, s := range []*data.Split{&d.Train, &d.Test} {
		s.Images, s.Labels = make([]byte, n*side*side*channels), make([]byte, n)
		for i := range s.Images {
			s.Images[i] = byte(i * i)
		}
		for i := range s.Labels {
			s.Labels[i] = byte(i % len(info.Classes))
		}
	}
	return d
}

// session trains a recipe on a backend and returns its last event.
func session(t *testing.T, b *wasm.Backend, r recipe.Recipe, steps int) *run.End {
	t.Helper()
	var end *run.End
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, steps, steps
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(e run.Event) {
		if last, ok := e.(*run.End); ok {
			end = last
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Run(context.Background()) // its error is in the end
	return end
}

func smallRNN() recipe.Recipe {
	return nntest.WithUnits(nntest.Recipe("mnist-rnn-128"), 4)
}

// A run keeps no memory: 10,000 steps leave no more than 1,000 do, neither on the device nor in Go's heap, and its end
// leaves nothing on the device.
func TestMemoryIsFlat(t *testing.T) {
	const few, many = 1000, 10_000
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	device := b.Engine().Device()
	before := device.Live()
	type use struct{ live, peak, heap uint64 }
	var uses []use
	yields := 0
	r := smallRNN()
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, many+few, many+few
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(run.Event) {},
		Yield: func() { // once a step, and a few times more
			if yields++; yields == few || yields == many {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				uses = append(uses, use{device.Live(), device.Peak(), m.HeapAlloc})
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if len(uses) != 2 {
		t.Fatalf("%d measurements, want 2", len(uses))
	}
	early, late := uses[0], uses[1]
	if early.live != late.live || early.peak != late.peak {
		t.Errorf("the device had %d bytes in use, %d at most, after %d steps; %d, %d after %d", early.live, early.peak, few, late.live, late.peak, many)
	}
	if late.heap > early.heap+256<<10 {
		t.Errorf("the heap had %d bytes after %d steps, %d after %d", early.heap, few, late.heap, many)
	}
	if left := device.Live() - before; left != b.ArenaSize() {
		t.Errorf("%d bytes are left on the device, want %d of scratch memory", left, b.ArenaSize())
	}
}

// A net that does not fit ends with an error that says so, and the next run on the same engine works.
func TestOutOfMemory(t *testing.T) {
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 1}, MemoryLimit: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	defer b.Finalize()
	end := session(t, b, nntest.Recipe("mnist-cnn"), 2)
	if end.Status != run.Failed || !strings.Contains(end.Error, "memory") || end.Hint == "" {
		t.Errorf("a net of 40 MB in 8 MiB: %+v", end)
	}
	if end := session(t, b, smallRNN(), 3); end.Status != run.Done {
		t.Errorf("after that: %+v", end)
	}
}

// Arrays that 32-bit addresses do not reach are refused with their size when the graph is built.
func TestTooLarge(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	for _, test := range []struct {
		dims []int
		want string
	}{
		{[]int{1 << 20, 1 << 11}, "needs 8.0 GiB"},
		{[]int{1 << 40, 1 << 40}, "needs 4503599627370496.0 GiB"}, // its bytes overflow 64 bits
		{[]int{1<<30 - 1<<14 + 1}, "needs 4.0 GiB"},
	} {
		_, err := b.Builder("large").Main().Parameter("x", shapes.Make(dtypes.Float32, test.dims...), nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.dims, err, test.want)
		}
	}
}

// So is scratch memory that they do not reach, though each array alone is small enough.
func TestTooMuchScratch(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	builder := b.Builder("large")
	f := builder.Main()
	must := func(v compute.Value, err error) compute.Value {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	big := shapes.Make(dtypes.Float32, 1<<9, 1<<20) // 2 GiB
	x := must(f.Exp(must(f.Iota(big, 0))))
	y := must(f.Tanh(must(f.Iota(big, 1))))
	product := must(f.DotGeneral(x, []int{1}, nil, y, []int{1}, nil, compute.DotGeneralConfig{}))
	if err := f.Return([]compute.Value{product}, nil); err != nil {
		t.Fatal(err)
	}
	e, err := builder.Compile()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Finalize()
	_, err = e.Execute(nil, nil, 0)
	var full *host.OutOfMemory
	if !errors.As(err, &full) || full.Need < 4<<30 {
		t.Errorf("4 GiB of scratch memory: %v", err)
	}
}

// trapEndsTheRun lets a run on a backend trap, which ends it with an error, and trains another one, of want's weights, on the same backend.
func trapEndsTheRun(t *testing.T, b *wasm.Backend, want string) {
	t.Helper()
	var end *run.End
	var found func()
	r := smallRNN()
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, 100, 100
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(e run.Event) {
		switch e := e.(type) {
		case *run.Metric: // it has run for a while
			found = b.LoseArena()
		case *run.End:
			end = e
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background()); err == nil {
		t.Error("the run ended without an error")
	}
	if end == nil || end.Status != run.Failed || !strings.Contains(end.Error, "trap") || end.Hint == "" {
		t.Fatalf("the run ended with %+v", end)
	}
	found()
	if end := session(t, b, smallRNN(), 3); end.WeightsSHA256 != want {
		t.Errorf("the next run: %+v, want weights %s", end, want)
	}
	if got := b.Engine().Tier().Threads; got != 2 {
		t.Errorf("the engine has %d threads", got)
	}
}

// A trap ends the run with an error; another run on the same engine works, with all threads.
func TestTrapEndsTheRun(t *testing.T) {
	tier := host.Tier{SIMD: true, Threads: 2}
	trapEndsTheRun(t, newBackend(t, tier), session(t, newBackend(t, tier), smallRNN(), 3).WeightsSHA256)
}

// pauseAndStop begins a run with several threads, pauses it, stops it and closes its engine.
func pauseAndStop(t *testing.T) {
	t.Helper()
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 3}})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	defer b.Finalize()
	r := smallRNN()
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, 100_000, 100_000
	var s *train.Session
	paused, status := false, run.Empty
	s, err = train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(e run.Event) {
		switch e := e.(type) {
		case *run.Metric:
			s.Do(control.Command{Do: control.Pause})
		case *run.State:
			if e.Phase == run.Paused {
				paused = true
				s.Do(control.Command{Do: control.Stop})
			}
		case *run.End:
			status = e.Status
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(context.Background()); err != nil || !paused || status != run.Stopped {
		t.Errorf("paused %v, then %q with error %v", paused, status, err)
	}
}

// Runs that are paused and stopped leave no goroutine behind.
func TestStopLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		pauseAndStop(t)
	}
	// A goroutine that has done its work is counted until it has quite gone.
	after := runtime.NumGoroutine()
	for end := time.Now().Add(5 * time.Second); after > before && time.Now().Before(end); after = runtime.NumGoroutine() {
		time.Sleep(time.Millisecond)
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

// What the backend has not names the operation, its type and its shape when the graph is built.
func TestNotImplemented(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	names := func(err error, parts ...string) {
		t.Helper()
		if !errors.Is(err, compute.ErrNotImplemented) {
			t.Errorf("got error %v, want ErrNotImplemented", err)
			return
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error %q does not say %q", err, part)
			}
		}
	}
	f := b.Builder("missing").Main()
	_, err := f.Parameter("x", shapes.Make(dtypes.Complex64, 3), nil)
	names(err, "Parameter", "Complex64", "3")
	x, err := f.Parameter("x", shapes.Make(dtypes.Float32, 7, 5), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Iota(shapes.Make(dtypes.Complex128, 3), 0)
	names(err, "Iota", "Complex128", "3")
	_, err = f.ConvertDType(x, dtypes.Complex64)
	names(err, "ConvertDType", "Complex64", "7", "5")
	_, err = f.DotGeneral(x, []int{0}, nil, x, []int{0}, nil, compute.DotGeneralConfig{AccumulatorDType: dtypes.Complex64})
	names(err, "DotGeneral", "Float32", "7", "5", "Complex64")
	state, err := f.Constant([]uint64{1, 2, 3}, 3)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = f.RNGBitGenerator(state, shapes.Make(dtypes.Float32, 7, 5))
	names(err, "RNGBitGenerator", "Float32", "7", "5")

	// Each operation that the backend does not declare, whatever it takes.
	asked := 0
	for _, op := range wasm.Missing {
		method := reflect.ValueOf(f).MethodByName(op.String())
		if !method.IsValid() {
			continue // GoMLX has no such operation to call
		}
		asked++
		var args []reflect.Value
		for i := range method.Type().NumIn() {
			switch in := method.Type().In(i); {
			case in == reflect.TypeFor[compute.Value]():
				args = append(args, reflect.ValueOf(x))
			case in == reflect.TypeFor[[]compute.Value]():
				args = append(args, reflect.ValueOf([]compute.Value{x}))
			case method.Type().IsVariadic() && i == method.Type().NumIn()-1:
			default:
				args = append(args, reflect.Zero(in))
			}
		}
		results := method.Call(args)
		err, _ := results[len(results)-1].Interface().(error)
		names(err, op.String(), "Float32", "7", "5")
	}
	if asked < 14 {
		t.Errorf("%d operations were asked for", asked)
	}
}

// Two sessions at once do not disturb each other, on one engine or on two.
func TestTwoSessions(t *testing.T) {
	want := session(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), smallRNN(), 30).WeightsSHA256
	shared := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	other := newBackend(t, host.Tier{SIMD: true, Threads: 2})
	var wg sync.WaitGroup
	for _, b := range []*wasm.Backend{shared, shared, other} {
		wg.Go(func() {
			if end := session(t, b, smallRNN(), 30); end.WeightsSHA256 != want {
				t.Errorf("weights %s, want %s", end.WeightsSHA256, want)
			}
		})
	}
	wg.Wait()
}
