package worker

import (
	"context"

	"github.com/gomlx/compute"

	"unpool/core/lesson"
	"unpool/core/protocol"
	"unpool/core/recipe"
)

// stated answers a question about stated numbers, for which no net is needed. They are few, so all such questions share one backend, which
// stays open.
func stated[Result any](w *Worker, compute func(compute.Backend) (Result, error)) func(context.Context, func()) (any, *File, error) {
	return func(context.Context, func()) (any, *File, error) {
		if w.small == nil {
			b, _, err := w.Open(recipe.Default())
			if err != nil {
				return nil, nil, protocol.ErrorOf(err, protocol.NoEngine, "Close other tabs and try again.")
			}
			w.small = b
		}
		result, err := compute(w.small)
		if err != nil {
			return nil, nil, protocol.ErrorOf(err, protocol.Invalid, "Choose another number.")
		}
		return result, nil, nil
	}
}

// example computes the outputs of layers for stated numbers.
func (w *Worker) example(e protocol.Example) func(context.Context, func()) (any, *File, error) {
	return stated(w, func(b compute.Backend) (*protocol.Outputs, error) { return lesson.Layers(b, e) })
}

// loss computes the loss of logits.
func (w *Worker) loss(l protocol.Logits) func(context.Context, func()) (any, *File, error) {
	return stated(w, func(b compute.Backend) (*protocol.Loss, error) { return lesson.Loss(b, l) })
}

// descent computes how training methods do on a small problem.
func (w *Worker) descent(d protocol.Descent) func(context.Context, func()) (any, *File, error) {
	return stated(w, func(b compute.Backend) (*protocol.Descents, error) { return lesson.Descend(b, d) })
}

// closeSmall frees the backend of such questions.
func (w *Worker) closeSmall() {
	if w.small != nil {
		w.small.Finalize()
		w.small = nil
	}
}
