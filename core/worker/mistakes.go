package worker

import (
	"context"

	"unpool/core/data"
	"unpool/core/protocol"
)

// mostMistakes is how many of them are shown.
const mostMistakes = 40

func (a *analysis) mistakes(ctx context.Context, m protocol.Among) (*protocol.Mistakes, error) {
	among := min(max(m.Among, 1), a.data.Test.Len())
	if known := a.net.mistakes[among]; known != nil {
		return known, nil
	}
	wrong, worst, err := a.net.Mistakes(ctx, a.data.Test, data.All(a.data.Test)[:among], mostMistakes, a.progress)
	if err != nil {
		return nil, err
	}
	all := &protocol.Mistakes{Among: among, Wrong: wrong, Worst: []protocol.Mistake{}}
	for _, one := range worst {
		picture, err := a.pixels(int(one.Image), nil)
		if err != nil {
			return nil, err
		}
		all.Worst = append(all.Worst, protocol.Mistake{Image: picture, Answer: one.Answer, Probability: one.Probability, True: one.True})
	}
	a.net.mistakes[among] = all
	return all, nil
}
