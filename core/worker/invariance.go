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
	for _, number := range look.Others(a.data.Test, picture.Class, look.Besides) {
		told.Images = append(told.Images, a.labelled(a.data.Test, number))
	}
	var images []byte
	for _, one := range told.Images {
		images = append(images, one.Pixels...)
	}
	kind := warp.Kind(v.Kind)
	i, err := a.net.Invariance(ctx, images, kind, a.progress)
	if err != nil {
		return nil, err
	}
	told.Layers, told.First, told.Last, told.Distances = i.Layers, i.First, i.Last, i.Distances
	told.Verdict, told.Says = slices.Index(look.Verdicts, i.Verdict()), i.Says()
	for _, layer := range i.Layers {
		told.Small = append(told.Small, i.Small(layer))
	}
	for at, one := range told.Images {
		all := i.Probabilities[at]
		class := one.Class
		if class < 0 {
			class = look.Largest(all[kind.None(one.Height)])
		}
		var chances []float32
		var answers []int
		for _, p := range all {
			chances, answers = append(chances, p[class]), append(answers, look.Largest(p))
		}
		told.Classes, told.Chances, told.Answers = append(told.Classes, class), append(told.Chances, chances), append(told.Answers, answers)
	}
	a.about = append(aboutImage(picture.Number), v.Kind)
	form := run.Weights{Count: len(i.Layers), Height: len(told.Images), Width: len(i.Amounts), Channels: 1}
	a.note(protocol.Distances, form, slices.Concat(slices.Concat(i.Distances...)...))
	form.Count = 1
	a.note(protocol.Chances, form, slices.Concat(told.Chances...))
	return told, nil
}
