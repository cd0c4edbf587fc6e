package nn

import (
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// The mask computed by a backend is the hash computed here; it keeps about half, and differs by step, layer and seed.
func TestDropout(t *testing.T) {
	backend, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	const rows, columns = 50, 200
	ones := make([]float32, rows*columns)
	for i := range ones {
		ones[i] = 1
	}
	run := func(seed uint64, layer string, step uint32) []float32 {
		exec, err := graph.NewExec(backend, func(x, step *graph.Node) *graph.Node {
			b := &builder{g: x.Graph(), mode: Mode{Train: true, Step: step, Seed: seed}}
			return b.dropout(layer, 0.5, x)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		out, err := exec.Call(tensors.FromFlatDataAndDimensions(ones, rows, columns), step)
		if err != nil {
			t.Fatal(err)
		}
		return tensors.MustCopyFlatData[float32](out[0])
	}
	hash := func(h uint32) uint32 {
		h ^= h >> 16
		h *= 0x85ebca6b
		h ^= h >> 13
		h *= 0xc2b2ae35
		return h ^ h>>16
	}
	first := run(1, "dropout2", 7)
	key := hash(7 + dropoutKey(1, "dropout2"))
	kept := 0
	for i, v := range first {
		want := float32(0)
		if hash(uint32(i)*0x9e3779b1+key) < 1<<31 {
			want = 2
		}
		if v != want {
			t.Fatalf("element %d is %v, want %v", i, v, want)
		}
		if v != 0 {
			kept++
		}
	}
	if share := float64(kept) / float64(len(first)); share < 0.48 || share > 0.52 {
		t.Errorf("kept %.3f of all, want a half", share)
	}
	for name, other := range map[string][]float32{
		"seed": run(2, "dropout2", 7), "layer": run(1, "dropout4", 7), "step": run(1, "dropout2", 8),
	} {
		same := 0
		for i := range other {
			if other[i] == first[i] {
				same++
			}
		}
		if share := float64(same) / float64(len(first)); share < 0.48 || share > 0.52 {
			t.Errorf("another %s: %.3f of the mask is the same, want a half", name, share)
		}
	}
}

// Of a rate that is no half as many are dropped, and the rest keep the mean.
func TestDropoutRate(t *testing.T) {
	backend, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	out, err := graph.CallOnce(backend, func(x *graph.Node) *graph.Node {
		b := &builder{g: x.Graph(), mode: Mode{Train: true, Step: graph.Const(x.Graph(), uint32(7)), Seed: 1}}
		return b.dropout("dropout1", 0.2, graph.OnesLike(x))
	}, make([]float32, 100_000))
	if err != nil {
		t.Fatal(err)
	}
	dropped, sum := 0, 0.0
	for _, v := range tensors.MustCopyFlatData[float32](out) {
		if v == 0 {
			dropped++
		}
		sum += float64(v)
	}
	if dropped < 19_500 || dropped > 20_500 || sum < 99_300 || sum > 100_700 {
		t.Errorf("dropped %d of 100,000, sum %v", dropped, sum)
	}
}
