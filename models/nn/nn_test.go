package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/nn"
	"unpool/models/nn/nntest"
)

// goBackend is GoMLX's own. It lacks the gradient of max-pooling and batch normalisation, so it trains only the
// recurrent nets; wasm's test runs the suite for all.
func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

func TestRecurrentNets(t *testing.T) {
	nntest.Run(t, goBackend(t), recipe.RNN, recipe.LSTM, recipe.GRU)
}

// Each net has the variables that the catalog counts, and gives logits and taps of the shapes that it lists.
func TestShapesAndCounts(t *testing.T) {
	backend := goBackend(t)
	for _, e := range models.Catalog {
		t.Run(e.Name, func(t *testing.T) {
			store := model.NewStore()
			defer store.Finalize()
			if err := nn.Init(store, e.Recipe); err != nil {
				t.Fatal(err)
			}
			trained, kept := 0, 0
			for v := range store.IterVariables() {
				if v.Trainable {
					trained += v.Shape().Size()
				} else {
					kept += v.Shape().Size()
				}
			}
			layers := models.Layers(e.Recipe)
			statistics := 0
			for _, l := range layers {
				statistics += l.Statistics
			}
			if trained != e.Parameters || kept != statistics {
				t.Errorf("%d trainable numbers and %d statistics, the catalog says %d and %d", trained, kept, e.Parameters, statistics)
			}

			names := []string{}
			exec, err := model.NewExec(backend, store, func(scope *model.Scope, x *graph.Node) []*graph.Node {
				logits, taps := nn.Build(scope, e.Recipe, x, nn.Mode{})
				out := []*graph.Node{logits}
				for _, tap := range taps {
					names = append(names, tap.Name)
					out = append(out, tap.Value)
				}
				return out
			})
			if err != nil {
				t.Fatal(err)
			}
			defer exec.Finalize()
			images, _ := nntest.Images(e.Recipe.Dataset, 2)
			out, err := exec.Call(images)
			if err != nil {
				t.Fatal(err)
			}
			if got := out[0].Shape().Dimensions; !slices.Equal(got, []int{2, 10}) {
				t.Errorf("logits have shape %v", got)
			}
			for _, l := range layers {
				i := slices.Index(names, l.Name)
				if i < 0 {
					continue // a dropout outside training is nothing, a cell is tapped as "hidden"
				}
				if got := out[1+i].Shape().Dimensions; !slices.Equal(got, append([]int{2}, l.Output...)) {
					t.Errorf("tap %s has shape %v, the catalog says %v an image", l.Name, got, l.Output)
				}
			}
			if e.Recipe.Arch.Recurrent() {
				i := slices.Index(names, "hidden")
				if got := out[1+i].Shape().Dimensions; i < 0 || !slices.Equal(got, []int{2, 28, e.Recipe.Units}) {
					t.Errorf("tap hidden has shape %v", got)
				}
			}
			for i, o := range out {
				for _, v := range tensors.MustCopyFlatData[float32](o) {
					if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
						t.Fatalf("output %d holds %v", i, v)
					}
				}
			}
		})
	}
}

// The three rules differ where it matters: x < 0 with a positive gradient, and x > 0 with a negative one.
func TestReLURules(t *testing.T) {
	x := []float32{-2, -1, 0, 1, 2}
	g := []float32{1, -1, 1, 1, -1}
	for _, c := range []struct {
		name string
		rule nn.ReLURule
		want []float32
	}{
		{"gradient", nn.ReLUGradient, []float32{0, 0, 0, 1, -1}},
		{"deconv", nn.ReLUDeconv, []float32{1, 0, 1, 1, 0}},
		{"guided", nn.ReLUGuided, []float32{0, 0, 0, 1, 0}},
	} {
		exec, err := graph.NewExec(goBackend(t), func(x, g *graph.Node) []*graph.Node {
			y := nn.ReLU(x, c.rule)
			return append(graph.Gradient(graph.ReduceAllSum(graph.Mul(y, g)), x), y)
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Call(x, g)
		if err != nil {
			t.Fatal(err)
		}
		if got := tensors.MustCopyFlatData[float32](out[0]); !slices.Equal(got, c.want) {
			t.Errorf("%s: gradient %v, want %v", c.name, got, c.want)
		}
		if got := tensors.MustCopyFlatData[float32](out[1]); !slices.Equal(got, []float32{0, 0, 0, 1, 2}) {
			t.Errorf("%s: output %v", c.name, got)
		}
	}
}

// Initial weights are a function of the seed and the variable's name.
func TestInit(t *testing.T) {
	r := nntest.Recipe(recipe.LSTM)
	values := func(seed uint64, name string) []float32 {
		r.Seed = seed
		store := model.NewStore()
		defer store.Finalize()
		if err := nn.Init(store, r); err != nil {
			t.Fatal(err)
		}
		return tensors.MustCopyFlatData[float32](store.GetVariable(name).MustValue())
	}
	a, b, c := values(1, "/lstm/recurrent"), values(1, "/lstm/recurrent"), values(2, "/lstm/recurrent")
	if !slices.Equal(a, b) {
		t.Error("one seed gave two sets of weights")
	}
	if slices.Equal(a, c) {
		t.Error("two seeds gave the same weights")
	}
	// Each gate's block is orthogonal: its rows have length 1 and no product with each other.
	u, width := r.Units, 4*r.Units
	for gate := range 4 {
		for i := range u {
			for j := range u {
				sum := 0.0
				for k := range u {
					sum += float64(a[i*width+gate*u+k]) * float64(a[j*width+gate*u+k])
				}
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(sum-want) > 1e-5 {
					t.Fatalf("gate %d: rows %d and %d have product %v, want %v", gate, i, j, sum, want)
				}
			}
		}
	}
	bias := values(1, "/lstm/bias")
	for i, v := range bias {
		want := float32(0)
		if i/u == 1 {
			want = 1
		}
		if v != want {
			t.Fatalf("bias %d is %v, want %v", i, v, want)
		}
	}

	// The course's starter weights: mean 0, cut off at two standard deviations of 0.1.
	r = nntest.Recipe(recipe.LeNet5)
	sum, squares, n := 0.0, 0.0, 0.0
	for _, v := range values(1, "/fc1/weights") {
		if v < -0.2 || v > 0.2 {
			t.Fatalf("a weight of %v", v)
		}
		sum, squares, n = sum+float64(v), squares+float64(v)*float64(v), n+1
	}
	if mean, sd := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 2e-4 || math.Abs(sd-0.088) > 1e-3 {
		t.Errorf("mean %v and standard deviation %v, want 0 and 0.088", mean, sd)
	}
}

// A bad recipe or bad images are a mistake that says what was expected.
func TestMistakes(t *testing.T) {
	if err := nn.Init(model.NewStore(), recipe.Recipe{Arch: "mlp"}); err == nil {
		t.Error("Init took an unknown architecture")
	}
}
