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

// writer is a run that this program holds.
type writer struct {
	s     *Store
	lease *lease

	mu       sync.Mutex
	document *document // as it was written or read last
	view     *run.View // of the log, for the document
	at       position  // the end of the log
	closed   bool
}

// begin makes the document of a new run: store.ErrExists if there is one with events. Of one that was deleted, or never began, there
// may be something left.
func (w *writer) begin(ctx context.Context, id string) error {
	old, err := w.s.anyDocument(ctx, id)
	if err != nil {
		return err
	}
	if old.seq > 0 && old.Deleted.IsZero() {
		if log, err := w.s.read(ctx, id, &position{}); err != nil || len(log) > 0 {
			return errors.Join(err, store.ErrExists)
		}
	}
	if err := w.s.clear(ctx, id); err != nil {
		return err
	}
	if err := w.s.fence(ctx, id, &w.at); err != nil {
		return err
	}
	w.document = &document{
		ID: id, Birth: run.NewID(), Owner: w.lease.owner(), Artifacts: map[string]artifact{}, Messages: w.at.messages, seq: old.seq,
	}
	if old.Deleted.IsZero() { // it was in the queue
		w.document.Label, w.document.Job, w.document.Sweep = old.Label, old.Job, old.Sweep
	}
	return w.s.save(ctx, w.document)
}

// open takes over a run. From the moment when the document and the log say so, the writer before can change neither.
func (w *writer) open(ctx context.Context, id string) error {
	var err error
	w.document, err = w.s.change(ctx, id, func(d *document) error { d.Owner = w.lease.owner(); return nil })
	if err != nil {
		return err
	}
	if w.document.Artifacts == nil {
		w.document.Artifacts = map[string]artifact{}
	}
	for fenced := false; !fenced; {
		log, err := w.s.read(ctx, id, &w.at)
		if err != nil {
			return err
		}
		for _, r := range log {
			w.view.Apply(r)
		}
		err = w.s.fence(ctx, id, &w.at)
		if err != nil && !errors.Is(err, store.ErrConflict) { // else the one before wrote something just now
			return fmt.Errorf("run %s: %w", id, err)
		}
		fenced = err == nil
	}
	return w.s.sweepRun(ctx, w.document)
}

// Last is store.Writer's.
func (w *writer) Last() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at.last
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
	lines, err := store.Lines(w.document.ID, w.at.last, records)
	if err != nil {
		return err
	}
	for i, line := range lines {
		if err := w.s.room(int64(len(line))); err != nil {
			return w.failed(err)
		}
		seq, err := w.s.publish(w.s.ctx, w.s.events, eventSubject+token(w.document.ID), line[:len(line)-1], w.at.seq)
		if err != nil {
			return w.failed(err)
		}
		w.at = position{last: records[i].Seq, seq: seq, messages: w.at.messages + 1, bytes: w.at.bytes + int64(len(line))}
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
	if err != nil {
		return fmt.Errorf("%s of run %s: %w", name, w.document.ID, err)
	}
	err = w.replace(func(all map[string]artifact) { all[name] = a })
	if errors.Is(err, store.ErrConflict) {
		err = errors.Join(err, purge(w.s.ctx, w.s.chunks, bodySubject(token(w.document.ID), a.Body)))
	}
	return err
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

// save rewrites the document, with these artifacts and what the log has come to: store.ErrConflict where another writer has the run.
// Somebody else may have changed the label.
func (w *writer) save(artifacts map[string]artifact) error {
	d := *w.document
	for {
		d.Artifacts, d.Summary = artifacts, w.view.Summary()
		d.Summary.Last, d.Summary.Bytes, d.Messages = w.at.last, w.at.bytes, w.at.messages
		err := w.s.save(w.s.ctx, &d)
		if err == nil {
			w.document = &d
			return nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
		now, err := w.s.document(w.s.ctx, d.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && now.Owner != w.lease.owner() {
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

// Close is store.Writer's. Of a run that never began nothing is left, unless it is in the queue.
func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	defer w.lease.release(context.WithoutCancel(w.s.ctx))
	var err error
	if w.at.last == 0 && len(w.document.Artifacts) == 0 && w.document.Job == nil {
		err = w.abandon()
	} else {
		err = w.save(w.document.Artifacts)
	}
	if errors.Is(err, store.ErrConflict) {
		return nil // another has it; what this one wrote before stands
	}
	return err
}

// abandon removes a run that never began.
func (w *writer) abandon() error {
	if err := w.s.save(w.s.ctx, deleted(w.document.ID, w.lease.owner(), w.document.seq)); err != nil {
		return err
	}
	return w.s.clear(w.s.ctx, w.document.ID)
}
