// Package nntest is the suite that every compute backend must pass with the nets of models/nn: the gradients of each kind
// of layer, and of the catalog's nets, agree with finite differences, and those nets memorise 32 images. A backend's
// own test calls it.
package nntest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"unpool/core/recipe"
	"unpool/internal/long"
	"unpool/models"
	"unpool/models/net"
	"unpool/models/nn"
)

// seed is that of all nets and masks here.
const seed = 1

// deep is how many layers a net has that takes minutes to memorise images. Its kinds of layers are those of smaller nets.
const deep = 20

// Run checks nets of the catalog on a backend.
func Run(t *testing.T, backend compute.Backend, names ...string) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			r := Recipe(name)
			p, err := r.Plan()
			if err != nil {
				t.Fatal(err)
			}
			t.Run("gradients", func(t *testing.T) { gradients(t, backend, p) })
			if long.Tests || len(slices.Collect(p.All())) < deep {
				t.Run("memorises", func(t *testing.T) { memorises(t, backend, p) })
			}
			if without := WithoutDropout(r); without != r {
				t.Run("dropout", func(t *testing.T) { dropout(t, backend, r, without) })
			}
		})
	}
}

// Nets are the names of the catalog's nets that have a kind of layer which those before them have not; with -tags long, of all that differ.
func Nets() (names []string) {
	seen := map[string]bool{}
	for _, e := range models.Catalog {
		fresh := false
		for _, kind := range kinds(Recipe(e.Name).Net) {
			fresh = fresh || !seen[kind]
			seen[kind] = true
		}
		if fresh {
			names = append(names, e.Name)
		}
	}
	return names
}

// kinds are the words that the layers of a net begin with; with -tags long, its text as a whole.
func kinds(text string) (words []string) {
	if long.Tests {
		return []string{text}
	}
	for _, layer := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",()", c) }) {
		words = append(words, strings.Fields(layer)[0])
	}
	return words
}

// LayerNets are nets in which a kind of layer has something trained before it and after it, so that both of its gradients
// count. They are smooth where the kind allows it, since finite differences cannot see an edge.
var LayerNets = []struct{ Kind, Net string }{
	{"conv", "conv 3x3x3, tanh, conv 3x5x4, tanh"},
	{"conv, valid, no bias", "conv 3x3x3, tanh, conv 3x2x4 valid nobias, tanh"},
	{"conv, even window", "conv 3x3x3, tanh, conv 2x4x4, tanh"},
	{"conv, stride", "conv 3x3x3, tanh, conv 3x3x4 stride 2, tanh"},
	{"conv, stride, valid", "conv 3x3x3, tanh, conv 3x3x4 stride 3 valid, tanh"},
	{"conv, even window, stride", "conv 3x3x3, tanh, conv 4x2x4 stride 2, tanh"},
	{"conv, stride above the window", "conv 3x3x3, tanh, conv 1x1x4 stride 2, tanh"},
	{"max pool", "conv 3x3x3, tanh, pool 2, dense 5, tanh"},
	{"max pool, overlapping", "conv 3x3x3, tanh, pool 3 stride 2 valid, dense 5, tanh"},
	{"average pool", "conv 3x3x3, tanh, avgpool 2, dense 5, tanh"},
	{"average pool, overlapping", "conv 3x3x3, tanh, avgpool 3 stride 2, dense 5, tanh"},
	{"average pool, valid", "conv 3x3x3, tanh, avgpool 3 stride 2 valid, dense 5, tanh"},
	{"relu", "dense 8, relu, dense 5"},
	{"tanh", "dense 8, tanh, dense 5"},
	{"sigmoid", "dense 8, sigmoid, dense 5"},
	{"leaky relu", "dense 8, leaky, dense 5"},
	{"gelu", "dense 8, gelu, dense 5"},
	{"batch norm", "conv 3x3x3 nobias, batchnorm, tanh, dense 5 nobias, batchnorm, tanh"},
	{"layer norm", "conv 3x3x3, layernorm, tanh, dense 5, layernorm, tanh"},
	{"dropout", "dense 8, tanh, dropout 0.3, dense 5, tanh"},
	{"mean", "conv 3x3x3, tanh, mean, dense 5, tanh"},
	{"dense", "dense 8, tanh, dense 5 nobias, tanh"},
	{"rnn", "rnn 4"},
	{"lstm", "lstm 4"},
	{"gru", "gru 4"},
	{"stacked cells", "gru 4 sequence, layernorm, lstm 3 sequence, rnn 3"},
	{"cells by columns", "conv 3x3x2, tanh, gru 4 columns"},
	{"cells both ways", "lstm 3 sequence both, rnn 3 both"},
	{"residual", "conv 3x3x3, residual(conv 3x3x4, tanh, residual(layernorm), conv 3x3x3), tanh"},
}

// Layers checks the gradients of each kind of layer on a backend, but for nets whose text has one of some words, of layers
// that the backend lacks.
func Layers(t *testing.T, backend compute.Backend, lacks ...string) {
	task := net.Task{Height: 9, Width: 8, Channels: 3, Classes: 4}
	for _, l := range LayerNets {
		t.Run(l.Kind, func(t *testing.T) {
			for _, word := range lacks {
				if slices.Contains(strings.FieldsFunc(l.Net, func(c rune) bool { return strings.ContainsRune(" ,()", c) }), word) {
					t.Skipf("the backend has no %s", word)
				}
			}
			gradients(t, backend, Plan(t, l.Net, task))
		})
	}
}

// Plan works out a net that is right.
func Plan(t testing.TB, text string, task net.Task) *net.Plan {
	t.Helper()
	n, err := net.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := n.Plan(task)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Recipe returns the recipe of a name in the catalog, with few units where it is recurrent.
func Recipe(name string) recipe.Recipe {
	e, err := models.Find(name)
	if err != nil {
		panic(err)
	}
	if e.Recipe.Recurrent() {
		return WithUnits(e.Recipe, 16)
	}
	return e.Recipe
}

// WithUnits returns a recurrent recipe with so many units.
func WithUnits(r recipe.Recipe, units int) recipe.Recipe {
	if err := r.Change("units", fmt.Append(nil, units)); err != nil {
		panic(err)
	}
	return r
}

// WithoutDropout returns a recipe without its net's dropout layers.
func WithoutDropout(r recipe.Recipe) recipe.Recipe {
	n, err := net.Parse(r.Net)
	if err != nil {
		panic(err)
	}
	r.Net = n.WithoutDropout().String()
	return r
}

// Images returns n images for a task, f32 [n, height, width, channels], noise with a bright bar that shows the class, and
// their labels, i32 [n].
func Images(task net.Task, n int) (images, labels *tensors.Tensor) {
	row := task.Width * task.Channels
	x := make([]float32, n*task.Height*row)
	y := make([]int32, n)
	state := uint32(1)
	for i := range x {
		state = state*1664525 + 1013904223
		x[i] = float32(state>>8) / (1 << 26) // 0 to 1/4
	}
	apart := max(1, task.Height/task.Classes) // rows from one class's bar to the next one's
	first := max(0, task.Height-apart*task.Classes) / 2
	for i := range y {
		class := i % task.Classes
		y[i] = int32(class)
		bar := (first + apart*class) % task.Height
		for j := range row {
			x[(i*task.Height+bar)*row+j] += 0.75
		}
	}
	return tensors.FromFlatDataAndDimensions(x, n, task.Height, task.Width, task.Channels), tensors.FromFlatDataAndDimensions(y, n)
}

// NewStore returns a net's initial weights, until the test ends.
func NewStore(t testing.TB, p *net.Plan) *model.Store {
	t.Helper()
	store := model.NewStore()
	t.Cleanup(store.Finalize)
	if err := nn.InitPlan(store, p, seed); err != nil {
		t.Fatal(err)
	}
	return store
}

// dropout builds a training graph with the recipe's dropout and without: the one has the layers that the plan lists, the
// other none.
func dropout(t *testing.T, backend compute.Backend, with, without recipe.Recipe) {
	for _, r := range []recipe.Recipe{with, without} {
		p, err := r.Plan()
		if err != nil {
			t.Fatal(err)
		}
		var listed, built []string
		for l := range p.All() {
			if strings.HasPrefix(l.Name, "dropout") {
				listed = append(listed, l.Name)
			}
		}
		exec, err := model.NewExec(backend, NewStore(t, p), func(scope *model.Scope, x *graph.Node) *graph.Node {
			step := graph.Const(x.Graph(), uint32(3))
			logits, taps := nn.Build(scope, r, x, nn.Mode{Train: true, Step: step, Seed: seed})
			for _, tap := range taps {
				if strings.HasPrefix(tap.Name, "dropout") {
					built = append(built, tap.Name)
				}
			}
			return logits
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		images, _ := Images(p.Task, 2)
		if _, err := exec.Call(images); err != nil {
			t.Fatal(err)
		}
		if (r == without) != (len(built) == 0) || !slices.Equal(built, listed) {
			t.Errorf("%s: the graph has %q, the plan lists %q", r.Net, built, listed)
		}
	}
}

// gradients compares the gradient of the loss by each trainable tensor with central differences along a direction:
// the sum over the tensor of gradient times direction is how fast the loss changes that way. A training graph with
// dropout is a fixed function too, since its masks depend on the step alone.
func gradients(t *testing.T, backend compute.Backend, p *net.Plan) {
	store := NewStore(t, p)
	images, labels := Images(p.Task, 6)
	build := func(scope *model.Scope, x, y *graph.Node) *graph.Node {
		step := graph.Const(x.Graph(), uint32(3))
		logits, _ := nn.BuildPlan(scope, p, x, nn.Mode{Train: true, Step: step, Seed: seed})
		return nn.Loss(logits, y, nil)
	}
	var trained []*model.Variable
	for v := range store.IterVariables() {
		if v.Trainable {
			trained = append(trained, v)
		}
	}
	loss := func() float64 {
		exec, err := model.NewExec(backend, store, func(scope *model.Scope, x, y *graph.Node) *graph.Node {
			return build(scope, x, y)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		return scalar(t, exec, images, labels)
	}
	exec, err := model.NewExec(backend, store, func(scope *model.Scope, x, y *graph.Node) []*graph.Node {
		var at []*graph.Node
		l := build(scope, x, y)
		for _, v := range trained {
			at = append(at, v.NodeValue(x.Graph()))
		}
		return graph.Gradient(l, at...)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	grads, err := exec.Call(images, labels)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range trained {
		grad, err := tensors.CopyFlatData[float32](grads[i])
		if err != nil {
			t.Fatal(err)
		}
		norm := 0.0
		for _, g := range grad {
			norm += float64(g) * float64(g)
		}
		norm = math.Sqrt(norm)
		if norm == 0 {
			t.Errorf("%s: the gradient is zero", v.Path())
			continue
		}
		// Half along the gradient, where the change is largest and rounding matters least, and half every which way, so
		// that no part of the gradient can be left out.
		direction := make([]float64, len(grad))
		want := 0.0 // the gradient's length in that direction
		state := uint32(len(grad))
		for j, g := range grad {
			state = state*1664525 + 1013904223
			direction[j] = 0.5*float64(g)/norm + (float64(state>>31)*2-1)/math.Sqrt(float64(len(grad)))
			want += float64(g) * direction[j]
		}
		reach := 0.005 / max(norm, 1) // so short that the loss is nearly straight
		original, err := tensors.CopyFlatData[float32](v.MustValue())
		if err != nil {
			t.Fatal(err)
		}
		move := func(sign float64) float64 {
			moved := make([]float32, len(original))
			for j := range moved {
				moved[j] = float32(float64(original[j]) + sign*reach*direction[j])
			}
			set(t, v, moved)
			return loss()
		}
		slope := (move(1) - move(-1)) / (2 * reach)
		set(t, v, original)
		if diff := math.Abs(slope-want) / norm; diff > 0.03 {
			t.Errorf("%s: gradient %.5g, finite differences %.5g, off by %.1f %% of its length", v.Path(), want, slope, 100*diff)
		}
	}
}

func set(t *testing.T, v *model.Variable, flat []float32) {
	t.Helper()
	if err := v.SetValue(tensors.FromFlatDataAndDimensions(flat, v.Shape().Dimensions...)); err != nil {
		t.Fatal(err)
	}
}

func scalar(t *testing.T, exec *model.Exec, args ...any) float64 {
	t.Helper()
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return float64(tensors.ToScalar[float32](out[0]))
}

// memorises trains on 32 images until all are right without dropout.
func memorises(t *testing.T, backend compute.Backend, p *net.Plan) {
	store := NewStore(t, p)
	images, labels := Images(p.Task, 32)
	adam := optimizer.Adam().LearningRate(3e-3).Done()
	step, err := model.NewExec(backend, store, func(scope *model.Scope, x, y, step *graph.Node) *graph.Node {
		logits, _ := nn.BuildPlan(scope, p, x, nn.Mode{Train: true, Step: step, Seed: seed})
		loss := nn.Loss(logits, y, nil)
		adam.UpdateGraph(scope, x.Graph(), loss)
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	defer step.Finalize()
	right, err := model.NewExec(backend, store, func(scope *model.Scope, x, y *graph.Node) *graph.Node {
		logits, _ := nn.BuildPlan(scope, p, x, nn.Mode{})
		return graph.ReduceAllSum(graph.ConvertDType(graph.Equal(graph.ArgMax(logits, -1), y), dtypes.Float32))
	})
	if err != nil {
		t.Fatal(err)
	}
	defer right.Finalize()
	for i := range 300 {
		scalar(t, step, images, labels, tensors.FromScalar(uint32(i)))
		if i%20 == 19 && scalar(t, right, images, labels) == 32 {
			return
		}
	}
	t.Errorf("after 300 steps %v of 32 images are right", scalar(t, right, images, labels))
}
