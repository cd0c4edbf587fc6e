package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
)

// Picture is a layer's weights as small images, one a unit or filter.
type Picture struct {
	Layer                          string // in words
	Count, Height, Width, Channels int
	Values                         []float32 // [Count, Height, Width, Channels]
}

// FirstLayer returns the weights of a net's first layer: the filters of a convolution, or each recurrent unit's
// weights over the pixels of a row. An LSTM and a GRU show the gate that makes the new content, the candidate.
func FirstLayer(store *model.Store, r recipe.Recipe) (Picture, error) {
	p := Picture{Layer: "conv1", Count: 0, Height: 1, Width: 1, Channels: 1}
	layer, first, total := "conv1", 0, 0 // columns shown, of how many
	switch r.Arch {
	case recipe.RNN:
		layer, first, total = "rnn", 0, r.Units
		p.Layer = "rnn, input weights"
	case recipe.LSTM:
		layer, first, total = "lstm", lstmCandidate*r.Units, lstmGates*r.Units
		p.Layer = "lstm, input weights of the candidate"
	case recipe.GRU:
		layer, first, total = "gru", gruCandidate*r.Units, gruGates*r.Units
		p.Layer = "gru, input weights of the candidate"
	}
	v := store.RootScope().At("%s", layer).GetVariable("weights")
	if v == nil {
		return p, fmt.Errorf("nn: no variable %s/weights; Init makes them", layer)
	}
	value, err := v.Value()
	if err != nil {
		return p, fmt.Errorf("nn: %s/weights: %w", layer, err)
	}
	dims := v.Shape().Dimensions
	if r.Arch.Recurrent() {
		p.Count, p.Width = r.Units, dims[0]
	} else {
		p.Height, p.Width, p.Channels, p.Count = dims[0], dims[1], dims[2], dims[3]
		total = p.Count
	}
	// The variable has its units or filters along the last axis, a picture along the first.
	size := p.Height * p.Width * p.Channels
	p.Values = make([]float32, p.Count*size)
	err = tensors.ConstFlatData(value, func(flat []float32) {
		for i := range p.Count {
			for j := range size {
				p.Values[i*size+j] = flat[j*total+first+i]
			}
		}
	})
	if err != nil {
		return p, fmt.Errorf("nn: %s/weights: %w", layer, err)
	}
	return p, nil
}
