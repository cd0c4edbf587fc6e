package look

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/models/nn"
)

// Strong is the strongest activation of a map in an image.
type Strong struct {
	Image int32 // index into the split
	Unit  Unit
	Value float32
}

// searchBatch is how many images are searched at a time.
const searchBatch = 250

// Strongest returns for each map of a layer, or feature, the images of a split at indices in which it is strongest, at most so many, the
// strongest first and of equals the one that comes first (Zeiler and Fergus, 2013, section 4). Between batches it calls progress with
// how many images are done, unless that is nil.
func (n *Net) Strongest(ctx context.Context, layer string, s data.Split, indices []int32, most int, progress func(done, total int)) ([][]Strong, error) {
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	for _, i := range indices {
		if i < 0 || int(i) >= s.Len() {
			return nil, fmt.Errorf("look: there is no image %d among %d", i, s.Len())
		}
	}
	maps := p.Out[len(p.Out)-1]
	best := make([][]Strong, maps)
	tell := func(done int) error {
		if progress != nil {
			progress(done, len(indices))
		}
		return ctx.Err()
	}
	for start := 0; start < len(indices); start += searchBatch {
		if err := tell(start); err != nil {
			return nil, err
		}
		some := indices[start:min(start+searchBatch, len(indices))]
		out, err := n.call(key("strongest "+layer, searchBatch), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			_, taps := n.build(scope, in[0], nn.ReLUGradient)
			y := tapped(taps, layer)
			var axes []int
			for axis := 1; axis < y.Rank()-1; axis++ {
				axes = append(axes, axis)
			}
			if len(axes) > 0 {
				y = graph.ReduceMax(y, axes...)
			}
			return []*graph.Node{y}
		}, n.input(n.pick(s, some), searchBatch))
		if err != nil {
			return nil, err
		}
		for i, image := range some {
			for m := range maps {
				best[m] = insert(best[m], Strong{Image: image, Unit: Unit{Layer: layer, Map: m}, Value: out[0][i*maps+m]}, most)
			}
		}
	}
	if err := tell(len(indices)); err != nil {
		return nil, err
	}
	return best, n.find(ctx, layer, s, best)
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

// pick copies images.
func (n *Net) pick(s data.Split, indices []int32) []byte {
	images := make([]byte, 0, len(indices)*n.size())
	for _, i := range indices {
		images = append(images, s.Images[int(i)*n.size():(int(i)+1)*n.size()]...)
	}
	return images
}

// find sets where in their images the strongest activations are.
func (n *Net) find(ctx context.Context, layer string, s data.Split, best [][]Strong) error {
	p, err := n.placed(layer)
	if err != nil || len(p.Out) == 1 {
		return err
	}
	at := map[int32][]*Strong{}
	for _, list := range best {
		for i := range list {
			at[list[i].Image] = append(at[list[i].Image], &list[i])
		}
	}
	var images []int32
	for i := range at {
		images = append(images, i)
	}
	slices.SortFunc(images, cmp.Compare)
	for some := range slices.Chunk(images, mapsBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := n.call(key("one "+layer, mapsBatch), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			_, taps := n.build(scope, in[0], nn.ReLUGradient)
			return []*graph.Node{tapped(taps, layer)}
		}, n.input(n.pick(s, some), mapsBatch))
		if err != nil {
			return err
		}
		size := len(out[0]) / mapsBatch
		for i, image := range some {
			a := Activations{Layer: layer, Dims: p.Out, Values: out[0][i*size : (i+1)*size]}
			for _, one := range at[image] {
				one.Unit, _ = a.Strongest(one.Unit.Map)
			}
		}
	}
	return nil
}

// Patch is the pixels that a unit can see: rows from Top, columns from Left. What of them lies outside of the image is padding.
type Patch struct{ Top, Left, Height, Width int }

// Patch returns what a unit sees.
func (n *Net) Patch(u Unit) (Patch, error) {
	if _, err := n.seed(u, 1); err != nil {
		return Patch{}, err
	}
	p, err := n.placed(u.Layer)
	if err != nil {
		return Patch{}, err
	}
	f := p.Field
	return Patch{f.Top + u.Row*f.StepY, f.Left + u.Column*f.StepX, f.Height, f.Width}, nil
}
