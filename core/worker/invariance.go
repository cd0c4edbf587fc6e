package worker

import (
	"context"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/warp"
)

// invariance changes an image, and a few of other classes.
func (a *analysis) invariance(ctx context.Context, v protocol.Vary) (*protocol.Invariance, error) {
	picture, err := a.pixels(v.Image, v.Own)
	if err != nil {
		return nil, err
	}
	told := &protocol.Invariance{Kind: v.Kind, Images: []protocol.Picture{picture}}
	images := slices.Clone(picture.Pixels)
	for _, number := range look.Others(a.data.Test, picture.Class, look.Besides) {
		told.Images = append(told.Images, a.labelled(a.data.Test, number))
		images = append(images, told.Images[len(told.Images)-1].Pixels...)
	}
	kind := warp.Kind(v.Kind)
	i, err := a.net.vary(ctx, images, kind, a.progress)
	if err != nil {
		return nil, err
	}
	told.Layers, told.First, told.Last, told.Distances = i.Layers, i.First, i.Last, i.Distances
	told.Verdict, told.Says = slices.Index(look.Verdicts, i.Verdict()), i.Says()
	for _, layer := range i.Layers {
		told.Small = append(told.Small, i.Small(layer))
	}
	each, classes := len(i.Amounts), len(a.data.Classes)
	for at := range len(told.Images) * each {
		p := i.Probabilities[at*classes:][:classes]
		if at%each == 0 {
			class := told.Images[at/each].Class
			if class < 0 {
				class = look.Largest(i.Probabilities[(at+kind.None(picture.Height))*classes:][:classes])
			}
			told.Classes = append(told.Classes, class)
		}
		told.Chances, told.Answers = append(told.Chances, p[told.Classes[at/each]]), append(told.Answers, look.Largest(p))
	}
	a.about = append(aboutImage(picture.Number), v.Kind)
	form := run.Weights{Count: len(i.Layers), Height: len(told.Images), Width: len(i.Amounts), Channels: 1}
	a.note(protocol.Distances, form, i.Distances)
	form.Count = 1
	a.note(protocol.Chances, form, told.Chances)
	return told, nil
}

// vary is Invariance, computed once if it is asked about again.
func (s *studied) vary(ctx context.Context, images []byte, kind warp.Kind, progress look.Progress) (*look.Invariance, error) {
	if s.varied == nil || s.changed != string(images) {
		s.changed, s.varied = string(images), map[warp.Kind]*look.Invariance{}
	}
	if s.varied[kind] == nil {
		i, err := s.Invariance(ctx, images, kind, progress)
		if err != nil {
			return nil, err
		}
		s.varied[kind] = i
	}
	return s.varied[kind], nil
}
