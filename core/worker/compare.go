package worker

import (
	"context"
	"fmt"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

func (a *analysis) compare(ctx context.Context, p protocol.Pair) (*protocol.Comparison, error) {
	first, weights, layers, err := a.mapsOf(p.First)
	if err != nil {
		return nil, err
	}
	a.progress(1, 2)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	second, otherWeights, others, err := a.second.mapsOf(p.Second)
	if err != nil {
		return nil, err
	}
	a.about = aboutImage(first.Image.Number)
	if a.inside != a.second {
		a.about = append(a.about, "and", a.second.of.run, "step", fmt.Sprint(a.second.of.step))
	}
	a.about = append(a.about, aboutImage(second.Image.Number)...)
	if sameForm(first.First, second.First) {
		first.First, second.First = a.pictures(protocol.FirstWeights, first.First, second.First, weights, otherWeights)
	} else {
		first.First, second.First = a.picture(protocol.FirstWeights, first.First, weights), a.picture(protocol.Second+protocol.FirstWeights, second.First, otherWeights)
	}
	c := &protocol.Comparison{Differences: []run.Weights{}}
	common := map[string]run.Weights{} // the second's pictures of layers that both have
	for _, p := range look.Pairs(layers, others) {
		layer := p.First.Layer
		form, values := formOf(p.First, a.net.Step)
		if p.Second == nil {
			first.Layers = append(first.Layers, a.picture(layer, form, values))
			continue
		}
		otherForm, other := formOf(*p.Second, a.second.net.Step)
		form, otherForm = a.pictures(layer, form, otherForm, values, other)
		first.Layers, common[layer] = append(first.Layers, form), otherForm
		_, difference := formOf(p.Difference, a.net.Step)
		c.Differences = append(c.Differences, a.picture(protocol.Difference+layer, form, difference))
	}
	for _, l := range others {
		picture, ok := common[l.Layer]
		if !ok {
			form, values := formOf(l, a.second.net.Step)
			picture = a.picture(protocol.Second+l.Layer, form, values)
		}
		second.Layers = append(second.Layers, picture)
	}
	c.First, c.Second = *first, *second
	return c, nil
}

// pictures makes two on one scale. The second's numbers have the name after protocol.Second.
func (a *analysis) pictures(name string, first, second run.Weights, values, others []float32) (run.Weights, run.Weights) {
	first = a.picture(name, first, values)
	scale, pixels := run.Levels(slices.Concat(values, others))
	first.Scale, first.Pixels = scale, pixels[:len(values)]
	a.note(protocol.Second+name, second, others)
	second.Scale, second.Pixels = scale, pixels[len(values):]
	return first, second
}

// sameForm reports whether two pictures are of the same layer's numbers.
func sameForm(a, b run.Weights) bool {
	return a.Layer == b.Layer && a.Count == b.Count && a.Height == b.Height && a.Width == b.Width && a.Channels == b.Channels
}
