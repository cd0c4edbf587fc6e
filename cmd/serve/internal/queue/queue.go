// Package queue has runs trained in the order in which they were asked for: one after the other on each device that computes, in as many
// programs as have the store open. The jobs are in the store and outlast the programs: a run that is interrupted, by a stop of
// the program or by a kill, continues when the program starts again, or in another one.
//
// It knows jobs, not how runs are trained.
package queue

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"unpool/core/control"
	"unpool/core/store"
)

// Store keeps jobs.
type Store interface {
	Enqueue(ctx context.Context, j store.Job) error
	SaveJob(ctx context.Context, j store.Job) error
	Dequeue(ctx context.Context, j store.Job) error
	Jobs(ctx context.Context) ([]store.Job, error)
	Delete(ctx context.Context, id string) error
	// Claim acquires a job for a named worker: store.ErrBusy while another has it. do is told what Order is asked for.
	Claim(ctx context.Context, id, worker string, do func(control.Command)) (store.Claim, error)
	// Order tells a run that is claimed what to do, wherever: store.ErrWaits where none has claimed it.
	Order(ctx context.Context, id string, c control.Command) error
	// JobChanges returns a channel that has a token when there may be another job to claim, until ctx ends.
	JobChanges(ctx context.Context) <-chan struct{}
}

// Trainer trains runs on one device.
type Trainer interface {
	// Takes reports whether it can train a job; if not, why is for the user, or "" where that needs no word.
	Takes(ctx context.Context, j store.Job) (ok bool, why string, err error)
	// Stands returns the training steps that a job's run has kept, and whether its log has begun.
	Stands(ctx context.Context, j store.Job) (step int, begun bool, err error)
	// Train begins or resumes a job's run and trains it to its end, which may be a failure, or until ctx ends, whose error it then returns. Once it can be told what
	// to do, begun gets the function for that.
	Train(ctx context.Context, j store.Job, begun func(do func(control.Command))) error
	// Fail ends a job's run as failed.
	Fail(ctx context.Context, j store.Job, why error) error
}

// Most is how many runs may be queued.
const Most = 1000

// Queue is a queue of runs. Run works on it; the other methods may be called from any goroutine.
type Queue struct {
	// Feed puts a further run into the store's queue where none of a sweep waits for its turn, and reports whether it did: so runs of sweeps come after all
	// others. It is set before Run; nil where nothing feeds.
	Feed func(context.Context) (bool, error)

	store    Store
	worker   string // name of this machine
	trainers []Trainer
	stderr   io.Writer     // is told of errors that are not of a run
	again    time.Duration // after which it is tried again where the store is full
	soon     time.Duration // likewise where it does not answer, or the run is not free yet

	mu   sync.Mutex      // of what follows, and of adding
	left map[string]bool // jobs of which it was said that they are left to others, by run
}

// New returns the queue of a store, on which a named machine works with one trainer or more, each of them on a device of its own.
func New(s Store, worker string, stderr io.Writer, trainers ...Trainer) *Queue {
	return &Queue{store: s, worker: worker, trainers: trainers, stderr: stderr, again: time.Minute, soon: 5 * time.Second, left: map[string]bool{}}
}

// Add puts a run at the end of the queue: store.ErrQueued where it is in there, store.ErrLong where too many are.
func (q *Queue) Add(ctx context.Context, j store.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs, err := q.store.Jobs(ctx)
	if err != nil {
		return err
	}
	if len(jobs) >= Most {
		return store.ErrLong
	}
	j.Queued = time.Now().UTC()
	if err := q.store.Enqueue(ctx, j); errors.Is(err, store.ErrExists) {
		return store.ErrQueued
	} else if err != nil {
		return err
	}
	return nil
}

// Do tells a run of the queue what to do. One that waits for its turn can be stopped: that takes it out of the queue, and deletes it if it
// has not begun.
func (q *Queue) Do(ctx context.Context, id string, c control.Command) error {
	j, err := q.find(ctx, id)
	if err != nil {
		return err
	}
	err = q.store.Order(ctx, id, c)
	switch {
	case !errors.Is(err, store.ErrWaits):
		return err
	case c.Do != control.Stop:
		return store.ErrWaits
	}
	hold, err := q.store.Claim(ctx, id, q.worker, func(control.Command) {})
	if errors.Is(err, store.ErrBusy) { // it got its turn just now
		return q.store.Order(ctx, id, c)
	}
	if err != nil {
		return err
	}
	defer hold.Release()
	_, begun, err := q.trainers[0].Stands(ctx, j)
	if err != nil {
		return err
	}
	if begun {
		return q.store.Dequeue(ctx, j)
	}
	return q.store.Delete(ctx, id)
}

// Delete deletes a run, and takes it out of the queue: store.ErrBusy while it is in training.
func (q *Queue) Delete(ctx context.Context, id string) error {
	_, err := q.find(ctx, id)
	switch {
	case errors.Is(err, store.ErrIdle):
		return q.store.Delete(ctx, id)
	case err != nil:
		return err
	}
	hold, err := q.store.Claim(ctx, id, q.worker, func(control.Command) {}) // so that nobody begins it meanwhile
	if err != nil {
		return err
	}
	defer hold.Release()
	return q.store.Delete(ctx, id)
}

// Jobs returns the runs of the queue with their phases, the next one first.
func (q *Queue) Jobs(ctx context.Context) ([]store.Job, error) { return q.store.Jobs(ctx) }

// find returns a job of the queue: store.ErrIdle where there is none of the ID.
func (q *Queue) find(ctx context.Context, id string) (store.Job, error) {
	jobs, err := q.store.Jobs(ctx)
	if err != nil {
		return store.Job{}, err
	}
	for _, j := range jobs {
		if j.ID == id {
			return j, nil
		}
	}
	return store.Job{}, store.ErrIdle
}
