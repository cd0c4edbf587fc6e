package look

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
)

// Across is what a unit of a recurrent layer does on test images: the first of each class, class by class.
type Across struct {
	Images  []int // their numbers
	Classes []int // of each of them
	Steps   int
	States  []float32 // [steps, images]: the unit's state after each step
	Means   []float32 // [steps, classes]: the means over the images of a class, 0 where there are none
}

// Across follows a unit through at most so many images of each class; layer and unit are as for Reading. Progress is in images.
func (n *Net) Across(ctx context.Context, d *data.Dataset, layer string, unit, each int, progress Progress) (*Across, error) {
	p, _, err := n.cell(layer)
	if err != nil {
		return nil, err
	}
	features := p.Out[len(p.Out)-1]
	if unit < 0 || unit >= features {
		return nil, fmt.Errorf("look: %s has no unit %d, but %d units", p.Name, unit, features)
	}
	indices := ofEach(d.Test, len(d.Classes), each)
	if len(indices) == 0 {
		return nil, fmt.Errorf("look: %d test images of each class are none", each)
	}
	a, count := &Across{}, make([]float32, len(d.Classes))
	err = n.batches(ctx, d.Test, indices, progress, func(images []int32, x *tensors.Tensor) error {
		out, err := n.call(key("across "+p.Name, fewImages), func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			_, taps := n.build(scope, in[0])
			return []*graph.Node{all(taps, p)}
		}, x)
		if err != nil {
			return err
		}
		if a.States == nil {
			a.Steps = len(out[0]) / fewImages / features
			a.States, a.Means = make([]float32, a.Steps*len(indices)), make([]float32, a.Steps*len(d.Classes))
		}
		for i, image := range images {
			class := int(d.Test.Labels[image])
			for t := range a.Steps {
				state := out[0][(i*a.Steps+t)*features+unit]
				a.States[t*len(indices)+len(a.Images)] = state
				a.Means[t*len(d.Classes)+class] += state
			}
			a.Images, a.Classes = append(a.Images, int(image)), append(a.Classes, class)
			count[class]++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range a.Means {
		a.Means[i] /= max(1, count[i%len(count)])
	}
	return a, nil
}

// ofEach are the numbers of the first images of each class, at most so many, class by class.
func ofEach(s data.Split, classes, most int) (indices []int32) {
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
