package jetstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"

	"unpool/core/run"
	"unpool/core/store"
)

// writer is a run that is in hand.
type writer struct {
	s     *Store
	lease *lease

	mu       sync.Mutex
	document *document // as it was written or read last
	view     *run.View // of the log, for the document
	last     uint64    // number of the last record
	bytes    int64     // of the log
	seq      uint64    // of the last record's message
	closed   bool
}

// Last is store.Writer's.
func (w *writer) Last() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// mine refuses what a closed writer is asked to do.
func (w *writer) mine() error {
	if w.closed {
		return w.failed(store.ErrConflict)
	}
	return nil
}

// failed says of which run an error is.
func (w *writer) failed(err error) error { return fmt.Errorf("run %s: %w", w.document.ID, err) }

// Append is store.Writer's: each record with the number of the message that it must follow.
func (w *writer) Append(records ...run.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	lines, err := store.Lines(w.document.ID, w.last, records)
	if err != nil {
		return err
	}
	for i, line := range lines {
		if err := w.s.room(int64(len(line))); err != nil {
			return w.failed(err)
		}
		id := fmt.Sprint(w.lease.owner, "-", records[i].Seq)
		seq, err := w.s.publish(w.s.ctx, eventSubject+token(w.document.ID), line[:len(line)-1], w.seq, id)
		if err != nil {
			return w.failed(err)
		}
		w.seq, w.last, w.bytes = seq, records[i].Seq, w.bytes+int64(len(line))
		w.view.Apply(records[i])
	}
	return nil
}

// Put is store.Writer's. The document names a new body once it is whole; the one before goes then.
func (w *writer) Put(name string, write func(io.Writer) error) error {
	if err := store.CheckName(name); err != nil {
		return fmt.Errorf("an artifact cannot be called %q: %w", name, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	a, err := w.s.upload(w.s.ctx, w.document.ID, write)
	if err == nil {
		err = w.replace(func(all map[string]artifact) { all[name] = a })
	}
	if err != nil {
		err = errors.Join(err, w.s.sweepRun(w.s.ctx, w.document))
		return fmt.Errorf("%s of run %s: %w", name, w.document.ID, err)
	}
	return nil
}

// Copy is store.Writer's. The two artifacts have one body until either is replaced.
func (w *writer) Copy(from, to string) error {
	if err := store.CheckName(to); err != nil {
		return fmt.Errorf("an artifact cannot be called %q: %w", to, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	a, ok := w.document.Artifacts[from]
	if !ok {
		return fmt.Errorf("%s of run %s: %w", from, w.document.ID, store.ErrNotFound)
	}
	return w.replace(func(all map[string]artifact) { all[to] = a })
}

// Remove is store.Writer's.
func (w *writer) Remove(name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	if _, ok := w.document.Artifacts[name]; !ok {
		return nil
	}
	return w.replace(func(all map[string]artifact) { delete(all, name) })
}

// replace changes which artifacts there are, and removes the bodies that none has any more.
func (w *writer) replace(do func(all map[string]artifact)) error {
	before := w.document.Artifacts
	after := maps.Clone(before)
	do(after)
	if err := w.save(after); err != nil {
		return w.failed(err)
	}
	kept := bodies(after)
	for body := range bodies(before) {
		if !kept[body] {
			if err := purge(w.s.ctx, w.s.chunks, bodySubject(token(w.document.ID), body)); err != nil {
				return w.failed(err)
			}
		}
	}
	return nil
}

// save writes the document anew, with these artifacts and what the log has come to: store.ErrConflict where another writer has the run.
// Somebody else may have changed the label.
func (w *writer) save(artifacts map[string]artifact) error {
	d := *w.document
	for {
		d.Artifacts, d.Summary = artifacts, w.view.Summary()
		d.Summary.Last, d.Summary.Bytes = w.last, w.bytes
		err := w.s.save(w.s.ctx, &d)
		if err == nil {
			w.document = &d
			return nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
		now, err := w.s.document(w.s.ctx, d.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && now.Owner != w.lease.owner {
			return store.ErrConflict
		}
		if err != nil {
			return err
		}
		d = *now
	}
}

// bodies are those that artifacts have.
func bodies(artifacts map[string]artifact) map[string]bool {
	all := map[string]bool{}
	for _, a := range artifacts {
		all[a.Body] = true
	}
	return all
}

// Close is store.Writer's. Of a run that never began nothing is left.
func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	defer w.lease.release(context.WithoutCancel(w.s.ctx))
	var err error
	if w.last == 0 && len(w.document.Artifacts) == 0 {
		err = w.s.remove(w.s.ctx, w.document.ID, w.lease.owner)
	} else {
		err = w.save(w.document.Artifacts)
	}
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil // another has it; what this one wrote before stands
	}
	return err
}
