package jetstore

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// index has the documents of all runs in memory, as they are replaced, and what the logs come to that are ahead of theirs. So a
// list reads nothing but the logs of runs under way, and of them only what is new.
type index struct {
	mu      sync.Mutex
	entries map[string]entry          // by token
	sweeps  map[string]*sweepDocument // by token; nil for one that cannot be read
	seq     uint64                    // of the last message that is among them
	grown   chan struct{}             // closed and replaced when that changes
	ahead   map[string]*ahead
	reading sync.Mutex // held while ahead is brought up to date
}

// entry is a document of the index, or why it cannot be read. Instead of its artifacts, which take most memory, it has their bodies.
type entry struct {
	document *document // nil if it cannot be read
	bodies   []string
	size     int64 // bytes of the artifacts
	err      error
}

func (e entry) deleted() bool { return e.document != nil && !e.document.Deleted.IsZero() }

// ahead is what a log comes to whose document is of an earlier moment.
type ahead struct {
	birth string // of the run
	view  run.View
	at    position
}

// differs reports whether a run has changed, but for its log and its artifacts.
func (e entry) differs(before entry) bool {
	a, b := e.document, before.document
	return a == nil || b == nil || a.Label != b.Label || (a.Job == nil) != (b.Job == nil) || e.deleted() != before.deleted()
}

// take puts a document's message, of a number, in the index, and returns what it says in place of what.
func (x *index) take(m jetstream.Msg) (token string, seq uint64, e, before entry) {
	token = strings.TrimPrefix(m.Subject(), documentSubject)
	about, err := m.Metadata()
	if err != nil {
		return token, 0, entry{err: err}, entry{} // no message of JetStream's
	}
	if e.document, e.err = parseDocument(m.Data(), about.Sequence.Stream); e.err == nil {
		e.bodies = slices.Collect(maps.Keys(bodies(e.document.Artifacts)))
		for _, a := range e.document.Artifacts {
			e.size += a.Size
		}
		e.document.Artifacts = nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	before = x.entries[token]
	x.entries[token] = e
	x.has(about.Sequence.Stream)
	return token, x.seq, e, before
}

// has notes that the message of a number is in the index; that is locked.
func (x *index) has(seq uint64) {
	x.seq = seq
	close(x.grown)
	x.grown = make(chan struct{})
}

// all returns the documents of all runs, by their tokens, as they are now or later.
func (x *index) all(ctx context.Context, s *Store) (entries map[string]entry, err error) {
	return entries, x.now(ctx, s, func() { entries = maps.Clone(x.entries) })
}

// now calls read, with the index locked, when that has all that is in the store now.
func (x *index) now(ctx context.Context, s *Store, read func()) error {
	now, err := info(ctx, s.documents)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, insisting)
	defer cancel()
	for {
		x.mu.Lock()
		if x.seq >= now.State.LastSeq {
			defer x.mu.Unlock()
			read()
			return nil
		}
		grown := x.grown
		x.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

// List is store.Store's.
func (s *Store) List(ctx context.Context) ([]run.Summary, error) {
	runs, err := s.index.all(ctx, s)
	if err != nil {
		return nil, err
	}
	events, err := counts(ctx, s.events, eventSubject+"*")
	if err != nil {
		return nil, err
	}
	held, err := counts(ctx, s.leases, leaseSubject+"*")
	if err != nil {
		return nil, err
	}
	var all []run.Summary
	for token, e := range runs {
		n := events[eventSubject+token]
		if n == 0 || e.deleted() {
			continue
		}
		sum, err := s.summary(ctx, token, e, n)
		if err == nil && sum.Last == 0 {
			continue // it has not begun
		}
		if err != nil {
			id := identity(token)
			if _, gone := s.document(ctx, id); errors.Is(gone, store.ErrNotFound) {
				continue // it was deleted meanwhile
			}
			sum = run.Summary{ID: id, Phase: run.Unreadable, Error: err.Error()}
		}
		sum.Held(held[leaseSubject+token] > 0)
		all = append(all, sum)
	}
	s.index.tidy(runs, events)
	run.Newest(all)
	return all, nil
}

// tidy forgets logs that no document is behind any more.
func (x *index) tidy(runs map[string]entry, messages map[string]uint64) {
	x.reading.Lock()
	defer x.reading.Unlock()
	for token, a := range x.ahead {
		if d := runs[token].document; d == nil || d.Birth != a.birth || d.Messages == messages[eventSubject+token] {
			delete(x.ahead, token)
		}
	}
}

// summary is that of a run whose log has n messages.
func (s *Store) summary(ctx context.Context, token string, e entry, n uint64) (run.Summary, error) {
	if e.err != nil {
		return run.Summary{}, e.err
	}
	d := e.document
	sum := d.Summary
	if d.Messages != n {
		var err error
		if sum, err = s.catchUp(ctx, token, d, n); err != nil {
			return sum, err
		}
	}
	sum.ID, sum.Label, sum.Sweep, sum.Rungs = d.ID, d.Label, d.Sweep, d.Rungs
	sum.Bytes += e.size
	return sum, nil
}

// catchUp is the summary of a log of n messages or more that its document does not know all of.
func (s *Store) catchUp(ctx context.Context, token string, d *document, n uint64) (run.Summary, error) {
	x := &s.index
	x.reading.Lock()
	defer x.reading.Unlock()
	a := x.ahead[token]
	if a == nil || a.birth != d.Birth {
		a = &ahead{birth: d.Birth}
		x.ahead[token] = a
	}
	if a.at.messages < n {
		log, err := s.read(ctx, d.ID, &a.at)
		if err != nil {
			return run.Summary{}, err
		}
		for _, r := range log {
			a.view.Apply(r)
		}
	}
	sum := a.view.Summary()
	sum.Last, sum.Bytes = a.at.last, a.at.bytes
	return sum, nil
}
