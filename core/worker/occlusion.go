package worker

import (
	"context"
	"fmt"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// occlusion covers an image place by place.
func (a *analysis) occlusion(ctx context.Context, c protocol.Cover) (*protocol.Occlusion, error) {
	picture, err := a.pixels(c.Image, c.Own)
	if err != nil {
		return nil, err
	}
	if c.Layer == "" {
		c.Layer = a.net.LastMaps()
	}
	cover := look.Cover{Size: c.Size, Stride: c.Stride, Rows: c.Rows, Colour: a.colour()}
	o, err := a.net.Occlusion(ctx, picture.Pixels, cover, c.Layer, a.progress)
	if err != nil {
		return nil, err
	}
	told := &protocol.Occlusion{Colour: cover.Colour, Layer: c.Layer, Map: o.Strongest(), Class: picture.Class}
	if c.Map != nil {
		told.Map = *c.Map
	}
	if n := len(o.WholeSums); told.Map < 0 || told.Map >= n {
		return nil, fmt.Errorf("%s has no map %d, but %d maps", c.Layer, told.Map, n)
	}
	if told.Class < 0 {
		told.Class = look.Largest(o.WholeProbabilities)
	}
	told.Whole, told.Probability = o.WholeSums[told.Map], o.WholeProbabilities[told.Class]
	var sums, chances, answers []float32
	for i := range o.Sums {
		told.Places = append(told.Places, cover.Hides(i/o.Columns, i%o.Columns, picture.Height, picture.Width))
		told.Answers = append(told.Answers, look.Largest(o.Probabilities[i]))
		sums, chances = append(sums, o.Sums[i][told.Map]-told.Whole), append(chances, o.Probabilities[i][told.Class])
		answers = append(answers, float32(told.Answers[i]))
	}
	a.about = slices.Concat(aboutImage(picture.Number), aboutMap(protocol.TestUnit{Layer: c.Layer, Map: told.Map}), []string{"cover", fmt.Sprint(c.Size)})
	form := run.Weights{Step: a.net.Step, Layer: c.Layer, Count: 1, Height: o.Rows, Width: o.Columns, Channels: 1}
	told.Sums, told.Chances = a.picture(protocol.Sums, form, sums), a.picture(protocol.Chances, form, chances)
	a.note(protocol.Answers, form, answers)
	return told, nil
}

// colour is what parts of images are covered with: the mean of the training images.
func (k *kept) colour() []byte {
	if k.mean == nil {
		k.mean = look.Mean(k.data.Train, k.data.Channels)
	}
	return k.mean
}
