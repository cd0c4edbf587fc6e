//go:build !js

package wasm

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"unpool/wasm/lower"
)

// record is a graph built by the operations of a Function; must turns its errors into a failure.
type record struct {
	*Function
	t *testing.T
}

func (r record) must(v compute.Value, err error) compute.Value {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r record) param(name string, dims ...int) compute.Value {
	r.t.Helper()
	return r.must(r.Parameter(name, shapes.Make(dtypes.Float32, dims...), nil))
}

// graphs are small computations whose way through the compiler is kept in testdata, one file each.
var graphs = map[string]func(r record) []compute.Value{
	// A chain of operations on elements, with a row repeated, is one nest.
	"elementwise": func(r record) []compute.Value {
		x, row := r.param("x", 4, 8), r.param("row", 8)
		b := r.must(r.BroadcastInDim(row, shapes.Make(dtypes.Float32, 4, 8), []int{1}))
		return []compute.Value{r.must(r.Tanh(r.must(r.Add(x, b))))}
	},
	// A transposed operand is a matter of strides.
	"transposed matmul": func(r record) []compute.Value {
		x, w := r.param("x", 5, 7), r.param("w", 3, 7)
		wt := r.must(r.Transpose(w, 1, 0))
		return []compute.Value{r.must(r.DotGeneral(x, []int{1}, nil, wt, []int{0}, nil, compute.DotGeneralConfig{}))}
	},
	// The sum of padded parts, as differentiation makes it of slices, is written part by part.
	"padded concat": func(r record) []compute.Value {
		zero := r.must(r.Constant([]float32{0}))
		a := r.must(r.Pad(r.must(r.Neg(r.param("a", 2, 3))), zero, compute.PadAxis{End: 3}, compute.PadAxis{}))
		b := r.must(r.Pad(r.must(r.Exp(r.param("b", 3, 3))), zero, compute.PadAxis{Start: 2}, compute.PadAxis{}))
		return []compute.Value{r.must(r.Add(a, b))}
	},
	// The sum of products adds each to the one before.
	"sum of products": func(r record) []compute.Value {
		dot := func(x, y string) compute.Value {
			return r.must(r.DotGeneral(r.param(x, 4, 2), []int{1}, nil, r.param(y, 2, 3), []int{0}, nil, compute.DotGeneralConfig{}))
		}
		return []compute.Value{r.must(r.Add(dot("a", "b"), dot("c", "d")))}
	},
	// A ReLU with its own gradient rule is a maximum, and its bias goes with it.
	"relu": func(r record) []compute.Value {
		x := r.param("x", 16)
		zero := r.must(r.Constant([]float32{0}))
		return []compute.Value{r.must(r.Add(x, r.must(r.Sub(r.must(r.Max(x, zero)), x))))}
	},
	// A product starts with the bias and ends with the ReLU; the ReLU's gradient then asks whether its result is above zero.
	"bias and relu": func(r record) []compute.Value {
		x, w, b, g := r.param("x", 4, 6), r.param("w", 6, 8), r.param("b", 8), r.param("g", 4, 8)
		zero := r.must(r.Constant([]float32{0}))
		dot := r.must(r.DotGeneral(x, []int{1}, nil, w, []int{0}, nil, compute.DotGeneralConfig{}))
		sum := r.must(r.Add(dot, r.must(r.BroadcastInDim(b, shapes.Make(dtypes.Float32, 4, 8), []int{1}))))
		relu := r.must(r.DotGeneral(r.must(r.Max(sum, zero)), []int{1}, nil, w, []int{1}, nil, compute.DotGeneralConfig{}))
		gradient := r.must(r.Where(r.must(r.GreaterThan(sum, zero)), g, r.must(r.BroadcastInDim(zero, shapes.Make(dtypes.Float32, 4, 8), nil))))
		return []compute.Value{relu, gradient}
	},
	// New weights are written over the old ones.
	"descent": func(r record) []compute.Value {
		w, g := r.param("w", 100), r.param("g", 100)
		rate := r.must(r.Constant([]float32{0.5}))
		return []compute.Value{r.must(r.Sub(w, r.must(r.Mul(g, rate))))}
	},
	// A convolution of images, and max-pooling with its gradient, have kernels of their own.
	"conv and pool": func(r record) []compute.Value {
		axes := compute.ConvolveAxesConfig{InputBatch: 0, InputChannels: 3, InputSpatial: []int{1, 2},
			KernelInputChannels: 2, KernelOutputChannels: 3, KernelSpatial: []int{0, 1},
			OutputBatch: 0, OutputChannels: 3, OutputSpatial: []int{1, 2}}
		x, k, dy := r.param("x", 2, 4, 4, 1), r.param("k", 3, 3, 1, 8), r.param("dy", 2, 2, 2, 8)
		y := r.must(r.ConvGeneral(x, k, axes, []int{1, 1}, [][2]int{{1, 1}, {1, 1}}, nil, nil, 1, 1))
		window, pad := []int{1, 2, 2, 1}, make([][2]int, 4)
		return []compute.Value{
			r.must(r.ReduceWindow(y, compute.ReduceOpMax, window, window, nil, nil, pad)),
			r.must(r.SelectAndScatterMax(y, dy, window, window, pad)),
		}
	},
}

// The goldens show a graph as it was recorded, as lowering rewrote it, and the program it became. To rewrite them
// after a change: go test ./wasm -run Golden -update
func TestGolden(t *testing.T) {
	write := flag.Lookup("update").Value.String() == "true"
	files := map[string]bool{}
	for name, build := range graphs {
		t.Run(name, func(t *testing.T) {
			b := (&Backend{}).Builder(name).(*Builder)
			r := record{b.main, t}
			if err := r.Return(build(r), nil); err != nil {
				t.Fatal(err)
			}
			var s strings.Builder
			fmt.Fprintf(&s, "-- recorded --\n%s", b.main.f)
			program := lower.Program(b.main.f, true)
			fmt.Fprintf(&s, "-- rewritten --\n%s-- program --\n%s", b.main.f, program)
			file := filepath.Join("testdata", "golden", strings.ReplaceAll(name, " ", "_")+".txt")
			if write {
				if err := os.WriteFile(file, []byte(s.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if s.String() != string(want) {
				t.Errorf("%s differs. Got:\n%s", file, &s)
			}
		})
		files[strings.ReplaceAll(name, " ", "_")+".txt"] = true
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !files[e.Name()] {
			t.Errorf("testdata/golden/%s belongs to no graph", e.Name())
		}
	}
}
