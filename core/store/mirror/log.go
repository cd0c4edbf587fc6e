package mirror

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

const (
	// idleFor is how long a log stays in memory, and held, that nobody asks for.
	idleFor = time.Minute
	// keepEvery bounds how often what comes of a log is written down.
	keepEvery = 500 * time.Millisecond
)

// logCopy is a log as far as it is known here. Who uses it has it locked.
type logCopy struct {
	s  *Store
	id string

	mu      sync.Mutex
	read    bool // what was kept is among the records
	records []run.Record
	w       store.Writer // of the kept log; nil while this program does not hold it
	later   *time.Timer  // writes down what has come; nil for none
	idle    *time.Timer
	dropped bool // another copy takes its place
}

// copy returns the log of a run, locked, with what is kept of it.
func (s *Store) copy(ctx context.Context, id string) *logCopy {
	for {
		s.mu.Lock()
		c := s.copies[id]
		if c == nil {
			c = &logCopy{s: s, id: id}
			c.idle = time.AfterFunc(idleFor, c.drop)
			s.copies[id] = c
		}
		s.mu.Unlock()
		c.mu.Lock()
		if c.dropped {
			c.mu.Unlock()
			continue
		}
		c.idle.Reset(idleFor)
		if !c.read {
			if kept, err := s.local.Runs.Read(ctx, id, 1); err == nil {
				c.records = kept
			}
			c.read = true
		}
		return c
	}
}

// drop leaves the log to others.
func (c *logCopy) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped {
		return
	}
	if c.idle.Stop(); c.later != nil {
		c.keep(context.Background())
	}
	c.dropped = true
	c.close()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.copies, c.id)
}

// close leaves the kept log to others; c is locked.
func (c *logCopy) close() {
	if c.w != nil {
		c.w.Close()
		c.w = nil
	}
}

// drop removes what is kept of a run. What another program holds goes later, see bound.
func (s *Store) drop(ctx context.Context, id string) {
	c := s.copy(ctx, id)
	c.forget(ctx)
	c.mu.Unlock()
	c.drop()
}

// forget removes what is kept; c is locked.
func (c *logCopy) forget(ctx context.Context) {
	c.close()
	c.records = nil
	_ = c.s.local.Runs.Delete(ctx, c.id)
}

func (s *Store) closeAll() {
	s.mu.Lock()
	var all []*logCopy
	for _, c := range s.copies {
		all = append(all, c)
	}
	s.mu.Unlock()
	for _, c := range all {
		c.drop()
	}
}

// Read is store.Store's: what is kept, and what the server has beyond it, which then is kept, too.
func (s *Store) Read(ctx context.Context, id string, from uint64) ([]run.Record, error) {
	c := s.copy(ctx, id)
	defer c.mu.Unlock()
	if !(s.Away() && len(c.records) > 0) && !s.isDeleted(id) {
		err := c.catchUp(ctx)
		switch {
		case err == nil:
			c.keep(ctx)
		case len(c.records) == 0, !errors.Is(err, remote.ErrAway) && !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return slices.Clone(c.records[min(max(from, 1)-1, uint64(len(c.records))):]), nil
}

// catchUp gets what the server has beyond what is known. The last record that is known comes once more: where it differs, the server's log is
// another one, and what is known is forgotten.
func (c *logCopy) catchUp(ctx context.Context) error {
	last := len(c.records)
	tail, err := c.s.Store.Read(ctx, c.id, uint64(max(last, 1)))
	if err != nil {
		return err
	}
	if last > 0 && (len(tail) == 0 || !tail[0].Same(c.records[last-1])) {
		c.forget(ctx)
		c.records, err = c.s.Store.Read(ctx, c.id, 1)
		return err
	}
	c.records = append(c.records, tail[min(last, 1):]...)
	return nil
}

// hear takes in a record that the stream has told; c is locked.
func (c *logCopy) hear(r run.Record) {
	if r.Seq == uint64(len(c.records))+1 {
		c.records = append(c.records, r)
		c.soon()
	}
}

// soon writes down in a moment what has come; c is locked.
func (c *logCopy) soon() {
	if c.later != nil {
		return
	}
	c.later = time.AfterFunc(keepEvery, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.later = nil; !c.dropped {
			c.keep(context.Background())
		}
	})
}

// keep writes down what has come. What cannot be, since another program does, or there is no room, is asked for again another time. c is locked.
func (c *logCopy) keep(ctx context.Context) {
	if len(c.records) == 0 || c.s.isDeleted(c.id) {
		return
	}
	if !c.s.isNoted(c.id) { // its summary is on the way
		c.soon()
		return
	}
	if c.w == nil && c.take(ctx) != nil {
		return
	}
	if n := c.w.Last(); n < uint64(len(c.records)) && c.w.Append(c.records[n:]...) != nil {
		c.close()
		return
	}
	if _, over := c.records[len(c.records)-1].Event.(*run.End); over {
		c.close() // nothing is to come, and the trainer may want to keep a snapshot
	}
}

// take acquires the kept log, which may be another one than the server's by now; c is locked.
func (c *logCopy) take(ctx context.Context) error {
	w, err := c.s.local.Runs.Open(ctx, c.id)
	if err == nil && !c.continues(ctx, w.Last()) {
		w.Close()
		if err := c.s.local.Runs.Delete(ctx, c.id); err != nil {
			return err
		}
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		w, err = c.s.local.Runs.Create(ctx, c.id)
	}
	if err == nil {
		c.w = w
	}
	return err
}

// continues reports whether what is known is the kept log of so many records, or continues from it, or is the beginning of it.
func (c *logCopy) continues(ctx context.Context, last uint64) bool {
	n := min(last, uint64(len(c.records)))
	if n == 0 {
		return true
	}
	kept, err := c.s.local.Runs.Read(ctx, c.id, n)
	return err == nil && len(kept) > 0 && kept[0].Same(c.records[n-1])
}

// Watch is store.Store's, and remote.Store's: it begins with what is kept, and what comes is kept.
func (s *Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		from = max(from, 1)
		log, err := s.Read(ctx, id, from)
		if err != nil && !errors.Is(err, remote.ErrAway) {
			yield(run.Record{}, err)
			return
		}
		for _, r := range log {
			if !yield(r, nil) {
				return
			}
		}
		for r, err := range s.Store.Watch(ctx, id, from+uint64(len(log))) {
			if err == nil && r.Seq != 0 {
				c := s.copy(ctx, id)
				c.hear(r)
				c.mu.Unlock()
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
