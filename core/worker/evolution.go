package worker

import (
	"context"
	"errors"
	"fmt"

	"unpool/core/data"
	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// evolution follows maps over steps.
func (a *analysis) evolution(ctx context.Context, e protocol.Evolve) (*protocol.Evolution, error) {
	if e.Layer == "" {
		e.Layer = a.net.LastMaps()
	}
	images := a.data.Test
	if e.Training {
		images = a.data.Train
	}
	told := &protocol.Evolution{Layer: e.Layer, Among: min(max(e.Among, 1), images.Len()), Name: a.net.Methods()[0].Name(), Steps: e.Steps}
	open := func(step int) (*look.Net, error) {
		of := a.of
		of.step = step
		weights, err := a.read(ctx, of)
		if err != nil {
			return nil, err
		}
		return a.untrained.With(weights)
	}
	leaders, err := a.leaders(ctx, e, told.Among, images, open)
	if err != nil {
		return nil, err
	}
	maps := look.StrongestMaps(leaders[len(leaders)-1], look.Evolving)
	if e.Map != nil {
		if n := len(leaders[0]); *e.Map < 0 || *e.Map >= n {
			return nil, fmt.Errorf("%s has no map %d, but %d maps", e.Layer, *e.Map, n)
		}
		maps = []int{*e.Map}
	}
	all, err := look.Evolve(ctx, leaders, maps, images, e.Steps, open)
	if err != nil {
		return nil, err
	}
	return told, a.evolved(told, all, images)
}

// leaders are what moves each map most after each step, searched for once: for the page's life, and beside the run.
func (a *analysis) leaders(ctx context.Context, e protocol.Evolve, among int, images data.Split, open look.Opener) ([][][]look.Strong, error) {
	if len(e.Steps) == 0 {
		return nil, errors.New("no step is given to look at")
	}
	key := fmt.Sprint(e.Layer, " ", e.Training, " ", among, e.Steps)
	if a.led[key] == nil {
		indices := look.Drawn(images, among)
		all, err := store.Analysed(ctx, a.keep, a.of.run, func() (string, error) {
			return look.LeadersKey(a.untrained.Net, a.data, e.Steps, open, e.Layer, e.Training, among)
		}, func(all [][][]look.Strong) bool { return a.net.FitsLeaders(all, e.Layer, indices, len(e.Steps)) },
			func() ([][][]look.Strong, error) {
				return look.Leaders(ctx, e.Layer, images, indices, e.Steps, open, a.progress)
			})
		if err != nil {
			return nil, err
		}
		if a.led == nil {
			a.led = map[string][][][]look.Strong{}
		}
		a.led[key] = all
	}
	return a.led[key], nil
}

// evolved tells of each map what moves it most.
func (a *analysis) evolved(told *protocol.Evolution, all *look.Evolution, images data.Split) error {
	var values []float32
	form := run.Weights{Layer: told.Layer, Channels: a.data.Channels}
	for at, m := range all.Maps {
		one := protocol.Evolved{Map: m}
		var pixels []float32
		for i, stage := range all.Stages {
			strong := stage.Strongest[at]
			patch, err := a.net.Patch(strong.Unit)
			if err != nil {
				return err
			}
			patch = patch.Within(a.data.Height, a.data.Width)
			form.Height, form.Width = patch.Height, patch.Width
			image := a.labelled(images, int(strong.Image))
			one.Leads = append(one.Leads, protocol.Lead{Image: image.Number, Class: image.Class, Changed: all.Changed(i, at), Value: strong.Value})
			one.Parts = append(one.Parts, look.Crop(patch, image.Pixels, image.Height, image.Width, image.Channels, 0)...)
			pixels = append(pixels, look.Crop(patch, stage.Projections[at], image.Height, image.Width, image.Channels, 0)...)
		}
		one.Projections = form
		one.Projections.Count = len(all.Stages)
		one.Projections.Scale, one.Projections.Pixels = run.Levels(pixels)
		told.Maps, values = append(told.Maps, one), append(values, pixels...)
	}
	told.Height, told.Width = form.Height, form.Width
	a.about = []string{told.Layer}
	form.Count = len(all.Maps) * len(all.Stages)
	a.note(protocol.LookEvolution, form, values)
	return nil
}
