// Package queue has runs trained one after the other, in the order in which they were asked for. What it has to do lies in a store and
// outlasts the program: a run that is interrupted, by a stop of the program or by a kill, goes on when the program starts again.
//
// It knows jobs, not how runs are trained.
package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"unpool/core/control"
	"unpool/core/guard"
	"unpool/core/run"
	"unpool/core/store"
)

// Store keeps jobs.
type Store interface {
	Enqueue(ctx context.Context, j store.Job) error
	SaveJob(ctx context.Context, j store.Job) error
	Dequeue(ctx context.Context, id string) error
	Jobs(ctx context.Context) ([]store.Job, error)
	Delete(ctx context.Context, id string) error
}

// Trainer trains runs.
type Trainer interface {
	// Stands returns the training steps that a job's run has kept, and whether its log has begun.
	Stands(ctx context.Context, j store.Job) (step int, begun bool, err error)
	// Train begins or resumes a job's run and trains it to its end, which may be a failure, or until ctx ends. Once it can be told what
	// to do, begun gets the function for that.
	Train(ctx context.Context, j store.Job, begun func(do func(control.Command))) error
	// Fail ends a job's run as failed.
	Fail(ctx context.Context, j store.Job, why error) error
}

// Most is how many runs may be queued.
const Most = 1000

// mostAttempts is how often a run is begun that ends the program each time before it comes any further.
const mostAttempts = 5

// Queue is a queue of runs. Run works on it; the other methods may be called from any goroutine.
type Queue struct {
	// Feed puts a further run into the store's queue where nobody waits for a turn, and reports whether it did: so runs of sweeps come behind all others. It is set
	// before Run; nil where nothing feeds.
	Feed func(context.Context) (bool, error)

	store   Store
	trainer Trainer
	stderr  io.Writer     // hears what goes wrong beside the runs
	again   time.Duration // after which it is tried again where the store is full
	woken   chan struct{} // has a token when there may be something to do

	mu      sync.Mutex // of adding and removing, and of what follows
	current *current   // nil for none
}

// current is the run in training.
type current struct {
	id      string
	do      func(control.Command) // nil until it can be told something
	waiting []control.Command     // what it was told before
}

// New returns a queue of what lies in a store.
func New(s Store, t Trainer, stderr io.Writer) *Queue {
	return &Queue{store: s, trainer: t, stderr: stderr, again: time.Minute, woken: make(chan struct{}, 1)}
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
	q.wake()
	return nil
}

// Do tells a run of the queue what to do. One that waits for its turn can be stopped: that takes it out of the queue, and deletes it if it
// has not begun.
func (q *Queue) Do(ctx context.Context, id string, c control.Command) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.current != nil && q.current.id == id {
		q.current.tell(c)
		return nil
	}
	j, err := q.find(ctx, id)
	switch {
	case err != nil:
		return err
	case c.Do != control.Stop:
		return store.ErrWaits
	}
	_, begun, err := q.trainer.Stands(ctx, j)
	if err != nil {
		return err
	}
	if begun {
		return q.store.Dequeue(ctx, id)
	}
	return q.store.Delete(ctx, id)
}

// Delete deletes a run, and takes it out of the queue: store.ErrBusy while it is in training.
func (q *Queue) Delete(ctx context.Context, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.current != nil && q.current.id == id {
		return store.ErrBusy
	}
	return q.store.Delete(ctx, id)
}

// Jobs returns the runs of the queue with their phases, the next one first.
func (q *Queue) Jobs(ctx context.Context) ([]store.Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	all, err := q.store.Jobs(ctx)
	for i := range all {
		switch c := q.current; {
		case c == nil || c.id != all[i].ID:
			all[i].Phase = run.Waiting
		case c.do == nil:
			all[i].Phase = run.Loading
		default:
			all[i].Phase = run.Training
		}
	}
	return all, err
}

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

// Wake says that Feed may have something.
func (q *Queue) Wake() { q.wake() }

func (q *Queue) wake() {
	select {
	case q.woken <- struct{}{}:
	default: // it has a token
	}
}

// tell tells a run something, now or when it can be told; the queue is locked.
func (c *current) tell(what control.Command) {
	if c.do == nil {
		c.waiting = append(c.waiting, what)
		return
	}
	c.do(what)
}

// Run trains what is in the queue until ctx ends. The run in training is then stopped where it is, and goes on when Run is called again.
func (q *Queue) Run(ctx context.Context) {
	for ctx.Err() == nil {
		j, err := q.next(ctx)
		if errors.Is(err, errEmpty) && q.Feed != nil {
			more, failed := q.Feed(ctx)
			if more {
				q.wake() // there may be another one
				continue
			}
			if failed != nil {
				err = failed
			}
		}
		if errors.Is(err, errEmpty) {
			select {
			case <-q.woken:
			case <-ctx.Done():
			}
			continue
		}
		if err == nil {
			err = q.train(ctx, j)
		}
		if err != nil && ctx.Err() == nil {
			fmt.Fprintf(q.stderr, "The queue cannot go on, and tries again in %s: %v\n", q.again, err)
			select {
			case <-time.After(q.again):
			case <-ctx.Done():
			}
		}
	}
}

var errEmpty = errors.New("nothing is to be done")

// next takes the first job in hand.
func (q *Queue) next(ctx context.Context) (store.Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs, err := q.store.Jobs(ctx)
	if err != nil {
		return store.Job{}, err
	}
	if len(jobs) == 0 {
		return store.Job{}, errEmpty
	}
	q.current = &current{id: jobs[0].ID}
	return jobs[0], nil
}

// train has a job done. What it returns is to be tried again.
func (q *Queue) train(ctx context.Context, j store.Job) error {
	defer q.leave()
	anyway := context.WithoutCancel(ctx) // what was done is to be written down though the program ends
	step, _, err := q.trainer.Stands(ctx, j)
	if err != nil {
		return q.failed(anyway, j, err)
	}
	if step > j.Step {
		j.Step, j.Attempts = step, 0
	}
	if j.Attempts >= mostAttempts {
		return q.failed(anyway, j, fmt.Errorf("the server ended %d times while it trained this run from step %d on: it was killed, or had no memory left", j.Attempts, j.Step))
	}
	j.Attempts++
	if err := q.store.SaveJob(ctx, j); err != nil {
		return err
	}
	err = guard.Protect(func() error { return q.trainer.Train(ctx, j, q.begun) })
	if ctx.Err() != nil {
		j.Attempts = 0
		return q.store.SaveJob(anyway, j)
	}
	if err != nil {
		return q.failed(anyway, j, err)
	}
	return q.store.Dequeue(anyway, j.ID)
}

// failed ends a job that cannot be done, but for want of room: that is to be tried again.
func (q *Queue) failed(ctx context.Context, j store.Job, why error) error {
	if errors.Is(why, store.ErrFull) {
		return why
	}
	if err := q.trainer.Fail(ctx, j, why); err != nil {
		return errors.Join(why, err)
	}
	return q.store.Dequeue(ctx, j.ID)
}

// begun hears how the run in training can be told something.
func (q *Queue) begun(do func(control.Command)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current.do = do
	for _, c := range q.current.waiting {
		do(c)
	}
	q.current.waiting = nil
}

func (q *Queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
}
