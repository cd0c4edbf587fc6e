package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"

	"unpool/core/run"
)

// Memory is a store that lasts as long as the program. The zero value is empty.
type Memory struct {
	mu      sync.Mutex
	runs    map[string]*kept
	changes Signal
}

var _ Changing = (*Memory)(nil)

// kept is a run in memory.
type kept struct {
	log       []run.Record
	view      run.View
	artifacts map[string][]byte
	label     run.Label
	busy      bool
	deleted   bool
	grown     chan struct{} // closed and replaced when the log grows or the run is deleted
	bytes     int64         // of the log
}

// Create is Store's.
func (m *Memory) Create(_ context.Context, id string) (Writer, error) {
	if err := CheckName(id); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs[id] != nil {
		return nil, fmt.Errorf("%s: %w", id, ErrExists)
	}
	if m.runs == nil {
		m.runs = map[string]*kept{}
	}
	k := &kept{artifacts: map[string][]byte{}, busy: true, grown: make(chan struct{})}
	m.runs[id] = k
	return &memoryWriter{m: m, id: id, kept: k}, nil
}

// find returns a run; m is locked.
func (m *Memory) find(id string) (*kept, error) {
	k := m.runs[id]
	if k == nil {
		return nil, fmt.Errorf("run %s: %w", id, ErrNotFound)
	}
	return k, nil
}

// Open is Store's.
func (m *Memory) Open(_ context.Context, id string) (Writer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	if err != nil {
		return nil, err
	}
	if k.busy {
		return nil, fmt.Errorf("run %s: %w", id, ErrBusy)
	}
	k.busy = true
	return &memoryWriter{m: m, id: id, kept: k}, nil
}

// Read is Store's.
func (m *Memory) Read(_ context.Context, id string, from uint64) ([]run.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(k.since(from)), nil
}

// since are the records from a number on.
func (k *kept) since(from uint64) []run.Record {
	from = max(from, 1)
	if from > uint64(len(k.log)) {
		return nil
	}
	return k.log[from-1:]
}

// Watch is Store's.
func (m *Memory) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	var grown chan struct{}
	read := func(from uint64) ([]run.Record, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		k, err := m.find(id)
		if err != nil {
			return nil, err
		}
		grown = k.grown
		return slices.Clone(k.since(from)), nil
	}
	return Follow(from, read, func() bool {
		select {
		case <-ctx.Done():
			return false
		case <-grown:
			return true
		}
	})
}

// Changes is Changing's.
func (m *Memory) Changes(ctx context.Context) <-chan struct{} { return m.changes.Listen(ctx) }

// List is Store's.
func (m *Memory) List(context.Context) ([]run.Summary, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []run.Summary
	for id, k := range m.runs {
		if k.view.Start == nil {
			continue
		}
		s := k.view.Summary()
		s.ID, s.Label, s.Last, s.Bytes = id, k.label, uint64(len(k.log)), k.bytes
		for _, a := range k.artifacts {
			s.Bytes += int64(len(a))
		}
		s.Held(k.busy)
		all = append(all, s)
	}
	run.Newest(all)
	return all, nil
}

// Artifacts is Store's.
func (m *Memory) Artifacts(_ context.Context, id string) ([]Artifact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	if err != nil {
		return nil, err
	}
	var all []Artifact
	for name, a := range k.artifacts {
		all = append(all, Artifact{name, int64(len(a))})
	}
	slices.SortFunc(all, func(a, b Artifact) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Get is Store's.
func (m *Memory) Get(_ context.Context, id, name string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	if err != nil {
		return nil, err
	}
	a, ok := k.artifacts[name]
	if !ok {
		return nil, fmt.Errorf("%s of run %s: %w", name, id, ErrNotFound)
	}
	return io.NopCloser(bytes.NewReader(a)), nil
}

// Label is Store's.
func (m *Memory) Label(_ context.Context, id string, l run.Label) error {
	if err := l.Check(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	if err == nil {
		k.label = l
		m.changes.Notify()
	}
	return err
}

// Delete is Store's.
func (m *Memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, err := m.find(id)
	switch {
	case err != nil:
		return err
	case k.busy:
		return fmt.Errorf("run %s: %w", id, ErrBusy)
	}
	k.deleted = true
	close(k.grown)
	delete(m.runs, id)
	m.changes.Notify()
	return nil
}

// memoryWriter is a run in memory that is held.
type memoryWriter struct {
	m  *Memory
	id string
	*kept
	closed bool
}

func (w *memoryWriter) Last() uint64 {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	return uint64(len(w.log))
}

func (w *memoryWriter) Append(records ...run.Record) error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	lines, err := Lines(w.id, uint64(len(w.log)), records)
	if err != nil {
		return err
	}
	for i, r := range records {
		w.log = append(w.log, r)
		w.view.Apply(r)
		w.bytes += int64(len(lines[i]))
	}
	close(w.grown)
	w.grown = make(chan struct{})
	w.m.changes.Notify()
	return nil
}

// mine reports whether the writer still has the run; m is locked.
func (w *memoryWriter) mine() error {
	if w.closed || w.deleted {
		return fmt.Errorf("run %s: %w", w.id, ErrConflict)
	}
	return nil
}

func (w *memoryWriter) Put(name string, write func(io.Writer) error) error {
	if err := CheckName(name); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if err := w.mine(); err != nil {
		return err
	}
	w.artifacts[name] = b.Bytes()
	return nil
}

func (w *memoryWriter) Copy(from, to string) error {
	w.m.mu.Lock()
	a, ok := w.artifacts[from]
	w.m.mu.Unlock()
	if !ok {
		return fmt.Errorf("%s of run %s: %w", from, w.id, ErrNotFound)
	}
	return w.Put(to, func(to io.Writer) error {
		_, err := to.Write(a)
		return err
	})
}

func (w *memoryWriter) Remove(name string) error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	delete(w.artifacts, name)
	return w.mine()
}

func (w *memoryWriter) Close() error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if !w.closed {
		w.closed, w.busy = true, false
		if len(w.log) == 0 && len(w.artifacts) == 0 && w.m.runs[w.id] == w.kept { // it never began
			delete(w.m.runs, w.id)
		}
	}
	return nil
}
