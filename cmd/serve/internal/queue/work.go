package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"unpool/core/control"
	"unpool/core/guard"
	"unpool/core/store"
)

// mostAttempts is how often a run is begun that ends the program each time before it makes progress.
const mostAttempts = 5

// blocked says that the queue is: once, while nothing else is wrong.
func (q *Queue) blocked(why error, wait time.Duration, said *string) {
	if text := why.Error(); text != *said && !errors.Is(why, store.ErrBusy) {
		fmt.Fprintf(q.stderr, "The queue is blocked, and tries again every %s: %v\n", wait, why)
		*said = text
	}
}

// inHand is a job that this program has claimed.
type inHand struct {
	store.Claim
	store Store

	mu      sync.Mutex
	job     store.Job             // as it is kept
	do      func(control.Command) // nil until the run can be told something
	waiting []control.Command     // what it was told before
}

// hold is a job to be claimed. One that was paused is told so first.
func hold(s Store, j store.Job) *inHand {
	h := &inHand{store: s, job: j}
	if j.Paused {
		h.waiting = []control.Command{{Do: control.Pause}}
	}
	return h
}

// tell tells the run something, now or when it can be told. Whether it is paused is kept.
func (h *inHand) tell(what control.Command) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.do == nil {
		h.waiting = append(h.waiting, what)
	} else {
		h.do(what)
	}
	paused := h.job.Paused
	switch what.Do {
	case control.Pause, control.Step:
		paused = true
	case control.Continue:
		paused = false
	}
	if paused != h.job.Paused {
		h.job.Paused = paused
		h.store.SaveJob(context.Background(), h.job) // where that fails it is as before after a restart, and nothing is lost
	}
}

// change changes the job, and keeps that.
func (h *inHand) change(ctx context.Context, do func(*store.Job)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	do(&h.job)
	return h.store.SaveJob(ctx, h.job)
}

// now is the job as it is kept.
func (h *inHand) now() store.Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.job
}

// begun is told how the run can be told something.
func (h *inHand) begun(do func(control.Command)) {
	h.Training() // where that fails, others see it as loading
	h.mu.Lock()
	defer h.mu.Unlock()
	h.do = do
	for _, c := range h.waiting {
		do(c)
	}
	h.waiting = nil
}

// lost reports whether another worker has the job now.
func (h *inHand) lost() bool {
	select {
	case <-h.Lost():
		return true
	default:
		return false
	}
}

// keep claims a job for a trainer and has it done, and returns when the trainer may have another one: after a while, if this one has to be tried again.
// said is why the queue was blocked for the trainer, as far as that was said.
func (q *Queue) keep(ctx context.Context, t Trainer, j store.Job, said *string) {
	h := hold(q.store, j)
	var err error
	if h.Claim, err = q.store.Claim(ctx, j.ID, q.worker, h.tell); errors.Is(err, store.ErrBusy) {
		return // another worker was faster
	}
	if err == nil {
		err = q.train(ctx, t, h)
	}
	if err == nil || ctx.Err() != nil {
		*said = ""
		return
	}
	wait := q.soon
	if errors.Is(err, store.ErrFull) {
		wait = q.again
	}
	q.blocked(err, wait, said)
	rest(ctx, wait)
}

// rest waits for a while, or until ctx ends.
func rest(ctx context.Context, wait time.Duration) {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
}

// leave says, once, that a job is left to other workers.
func (q *Queue) leave(j store.Job, why string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if why == "" || q.left[j.ID] {
		return
	}
	q.left[j.ID] = true
	fmt.Fprintf(q.stderr, "run %s is left to other machines: %s\n", j.ID, why)
}

// train has a job done that this program holds. What it returns is to be tried again.
func (q *Queue) train(ctx context.Context, t Trainer, h *inHand) error {
	defer h.Release()
	j := h.now()
	anyway := context.WithoutCancel(ctx) // what was done must be stored even if the program ends
	step, _, err := t.Stands(ctx, j)
	switch {
	case errors.Is(err, store.ErrNotFound): // it was deleted meanwhile
		return nil
	case err != nil:
		return q.failed(anyway, t, h, err)
	}
	if step > j.Step {
		j.Step, j.Attempts, j.Rate = step, 0, 0
	}
	if j.Attempts >= mostAttempts {
		return q.failed(anyway, t, h,
			fmt.Errorf("the server ended %d times while training this run from step %d: it was killed or ran out of memory", j.Attempts, j.Step))
	}
	j.Attempts++
	err = h.change(ctx, func(now *store.Job) { now.Step, now.Attempts, now.Rate = j.Step, j.Attempts, j.Rate })
	if err != nil {
		return unlessGone(err)
	}
	training, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-h.Lost():
			stop()
		case <-training.Done():
		}
	}()
	err = guard.Protect(func() error { return t.Train(training, j, h.begun) })
	switch {
	case h.lost() || errors.Is(err, store.ErrConflict):
		fmt.Fprintf(q.stderr, "run %s: another worker has taken it over because this one was silent for too long\n", j.ID)
		return nil
	case ctx.Err() != nil && err != nil: // else it ended all the same
		return unlessGone(h.change(anyway, func(now *store.Job) { now.Attempts = 0 }))
	case err != nil:
		return q.failed(anyway, t, h, err)
	}
	return unlessGone(q.store.Dequeue(anyway, j))
}

// unlessGone is the error of a change to a job, except that the job no longer exists.
func unlessGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// failed ends a job that cannot be done, unless it may succeed later: then this was no attempt, and it is to be tried again.
func (q *Queue) failed(ctx context.Context, t Trainer, h *inHand, why error) error {
	for _, passing := range []error{store.ErrFull, store.ErrUnreachable, store.ErrBusy} {
		if errors.Is(why, passing) {
			h.change(ctx, func(now *store.Job) { now.Attempts = max(now.Attempts-1, 0) }) // where that fails, too, it counts
			return why
		}
	}
	j := h.now()
	if err := t.Fail(ctx, j, why); err != nil {
		return errors.Join(why, unlessGone(err))
	}
	return unlessGone(q.store.Dequeue(ctx, j))
}
