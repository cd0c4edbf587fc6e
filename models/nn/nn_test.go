package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/models/net"
	"unpool/models/nn"
	"unpool/models/nn/nntest"
)

// goBackend is GoMLX's own. It lacks the gradient of max-pooling and batch normalisation; wasm's test runs the suite for
// all nets.
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
	nntest.Run(t, goBackend(t), "mnist-rnn-128", "mnist-lstm-128", "mnist-gru-128")
}

func TestLayers(t *testing.T) {
	nntest.Layers(t, goBackend(t), "pool", "avgpool", "batchnorm")
}

// The three rules, each an image of a batch, differ where it matters: x < 0 with a positive gradient, and x > 0 with a negative one.
func TestReLURules(t *testing.T) {
	x := []float32{-2, -1, 0, 1, 2}
	g := []float32{1, -1, 1, 1, -1}
	rules := []nn.ReLURule{nn.ReLUGradient, nn.ReLUDeconv, nn.ReLUGuided}
	want := [][]float32{{0, 0, 0, 1, -1}, {1, 0, 1, 1, 0}, {0, 0, 0, 1, 0}}
	var xs, gs, bounds [][]float32
	for _, rule := range rules {
		least, above := rule.Bounds()
		xs, gs, bounds = append(xs, x), append(gs, g), append(bounds, []float32{least, above})
	}
	exec, err := graph.NewExec(goBackend(t), func(x, g, bounds *graph.Node) []*graph.Node {
		back := func(y *graph.Node) *graph.Node { return graph.Gradient(graph.ReduceAllSum(graph.Mul(y, g)), x)[0] }
		y, each := nn.ReLU(x), nn.ReLUs(x, bounds)
		return []*graph.Node{y, each, back(y), back(each)}
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(xs, gs, bounds)
	if err != nil {
		t.Fatal(err)
	}
	for image, rule := range rules {
		row := func(i int) []float32 {
			return tensors.MustCopyFlatData[float32](out[i])[image*len(x) : (image+1)*len(x)]
		}
		for i := range 2 {
			if !slices.Equal(row(i), []float32{0, 0, 0, 1, 2}) {
				t.Errorf("output %v", row(i))
			}
		}
		if !slices.Equal(row(2), want[0]) || !slices.Equal(row(3), want[image]) {
			t.Errorf("rule %d: gradients %v and %v, want %v and %v", rule, row(2), row(3), want[0], want[image])
		}
	}
}

// Initial weights are a function of the seed and the variable's name.
func TestInit(t *testing.T) {
	values := func(text string, seed uint64, name string) []float32 {
		p := nntest.Plan(t, text, net.Task{Height: 28, Width: 28, Channels: 1, Classes: 10})
		store := model.NewStore()
		defer store.Finalize()
		if err := nn.InitPlan(store, p, seed); err != nil {
			t.Fatal(err)
		}
		return tensors.MustCopyFlatData[float32](store.GetVariable(name).MustValue())
	}
	a, b, c := values("lstm 16", 1, "/lstm/recurrent"), values("lstm 16", 1, "/lstm/recurrent"), values("lstm 16", 2, "/lstm/recurrent")
	if !slices.Equal(a, b) {
		t.Error("one seed gave two sets of weights")
	}
	if slices.Equal(a, c) {
		t.Error("two seeds gave the same weights")
	}
	// Each gate's block is orthogonal.
	const u, width = 16, 4 * 16
	for gate := range 4 {
		orthonormal(t, u, u, func(i, j int) float32 { return a[i*width+gate*u+j] })
	}
	for i, v := range values("lstm 16", 1, "/lstm/bias") {
		want := float32(0)
		if i/u == 1 {
			want = 1
		}
		if v != want {
			t.Fatalf("bias %d is %v, want %v", i, v, want)
		}
	}
	// Of a matrix that is not square, the rows or the columns, whichever are fewer; of a convolution, its maps.
	wide := values("dense 4, dense 12 orthogonal", 1, "/fc2/weights")
	orthonormal(t, 4, 12, func(i, j int) float32 { return wide[i*12+j] })
	tall := values("conv 3x3x5 orthogonal", 1, "/conv1/weights")
	orthonormal(t, 5, 9, func(i, j int) float32 { return tall[j*5+i] })

	// Distributions: mean 0, the deviation that is meant, and nothing beyond the edge.
	starterSD := 0.088 // of a normal distribution of 0.1, once cut off at two standard deviations
	for _, d := range []struct {
		text, variable string
		sd, edge       float64
	}{
		{"dense 1024 starter", "/fc1/weights", starterSD, 0.2},
		{"dense 1024", "/fc1/weights", math.Sqrt(2.0/784) * starterSD / 0.1, 2 * math.Sqrt(2.0/784)},
		{"dense 1024 glorot", "/fc1/weights", math.Sqrt(2.0 / (784 + 1024)), math.Sqrt(6.0 / (784 + 1024))},
		{"conv 1x1x64, conv 5x5x64", "/conv2/weights", math.Sqrt(2.0/1600) * starterSD / 0.1, 2 * math.Sqrt(2.0/1600)},
		{"conv 1x1x64, conv 5x5x64 glorot", "/conv2/weights", math.Sqrt(2.0 / 3200), math.Sqrt(6.0 / 3200)},
	} {
		sum, squares, n := 0.0, 0.0, 0.0
		for _, v := range values(d.text, 1, d.variable) {
			if math.Abs(float64(v)) > d.edge*(1+1e-6) {
				t.Fatalf("%s: a weight of %v, beyond %v", d.text, v, d.edge)
			}
			sum, squares, n = sum+float64(v), squares+float64(v)*float64(v), n+1
		}
		if mean, sd := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.01*d.sd || math.Abs(sd-d.sd) > 0.02*d.sd {
			t.Errorf("%s: mean %v and standard deviation %v, want 0 and %v", d.text, mean, sd, d.sd)
		}
	}
	if got := values("dense 2 starter", 1, "/fc1/bias"); !slices.Equal(got, []float32{0.1, 0.1}) {
		t.Errorf("starter: biases %v", got)
	}
}

// orthonormal checks that n vectors have length 1 and no product with each other.
func orthonormal(t *testing.T, n, length int, at func(vector, element int) float32) {
	t.Helper()
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := range length {
				sum += float64(at(i, k)) * float64(at(j, k))
			}
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(sum-want) > 1e-5 {
				t.Fatalf("vectors %d and %d have product %v, want %v", i, j, sum, want)
			}
		}
	}
}

// Where there is nothing to do, dropout is nothing: outside training it has no tap. There, a recurrent layer's states are
// tapped.
func TestTaps(t *testing.T) {
	p := nntest.Plan(t, "lstm 4 sequence, dropout, gru 3 both, relu", net.Task{Height: 9, Width: 8, Channels: 1, Classes: 3})
	for _, c := range []struct {
		train bool
		want  string
	}{
		{false, "hidden[2 9 4] lstm[2 9 4] hidden2[2 9 6] gru2[2 6] relu2[2 6] logits[2 3]"},
		{true, "lstm[2 9 4] dropout1[2 9 4] gru2[2 6] relu2[2 6] logits[2 3]"},
	} {
		var got []string
		exec, err := model.NewExec(goBackend(t), nntest.NewStore(t, p), func(scope *model.Scope, x *graph.Node) *graph.Node {
			got = nil
			logits, taps := nn.BuildPlan(scope, p, x, nn.Mode{Train: c.train, Step: graph.Const(x.Graph(), uint32(0))})
			for _, tap := range taps {
				got = append(got, fmt.Sprint(tap.Name, tap.Value.Shape().Dimensions))
			}
			return logits
		})
		if err != nil {
			t.Fatal(err)
		}
		images, _ := nntest.Images(p.Task, 2)
		if _, err := exec.Call(images); err != nil {
			t.Fatal(err)
		}
		exec.Finalize()
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("train %v: %s, want %s", c.train, got, c.want)
		}
	}
}

// A bad recipe is a mistake that says what was expected, and so are bad images.
func TestMistakes(t *testing.T) {
	if err := nn.Init(model.NewStore(), recipe.Recipe{Net: "mlp"}); err == nil {
		t.Error("Init took a net that is none")
	}
	p := nntest.Plan(t, "relu", net.Task{Height: 9, Width: 8, Channels: 1, Classes: 3})
	_, err := model.CallOnce(goBackend(t), nntest.NewStore(t, p), func(scope *model.Scope, x *graph.Node) *graph.Node {
		logits, _ := nn.BuildPlan(scope, p, x, nn.Mode{})
		return logits
	}, tensors.FromShape(shapes.Make(dtypes.Float32, 2, 8, 9, 1)))
	if err == nil || !strings.Contains(err.Error(), "[batch, 9, 8, 1]") {
		t.Errorf("images of another shape: %v", err)
	}
}
