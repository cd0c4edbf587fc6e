package jetstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/store"
)

// sweepDocument is a message that a sweep is kept as, replaced as a whole.
type sweepDocument struct {
	store.Sweep
	Deleted time.Time `json:"deleted,omitzero"` // when it was; zero for a sweep that is there

	seq uint64 // of the message that it was read from; 0 for a new one
}

func parseSweep(text []byte, seq uint64) (*sweepDocument, error) {
	d := &sweepDocument{seq: seq}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("its document: %w", err)
	}
	return d, nil
}

// CreateSweep keeps a new sweep: store.ErrExists where there is one of its ID.
func (s *Store) CreateSweep(ctx context.Context, sweep store.Sweep) error {
	if err := store.CheckName(sweep.ID); err != nil {
		return fmt.Errorf("a sweep cannot be called %q: %w", sweep.ID, err)
	}
	if err := s.room(newRun); err != nil {
		return fmt.Errorf("sweep %s: %w", sweep.ID, err)
	}
	err := s.saveSweep(ctx, &sweepDocument{Sweep: sweep})
	if errors.Is(err, store.ErrConflict) {
		err = store.ErrExists
	}
	return err
}

func (s *Store) saveSweep(ctx context.Context, d *sweepDocument) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	d.seq, err = s.publish(ctx, s.documents, sweepSubject+token(d.ID), text, d.seq)
	return err
}

// ChangeSweep replaces a sweep by what do makes of it, as often as others replace it meanwhile: store.ErrNotFound where there is none. An error of do ends that.
func (s *Store) ChangeSweep(ctx context.Context, id string, do func(*store.Sweep) error) error {
	return s.changeSweep(ctx, id, func(d *sweepDocument) error { return do(&d.Sweep) })
}

// DeleteSweep removes a sweep. Its runs stay.
func (s *Store) DeleteSweep(ctx context.Context, id string) error {
	return s.changeSweep(ctx, id, func(d *sweepDocument) error {
		*d = sweepDocument{Sweep: store.Sweep{ID: id}, Deleted: time.Now().UTC(), seq: d.seq}
		return nil
	})
}

func (s *Store) changeSweep(ctx context.Context, id string, do func(*sweepDocument) error) error {
	for {
		d, err := s.sweepDocument(ctx, id)
		if err == nil {
			err = do(d)
		}
		if err != nil {
			return fmt.Errorf("sweep %s: %w", id, err)
		}
		err = s.saveSweep(ctx, d)
		if err == nil {
			return nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("sweep %s: %w", id, err)
		}
	}
}

// sweepDocument returns that of a sweep: store.ErrNotFound where there is none.
func (s *Store) sweepDocument(ctx context.Context, id string) (*sweepDocument, error) {
	m, err := last(ctx, s.documents, sweepSubject+token(id))
	if err != nil {
		return nil, err
	}
	d, err := parseSweep(m.Data, m.Sequence)
	if err == nil && !d.Deleted.IsZero() {
		err = store.ErrNotFound
	}
	return d, err
}

// Sweeps returns all sweeps, the oldest first.
func (s *Store) Sweeps(ctx context.Context) (all []store.Sweep, err error) {
	err = s.index.now(ctx, s, func() {
		for _, d := range s.index.sweeps {
			if d != nil && d.Deleted.IsZero() {
				all = append(all, d.Sweep)
			}
		}
	})
	slices.SortFunc(all, func(a, b store.Sweep) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all, err
}

// takeSweep takes what a sweep's document has become.
func (s *Store) takeSweep(m jetstream.Msg) {
	token := strings.TrimPrefix(m.Subject(), sweepSubject)
	about, err := m.Metadata()
	if err != nil {
		return // it is no message of JetStream's
	}
	seq := about.Sequence.Stream
	d, _ := parseSweep(m.Data(), seq) // nil for one that cannot be read
	x := &s.index
	x.mu.Lock()
	x.sweeps[token] = d
	x.has(seq)
	x.mu.Unlock()
	if seq > s.news.begun.Runs {
		s.news.add(sweepHappening(token, m.Data(), store.Position{Runs: seq}))
	}
	s.tails.jobs.Notify() // a sweep may have another run to train
	s.tails.mu.Lock()
	defer s.tails.mu.Unlock()
	s.tails.changes.Notify()
}

// sweepHappening says that a sweep has changed.
func sweepHappening(token string, data []byte, at store.Position) store.Happening {
	d, err := parseSweep(data, at.Runs)
	return store.Happening{At: at, Sweep: identity(token), Deleted: err == nil && !d.Deleted.IsZero()}
}
