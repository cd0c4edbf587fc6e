package wasm_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/wasm/host"
)

// limited trains a net with a limit of its filters for three steps and returns its state and the hash of its weights. Neither number of
// filters fills whole vectors.
func limited(t *testing.T, b compute.Backend) (state *checkpoint.Checkpoint, hash string) {
	t.Helper()
	r := recipe.Default()
	r.Net = "avgpool 4, conv 3x3x5, relu, residual(conv 3x3x5, relu), conv 2x2x7, relu"
	r.Optimizer, r.LearningRate, r.FilterRMS = recipe.SGD, 0.1, 0.3
	r.Batch, r.Steps, r.EvalEvery = 4, 3, 3
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: smallSet(40),
		Emit: func(e run.Event) {
			if end, ok := e.(*run.End); ok {
				hash = end.WeightsSHA256
			}
		},
		Keep: func(c *checkpoint.Checkpoint) { state = c },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return state, hash
}

// With a limit of the filters' RMS the tiers of exact mode give the same bits, and all of them, within rounding, the weights of GoMLX's
// backend in Go.
func TestFilterLimit(t *testing.T) {
	reference, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Finalize()
	want, _ := limited(t, reference)
	exact := ""
	for _, tier := range []host.Tier{{SIMD: true, Threads: 1}, {SIMD: true, Threads: 2}, {Threads: 1}, {Threads: 2}, host.Best()} {
		got, hash := limited(t, newBackend(t, tier))
		if exact == "" {
			exact = hash
		}
		if !tier.Relaxed && hash != exact {
			t.Errorf("%v: weights %s, the first tier's %s", tier, hash, exact)
		}
		for _, w := range want.Tensors {
			if w.DType != checkpoint.Float32 {
				continue
			}
			i := slices.IndexFunc(got.Tensors, func(g checkpoint.Tensor) bool { return g.Name == w.Name })
			for at := 0; at < len(w.Data); at += 4 {
				x, y := float(got.Tensors[i].Data[at:]), float(w.Data[at:])
				if math.Abs(x-y) > 1e-5 {
					t.Errorf("%v: %s[%d] is %v, GoMLX's %v", tier, w.Name, at/4, x, y)
					break
				}
			}
		}
		for _, name := range []string{"/conv1/weights", "/conv2/weights", "/conv3/weights"} {
			i := slices.IndexFunc(got.Tensors, func(g checkpoint.Tensor) bool { return g.Name == name })
			if rms := largestRMS(got.Tensors[i]); rms > 0.3*(1+1e-6) {
				t.Errorf("%v: a filter of %s has an RMS of %v", tier, name, rms)
			}
		}
	}
}

// largestRMS is the largest root mean square of the filters of a convolution.
func largestRMS(weights checkpoint.Tensor) (most float64) {
	n := weights.Shape[len(weights.Shape)-1]
	size := len(weights.Data) / 4 / n
	for filter := range n {
		sum := 0.0
		for i := range size {
			x := float(weights.Data[4*(i*n+filter):])
			sum += x * x
		}
		most = max(most, math.Sqrt(sum/float64(size)))
	}
	return most
}

func float(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }
