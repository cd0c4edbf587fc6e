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

// Net is a net with weights, on a backend, to be looked into. It is for one goroutine at a time.
type Net struct {
	Recipe recipe.Recipe
	Plan   *net.Plan
	Step   int // training steps that made the weights

	backend    compute.Backend
	store      *model.Store
	normalizer data.Normalizer
	execs      map[string]*model.Exec // by what they compute
}

// Open takes the weights of a checkpoint. d is the data set that it was trained on: images are prepared as they were then.
func Open(b compute.Backend, c *checkpoint.Checkpoint, d *data.Dataset) (*Net, error) {
	n, err := open(b, c.Recipe, d)
	if err != nil {
		return nil, err
	}
	n.Step = c.Step
	if err := guard.Protect(func() error { return train.Load(n.store, c) }); err != nil {
		n.Close()
		return nil, fmt.Errorf("look: %s: %w", models.Title(c.Recipe), err)
	}
	return n, nil
}

// Untrained is the net of a recipe with the random weights that training begins with: what its pictures show is the net's shape and
// not what it has learnt (Adebayo et al., 2018).
func Untrained(b compute.Backend, r recipe.Recipe, d *data.Dataset) (*Net, error) {
	return open(b, r, d)
}

func open(b compute.Backend, r recipe.Recipe, d *data.Dataset) (*Net, error) {
	plan, err := r.Plan()
	if err != nil {
		return nil, err
	}
	if err := train.Fits(r, d); err != nil {
		return nil, fmt.Errorf("look: %w", err)
	}
	n := &Net{
		Recipe: r, Plan: plan, backend: b, store: model.NewStore(), normalizer: train.Normalizer(r, d), execs: map[string]*model.Exec{},
	}
	if err := guard.Protect(func() error { return nn.Init(n.store, r) }); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// Close frees what the net holds on its backend, which stays open.
func (n *Net) Close() {
	for _, e := range n.execs {
		e.Finalize()
	}
	n.store.Finalize()
}

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
	err = guard.Protect(func() error {
		exec := n.execs[name]
		if exec == nil {
			var err error
			if exec, err = model.NewExec(n.backend, n.store, build); err != nil {
				return err
			}
			n.execs[name] = exec
		}
		args := make([]any, len(in))
		for i, t := range in {
			defer t.FinalizeAll()
			args[i] = t
		}
		results, err := exec.Call(args...)
		if err != nil {
			return err
		}
		for _, t := range results {
			values, err := tensors.CopyFlatData[float32](t)
			if err != nil {
				return err
			}
			t.FinalizeAll()
			out = append(out, values)
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("look: %s: %w", models.Title(n.Recipe), err)
	}
	return out, err
}

// build is the net's graph with a rule for gradients through its ReLUs.
func (n *Net) build(scope *model.Scope, x *graph.Node, rule nn.ReLURule) (logits *graph.Node, taps []nn.Tap) {
	return nn.BuildPlan(scope, n.Plan, x, nn.Mode{ReLU: rule})
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

// tapped returns the output of a layer.
func tapped(taps []nn.Tap, layer string) *graph.Node {
	return taps[slices.IndexFunc(taps, func(t nn.Tap) bool { return t.Name == layer })].Value
}
