package nn

import (
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/models/net"
)

// pictureSize is the most numbers that a picture has: larger ones would swell a run's log, and no screen shows them.
const pictureSize = 1 << 16

// Picture is a layer's weights as small images, one a unit or filter.
type Picture struct {
	Layer                          string // in words
	Count, Height, Width, Channels int
	Values                         []float32 // [Count, Height, Width, Channels]
}

// FirstWeights returns the weights of a net's first layer that has some: the filters of a convolution, each recurrent
// unit's weights over the numbers of a step, or a fully connected unit's over its input. An LSTM and a GRU show the gate that
// makes the new content, the candidate. Of many units or filters there are as many as fit a picture.
func FirstWeights(store *model.Store, p *net.Plan) (Picture, error) {
	l := firstWithWeights(p)
	if l == nil {
		return Picture{}, errors.New("nn: the net has no weights")
	}
	v := store.RootScope().At("%s", l.Name).GetVariable("weights")
	if v == nil {
		return Picture{}, fmt.Errorf("nn: no variable %s/weights; InitPlan makes them", l.Name)
	}
	value, err := v.Value()
	if err != nil {
		return Picture{}, fmt.Errorf("nn: %s/weights: %w", l.Name, err)
	}
	dims := v.Shape().Dimensions
	columns, first := dims[len(dims)-1], 0 // of the variable, and the first one shown
	picture := Picture{Layer: l.Name, Count: columns, Height: 1, Width: dims[0], Channels: 1}
	switch c := l.Layer.(type) {
	case net.Conv:
		picture.Height, picture.Width, picture.Channels = dims[0], dims[1], dims[2]
	case net.Cell:
		picture.Layer, picture.Count = l.Name+", input weights", c.Units
		switch c.Kind {
		case net.LSTM:
			first = net.LSTMCandidate * c.Units
			picture.Layer += " of the candidate"
		case net.GRU:
			first = net.GRUCandidate * c.Units
			picture.Layer += " of the candidate"
		}
	default:
		if len(l.In) == 3 {
			picture.Height, picture.Width, picture.Channels = l.In[0], l.In[1], l.In[2]
		}
	}
	// The variable has its units or filters along the last axis, a picture along the first.
	size := picture.Height * picture.Width * picture.Channels
	picture.Count = min(picture.Count, max(1, pictureSize/size))
	picture.Values = make([]float32, picture.Count*size)
	err = tensors.ConstFlatData(value, func(flat []float32) {
		for i := range picture.Count {
			for j := range size {
				picture.Values[i*size+j] = flat[j*columns+first+i]
			}
		}
	})
	if err != nil {
		return Picture{}, fmt.Errorf("nn: %s/weights: %w", l.Name, err)
	}
	return picture, nil
}

// firstWithWeights is the first layer that multiplies its input.
func firstWithWeights(p *net.Plan) *net.Placed {
	for l := range p.All() {
		if l.Products > 0 {
			return l
		}
	}
	return nil
}
