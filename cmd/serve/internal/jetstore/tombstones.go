package jetstore

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/store"
)

// forgetEvery is how often deletions are forgotten.
const forgetEvery = 24 * time.Hour

// forgetting forgets old deletions until the store ends. What fails is tried again the next time.
func (s *Store) forgetting() {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		_ = s.forgetDeleted(s.ctx, time.Now())
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// forgetDeleted removes the documents of runs that were deleted store.DeletedFor before now: who follows the store has heard of them, or compares
// all there is. The stream's last message stays, since its number is how far an index has to come.
func (s *Store) forgetDeleted(ctx context.Context, now time.Time) error {
	runs, err := s.index.all(ctx, s)
	if err != nil {
		return err
	}
	stream, err := info(ctx, s.documents)
	if err != nil {
		return err
	}
	for token, e := range runs {
		if !e.deleted() || now.Sub(e.document.Deleted) < store.DeletedFor || e.document.seq == stream.State.LastSeq {
			continue
		}
		err := s.documents.DeleteMsg(ctx, e.document.seq)
		if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) && code(err) != deleteFailed {
			return err
		}
		s.index.forget(token, e.document.seq)
	}
	return nil
}

// forget removes a document that was read from a message, if no other has taken its place.
func (x *index) forget(token string, seq uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if d := x.entries[token].document; d != nil && d.seq == seq {
		delete(x.entries, token)
	}
}
