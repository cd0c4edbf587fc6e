package look

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/models/net"
	"unpool/models/nn"
)

// Image is what takes the place of a layer's name for the image itself, as the net reads it.
const Image = "image"

// Features are what a layer gives for some images, as a list of numbers for each.
type Features struct {
	Layer  string
	Size   int       // numbers for an image
	Pool   int       // each is the mean over a square of so many positions a side, or over so many steps; 1 where it is one activation
	Values []float32 // [images, Size]
}

// Layers are the layers of the net that have features, in the order in which they give them: the image first, the logits last.
func (n *Net) Layers() []string {
	layers := []string{Image}
	for p := range n.Plan.All() {
		if _, ok := p.Layer.(net.Dropout); !ok {
			layers = append(layers, p.Name)
		}
	}
	return layers
}

// LastFeatures is the layer whose features the logits are computed from.
func (n *Net) LastFeatures() string {
	layers := n.Layers()
	return layers[len(layers)-2]
}

// Features returns those of some layers for the images of a split at indices. Where a layer gives more than so many numbers for an image, each is the
// mean over the smallest square of positions that divides the map and leaves few enough, or over the largest that divides it. Progress is in images.
func (n *Net) Features(ctx context.Context, s data.Split, indices []int32, layers []string, most int, progress Progress) ([]Features, error) {
	all := make([]Features, len(layers))
	for i, layer := range layers {
		t := n.Plan.Task
		dims := []int{t.Height, t.Width, t.Channels}
		if layer != Image {
			p, err := n.placed(layer)
			if err != nil {
				return nil, err
			}
			dims = p.Out
		}
		all[i].Layer = layer
		all[i].Pool, all[i].Size = pooled(dims, most)
	}
	what := fmt.Sprint("features up to ", most, " of ", strings.Join(layers, " "))
	err := n.batches(ctx, s, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call(what, func(scope *model.Scope, in []*graph.Node) (out []*graph.Node) {
			var taps []nn.Tap
			for _, f := range all {
				of := in[0]
				if f.Layer != Image {
					if taps == nil {
						_, taps = n.build(scope, in[0])
					}
					of = tapped(taps, f.Layer)
				}
				out = append(out, means(of, f.Pool))
			}
			return out
		}, x)
		if err != nil {
			return err
		}
		for i := range all {
			f := &all[i]
			some := out[i][:len(images)*f.Size]
			if !finite(some) {
				return fmt.Errorf("%s: %w", f.Layer, errDiverged)
			}
			f.Values = append(f.Values, some...)
		}
		return nil
	})
	return all, err
}

// errDiverged says why a net's figures mean nothing.
var errDiverged = errors.New("look: the net outputs infinity or NaN: the training has diverged")

func finite(values []float32) bool {
	return !slices.ContainsFunc(values, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}

// pooled is over how many positions a side a layer of some dimensions, or over how many steps, is averaged to leave at most so many numbers, and how many it
// leaves.
func pooled(dims []int, most int) (pool, size int) {
	pool, size = 1, 1
	for _, d := range dims {
		size *= d
	}
	places, whole := dims[:len(dims)-1], size
	for k := 1; size > most && len(places) > 0 && k <= places[0]; k++ {
		left, divides := whole, true
		for _, d := range places {
			left, divides = left/k, divides && d%k == 0
		}
		if divides {
			pool, size = k, left
		}
	}
	return pool, size
}

// means are a batch's numbers, [batch, places..., maps], averaged over squares of places, in a list for each image.
func means(x *graph.Node, pool int) *graph.Node {
	dims := x.Shape().Dimensions
	if pool > 1 {
		split, axes := []int{dims[0]}, []int(nil)
		for _, d := range dims[1 : len(dims)-1] {
			split = append(split, d/pool, pool)
			axes = append(axes, len(split)-1)
		}
		x = graph.ReduceMean(graph.Reshape(x, append(split, dims[len(dims)-1])...), axes...)
	}
	return graph.Reshape(x, dims[0], -1)
}
