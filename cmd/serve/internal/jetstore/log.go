package jetstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// readAtOnce is how many records are asked for together.
const readAtOnce = 1000

// position is how far a log was read or written.
type position struct {
	last     uint64 // number of the last record
	seq      uint64 // of the last message
	messages uint64 // records, and those that say that a writer acquired the run
	bytes    int64  // of the records, as lines
}

// read returns the records of a run's log after a position, and moves that on, unless there is an error.
func (s *Store) read(ctx context.Context, id string, at *position) (log []run.Record, err error) {
	to := *at
	for r, err := range s.records(ctx, id, &to) {
		if err != nil {
			return nil, err
		}
		log = append(log, r)
	}
	*at = to
	return log, nil
}

// records yields the records of a run's log after a position, and moves that on: all that the leader of a cluster had when it began. The server that reads
// them may be behind it.
func (s *Store) records(ctx context.Context, id string, at *position) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		newest, err := last(ctx, s.events, eventSubject+token(id))
		if errors.Is(err, store.ErrNotFound) {
			return
		}
		for gone := false; err == nil && !gone && at.seq < newest.Sequence; {
			var some []run.Record
			var to position
			err = insist(ctx, func(ctx context.Context) (err error) {
				some, to, err = s.readFrom(ctx, id, *at)
				if err == nil && to.seq == at.seq {
					err = s.behind(ctx, newest.Sequence)
					gone = err == nil
				}
				return err
			})
			if err == nil {
				*at = to
			}
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(run.Record{}, fmt.Errorf("run %s: %w", id, err))
		}
	}
}

// behind is errNotDone where a message of a log is still there; else the run was deleted since.
func (s *Store) behind(ctx context.Context, seq uint64) error {
	_, err := s.events.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return errNotDone
}

// readFrom returns the first records after a position, readAtOnce at most, and where they end.
func (s *Store) readFrom(ctx context.Context, id string, at position) (log []run.Record, to position, err error) {
	c, err := s.events.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: eventSubject + token(id), DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: at.seq + 1,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return nil, at, err
	}
	defer s.events.DeleteConsumer(s.ctx, c.CachedInfo().Name) // or it is removed when it has been idle
	want := min(c.CachedInfo().NumPending, readAtOnce)
	if want == 0 {
		return nil, at, nil
	}
	batch, err := c.Fetch(int(want), jetstream.FetchMaxWait(patience))
	if err != nil {
		return nil, at, err
	}
	for m := range batch.Messages() {
		about, err := m.Metadata()
		if err != nil {
			return nil, at, err
		}
		want--
		at.seq = about.Sequence.Stream
		at.messages++
		if len(m.Data()) == 0 {
			continue // a writer took the run
		}
		at.last++
		at.bytes += int64(len(m.Data())) + 1
		r, err := run.UnmarshalRecord(m.Data())
		if err == nil && r.Seq != at.last {
			err = fmt.Errorf("it is numbered %d", r.Seq)
		}
		if err != nil {
			return nil, at, fmt.Errorf("event %d: %w", at.last, err)
		}
		log = append(log, r)
	}
	if batch.Error() != nil || want > 0 {
		// The server that was to send it is gone; or of a run that is being deleted nothing is left.
		return nil, at, errors.Join(errNotDone, batch.Error())
	}
	return log, at, nil
}

// fence puts a message into a log, after a position, that is not a record: whoever wrote to it before is refused from now on.
// store.ErrConflict where that is no longer the log's end.
func (s *Store) fence(ctx context.Context, id string, at *position) error {
	seq, err := s.publish(ctx, s.events, eventSubject+token(id), nil, at.seq)
	if err == nil {
		at.seq = seq
		at.messages++
	}
	return err
}

// Read is store.Store's.
func (s *Store) Read(ctx context.Context, id string, from uint64) (log []run.Record, err error) {
	for r, err := range s.Records(ctx, id, from) {
		if err != nil {
			return nil, err
		}
		log = append(log, r)
	}
	return log, nil
}

// Records yields what Read returns, one record after the other: however long the log is, no more than a thousand of them are in memory.
func (s *Store) Records(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		if _, err := s.document(ctx, id); err != nil {
			yield(run.Record{}, err)
			return
		}
		for r, err := range s.records(ctx, id, &position{}) {
			if err != nil {
				if _, gone := s.document(ctx, id); errors.Is(gone, store.ErrNotFound) {
					err = gone // while it was read
				}
				yield(run.Record{}, err)
				return
			}
			if r.Seq >= from && !yield(r, nil) {
				return
			}
		}
	}
}
