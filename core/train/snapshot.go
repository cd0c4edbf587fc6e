package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/nn"
)

// weightsHash returns the SHA-256, in hex, of every trainable tensor in order of path, as little-endian float32.
func weightsHash(store *model.Store) (string, error) {
	var weights []*model.Variable
	for v := range store.IterVariables() {
		if v.Trainable {
			weights = append(weights, v)
		}
	}
	slices.SortFunc(weights, func(a, b *model.Variable) int { return strings.Compare(a.Path(), b.Path()) })
	h := sha256.New()
	for _, v := range weights {
		value, err := v.Value()
		if err != nil {
			return "", err
		}
		err = tensors.ConstFlatData(value, func(flat []float32) {
			binary.Write(h, binary.LittleEndian, flat) // a hash takes every write
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// firstLayer returns the first layer's weights as a picture, on one scale.
func firstLayer(store *model.Store, r recipe.Recipe) (*run.Weights, error) {
	p, err := nn.FirstLayer(store, r)
	if err != nil {
		return nil, err
	}
	w := &run.Weights{
		Layer: p.Layer, Count: p.Count, Height: p.Height, Width: p.Width, Channels: p.Channels,
	}
	w.Scale, w.Pixels = run.Levels(p.Values)
	return w, nil
}
