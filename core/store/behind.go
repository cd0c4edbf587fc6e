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
// Once ctx has ended, who writes does not wait for room.
func Behind(ctx context.Context, s Store) Store { return behind{s, ctx} }

type behind struct {
	Store
	ctx context.Context
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
	done   chan struct{} // closed when all is done, and the writer closed
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
	// patience is how long who has to wait waits for a store that does nothing.
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

// put adds a task, and waits while there are too many.
func (q *queue) put(t task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) >= queueMost && q.failed == nil && q.ctx.Err() == nil {
		q.wait(q.ctx.Done())
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

// wait waits for a change, or for stop. A store that does nothing for too long has failed. q is locked, but not meanwhile.
func (q *queue) wait(stop <-chan struct{}) {
	changed := q.change
	q.mu.Unlock()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-changed:
		q.mu.Lock()
	case <-stop:
		q.mu.Lock()
	case <-late.C:
		q.mu.Lock()
		if q.failed == nil {
			q.failed = errSilent
			q.changed()
		}
	}
}

var errSilent = fmt.Errorf("the storage has not answered for %s", patience)

// tidy leaves out what would be written over before anyone needs it, so that not many artifacts wait in memory. The first that waits of
// a name stays, or a store that is slower than its writer would never come to one. q is locked.
func (q *queue) tidy() {
	first := map[string]int{}
	for i, t := range slices.Backward(q.tasks) {
		first[t.name] = i
	}
	again := map[string]bool{}  // artifacts that a later task writes
	copied := map[string]bool{} // and those that one copies before that
	for i := len(q.tasks) - 1; i >= 0; i-- {
		t := q.tasks[i]
		switch {
		case t.records != nil:
		case t.write == nil && t.from == "": // what is removed may have made way for what is written before
			again, copied = map[string]bool{}, map[string]bool{}
		case again[t.name] && !copied[t.name] && i != first[t.name]:
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

// work does the tasks until nothing more comes or one of them fails, and closes the writer.
func (q *queue) work() {
	defer close(q.done)
	for {
		t, ok := q.next()
		if !ok {
			break
		}
		if err := guard.Protect(func() error { return q.do(t) }); err != nil {
			q.fail(err)
		}
	}
	if err := guard.Protect(q.w.Close); err != nil {
		q.fail(err)
	}
}

// next waits for a task: records that wait one after the other are one. There is none once all are done or one has failed.
func (q *queue) next() (t task, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) == 0 || q.failed != nil {
		if q.closed || q.failed != nil {
			return task{}, false
		}
		changed := q.change
		q.mu.Unlock()
		<-changed
		q.mu.Lock()
	}
	t, q.tasks = q.tasks[0], q.tasks[1:]
	for t.records != nil && len(q.tasks) > 0 && q.tasks[0].records != nil {
		t.records = slices.Concat(t.records, q.tasks[0].records)
		q.tasks = q.tasks[1:]
	}
	q.changed()
	return t, true
}

func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed == nil {
		q.failed = err
		q.changed()
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
	defer q.mu.Unlock()
	q.closed = true
	q.changed()
	for {
		select {
		case <-q.done:
			return q.failed
		default:
		}
		if errors.Is(q.failed, errSilent) { // its writer is closed when it answers
			return q.failed
		}
		q.wait(q.done)
	}
}
