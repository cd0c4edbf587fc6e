package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"unpool/core/guard"
	"unpool/core/run"
)

// Behind is a store whose writers do their work beside their caller, in order, who does not wait for it as long as it keeps up. What
// goes wrong is the answer to a later call, or to Close; nothing is written after it. What is to be written must not change any more.
func Behind(ctx context.Context, s Store) Store { return behind{s, ctx} }

type behind struct {
	Store
	ctx context.Context // of those who write: once it ends, they do not wait
}

// Create is Store's.
func (b behind) Create(ctx context.Context, id string) (Writer, error) {
	w, err := b.Store.Create(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.beside(w), nil
}

// Open is Store's.
func (b behind) Open(ctx context.Context, id string) (Writer, error) {
	w, err := b.Store.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	return b.beside(w), nil
}

func (b behind) beside(w Writer) Writer {
	q := &queue{w: w, ctx: b.ctx, last: w.Last(), change: make(chan struct{}), done: make(chan struct{})}
	go q.work()
	return q
}

// queue is what a writer is still to do.
type queue struct {
	w   Writer
	ctx context.Context

	mu     sync.Mutex
	tasks  []task
	last   uint64        // number of the last record, written or not
	failed error         // of the first task that failed
	closed bool          // nothing more comes
	change chan struct{} // closed and replaced when any of these changes
	done   chan struct{} // closed when all is done
}

// task is one of records to append, an artifact to write, to copy or to remove.
type task struct {
	records []run.Record
	name    string
	write   func(io.Writer) error
	from    string // artifact to copy; "" for none
}

const (
	// queueMost is how many tasks may wait before who writes waits, too.
	queueMost = 64
	// patience is how long who has been told to stop waits for a store that does not answer.
	patience = 30 * time.Second
)

// Last is Writer's.
func (q *queue) Last() uint64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.last
}

// Append is Writer's.
func (q *queue) Append(records ...run.Record) error {
	q.mu.Lock()
	_, err := Lines("", q.last, records)
	if err == nil {
		q.last += uint64(len(records))
	}
	q.mu.Unlock()
	if err != nil || len(records) == 0 {
		return err
	}
	return q.put(task{records: records})
}

// Put is Writer's.
func (q *queue) Put(name string, write func(io.Writer) error) error {
	return q.put(task{name: name, write: write})
}

// Copy is Writer's.
func (q *queue) Copy(from, to string) error { return q.put(task{name: to, from: from}) }

// Remove is Writer's.
func (q *queue) Remove(name string) error { return q.put(task{name: name}) }

// put adds a task, and waits while there are too many. An artifact that waits to be written and would then be written over is left out,
// unless it is to be copied before: so not many of them wait in memory.
func (q *queue) put(t task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) >= queueMost && q.failed == nil && q.ctx.Err() == nil {
		changed := q.change
		q.mu.Unlock()
		select {
		case <-changed:
		case <-q.ctx.Done():
		}
		q.mu.Lock()
	}
	if q.failed != nil {
		return q.failed
	}
	if q.closed {
		return ErrConflict
	}
	q.tasks = append(q.tasks, t)
	q.tidy()
	q.changed()
	return nil
}

// tidy leaves out what would be written over; q is locked.
func (q *queue) tidy() {
	again := map[string]bool{}  // artifacts that a later task writes
	copied := map[string]bool{} // and those that one copies before that
	for i := len(q.tasks) - 1; i >= 0; i-- {
		t := q.tasks[i]
		switch {
		case t.records != nil:
		case t.write == nil && t.from == "": // what is removed may have made way for what is written before
			again, copied = map[string]bool{}, map[string]bool{}
		case again[t.name] && !copied[t.name]:
			q.tasks = slices.Delete(q.tasks, i, i+1)
		default:
			again[t.name] = true
			delete(copied, t.name)
			if t.from != "" {
				copied[t.from] = true
			}
		}
	}
}

// changed wakes who waits; q is locked.
func (q *queue) changed() {
	close(q.change)
	q.change = make(chan struct{})
}

// work does the tasks until the writer is closed or one of them fails.
func (q *queue) work() {
	defer close(q.done)
	for {
		q.mu.Lock()
		some, closed, changed := q.tasks, q.closed, q.change
		if len(some) > 0 {
			some = []task{some[0]}
			q.tasks = q.tasks[1:]
			for some[0].records != nil && len(q.tasks) > 0 && q.tasks[0].records != nil { // together
				some[0].records = slices.Concat(some[0].records, q.tasks[0].records)
				q.tasks = q.tasks[1:]
			}
			q.changed()
		}
		q.mu.Unlock()
		switch {
		case len(some) > 0:
			if err := guard.Protect(func() error { return q.do(some[0]) }); err != nil {
				q.mu.Lock()
				q.failed = err
				q.changed()
				q.mu.Unlock()
				return
			}
		case closed:
			return
		default:
			<-changed
		}
	}
}

func (q *queue) do(t task) error {
	switch {
	case t.records != nil:
		return q.w.Append(t.records...)
	case t.write != nil:
		return q.w.Put(t.name, t.write)
	case t.from != "":
		return q.w.Copy(t.from, t.name)
	}
	return q.w.Remove(t.name)
}

// Close is Writer's: it waits until all is done.
func (q *queue) Close() error {
	q.mu.Lock()
	q.closed = true
	q.changed()
	q.mu.Unlock()
	var late <-chan time.Time
	select {
	case <-q.done:
	case <-q.ctx.Done():
		late = time.After(patience)
	}
	select {
	case <-q.done:
	case <-late:
		return fmt.Errorf("the storage does not answer: %w", q.ctx.Err())
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return errors.Join(q.failed, q.w.Close())
}
