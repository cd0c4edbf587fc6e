package wasm_test

import (
	"context"
	"encoding/binary"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
	"unpool/wasm/module"
)

// unsettler returns a function that changes the division of work among an engine's threads by a third of a part or more, each time
// in another thread's favour, and says how many of a million things the first thread has after that.
func unsettler(t *testing.T, e *host.Engine) func() (first uint32) {
	t.Helper()
	m := module.New()
	env := e.Declare(m)
	barrier, part := env.Barrier(), env.Part()
	f := m.Func("f", module.Types(module.I32, module.I32, module.I32, module.I32), nil)
	thread, threads, late, to, left := f.Param(0), f.Param(1), f.Param(2), f.Param(3), f.Local(module.I32)
	f.Get(thread)
	f.Get(late)
	f.Op(module.I32Eq)
	f.If(func() { // long enough for the others to wait
		f.I32Const(10_000_000)
		f.Set(left)
		f.Loop(func(again module.Label) {
			f.Get(left)
			f.I32Const(1)
			f.Op(module.I32Sub)
			f.Tee(left)
			f.BrIf(again)
		})
	}, nil)
	f.Get(thread)
	f.Get(threads)
	f.I32Const(1 << 15)
	f.Call(barrier)
	f.Get(to)
	f.I32Const(1_000_000)
	f.I32Const(1)
	f.Call(part)
	f.Mem(module.I32Store, 0)
	f.Export("f")
	p, err := e.Load(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	run, err := p.Func("f")
	if err != nil {
		t.Fatal(err)
	}
	addr, err := e.Device().Alloc(4)
	if err != nil {
		t.Fatal(err)
	}
	turn := uint32(0)
	return func() uint32 {
		turn++
		if err := run.Run(turn%uint32(e.Tier().Threads), addr); err != nil {
			t.Error(err)
		}
		var word [4]byte
		if err := e.Device().Read(addr, word[:]); err != nil {
			t.Error(err)
		}
		return binary.LittleEndian.Uint32(word[:])
	}
}

// Whatever the threads' parts are, and however they change between steps, the weights have the bits that one thread gives.
func TestUnevenParts(t *testing.T) {
	unevenParts(t, func(threads int) *wasm.Backend { return newBackend(t, host.Tier{SIMD: true, Threads: threads}) })
}

func unevenParts(t *testing.T, backend func(threads int) *wasm.Backend) {
	cnn, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		recipe recipe.Recipe
		batch  int
	}{
		"recurrent":     {nntest.WithUnits(nntest.Recipe("mnist-gru-128"), 24), 70}, // enough images for rows to be divided
		"convolutional": {cnn.Recipe, 9},
	} {
		trained := func(b *wasm.Backend, between func()) string {
			r, weights := c.recipe, ""
			r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, c.batch, 4, 4
			s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(c.batch), Yield: between, Emit: func(e run.Event) {
				if end, ok := e.(*run.End); ok {
					weights = end.WeightsSHA256
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			return weights
		}
		want := trained(newBackend(t, host.Tier{SIMD: true, Threads: 1}), nil)
		for _, threads := range []int{2, 3} {
			b := backend(threads)
			if b.Engine().Tier().Threads != threads {
				t.Skip("the engine has one thread")
			}
			unsettle, firsts := unsettler(t, b.Engine()), map[uint32]bool{}
			if got := trained(b, func() { firsts[unsettle()] = true }); got != want {
				t.Errorf("%s, %d threads: weights %s, by one thread %s", name, threads, got, want)
			}
			if len(firsts) < 3 {
				t.Errorf("%s, %d threads: the first thread has always had one of the parts %v", name, threads, firsts)
			}
		}
	}
}
