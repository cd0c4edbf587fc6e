package wasm_test

import (
	"context"
	"math"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// exactNets are those of which a shared link promises the same bits everywhere: a recurrent net, convolutions, and batch
// normalisation with dropout.
var exactNets = []string{"mnist-rnn-128", "mnist-cnn", "cifar-bn"}

// walk is the outcome of some training steps.
type walk struct {
	losses  []float64 // of each step's images
	weights string    // their SHA-256 at the end
	state   *checkpoint.Checkpoint
}

// steps trains a net of the catalog for so many steps of four images, from a state on if it is not nil, without the
// evaluation of a whole run, which would take the scalar tier minutes.
func steps(t *testing.T, b *wasm.Backend, name string, from *checkpoint.Checkpoint, n int) (w walk) {
	t.Helper()
	entry, err := models.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Dataset, r.Batch, r.Steps, r.EvalEvery = recipe.MNIST, 4, 100, 100
	var s *train.Session
	s, err = train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40), From: from,
		Emit: func(e run.Event) {
			switch e := e.(type) {
			case *run.Progress:
				if w.losses = append(w.losses, e.Loss); len(w.losses) == n {
					s.Do(control.Command{Do: control.Stop})
				}
			case *run.End:
				w.weights = e.WeightsSHA256
			}
		},
		Keep: func(c *checkpoint.Checkpoint) { w.state = c },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range n { // one step at a time, so that each gives its loss
		s.Do(control.Command{Do: control.Step})
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

// With vectors and without, with one thread and with two: the same bits.
func TestTiersGiveTheSameBits(t *testing.T) {
	for _, name := range exactNets {
		t.Run(name, func(t *testing.T) {
			simd := host.Tier{SIMD: true, Threads: 1}
			start := steps(t, newBackend(t, simd), name, nil, 1).state
			want := steps(t, newBackend(t, simd), name, start, 2).weights
			for _, tier := range []host.Tier{{SIMD: true, Threads: 2}, {Threads: 1}, {Threads: 2}} {
				if got := steps(t, newBackend(t, tier), name, start, 2).weights; got != want {
					t.Errorf("%v: weights %s, with vectors and one thread %s", tier, got, want)
				}
			}
		})
	}
}

// fastTolerance is how far the losses of a net's first five steps by relaxed SIMD may be from those of exact mode, as a share
// of them. README.md states it.
const fastTolerance = 1e-3

func TestFastTolerance(t *testing.T) {
	fast := newBackend(t, host.Best())
	if !fast.Engine().Tier().Relaxed {
		t.Skip("this engine has no relaxed SIMD: it is always exact")
	}
	for _, name := range exactNets {
		got := steps(t, fast, name, nil, 5).losses
		want := steps(t, newBackend(t, host.Tier{SIMD: true, Threads: 1}), name, nil, 5).losses
		off := 0.0
		for i := range want {
			off = max(off, math.Abs(got[i]-want[i])/want[i])
		}
		t.Logf("%s: losses apart by %.1e", name, off)
		if !(off <= fastTolerance) {
			t.Errorf("%s: losses %v, exact %v, apart by %.1e, want at most %.0e", name, got, want, off, fastTolerance)
		}
	}
}
