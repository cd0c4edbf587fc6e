package wasm_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/core/data"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/models"
	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// smallSet is a data set of n images of noise.
func smallSet(n int) *data.Dataset {
	d := &data.Dataset{Name: recipe.MNIST, Height: models.Side, Width: models.Side, Channels: 1, Classes: make([]string, models.Classes)}
	for _, s := range []*data.Split{&d.Train, &d.Test} {
		s.Images, s.Labels = make([]byte, n*models.Side*models.Side), make([]byte, n)
		for i := range s.Images {
			s.Images[i] = byte(i * i)
		}
		for i := range s.Labels {
			s.Labels[i] = byte(i % models.Classes)
		}
	}
	return d
}

// session trains a recipe on a backend and returns its last event.
func session(t *testing.T, b *wasm.Backend, r recipe.Recipe, steps int) *event.End {
	t.Helper()
	var end *event.End
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, steps, steps
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), Emit: func(e event.Event) {
		if last, ok := e.(*event.End); ok {
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
	r := nntest.Recipe(recipe.RNN)
	r.Units = 4
	return r
}

// A run keeps no device memory: what is live is the same after many steps as after few, and nothing is left at the end.
func TestMemoryIsFlat(t *testing.T) {
	peak := func(steps int) (uint64, uint64) {
		b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
		before := b.Engine().Device().Live()
		if end := session(t, b, smallRNN(), steps); end.Status != event.StatusDone {
			t.Fatal(end.Error)
		}
		return b.Engine().Device().Peak(), b.Engine().Device().Live() - before
	}
	few, left := peak(20)
	many, leftToo := peak(2000)
	if many != few {
		t.Errorf("%d bytes at most in 20 steps, %d in 2,000", few, many)
	}
	if left != leftToo {
		t.Errorf("%d bytes are left after 20 steps, %d after 2,000", left, leftToo)
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
	end := session(t, b, nntest.Recipe(recipe.LeNet5), 2)
	if end.Status != event.StatusFailed || !strings.Contains(end.Error, "memory") || end.Hint == "" {
		t.Errorf("a net of 40 MB in 8 MiB: %+v", end)
	}
	if end := session(t, b, smallRNN(), 3); end.Status != event.StatusDone {
		t.Errorf("after that: %+v", end)
	}
}

// Arrays that 32-bit addresses do not reach are refused when the graph is built.
func TestTooLarge(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	_, err := b.Builder("large").Main().Parameter("x", shapes.Make(dtypes.Float32, 1<<20, 1<<11), nil)
	if err == nil || !strings.Contains(err.Error(), "4 GiB") {
		t.Errorf("8 GiB: %v", err)
	}
}

// What the backend has not names the operation, its type and its shape.
func TestNotImplemented(t *testing.T) {
	b := newBackend(t, host.Tier{SIMD: true, Threads: 1})
	_, err := b.Builder("complex").Main().Parameter("x", shapes.Make(dtypes.Complex64, 3), nil)
	if !errors.Is(err, compute.ErrNotImplemented) || !strings.Contains(err.Error(), "Complex64") {
		t.Errorf("a complex parameter: %v", err)
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
