package worker

import (
	"context"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// mostMistakes is how many of them are shown.
const mostMistakes = 40

func (a *analysis) mistakes(ctx context.Context, m protocol.Among) (*protocol.Mistakes, error) {
	among := min(max(m.Among, 1), a.data.Test.Len())
	if len(a.net.classified) != among {
		all, err := a.net.Classify(ctx, a.data.Test, look.Drawn(a.data.Test, among), a.progress)
		if err != nil {
			return nil, err
		}
		a.net.classified = all
	}
	told := &protocol.Mistakes{Among: among, Shown: []protocol.Mistake{}}
	classes := len(a.data.Classes)
	if classes <= run.MaxConfused {
		told.Counts = make([]int, classes*classes)
	}
	for _, c := range a.net.classified {
		if c.Answer != c.Class {
			told.Wrong++
		}
		if told.Counts != nil {
			told.Counts[c.Class*classes+c.Answer]++
		}
	}
	tenths, off := look.Calibration(a.net.classified)
	for _, t := range tenths {
		told.Tenths = append(told.Tenths, protocol.Tenth(t))
	}
	told.Off = off
	fit := slices.DeleteFunc(slices.Clone(a.net.classified), func(c look.Classification) bool {
		return m.Class != nil && c.Class != *m.Class || m.Answer != nil && c.Answer != *m.Answer || m.Answer == nil && c.Answer == c.Class
	})
	if look.Worst(fit); m.Surest {
		look.Surest(fit)
	}
	told.Fit = len(fit)
	for _, one := range fit[:min(len(fit), mostMistakes)] {
		picture, err := a.pixels(int(one.Image), nil)
		if err != nil {
			return nil, err
		}
		told.Shown = append(told.Shown, protocol.Mistake{Image: picture, Answer: one.Answer, Probability: one.Probability, True: one.True})
	}
	return told, nil
}
