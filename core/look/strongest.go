package look

import (
	"context"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
)

// Strong is the strongest activation of a map in an image.
type Strong struct {
	Image int32 // index into the split
	Unit  Unit
	Value float32
}

// Strongest returns for each map of a layer, or feature, the images of a split at indices in which it is strongest, at most so many, the
// strongest first and of equals the one that comes first (Zeiler and Fergus, 2013, section 4). Progress is in images.
func (n *Net) Strongest(ctx context.Context, layer string, s data.Split, indices []int32, most int, progress Progress) ([][]Strong, error) {
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	best := make([][]Strong, p.Out[len(p.Out)-1])
	err = n.batches(ctx, s, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call("layer "+layer, func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			_, taps := n.build(scope, in[0])
			return []*graph.Node{tapped(taps, layer)}
		}, x)
		if err != nil {
			return err
		}
		for i, image := range images {
			a := Activations{Layer: layer, Dims: p.Out, Values: out[0][i*p.Out.Size() : (i+1)*p.Out.Size()]}
			for m := range best {
				u, value := a.Strongest(m)
				best[m] = insert(best[m], Strong{Image: image, Unit: u, Value: value}, most)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return best, nil
}

// FitsStrongest reports whether best can be what Strongest returns for a layer and images at indices, which are in ascending order.
func (n *Net) FitsStrongest(best [][]Strong, layer string, indices []int32, most int) bool {
	p, err := n.placed(layer)
	if err != nil || len(best) != p.Out[len(p.Out)-1] {
		return false
	}
	for m, list := range best {
		if len(list) != min(len(indices), most) {
			return false
		}
		for _, s := range list {
			_, searched := slices.BinarySearch(indices, s.Image)
			if _, err := s.Unit.index(p.Out); err != nil || s.Unit.Layer != layer || s.Unit.Map != m || !searched {
				return false
			}
		}
	}
	return true
}

// insert puts one into a list of the strongest, which has at most so many.
func insert(list []Strong, one Strong, most int) []Strong {
	at, _ := slices.BinarySearchFunc(list, one, func(a, b Strong) int {
		if a.Value >= b.Value { // of equals the first stays in front
			return -1
		}
		return 1
	})
	if at >= most {
		return list
	}
	list = slices.Insert(list, at, one)
	return list[:min(len(list), most)]
}

// Patch is the pixels that a unit can see: rows from Top, columns from Left. What of them lies outside of the image is padding.
type Patch struct{ Top, Left, Height, Width int }

// Patch returns what a unit sees.
func (n *Net) Patch(u Unit) (Patch, error) {
	if _, err := n.index(u); err != nil {
		return Patch{}, err
	}
	p, err := n.placed(u.Layer)
	if err != nil {
		return Patch{}, err
	}
	f := p.Field
	return Patch{f.Top + u.Row*f.StepY, f.Left + u.Column*f.StepX, f.Height, f.Width}, nil
}
