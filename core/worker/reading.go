package worker

import (
	"context"

	"unpool/core/protocol"
	"unpool/core/run"
)

// reading follows a recurrent net through an image.
func (a *analysis) reading(ctx context.Context, u protocol.TestUnit) (*protocol.Reading, error) {
	picture, err := a.pixels(u.Image, u.Own)
	if err != nil {
		return nil, err
	}
	r, err := a.net.Reading(ctx, picture.Pixels, u.Layer, u.Map)
	if err != nil {
		return nil, err
	}
	a.about = aboutImage(picture.Number)
	states := run.Weights{Step: a.net.Step, Layer: u.Layer, Count: 1, Height: len(r.Cells), Width: r.Units, Channels: 1}
	answer := &protocol.Reading{
		Image: picture, Classes: a.data.Classes, States: a.picture(u.Layer, states, r.States), Answers: r.Answers, Gradients: r.Gradients,
	}
	for i := range r.Cells {
		answer.Cells = append(answer.Cells, *cellOf(&r.Cells[i]))
	}
	return answer, nil
}
