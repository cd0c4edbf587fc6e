package lesson

import (
	"math"
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/core/recipe"
)

// problem is two images of which one has its pixel where the other has none.
func problem() protocol.Descent {
	input := make([]float32, 128)
	input[0], input[64+9] = 1, 1
	return protocol.Descent{
		Example: protocol.Example{Net: "logits", Height: 8, Width: 8, Channels: 1, Input: input, Weights: map[string][]float32{"logits/weights": make([]float32, 128)}},
		Labels:  []int{0, 1}, Optimizers: []recipe.Optimizer{recipe.SGD, recipe.Adam}, Rate: 0.1, Steps: 5,
	}
}

// Gradient descent moves by the rate times the gradient: of two equal logits each image moves its pixel's weights by 0.1·0.5/2, as one
// computes by hand. Adam's first step moves each weight by the rate.
func TestDescend(t *testing.T) {
	out, err := Descend(backend(t), problem())
	if err != nil {
		t.Fatal(err)
	}
	for i, moved := range []float64{0.1 * 0.25, 0.1} {
		losses := out.Losses[i]
		if want := math.Log(1 + math.Exp(-2*moved)); len(losses) != 6 || math.Abs(losses[0]-math.Ln2) > 1e-6 || math.Abs(losses[1]-want) > 1e-5 {
			t.Errorf("the losses are %v; the second should be %g", losses, want)
		}
		for step := 1; step < len(losses); step++ {
			if losses[step] >= losses[step-1] {
				t.Errorf("%v do not fall", losses)
			}
		}
	}
	for says, change := range map[string]func(*protocol.Descent){
		"labels":    func(d *protocol.Descent) { d.Labels = []int{0, 2} },
		"each":      func(d *protocol.Descent) { d.Labels = []int{0} },
		"201 steps": func(d *protocol.Descent) { d.Steps = 201 },
		"rate of 0": func(d *protocol.Descent) { d.Rate = 0 },
		"optimiser": func(d *protocol.Descent) { d.Optimizers = []recipe.Optimizer{"luck"} },
		"numbers":   func(d *protocol.Descent) { d.Input = nil },
	} {
		d := problem()
		change(&d)
		if _, err := Descend(backend(t), d); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

// The gradients are those by which a small change of a weight changes the loss.
func TestGradients(t *testing.T) {
	right := 1
	weights := map[string][]float32{
		"fc1/weights": {0.5, -0.25, 0.125, 1, -0.5, 0.75, 0.25, 0.5}, "fc1/bias": {0, 0}, "logits/weights": {1, -1, 0.5, 0.25}, "logits/bias": {0, 0},
	}
	input := make([]float32, 64)
	input[0], input[4], input[40] = 1, 2, 3
	e := protocol.Example{Net: "pool 4, dense 2, relu", Height: 8, Width: 8, Channels: 1, Input: input, Weights: weights, Label: &right}
	b := backend(t)
	loss := func() (float64, map[string][]float32) {
		out, err := Layers(b, e)
		if err != nil {
			t.Fatal(err)
		}
		if last := out.Layers[len(out.Layers)-1]; last.Layer != "logits" || len(last.Values) != 2 {
			t.Fatalf("%+v", out.Layers)
		}
		return float64(out.Loss), out.Gradients
	}
	_, gradients := loss()
	for _, path := range []string{"fc1/weights", "logits/weights", "logits/bias"} {
		for i, g := range gradients[path] {
			const by = 1.0 / 256
			was := weights[path][i]
			weights[path][i] = was - by
			before, _ := loss()
			weights[path][i] = was + by
			after, _ := loss()
			weights[path][i] = was
			if change := (after - before) / (2 * by); math.Abs(change-float64(g)) > 2e-3 {
				t.Errorf("%s, %d: the gradient is %g, a small change shows %g", path, i, g, change)
			}
		}
	}
	wrong := 2
	e.Label = &wrong
	if _, err := Layers(b, e); err == nil || !strings.Contains(err.Error(), "no class 2") {
		t.Error(err)
	}
}
