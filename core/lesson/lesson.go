// Package lesson computes what the figures of the Learn page show: what layers give for a few stated numbers, and what logits come to. It
// uses the model code that trains (models/nn), so that a figure cannot say anything else than a net would do.
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

// Layers computes what the layers of an example give. The error says what is wrong with the example.
func Layers(b compute.Backend, e protocol.Example) (*protocol.Outputs, error) {
	layers, err := net.Parse(e.Net)
	if err != nil {
		return nil, err
	}
	plan, err := layers.Plan(net.Task{Height: e.Height, Width: e.Width, Channels: e.Channels, Classes: net.MinClasses})
	if err != nil {
		return nil, err
	}
	size := e.Height * e.Width * e.Channels
	images := len(e.Input) / size
	if images < 1 || images > maxImages || len(e.Input) != images*size {
		return nil, fmt.Errorf("lesson: the input has %d numbers; 1 to %d images of %d are wanted", len(e.Input), maxImages, size)
	}
	if e.Back && slices.Equal(layers.WithoutDropout(), net.Net{}) {
		return nil, errors.New("lesson: there is no layer to go back from")
	}
	result := &protocol.Outputs{}
	build := func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		x := in[0]
		mode := nn.Mode{Train: e.Train, Seed: seed}
		if e.Train {
			mode.Step = graph.Const(x.Graph(), uint32(e.Step))
		}
		_, taps := nn.BuildPlan(scope, plan, x, mode)
		var out []*graph.Node
		for _, tap := range taps {
			result.Layers = append(result.Layers, protocol.Output{Layer: tap.Name, Shape: tap.Value.Shape().Dimensions[1:]})
			out = append(out, tap.Value)
		}
		if e.Back {
			last := out[len(out)-2]
			out = append(out, graph.Gradient(graph.ReduceAllSum(graph.Mul(last, graph.StopGradient(last))), x)[0])
		}
		return out
	}
	values, err := run(b, e.Weights, plan, build, tensors.FromFlatDataAndDimensions(e.Input, images, e.Height, e.Width, e.Channels))
	if err != nil {
		return nil, err
	}
	result.Layers = result.Layers[:len(result.Layers)-1] // the last are the logits
	for i := range result.Layers {
		result.Layers[i].Values = values[i]
	}
	if e.Back {
		result.Back = values[len(values)-1]
	}
	return result, nil
}

// Loss computes softmax, cross-entropy and its gradient by the logits.
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
		store := model.NewStore() // what panics may still hold it, so only what ends well is freed
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
