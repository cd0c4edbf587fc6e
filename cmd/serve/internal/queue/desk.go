package queue

import (
	"context"
	"errors"
	"slices"
	"sync"

	"unpool/core/store"
)

// desk gives jobs to the trainers of a queue. One goroutine does that for all of them: however many trainers wait, the store is asked once for the jobs when
// those may have changed.
type desk struct {
	*Queue
	has     []string // ID of each trainer's job; "" for one that waits
	said    []string // why the queue is blocked for each trainer, as far as that was said
	free    chan int // trainers that no longer have a job, by their numbers
	working sync.WaitGroup

	feeding int      // how many goroutines feed the queue
	atOnce  int      // how many may
	fed     chan fed // their outcomes
	asked   int      // how much had changed when the store was asked for jobs
	changed int      // counts what may have changed what there is to do
	empty   bool     // there is nothing to feed it with, until something changes
}

// fed is the outcome of feeding the queue once.
type fed struct {
	more  bool // there is one more job
	began int  // how much had changed when it began
	err   error
}

// Run trains what is in the queue until ctx ends, as many runs at once as there are trainers. The runs in training are then stopped where they
// are, and continue when Run is called again, here or elsewhere.
func (q *Queue) Run(ctx context.Context) {
	n := len(q.trainers)
	d := &desk{Queue: q, has: make([]string, n), said: make([]string, n), free: make(chan int, n), atOnce: 1, fed: make(chan fed, n)}
	defer d.working.Wait()
	changes := q.store.JobChanges(ctx)
	said := ""
	for ctx.Err() == nil {
		err := d.assign(ctx)
		if err == nil {
			err = d.wait(ctx, changes)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil:
			q.blocked(err, q.soon, &said)
			rest(ctx, q.soon)
		}
	}
}

// assign gives jobs to the trainers that wait. Where that leaves some without one, and no run of a sweep waits for other machines, it has the queue fed.
func (d *desk) assign(ctx context.Context) error {
	if !slices.Contains(d.has, "") {
		return nil
	}
	d.asked = d.changed
	jobs, err := d.store.Jobs(ctx)
	if err != nil {
		return err
	}
	jobs = slices.DeleteFunc(jobs, func(j store.Job) bool { return j.Worker != "" || slices.Contains(d.has, j.ID) })
	hungry := 0
	for i, t := range d.trainers {
		if d.has[i] != "" {
			continue
		}
		at, err := d.first(ctx, t, jobs)
		if err != nil {
			return err
		}
		if at < 0 {
			hungry++
			continue
		}
		j := jobs[at]
		jobs = slices.Delete(jobs, at, at+1)
		d.has[i] = j.ID
		d.working.Go(func() {
			d.keep(ctx, t, j, &d.said[i])
			d.free <- i
		})
	}
	waits := slices.ContainsFunc(jobs, func(j store.Job) bool { return j.Sweep != "" })
	if waits || d.Feed == nil || d.empty {
		return nil
	}
	for range min(hungry, d.atOnce) - d.feeding {
		d.feed(ctx)
	}
	return nil
}

// first is the place of the first job that a trainer can train; -1 where there is none.
func (d *desk) first(ctx context.Context, t Trainer, jobs []store.Job) (int, error) {
	for i, j := range jobs {
		ok, why, err := t.Takes(ctx, j)
		if err != nil && !errors.Is(err, store.ErrNotFound) { // else it was deleted meanwhile
			return -1, err
		}
		if ok {
			return i, nil
		}
		d.leave(j, why)
	}
	return -1, nil
}

// feed puts one more job into the queue, if there is one, while others are given out.
func (d *desk) feed(ctx context.Context) {
	d.feeding++
	began := d.changed
	d.working.Go(func() {
		more, err := d.Feed(ctx)
		d.fed <- fed{more, began, err}
	})
}

// ate takes in the outcome of feed: where there is more to be had, twice as many are asked for side by side, and where there is nothing, one after the next change.
func (d *desk) ate(f fed) error {
	d.feeding--
	switch {
	case f.err != nil:
		return f.err
	case f.more:
		d.atOnce = min(2*d.atOnce, len(d.has))
	default:
		d.atOnce, d.empty = 1, f.began == d.changed
	}
	return nil
}

// change notes that there may be more to do.
func (d *desk) change() { d.changed, d.empty = d.changed+1, false }

// wait returns when a trainer waits and there may be a job for it, or with the error of what feeds the queue.
func (d *desk) wait(ctx context.Context, changes <-chan struct{}) error {
	for {
		select {
		case i := <-d.free:
			d.has[i] = ""
			d.change()
		case <-changes:
			d.change()
		case f := <-d.fed:
			if err := d.ate(f); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
		// What has arrived meanwhile is handled together.
		for range len(d.free) {
			d.has[<-d.free] = ""
			d.change()
		}
		for range len(d.fed) {
			if err := d.ate(<-d.fed); err != nil {
				return err
			}
		}
		if slices.Contains(d.has, "") && !(d.empty && d.asked == d.changed) {
			return nil
		}
	}
}
