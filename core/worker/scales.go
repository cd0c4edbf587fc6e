package worker

import (
	"context"
	"slices"

	"unpool/core/protocol"
	"unpool/core/run"
)

// scales finds how large the numbers of each layer become for an image over some steps of the run.
func (a *analysis) scales(ctx context.Context, s protocol.Steps) (*protocol.Scales, error) {
	number, err := a.find(s.Image)
	if err != nil {
		return nil, err
	}
	image, err := a.image(number, s.Image.Own)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(a.scaled.image, image) || a.scaled.steps == nil {
		a.scaled = scaled{slices.Clone(image), map[int]*protocol.Scales{}}
	}
	all := &protocol.Scales{Layers: map[string]float64{}}
	for done, step := range s.Steps {
		a.progress(done, len(s.Steps))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := a.scalesAt(ctx, step, image)
		if err != nil {
			return nil, err
		}
		all.First = max(all.First, one.First)
		for layer, scale := range one.Layers {
			all.Layers[layer] = max(all.Layers[layer], scale)
		}
	}
	return all, nil
}

// scalesAt is how large they are after one step, found out once for an image.
func (a *analysis) scalesAt(ctx context.Context, step int, image []byte) (*protocol.Scales, error) {
	if known := a.scaled.steps[step]; known != nil {
		return known, nil
	}
	n := a.net.Net
	if step != a.of.step {
		of := a.of
		of.step = step
		weights, err := a.read(ctx, of)
		if err != nil {
			return nil, err
		}
		if n, err = a.untrained.With(weights); err != nil {
			return nil, err
		}
		defer n.Close()
	}
	first, err := n.FirstLayer()
	if err != nil {
		return nil, err
	}
	layers, _, err := n.Maps(image)
	if err != nil {
		return nil, err
	}
	one := &protocol.Scales{Layers: map[string]float64{}}
	one.First, _ = run.Levels(first.Values)
	for _, l := range layers {
		one.Layers[l.Layer], _ = run.Levels(l.Values)
	}
	a.scaled.steps[step] = one
	return one, nil
}
