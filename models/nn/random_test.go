package nn_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"unpool/internal/long"
	"unpool/models/net"
	"unpool/models/net/nettest"
	"unpool/models/nn"
	"unpool/models/nn/nntest"
	"unpool/wasm"
	"unpool/wasm/host"
)

// What is predicted of random nets is what their graphs are, three training steps are the same bits on every tier of our
// backend, and nearly the same on GoMLX's own, where that has the operations.
func TestRandomNets(t *testing.T) {
	tiers := []host.Tier{{SIMD: true, Threads: 1}, {SIMD: true, Threads: 2}, {Threads: 1}, {Threads: 2}}
	ours := make([]compute.Backend, len(tiers))
	for i, tier := range tiers {
		engine, err := host.New(host.Options{Tier: tier})
		if err != nil {
			t.Fatal(err)
		}
		ours[i] = wasm.New(engine)
		t.Cleanup(ours[i].Finalize)
	}
	other, compared := goBackend(t), 0
	nets := 40
	if long.Tests {
		nets = 200
	}
	for seed := range uint64(nets) {
		n, task := nettest.Random(seed)
		p, err := n.Plan(task)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprintf("%d/%s", seed, n), func(t *testing.T) {
			want := trained(t, ours[0], p, func(taps []nn.Tap, outputs []*graph.Node) {
				checkTaps(t, p, taps)
				checkProducts(t, p, outputs)
			})
			for i, b := range ours[1:] {
				if got := trained(t, b, p, nil); !slices.Equal(got, want) {
					t.Errorf("%v: weights differ from those of %v", tiers[1+i], tiers[0])
				}
			}
			if !goBackendHas(p) {
				return
			}
			compared++
			for i, v := range trained(t, other, p, nil) {
				if diff := math.Abs(float64(v - want[i])); !(diff <= 1e-4) {
					t.Fatalf("number %d is %v, GoMLX's backend has %v", i, want[i], v)
				}
			}
		})
	}
	t.Logf("%d of %d nets compared with GoMLX's backend", compared, nets)
}

// The largest and the smallest tasks are trained like any other.
func TestTasks(t *testing.T) {
	engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	b := wasm.New(engine)
	t.Cleanup(b.Finalize)
	for _, task := range []net.Task{
		{Height: 96, Width: 96, Channels: 3, Classes: 256}, {Height: 8, Width: 8, Channels: 1, Classes: 2},
		{Height: 96, Width: 8, Channels: 1, Classes: 2},
	} {
		for _, text := range []string{"conv 5x5x8 stride 2, relu, pool 2, mean", "rnn 4 columns"} {
			p := nntest.Plan(t, text, task)
			for i, v := range trained(t, b, p, func(taps []nn.Tap, outputs []*graph.Node) { checkTaps(t, p, taps) }) {
				if math.IsNaN(float64(v)) {
					t.Fatalf("%q for %+v: number %d is %v", text, task, i, v)
				}
			}
		}
	}
}

// goBackendHas reports whether GoMLX's own backend can train a net: it has no gradient of max-pooling, no batch
// normalisation, and no negative padding, which the gradient of average pooling needs.
func goBackendHas(p *net.Plan) bool {
	for l := range p.All() {
		switch l.Layer.(type) {
		case net.Pool, net.BatchNorm:
			return false
		}
	}
	return true
}

// trained takes three training steps and returns all numbers of the net. It hands the taps of the training graph, and all
// that a step computes, to inspect.
func trained(t *testing.T, b compute.Backend, p *net.Plan, inspect func(taps []nn.Tap, outputs []*graph.Node)) (all []float32) {
	t.Helper()
	store := nntest.NewStore(t, p)
	trainable, kept := 0, 0
	for v := range store.IterVariables() {
		if v.Trainable {
			trainable += v.Shape().Size()
		} else {
			kept += v.Shape().Size()
		}
	}
	if trainable != p.Parameters() || kept != p.Statistics() {
		t.Errorf("%d trainable numbers and %d statistics, planned %d and %d", trainable, kept, p.Parameters(), p.Statistics())
	}
	// Plain gradient descent: a method that divides by the gradient's size would make much of a rounding.
	sgd := optimizer.StochasticGradientDescent().WithLearningRate(0.05).WithDecay(false).Done()
	exec, err := model.NewExec(b, store, func(scope *model.Scope, x, y, step *graph.Node) *graph.Node {
		logits, taps := nn.BuildPlan(scope, p, x, nn.Mode{Train: true, Step: step, Seed: 1})
		loss := nn.Loss(logits, y, nil)
		sgd.UpdateGraph(scope, x.Graph(), loss)
		if inspect != nil {
			outputs := []*graph.Node{loss}
			for v := range store.IterVariables() {
				outputs = append(outputs, v.NodeValue(x.Graph()))
			}
			inspect(taps, outputs)
		}
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	images, labels := nntest.Images(p.Task, batch)
	for i := range 3 {
		if _, err := exec.Call(images, labels, tensors.FromScalar(uint32(i))); err != nil {
			t.Fatal(err)
		}
	}
	for l := range p.All() {
		for _, v := range l.Variables {
			value := store.GetVariable("/" + l.Name + "/" + v.Name).MustValue()
			all = append(all, tensors.MustCopyFlatData[float32](value)...)
		}
	}
	return all
}

const batch = 5

// checkTaps compares the taps of a training graph with the plan.
func checkTaps(t *testing.T, p *net.Plan, taps []nn.Tap) {
	t.Helper()
	i := 0
	for l := range p.All() {
		if i == len(taps) {
			t.Fatalf("no tap of %s", l.Name)
		}
		want := append([]int{batch}, l.Out...)
		if got := taps[i]; got.Name != l.Name || !slices.Equal(got.Value.Shape().Dimensions, want) {
			t.Errorf("tap %s has shape %v, planned %s and %v", got.Name, got.Value.Shape(), l.Name, want)
		}
		i++
	}
	if i < len(taps) {
		t.Errorf("a tap %s that is not planned", taps[i].Name)
	}
}

// checkProducts compares the matrix products and convolutions of a training step with the plan.
func checkProducts(t *testing.T, p *net.Plan, outputs []*graph.Node) {
	t.Helper()
	users := map[*graph.Node][]*graph.Node{}
	seen := map[*graph.Node]bool{}
	var products []*graph.Node
	for len(outputs) > 0 {
		n := outputs[len(outputs)-1]
		outputs = outputs[:len(outputs)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if n.Type() == graph.NodeTypeDotGeneral || n.Type() == graph.NodeTypeConvGeneral {
			products = append(products, n)
		}
		for _, input := range n.Inputs() {
			users[input] = append(users[input], n)
			outputs = append(outputs, input)
		}
	}
	var multiplyAdds int64
	for _, n := range products {
		multiplyAdds += multiplied(n, users)
	}
	planned := 0
	for l := range p.All() {
		planned += l.Products
	}
	if len(products) != planned {
		t.Errorf("%d products in the graph, %d planned", len(products), planned)
	}
	if multiplyAdds != batch*p.Step() {
		t.Errorf("%d multiply-adds in the graph, %d planned", multiplyAdds, batch*p.Step())
	}
}

// multiplied is the number of multiply-adds of a matrix product or a convolution. A convolution and its two gradients each
// multiply every output of the convolution with every weight of its map.
func multiplied(n *graph.Node, users map[*graph.Node][]*graph.Node) int64 {
	size := func(n *graph.Node) float64 { return float64(n.Shape().Size()) }
	x, kernel := n.Inputs()[0], n.Inputs()[1]
	if n.Type() == graph.NodeTypeDotGeneral { // of [m, k] and [k, n]
		return int64(math.Round(math.Sqrt(size(x) * size(kernel) * size(n))))
	}
	output, weights := n, kernel
	switch kernel.Type() {
	case graph.NodeTypeParameter, graph.NodeTypeConcatenate:
	case graph.NodeTypeReverse: // the gradient with respect to the input
		output, weights = x, kernel.Inputs()[0]
	default: // the gradient with respect to the weights
		output, weights = kernel, n
		for len(users[weights]) == 1 && users[weights][0].Type() == graph.NodeTypeSlice {
			weights = users[weights][0] // an even window without its row or column of zeros
		}
	}
	for weights.Type() == graph.NodeTypeConcatenate { // an even window and its row or column of zeros
		weights = weights.Inputs()[0]
	}
	dims := weights.Shape().Dimensions
	return int64(size(output) * size(weights) / float64(dims[len(dims)-1]))
}
