// Package lesson computes what the figures of the Learn page show: the outputs of layers for a few stated numbers, the loss of logits, and how
// optimisers do on a small problem. It uses the model code (models/nn) and the optimisers (core/train) of training, so that a figure
// cannot differ from what a net does.
//
// It knows nothing of figures, pages or trained nets.
package lesson

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/guard"
	"unpool/core/protocol"
	"unpool/models/net"
	"unpool/models/nn"
)

// seed is that of initial weights and dropout's masks.
const seed = 1

// maxImages and maxClasses bound what a request may ask for: figures are small.
const maxImages, maxClasses = 64, 64

// Layers computes the outputs of an example's layers. The error says what is wrong with the example.
func Layers(b compute.Backend, e protocol.Example) (*protocol.Outputs, error) {
	plan, x, err := open(e)
	if err != nil {
		return nil, err
	}
	if e.Back && len(plan.Layers) == 1 {
		return nil, errors.New("lesson: there is no layer to go back from")
	}
	if e.Label != nil && (*e.Label < 0 || *e.Label >= net.MinClasses) {
		return nil, fmt.Errorf("lesson: there is no class %d", *e.Label)
	}
	result := &protocol.Outputs{}
	var gradients []string // whose they are
	build := func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		x := in[0]
		mode := nn.Mode{Train: e.Train, Seed: seed}
		if e.Train {
			mode.Step = graph.Const(x.Graph(), uint32(e.Step))
		}
		logits, taps := nn.BuildPlan(scope, plan, x, mode)
		if e.Label == nil {
			taps = taps[:len(taps)-1] // without the logits
		}
		var out []*graph.Node
		for _, tap := range taps {
			result.Layers = append(result.Layers, protocol.Output{Layer: tap.Name, Shape: tap.Value.Shape().Dimensions[1:]})
			out = append(out, tap.Value)
		}
		if e.Back {
			last := taps[len(taps)-1].Value
			out = append(out, graph.Gradient(graph.ReduceAllSum(graph.Mul(last, graph.StopGradient(last))), x)[0])
		}
		if len(out) == 0 { // a graph must return something
			return []*graph.Node{logits}
		}
		if e.Label == nil {
			return out
		}
		loss := nn.Loss(logits, graph.Const(x.Graph(), slices.Repeat([]int32{int32(*e.Label)}, x.Shape().Dimensions[0])), nil)
		var of []*graph.Node
		for _, tap := range taps {
			gradients, of = append(gradients, tap.Name), append(of, tap.Value)
		}
		for l := range plan.All() {
			for _, v := range l.Variables {
				gradients = append(gradients, l.Name+"/"+v.Name)
				of = append(of, scope.At("%s", l.Name).GetVariable(v.Name).NodeValue(x.Graph()))
			}
		}
		return append(append(out, loss), graph.Gradient(loss, of...)...)
	}
	values, err := run(b, e.Weights, plan, build, x)
	if err != nil {
		return nil, err
	}
	for i := range result.Layers {
		result.Layers[i].Values = values[i]
	}
	values = values[len(result.Layers):]
	if e.Back {
		result.Back, values = values[0], values[1:]
	}
	if e.Label != nil {
		result.Loss, result.Gradients = values[0][0], map[string][]float32{}
		for i, name := range gradients {
			result.Gradients[name] = values[1+i]
		}
	}
	return result, nil
}

// open reads an example: its net, and its images.
func open(e protocol.Example) (*net.Plan, *tensors.Tensor, error) {
	layers, err := net.Parse(e.Net)
	if err != nil {
		return nil, nil, err
	}
	plan, err := layers.Plan(net.Task{Height: e.Height, Width: e.Width, Channels: e.Channels, Classes: net.MinClasses})
	if err != nil {
		return nil, nil, err
	}
	size := e.Height * e.Width * e.Channels
	images := len(e.Input) / size
	if images < 1 || images > maxImages || len(e.Input) != images*size {
		return nil, nil, fmt.Errorf("lesson: the input has %d numbers; 1 to %d images of %d are wanted", len(e.Input), maxImages, size)
	}
	return plan, tensors.FromFlatDataAndDimensions(e.Input, images, e.Height, e.Width, e.Channels), nil
}

// Loss computes softmax, cross-entropy and its gradient with respect to the logits.
func Loss(b compute.Backend, l protocol.Logits) (*protocol.Loss, error) {
	if n := len(l.Logits); n < net.MinClasses || n > maxClasses || l.Label < 0 || l.Label >= n {
		return nil, fmt.Errorf("lesson: %d logits, of which the right one is number %d", n, l.Label)
	}
	build := func(_ *model.Scope, in []*graph.Node) []*graph.Node {
		logits := in[0]
		loss := nn.Loss(logits, graph.Const(logits.Graph(), []int32{int32(l.Label)}), nil)
		return []*graph.Node{graph.Softmax(logits), loss, graph.Gradient(loss, logits)[0]}
	}
	values, err := run(b, nil, nil, build, tensors.FromFlatDataAndDimensions(l.Logits, 1, len(l.Logits)))
	if err != nil {
		return nil, err
	}
	return &protocol.Loss{Probabilities: values[0], Loss: values[1][0], Gradient: values[2]}, nil
}

// run computes a graph once, with the variables of a plan; nil for none. Those of weights are set to these.
func run(b compute.Backend, weights map[string][]float32, plan *net.Plan, build func(*model.Scope, []*graph.Node) []*graph.Node, in *tensors.Tensor) (values [][]float32, err error) {
	err = guard.Protect(func() error {
		store := model.NewStore() // after a panic something may still use it, so only a normal end frees it
		if plan != nil {
			if err := errors.Join(nn.InitPlan(store, plan, seed), set(store, weights)); err != nil {
				return err
			}
		}
		exec, err := model.NewExec(b, store, build)
		if err != nil {
			return err
		}
		results, err := exec.Call(in)
		if err != nil {
			return err
		}
		for _, t := range results {
			flat, err := tensors.CopyFlatData[float32](t)
			if err != nil {
				return err
			}
			t.FinalizeAll()
			values = append(values, flat)
		}
		exec.Finalize()
		store.Finalize()
		in.FinalizeAll()
		return nil
	})
	return values, err
}

// set gives variables the values that are stated.
func set(store *model.Store, weights map[string][]float32) error {
	for _, path := range slices.Sorted(maps.Keys(weights)) {
		layer, name, _ := strings.Cut(path, "/")
		v := store.RootScope().At("%s", layer).GetVariable(name)
		if v == nil {
			return fmt.Errorf("lesson: the net has no variable %q", path)
		}
		if size := v.Shape().Size(); size != len(weights[path]) {
			return fmt.Errorf("lesson: %s has %d numbers, not %d", path, size, len(weights[path]))
		}
		if err := v.SetValue(tensors.FromFlatDataAndDimensions(weights[path], v.Shape().Dimensions...)); err != nil {
			return err
		}
	}
	return nil
}
