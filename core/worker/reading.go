package worker

import (
	"context"

	"unpool/core/protocol"
	"unpool/core/run"
)

// reading follows a recurrent layer through an image.
func (a *analysis) reading(ctx context.Context, u protocol.TestUnit) (*protocol.Reading, error) {
	picture, err := a.pixels(u.Image, u.Own)
	if err != nil {
		return nil, err
	}
	r, err := a.net.Reading(ctx, picture.Pixels, u.Layer, u.Map, a.progress)
	if err != nil {
		return nil, err
	}
	a.about = append(aboutImage(picture.Number), r.Layer)
	answer := &protocol.Reading{
		Image: picture, Classes: a.data.Classes, Layer: r.Layer, Columns: r.Columns, Answers: r.Answers, Decided: r.Decided(), Gradients: r.Gradients,
	}
	form := func(width int) run.Weights {
		return run.Weights{Step: a.net.Step, Layer: r.Layer, Count: 1, Height: r.Steps, Width: width, Channels: 1}
	}
	for _, d := range r.Directions {
		told := protocol.ReadingDirection{Backward: d.Backward, Order: d.Order}
		for _, t := range d.Traces {
			told.Traces = append(told.Traces, protocol.Trace{Name: t.Name, Values: a.picture(protocol.States+t.Name+backward(d.Backward), form(r.Units), t.Values)})
		}
		answer.Directions = append(answer.Directions, told)
	}
	for i := range r.Cells {
		answer.Cells = append(answer.Cells, *cellOf(&r.Cells[i]))
	}
	var answers []float32
	for _, p := range r.Answers {
		answers = append(answers, p...)
	}
	if answers != nil {
		a.note(protocol.Answers, form(len(answers)/r.Steps), answers)
	}
	a.note(protocol.Gradients, form(1), r.Gradients)
	return answer, nil
}

// backward ends the name of a picture of what reads from the end.
func backward(is bool) string {
	if is {
		return "-backward"
	}
	return ""
}
