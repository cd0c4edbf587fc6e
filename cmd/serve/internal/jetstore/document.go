package jetstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"unpool/core/run"
	"unpool/core/store"
)

// document is what a store knows of a run besides its log: one message, replaced as a whole.
type document struct {
	ID    string    `json:"id"`
	Birth string    `json:"birth"` // differs from that of any other run, those of the same ID too
	Label run.Label `json:"label"`
	// Owner is the writer that held the run last. No other may change what follows.
	Owner     string              `json:"owner"`
	Artifacts map[string]artifact `json:"artifacts,omitempty"`
	Job       *store.Job          `json:"job,omitempty"`   // what the run is in the queue for; nil if it is not
	Sweep     string              `json:"sweep,omitempty"` // ID of the sweep that the run belongs to; "" for none
	Rungs     []run.Rung          `json:"rungs,omitempty"` // of the sweep at which it was parked
	// Summary is what the first Messages messages of the log come to, and its Bytes are theirs. A writer that was killed leaves it
	// behind its log.
	Summary  run.Summary `json:"summary"`
	Messages uint64      `json:"messages"`
	Deleted  time.Time   `json:"deleted,omitzero"` // when it was; zero for a run that is there

	seq uint64 // of the message that it was read from; 0 for a new one
}

// parseDocument reads a document from the message of a number.
func parseDocument(text []byte, seq uint64) (*document, error) {
	d := &document{seq: seq}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("its document: %w", err)
	}
	if d.ID == "" {
		return nil, errors.New("its document has no ID")
	}
	return d, nil
}

// document returns that of a run: store.ErrNotFound where there is none.
func (s *Store) document(ctx context.Context, id string) (*document, error) {
	d, err := s.anyDocument(ctx, id)
	if err == nil && (d.seq == 0 || !d.Deleted.IsZero()) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	return d, nil
}

// anyDocument returns that of a run, a deleted one too, or an empty one where there is none.
func (s *Store) anyDocument(ctx context.Context, id string) (*document, error) {
	m, err := last(ctx, s.documents, documentSubject+token(id))
	if errors.Is(err, store.ErrNotFound) {
		return &document{}, nil
	}
	if err != nil {
		return nil, err
	}
	return parseDocument(m.Data, m.Sequence)
}

// save writes a document in place of that which it was read from: store.ErrConflict where that was replaced meanwhile.
func (s *Store) save(ctx context.Context, d *document) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	seq, err := s.publish(ctx, s.documents, documentSubject+token(d.ID), text, d.seq)
	if err == nil {
		d.seq = seq
	}
	return err
}

// change replaces a run's document by what do makes of it, as often as others replace it meanwhile. An error of do ends that.
func (s *Store) change(ctx context.Context, id string, do func(*document) error) (*document, error) {
	for {
		d, err := s.document(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := do(d); err != nil {
			return nil, err
		}
		err = s.save(ctx, d)
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, fmt.Errorf("run %s: %w", id, err)
		}
	}
}
