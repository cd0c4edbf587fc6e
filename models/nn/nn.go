// Package nn turns nets (models/net) into GoMLX graphs and initial weights: one file for each kind of layer, and beside
// them the loss, random numbers, and the picture of the first layer's weights. It is the only copy of the model code:
// whatever trains a net or looks inside one builds its graphs here.
//
// Of a recipe it uses the net and the seed. It does not know how data sets are read, how training loops, or which
// backend computes. Like GoMLX's own graph builders, those here panic on a mistake; core/train and core/look turn that
// into an error.
package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/net"
)

// Mode says what a graph is for. The zero value is inference.
type Mode struct {
	Train bool        // dropout drops, batch normalisation uses the batch's statistics and updates its averages
	ReLUs *graph.Node // f32 [batch, 2], the Bounds of how gradients of each image go back through ReLUs; nil for the derivative
	Step  *graph.Node // u32 scalar, the training steps done before this one; set with Train only
	Seed  uint64      // of dropout's masks; used with Train only
}

// Tap is the output of one layer.
type Tap struct {
	Name  string
	Value *graph.Node
}

// BuildPlan builds a net on images x, f32 [batch, height, width, channels] as its task has them, and returns the logits,
// f32 [batch, classes], and each layer's output by its name, in the plan's order. Outside training, where it does nothing,
// dropout has no tap, and a recurrent layer has one more, just before its own, "hidden" with the layer's number: its states after all
// steps, f32 [batch, steps, features]. The variables are those that InitPlan made.
func BuildPlan(scope *model.Scope, p *net.Plan, x *graph.Node, mode Mode) (logits *graph.Node, taps []Tap) {
	t := p.Task
	if x.Rank() != 4 || !slices.Equal(x.Shape().Dimensions[1:], []int{t.Height, t.Width, t.Channels}) {
		panic(fmt.Errorf("nn: images of shape %s, want [batch, %d, %d, %d]", x.Shape(), t.Height, t.Width, t.Channels))
	}
	if mode.Train && mode.Step == nil {
		panic(fmt.Errorf("nn: training without a step"))
	}
	b := &builder{scope: scope, g: x.Graph(), mode: mode}
	return b.layers(p.Layers, x), b.taps
}

// BuildLayers builds layers of a net that follow each other, for inference, on what the first of them reads, f32 [batch, its input...].
func BuildLayers(scope *model.Scope, layers []net.Placed, x *graph.Node) *graph.Node {
	b := &builder{scope: scope, g: x.Graph()}
	return b.layers(layers, x)
}

// builder is one graph under construction.
type builder struct {
	scope *model.Scope
	g     *graph.Graph
	mode  Mode
	taps  []Tap
}

// layers builds layers that follow each other, on x f32 [batch, the first one's input...].
func (b *builder) layers(layers []net.Placed, x *graph.Node) *graph.Node {
	for i := range layers {
		p := &layers[i]
		y := b.layer(p, x)
		if _, ok := p.Layer.(net.Dropout); !ok || b.mode.Train {
			b.tap(p.Name, y)
		}
		x = y
	}
	return x
}

func (b *builder) layer(p *net.Placed, x *graph.Node) *graph.Node {
	switch l := p.Layer.(type) {
	case net.Conv:
		return b.conv(p, l, x)
	case net.Pool:
		return pool(p, l, x)
	case net.Activation:
		return b.activation(l, x)
	case net.BatchNorm:
		return b.batchNorm(p.Name, x)
	case net.LayerNorm:
		return b.layerNorm(p.Name, x)
	case net.Dropout:
		return b.dropout(p.Name, l.Rate, x)
	case net.Dense:
		return b.dense(p.Name, !l.NoBias, x)
	case net.Mean:
		return mean(x)
	case net.Cell:
		return b.cell(p, l, x)
	case net.Residual:
		return graph.Add(x, b.layers(p.Layers, x))
	case net.Logits:
		return b.dense(p.Name, true, x)
	}
	panic(fmt.Errorf("nn: cannot build a layer from a %T", p.Layer))
}

// variable returns the value of a variable that InitPlan made.
func (b *builder) variable(layer, name string) *graph.Node {
	return b.stored(layer, name).NodeValue(b.g)
}

func (b *builder) stored(layer, name string) *model.Variable {
	v := b.scope.At("%s", layer).GetVariable(name)
	if v == nil {
		panic(fmt.Errorf("nn: no variable %s/%s; InitPlan makes them", layer, name))
	}
	return v
}

// tap records a layer's output under a name.
func (b *builder) tap(name string, value *graph.Node) { b.taps = append(b.taps, Tap{name, value}) }
