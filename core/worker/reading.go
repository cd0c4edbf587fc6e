package worker

import (
	"context"
	"fmt"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// reading follows a recurrent layer through an image.
func (a *analysis) reading(ctx context.Context, u protocol.TestUnit) (*protocol.Reading, error) {
	r, answer, err := a.follow(ctx, a.inside, u)
	if err != nil {
		return nil, err
	}
	a.about = append(aboutImage(answer.Image.Number), r.Layer)
	for i := range r.Cells {
		answer.Cells = append(answer.Cells, *cellOf(&r.Cells[i]))
	}
	if r.Answers != nil {
		a.note(protocol.Answers, stepwise(r, len(r.Answers[0])), slices.Concat(r.Answers...))
	}
	gradients := r.Gradients
	for _, other := range a.others {
		_, told, err := a.follow(ctx, other, protocol.TestUnit{Own: u.Own, Image: u.Image})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", other.of.run, plain{err})
		}
		for i := range told.Directions {
			told.Directions[i].Traces = told.Directions[i].Traces[:1]
		}
		answer.Others, gradients = append(answer.Others, *told), append(gradients, told.Gradients...)
	}
	if n := 1 + len(answer.Others); len(gradients) == n*r.Steps { // all read as many steps
		a.note(protocol.Gradients, run.Weights{Count: n, Height: r.Steps, Width: 1, Channels: 1}, gradients)
	}
	return answer, nil
}

// follow is a net's reading, without its cells.
func (a *analysis) follow(ctx context.Context, i *inside, u protocol.TestUnit) (*look.Reading, *protocol.Reading, error) {
	picture, err := i.pixels(u.Image, u.Own)
	if err != nil {
		return nil, nil, err
	}
	r, err := i.net.Reading(ctx, picture.Pixels, u.Layer, u.Map, a.progress)
	if err != nil {
		return nil, nil, err
	}
	answer := &protocol.Reading{
		Image: picture, Classes: i.data.Classes, Layer: r.Layer, Columns: r.Columns, Answers: r.Answers, Decided: r.Decided(), Gradients: r.Gradients,
	}
	for _, d := range r.Directions {
		told := protocol.ReadingDirection{Backward: d.Backward, Order: d.Order}
		for _, t := range d.Traces {
			told.Traces = append(told.Traces, protocol.Trace{Name: t.Name, Values: a.picture(protocol.States+t.Name+backward(d.Backward), stepwise(r, r.Units), t.Values)})
		}
		answer.Directions = append(answer.Directions, told)
	}
	return r, answer, nil
}

// stepwise is the form of a picture with a row for each step.
func stepwise(r *look.Reading, width int) run.Weights {
	return run.Weights{Layer: r.Layer, Count: 1, Height: r.Steps, Width: width, Channels: 1}
}

// backward ends the name of a picture of what reads from the end.
func backward(is bool) string {
	if is {
		return "-backward"
	}
	return ""
}

// across gathers what a unit does on images of each class.
func (a *analysis) across(ctx context.Context, of protocol.Across) (*protocol.Acrossed, error) {
	all, err := a.net.Across(ctx, a.data, of.Layer, of.Unit, of.Each, a.progress)
	if err != nil {
		return nil, err
	}
	a.about = aboutMap(protocol.TestUnit{Layer: of.Layer, Map: of.Unit})
	form := run.Weights{Step: a.net.Step, Layer: of.Layer, Count: 1, Height: all.Steps, Width: len(all.Images), Channels: 1}
	answer := &protocol.Acrossed{Images: all.Images, Classes: all.Classes, States: a.picture(protocol.States, form, all.States)}
	form.Width = len(a.data.Classes)
	answer.Means = a.picture(protocol.Means, form, all.Means)
	return answer, nil
}
