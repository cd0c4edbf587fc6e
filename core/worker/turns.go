package worker

import (
	"context"
	"iter"
)

// turn has the work under way done up to the end of a turn, and reports whether there was any. A run ends its turn between two steps, and
// between two batches of an evaluation; any other work has one turn only.
func (w *Worker) turn(ctx context.Context) bool {
	j := w.whose()
	if j == nil {
		return false
	}
	if j.next == nil {
		j.next, _ = iter.Pull(func(yield func(struct{}) bool) {
			j.turn = func() { yield(struct{}{}) }
			w.do(ctx, j)
		})
	}
	j.next()
	w.yield()
	return true
}

// whose is the work that has the next turn; nil for none. Of several runs the first leads: it alone is paused and told to take a step, and
// the others catch up with its step. So all take the same steps at about the same time, whatever a step of each costs.
func (w *Worker) whose() *job {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.work) == 0 {
		return nil
	}
	first := w.work[0]
	for _, j := range w.work[1:] {
		if j.session == nil || first.session != nil && j.session.Behind(first.session.Step()) {
			return j
		}
	}
	return first
}

// endTurn gives others their turn. Their time does not count as the run's.
func (w *Worker) endTurn(j *job) {
	w.mu.Lock()
	alone := len(w.work) == 1
	w.mu.Unlock()
	if alone {
		j.turn()
		return
	}
	j.session.Aside(j.turn)
}
