package worker

import (
	"context"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// dissect takes the next training step apart.
func (w *Worker) dissect(body protocol.Dissect) func(context.Context, func()) (any, *File, error) {
	return func(context.Context, func()) (any, *File, error) {
		if w.net == nil {
			return nil, nil, noNet
		}
		s := w.net.session
		d, err := s.Dissect(body.Image)
		if err != nil {
			return nil, nil, protocol.ErrorOf(err, protocol.Invalid, "Ask about another image, or train further.")
		}
		said := &protocol.Dissection{
			Step: d.Step, Batch: d.Batch, Examples: d.Examples, Image: d.Image, Classes: s.Data.Classes,
			Loss: d.Loss, After: d.After, Own: d.Own, Rate: d.Rate, Probabilities: d.Probabilities, Logits: d.Logits,
		}
		for _, l := range d.Layers {
			form, values := formOf(look.Activations{Layer: l.Name, Dims: l.Shown, Values: l.Output}, s.Step())
			form.Scale, form.Pixels = run.Levels(values)
			said.Layers = append(said.Layers, protocol.Passed{Dims: l.Dims, Output: form, Gradient: l.Gradient})
		}
		for _, u := range d.Updates {
			update := protocol.Update{
				Layer: u.Layer, Name: u.Name, Dims: u.Dims, Size: u.Size, Gradient: u.Gradient, Moved: u.Moved,
				At: u.At, Before: u.Before, WeightGradient: u.WeightGradient, After: u.After,
			}
			for _, e := range u.Equations {
				update.Equations = append(update.Equations, protocol.Equation(e))
			}
			said.Updates = append(said.Updates, update)
		}
		return said, nil, nil
	}
}
