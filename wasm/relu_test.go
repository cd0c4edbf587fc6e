package wasm_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"

	"unpool/wasm/host"
)

// x + (max(x, y) - x) has the bits that it has on GoMLX's Go backend, on every exact tier, whatever y is. Only for y = 0,
// where it is a ReLU, do +Inf and -Inf give a ReLU's results, and not NaN.
func TestReLUWithAGradientRule(t *testing.T) {
	reference, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	negative := float32(math.Copysign(0, -1))
	numbers := []float32{-1e8, -1, negative, 0, 1e-45, -1e-45, 0.1, 1, 3e38, -3e38, inf, -inf, nan}
	limited := func(x, y *graph.Node) *graph.Node { return graph.Add(x, graph.Sub(graph.Max(x, y), x)) }
	by := func(y float32) func(x *graph.Node) *graph.Node {
		return func(x *graph.Node) *graph.Node { return limited(x, graph.Scalar(x.Graph(), x.DType(), y)) }
	}
	same := func(a, b float32) bool {
		return math.Float32bits(a) == math.Float32bits(b) || math.IsNaN(float64(a)) && math.IsNaN(float64(b))
	}
	tests := map[string]func(x *graph.Node) *graph.Node{
		"0": by(0), "-0": by(negative), "0.1": by(0.1), "1": by(1), "-1": by(-1), "+Inf": by(inf),
		"an array": func(x *graph.Node) *graph.Node {
			return limited(x, graph.Const(x.Graph(), []float32{1, 0.1, 0, negative, 0, 1, nan, -1, inf, 3e38, 0, 1, 0}))
		},
	}
	for name, build := range tests {
		want := graph.MustExecOnce(reference, build, numbers).Value().([]float32)
		if name == "0" {
			for i, x := range numbers {
				if math.IsInf(float64(x), 0) {
					want[i] = max(x, 0)
				}
			}
		}
		for _, tier := range []host.Tier{{Threads: 1}, {SIMD: true, Threads: 1}, {SIMD: true, Threads: 2}} {
			got := graph.MustExecOnce(newBackend(t, tier), build, numbers).Value().([]float32)
			if !slices.EqualFunc(got, want, same) {
				t.Errorf("y is %s, %v: %v, want %v", name, tier, got, want)
			}
		}
	}
}
