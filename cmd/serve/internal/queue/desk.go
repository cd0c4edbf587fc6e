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
	has     []string // ID of the job that each trainer has; "" for one that waits
	said    []string // why the queue is blocked for each trainer, as far as that was said
	free    chan int // trainers that have no job any more, by their numbers
	feeding bool     // a goroutine feeds the queue
	missed  bool     // something has changed meanwhile
	fed     chan fed // what that goroutine came to
	working sync.WaitGroup
}

// fed is how many jobs were put into the queue, and why not more: nil if there are none.
type fed struct {
	n   int
	err error
}

// Run trains what is in the queue until ctx ends, as many runs at once as there are trainers. The runs in training are then stopped where they
// are, and go on when Run is called again, here or elsewhere.
func (q *Queue) Run(ctx context.Context) {
	n := len(q.trainers)
	d := &desk{Queue: q, has: make([]string, n), said: make([]string, n), free: make(chan int, n), fed: make(chan fed, 1)}
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
	if hungry > 0 && !waits && d.Feed != nil && !d.feeding {
		d.feed(ctx, hungry)
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

// feed has so many jobs put into the queue, if there are as many, while others are given out.
func (d *desk) feed(ctx context.Context, n int) {
	d.feeding, d.missed = true, false
	d.working.Go(func() {
		var f fed
		for more := true; more && f.err == nil && f.n < n; {
			if more, f.err = d.Feed(ctx); more && f.err == nil {
				f.n++
			}
		}
		d.fed <- f
	})
}

// wait returns when a trainer waits and there may be a job for it, or with the error of what feeds the queue.
func (d *desk) wait(ctx context.Context, changes <-chan struct{}) error {
	for {
		select {
		case i := <-d.free:
			d.has[i], d.missed = "", true
		case <-changes:
			d.missed = true
		case f := <-d.fed:
			if d.feeding = false; f.err != nil {
				return f.err
			}
			if f.n == 0 && !d.missed {
				continue // there is nothing, until something changes
			}
		case <-ctx.Done():
			return nil
		}
		for range len(d.free) { // they are given jobs together
			d.has[<-d.free] = ""
		}
		if slices.Contains(d.has, "") {
			return nil
		}
	}
}
