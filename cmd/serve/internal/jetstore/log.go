package jetstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// readAtOnce is how many records are asked for together.
const readAtOnce = 1000

// read returns the records of a run's log that have higher numbers in the stream than after, what they take in bytes, as lines, and the
// number of the last of them. They must be numbered from first on.
func (s *Store) read(ctx context.Context, id string, after, first uint64) (log []run.Record, bytes int64, last uint64, err error) {
	last = after
	fail := func(err error) ([]run.Record, int64, uint64, error) {
		return nil, 0, 0, fmt.Errorf("run %s: %w", id, err)
	}
	c, err := s.events.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: eventSubject + token(id), DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return fail(err)
	}
	defer s.events.DeleteConsumer(s.ctx, c.CachedInfo().Name) // or it goes when it has been idle
	for left := c.CachedInfo().NumPending; left > 0; {
		batch, err := c.Fetch(int(min(left, readAtOnce)), jetstream.FetchMaxWait(patience))
		if err != nil {
			return fail(err)
		}
		got := uint64(0)
		for m := range batch.Messages() {
			r, err := run.UnmarshalRecord(m.Data())
			if err != nil {
				return fail(fmt.Errorf("event %d: %w", first+uint64(len(log)), err))
			}
			if want := first + uint64(len(log)); r.Seq != want {
				return fail(fmt.Errorf("event %d is numbered %d", want, r.Seq))
			}
			about, err := m.Metadata()
			if err != nil {
				return fail(err)
			}
			log, bytes, last, got = append(log, r), bytes+int64(len(m.Data()))+1, about.Sequence.Stream, got+1
		}
		if batch.Error() != nil || got == 0 {
			// Nothing came: of a run that is being deleted nothing is left.
			return fail(errors.Join(batch.Error(), errors.New("its log cannot be read")))
		}
		left -= got
	}
	return log, bytes, last, nil
}

// Read is store.Store's.
func (s *Store) Read(ctx context.Context, id string, from uint64) ([]run.Record, error) {
	if _, err := s.document(ctx, id); err != nil {
		return nil, err
	}
	log, _, _, err := s.read(ctx, id, 0, 1)
	if err != nil {
		if _, gone := s.document(ctx, id); errors.Is(gone, store.ErrNotFound) {
			err = gone // while it was read
		}
		return nil, err
	}
	from = max(from, 1)
	if from > uint64(len(log)) {
		return nil, nil
	}
	return log[from-1:], nil
}
