package jetstore

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// news is what happened last, for all who follow: each of them reads it at its own pace, and one that does not keep up reads the streams.
type news struct {
	mu    sync.Mutex
	all   []store.Happening
	first uint64         // number of the first of those; never 0
	bytes int            // of the records of all
	lost  store.Position // up to which they are not all here
	now   store.Position // of the last one
	begun store.Position // of when the store was opened
	grown chan struct{}  // closed and replaced when there is more
}

// How much of the news is kept.
const (
	mostNews      = 4096
	mostNewsBytes = 16 << 20
)

// begin sets the position of what was before.
func (n *news) begin(at store.Position) {
	n.first, n.lost, n.now, n.begun, n.grown = 1, at, at, at, make(chan struct{})
}

// add makes something known.
func (n *news) add(h store.Happening) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h.At.Store = n.now.Store
	h.At.Events, h.At.Runs = max(h.At.Events, n.now.Events), max(h.At.Runs, n.now.Runs)
	n.now = h.At
	n.all = append(n.all, h)
	n.bytes += len(h.Record)
	for len(n.all) > mostNews || n.bytes > mostNewsBytes {
		n.bytes -= len(n.all[0].Record)
		n.lost = n.all[0].At
		n.all[0] = store.Happening{} // or it would stay in memory
		n.all, n.first = n.all[1:], n.first+1
	}
	close(n.grown)
	n.grown = make(chan struct{})
}

// after returns what is known beyond a position, of which next was not returned before, and where the next time begins. Where some is
// not known any more it reports false.
func (n *news) after(at store.Position, next uint64) (some []store.Happening, then uint64, grown chan struct{}, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if next < n.first && (at.Events < n.lost.Events || at.Runs < n.lost.Runs) {
		return nil, 0, nil, false
	}
	some = slices.Clone(n.all[max(next, n.first)-n.first:])
	return some, n.first + uint64(len(n.all)), n.grown, true
}

// Now is the position behind all that has happened.
func (s *Store) Now() store.Position {
	s.news.mu.Lock()
	defer s.news.mu.Unlock()
	return s.news.now
}

// Tell lets those who follow know of a record that is stored nowhere, in whichever program they are.
func (s *Store) Tell(id string, r run.Record) error {
	line, err := r.Marshal()
	if err != nil {
		return err
	}
	if s.server == nil {
		return s.conn.Publish(passingSubject+token(id), line) // this program gets it, too
	}
	s.news.add(store.Happening{Run: id, Record: line, Passing: true})
	return nil
}

// hearOthers begins to receive what the programs of a cluster tell, this one included.
func (s *Store) hearOthers() error {
	_, err := s.conn.Subscribe(passingSubject+"*", func(m *nats.Msg) {
		s.news.add(store.Happening{Run: identity(strings.TrimPrefix(m.Subject, passingSubject)), Record: m.Data, Passing: true})
	})
	if err != nil {
		return err
	}
	_, err = s.conn.Subscribe(freeSubject, func(*nats.Msg) { s.tails.jobs.Notify() })
	return err
}

// Happenings yields what has happened to runs and sweeps since a position, and then what happens, until ctx or the store ends. A position that is not
// of this store is the beginning of all. Of several changes of a run besides its log the last may be the only one.
func (s *Store) Happenings(ctx context.Context, from store.Position) iter.Seq2[store.Happening, error] {
	return func(yield func(store.Happening, error) bool) {
		now := s.Now()
		if !from.Before(now) {
			from = store.Position{Store: now.Store}
		}
		f := follower{s: s, at: from}
		for ctx.Err() == nil && s.ctx.Err() == nil {
			some, grown, err := f.more(ctx)
			if ctx.Err() != nil || s.ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(store.Happening{}, err)
				return
			}
			for _, h := range some {
				if !yield(h, nil) {
					return
				}
			}
			if grown == nil {
				continue
			}
			select {
			case <-grown:
			case <-ctx.Done():
			case <-s.ctx.Done():
			}
		}
	}
}

// follower is how far somebody has read.
type follower struct {
	s    *Store
	at   store.Position
	next uint64 // of the news; 0 where it has to read the streams first
}

// more returns what comes next. grown is nil where there may be more at once.
func (f *follower) more(ctx context.Context) (some []store.Happening, grown chan struct{}, err error) {
	all, next, grown, ok := f.s.news.after(f.at, f.next)
	if !ok {
		some, err = f.catchUp(ctx)
		return some, nil, err
	}
	for _, h := range all {
		switch at := h.At; {
		case h.Passing:
			if f.next > 0 { // else it is old
				some = append(some, h)
			}
			continue
		case h.Record != nil && at.Events > f.at.Events:
			f.at.Events = at.Events
		case h.Record == nil && at.Runs > f.at.Runs:
			f.at.Runs = at.Runs
		default:
			continue // it was read from the streams
		}
		h.At = f.at
		some = append(some, h)
	}
	f.next = next
	return some, grown, nil
}

// readTogether is how many messages a follower that is behind reads at once.
const readTogether = 32

// catchUp reads from the streams: records first, and the changes of runs when there are no more.
func (f *follower) catchUp(ctx context.Context) (some []store.Happening, err error) {
	now := f.s.Now()
	f.next = 0
	if f.at.Events < now.Events {
		return some, f.s.messages(ctx, f.s.events, f.at.Events+1, now.Events, func(subject string, data []byte, seq uint64) {
			f.at.Events = seq
			if len(data) > 0 { // else a writer took the run
				some = append(some, store.Happening{At: f.at, Run: identity(strings.TrimPrefix(subject, eventSubject)), Record: data})
			}
		}, func() { f.at.Events = now.Events })
	}
	return some, f.s.messages(ctx, f.s.documents, f.at.Runs+1, now.Runs, func(subject string, data []byte, seq uint64) {
		f.at.Runs = seq
		if token, ok := strings.CutPrefix(subject, sweepSubject); ok {
			some = append(some, sweepHappening(token, data, f.at))
			return
		}
		d, err := parseDocument(data, seq)
		some = append(some, store.Happening{At: f.at, Run: identity(strings.TrimPrefix(subject, documentSubject)),
			Deleted: err == nil && !d.Deleted.IsZero()})
	}, func() { f.at.Runs = now.Runs })
}

// messages passes on some messages of a stream with the numbers from and to, or calls empty where there are none.
func (s *Store) messages(ctx context.Context, in jetstream.Stream, from, to uint64, take func(subject string, data []byte, seq uint64), empty func()) error {
	var some []jetstream.Msg
	err := insist(ctx, func(ctx context.Context) (err error) {
		some, err = s.fetch(ctx, in, jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: from}, readTogether)
		if err == nil && len(some) == 0 {
			err = none(ctx, in, from)
		}
		return err
	})
	if err != nil {
		return err
	}
	taken := false
	for _, m := range some {
		about, err := m.Metadata()
		if err != nil {
			return err
		}
		if about.Sequence.Stream > to {
			break // it is among the news
		}
		taken = true
		take(m.Subject(), m.Data(), about.Sequence.Stream)
	}
	if !taken {
		empty()
	}
	return nil
}

// none is errNotDone where a stream has a message of a number or a later one: the server that was asked for them is behind its leader.
func none(ctx context.Context, in jetstream.Stream, from uint64) error {
	_, err := in.GetMsg(ctx, from, jetstream.WithGetMsgSubject(">"))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil
	case err != nil:
		return err
	}
	return errNotDone
}

// fetch returns the messages of a stream that a consumer would get, or so many of them. It does not wait for those that are removed meanwhile, nor for those
// that the server of a cluster does not have yet that is asked.
func (s *Store) fetch(ctx context.Context, in jetstream.Stream, which jetstream.ConsumerConfig, most int) (some []jetstream.Msg, err error) {
	which.AckPolicy, which.MemoryStorage, which.Replicas, which.InactiveThreshold = jetstream.AckNonePolicy, true, 1, time.Minute
	c, err := in.CreateConsumer(ctx, which)
	if err != nil {
		return nil, err
	}
	defer in.DeleteConsumer(s.ctx, c.CachedInfo().Name) // or it is removed when it has been idle
	pending := c.CachedInfo().NumPending
	if pending == 0 {
		return nil, nil
	}
	batch, err := c.FetchNoWait(int(min(pending, uint64(most))))
	if err != nil {
		return nil, err
	}
	for m := range batch.Messages() {
		some = append(some, m)
	}
	if err := batch.Error(); err != nil {
		return nil, errors.Join(errNotDone, err)
	}
	return some, nil
}
