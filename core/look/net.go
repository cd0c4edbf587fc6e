// Package look looks inside trained nets: what their layers give for an image, which images move a map most, and which pixels
// an activation comes from. It works on weights, with the model code that trained them, on any backend and any net that is a list of
// layers.
//
// It knows nothing of files, runs or pages.
package look

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/recipe"
	"unpool/core/train"
	"unpool/models"
	"unpool/models/net"
	"unpool/models/nn"
)

// Net is a net with weights, on a backend, to be looked into. It is for one goroutine at a time, and so are all nets that come of one
// another.
type Net struct {
	Recipe recipe.Recipe
	Plan   *net.Plan
	Step   int // training steps that made the weights

	*program
	values values // nil for the random ones that training begins with
}

// Open takes the weights of a checkpoint. d is the data set that it was trained on: images are prepared as they were then.
func Open(b compute.Backend, c *checkpoint.Checkpoint, d *data.Dataset) (*Net, error) {
	first, err := Untrained(b, c.Recipe, d)
	if err != nil {
		return nil, err
	}
	defer first.Close()
	return first.With(c)
}

// Untrained is the net of a recipe with the random weights that training begins with: what its pictures show is the net's shape and
// not what it has learnt (Adebayo et al., 2018).
func Untrained(b compute.Backend, r recipe.Recipe, d *data.Dataset) (*Net, error) {
	plan, err := r.Plan()
	if err != nil {
		return nil, err
	}
	if err := train.Fits(r, d); err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	p, err := newProgram(b, r, train.Normalizer(r, d))
	if err != nil {
		return nil, err
	}
	return &Net{Recipe: r, Plan: plan, program: p}, nil
}

// With is the net with the weights of another checkpoint of its run. What was compiled for the one serves the other.
func (n *Net) With(c *checkpoint.Checkpoint) (*Net, error) {
	if c.Recipe.Net != n.Recipe.Net {
		return nil, fmt.Errorf("look: the weights belong to the net %q, not %q", c.Recipe.Net, n.Recipe.Net)
	}
	var loaded values
	err := guard.Protect(func() (err error) {
		loaded, err = train.Values(n.store, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look: %s: %w", models.Title(c.Recipe), err)
	}
	n.nets++
	return &Net{Recipe: c.Recipe, Plan: n.Plan, Step: c.Step, program: n.program, values: loaded}, nil
}

// Untrained is the net with the random weights that its training began with.
func (n *Net) Untrained() *Net {
	n.nets++
	return &Net{Recipe: n.Recipe, Plan: n.Plan, program: n.program}
}

// Close frees what the net holds on its backend, which stays open. Nets that came of it stay open, too.
func (n *Net) Close() { n.program.release(n.values) }

// size is the number of values of an image.
func (n *Net) size() int { return n.Plan.Task.Height * n.Plan.Task.Width * n.Plan.Task.Channels }

// count returns how many images some bytes are.
func (n *Net) count(images []byte) (int, error) {
	if len(images) == 0 || len(images)%n.size() != 0 {
		t := n.Plan.Task
		return 0, fmt.Errorf("look: %d bytes are not images of %dx%d with %d channels", len(images), t.Height, t.Width, t.Channels)
	}
	return len(images) / n.size(), nil
}

// input is images as the net reads them, f32 [batch, height, width, channels]; those that images lack are zeros.
func (n *Net) input(images []byte, batch int) *tensors.Tensor {
	values := make([]float32, batch*n.size())
	n.normalizer.Apply(values, images)
	return n.tensor(values, batch)
}

func (n *Net) tensor(values []float32, batch int) *tensors.Tensor {
	t := n.Plan.Task
	return tensors.FromFlatDataAndDimensions(values, batch, t.Height, t.Width, t.Channels)
}

// call computes what build builds, which is compiled once for each name and shape of inputs, and returns its outputs' values.
func (n *Net) call(name string, build func(scope *model.Scope, in []*graph.Node) []*graph.Node, in ...*tensors.Tensor) (out [][]float32, err error) {
	err = guard.Protect(func() (err error) {
		out, err = n.run(n.values, name, build, in)
		return err
	})
	if err != nil {
		err = fmt.Errorf("look: %s: %w", models.Title(n.Recipe), err)
	}
	return out, err
}

// build is the net's graph.
func (n *Net) build(scope *model.Scope, x *graph.Node) (logits *graph.Node, taps []nn.Tap) {
	return nn.BuildPlan(scope, n.Plan, x, nn.Mode{})
}

// ErrNoLayer says that a net has no layer of a name.
var ErrNoLayer = errors.New("look: the net has no such layer")

// placed returns the layer of a name. Dropout does nothing here, and is none.
func (n *Net) placed(layer string) (*net.Placed, error) {
	var names []string
	for p := range n.Plan.All() {
		if _, ok := p.Layer.(net.Dropout); ok {
			continue
		}
		if p.Name == layer {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("%w: %q; it has %s", ErrNoLayer, layer, strings.Join(names, ", "))
}

// all is the output of a layer, of a recurrent one its states after all steps, f32 [batch, steps, features].
func all(taps []nn.Tap, p *net.Placed) *graph.Node {
	at := slices.IndexFunc(taps, func(t nn.Tap) bool { return t.Name == p.Name })
	if c, ok := p.Layer.(net.Cell); ok && !c.Sequence {
		at-- // its own tap is the last of them
	}
	return taps[at].Value
}

// tapped returns the output of a layer.
func tapped(taps []nn.Tap, layer string) *graph.Node {
	return taps[slices.IndexFunc(taps, func(t nn.Tap) bool { return t.Name == layer })].Value
}

// key names a computation on so many images at a time.
func key(what string, batch int) string { return fmt.Sprint(what, " ", batch) }
