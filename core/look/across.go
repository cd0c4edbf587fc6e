package look

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
)

// OfEach are the numbers of the first images of each class, at most so many, class by class.
func OfEach(s data.Split, classes, most int) (indices []int32) {
	of := make([][]int32, classes)
	for i, class := range s.Labels {
		if len(of[class]) < most {
			of[class] = append(of[class], int32(i))
		}
	}
	for _, some := range of {
		indices = append(indices, some...)
	}
	return indices
}

// Across are the states [images][steps] of a unit of a recurrent layer for some images of a split; layer and unit are as for Reading. Progress
// is in images.
func (n *Net) Across(ctx context.Context, s data.Split, indices []int32, layer string, unit int, progress Progress) (states [][]float32, err error) {
	p, _, err := n.cell(layer)
	if err != nil {
		return nil, err
	}
	features := p.Out[len(p.Out)-1]
	if unit < 0 || unit >= features {
		return nil, fmt.Errorf("look: %s has no unit %d, but %d units", p.Name, unit, features)
	}
	err = n.batches(ctx, s, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call(key("across "+p.Name, fewImages), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			_, taps := n.build(scope, in[0])
			return []*graph.Node{all(taps, p)}
		}, x)
		if err != nil {
			return err
		}
		steps := len(out[0]) / fewImages / features
		for i := range images {
			one := make([]float32, steps)
			for t := range one {
				one[t] = out[0][(i*steps+t)*features+unit]
			}
			states = append(states, one)
		}
		return nil
	})
	return states, err
}
