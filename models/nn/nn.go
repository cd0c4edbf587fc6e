// Package nn holds the architectures as GoMLX graph functions, one file each. It is the only copy of the model code:
// the page's trainer, the command line and everything that looks inside a net build their graphs here.
//
// It knows nothing of datasets, training loops or backends. Like GoMLX's own graph builders, those here panic on a
// mistake; core/train and core/look turn that into an error.
package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
)

// Mode says what a graph is for. The zero value is inference.
type Mode struct {
	Train bool        // dropout drops, batch normalisation uses the batch's statistics and updates its averages
	ReLU  ReLURule    // how gradients go back through a ReLU
	Step  *graph.Node // u32 scalar, the training steps done before this one; set with Train only
	Seed  uint64      // of dropout's masks; used with Train only
}

// Tap is the output of one layer.
type Tap struct {
	Name  string
	Value *graph.Node
}

// Build builds the net of a recipe on images x, f32 [batch, side, side, channels] as the recipe's dataset has them, and
// returns the logits, f32 [batch, 10], and the taps from input to output. A recurrent net has its tap "hidden",
// f32 [batch, side, units], outside training only. The variables are those that Init made.
func Build(scope *model.Scope, r recipe.Recipe, x *graph.Node, mode Mode) (logits *graph.Node, taps []Tap) {
	side, channels := r.Dataset.Shape()
	if x.Rank() != 4 || [3]int(x.Shape().Dimensions[1:]) != [3]int{side, side, channels} {
		panic(fmt.Errorf("nn: images of shape %s, want [batch, %d, %[2]d, %[3]d]", x.Shape(), side, channels))
	}
	if mode.Train && mode.Step == nil {
		panic(fmt.Errorf("nn: training without a step"))
	}
	b := &builder{scope: scope, g: x.Graph(), mode: mode, noDropout: r.NoDropout}
	switch r.Arch {
	case recipe.RNN:
		logits = b.rnn(x, r.Units)
	case recipe.LSTM:
		logits = b.lstm(x, r.Units)
	case recipe.GRU:
		logits = b.gru(x, r.Units)
	case recipe.LeNet5:
		logits = b.lenet5(x)
	case recipe.BNCNN:
		logits = b.bncnn(x)
	case recipe.VGG, recipe.VGGWide:
		logits = b.vgg(r.Arch, x)
	default:
		panic(fmt.Errorf("nn: no architecture is called %q", r.Arch))
	}
	return logits, b.taps
}

// builder is one graph under construction.
type builder struct {
	scope     *model.Scope
	g         *graph.Graph
	mode      Mode
	noDropout bool
	taps      []Tap
}

// variable returns the value of a variable that Init made.
func (b *builder) variable(layer, name string) *graph.Node {
	return b.stored(layer, name).NodeValue(b.g)
}

func (b *builder) stored(layer, name string) *model.Variable {
	v := b.scope.At("%s", layer).GetVariable(name)
	if v == nil {
		panic(fmt.Errorf("nn: no variable %s/%s; Init makes them", layer, name))
	}
	return v
}

// tap records a layer's output under a name and returns it.
func (b *builder) tap(name string, value *graph.Node) *graph.Node {
	b.taps = append(b.taps, Tap{name, value})
	return value
}

// dense multiplies x [n, in] by the layer's weights and adds its bias: [n, out].
func (b *builder) dense(layer string, x *graph.Node) *graph.Node {
	y := graph.Dot(x, b.variable(layer, "weights")).Product()
	return graph.Add(y, graph.InsertAxes(b.variable(layer, "bias"), 0))
}

// logits is the last layer.
func (b *builder) logits(x *graph.Node) *graph.Node { return b.tap("logits", b.dense("logits", x)) }
