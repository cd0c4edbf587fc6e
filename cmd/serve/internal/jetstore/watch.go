package jetstore

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

// feed hands what comes into the streams to those who watch: however many there are, each message comes into this process once.
type feed struct {
	mu       sync.Mutex
	watchers map[*watcher]bool
	changes  store.Signal // of any kind
	jobs     store.Signal // there may be one to take
	expiry   *time.Timer  // wakes those when a claim may have run out; nil where nobody has asked for claims
}

// watcher is who follows a run.
type watcher struct {
	token string
	woken chan struct{} // has a token when any of these has changed

	records []run.Record // that have come and are not taken, but for those that were too many
	newest  uint64       // number of the last record that has come
	deleted bool
}

// mostWaiting is how many records wait for a slow reader before it has to read the log again.
const mostWaiting = 256

// follow begins to be told of documents, those that are there first, and of events that come from now on.
func (s *Store) follow() error {
	s.index = index{entries: map[string]entry{}, sweeps: map[string]*sweepDocument{}, ahead: map[string]*ahead{}, grown: make(chan struct{})}
	s.tails.watchers = map[*watcher]bool{}
	events, err := info(s.ctx, s.events)
	if err != nil {
		return err
	}
	documents, err := info(s.ctx, s.documents)
	if err != nil {
		return err
	}
	s.news.begin(store.Position{Store: uint64(events.Created.UnixNano()), Events: events.State.LastSeq, Runs: documents.State.LastSeq})
	if err := s.hearOthers(); err != nil {
		return err
	}
	for _, one := range []struct {
		stream jetstream.Stream
		from   jetstream.OrderedConsumerConfig
		take   jetstream.MessageHandler
	}{
		{s.documents, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy}, s.takeDocument},
		{s.events, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: events.State.LastSeq + 1},
			s.takeEvent},
	} {
		c, err := one.stream.OrderedConsumer(s.ctx, one.from)
		if err != nil {
			return err
		}
		consumption, err := c.Consume(one.take)
		if err != nil {
			return err
		}
		context.AfterFunc(s.ctx, consumption.Stop)
	}
	return nil
}

// takeDocument takes what a document has become, of a run or of a sweep.
func (s *Store) takeDocument(m jetstream.Msg) {
	if strings.HasPrefix(m.Subject(), sweepSubject) {
		s.takeSweep(m)
		return
	}
	token, seq, e, before := s.index.take(m)
	if e.differs(before) {
		if seq > s.news.begun.Runs {
			s.news.add(store.Happening{At: store.Position{Runs: seq}, Run: identity(token), Deleted: e.deleted()})
		}
		s.tails.jobs.Notify()
	}
	s.tails.mu.Lock()
	defer s.tails.mu.Unlock()
	for w := range s.tails.watchers {
		if w.token == token && e.deleted() {
			w.deleted = true
			store.Wake(w.woken)
		}
	}
	s.tails.changes.Notify()
}

// takeEvent takes an event of any run.
func (s *Store) takeEvent(m jetstream.Msg) {
	if len(m.Data()) == 0 {
		return // a writer took the run
	}
	token := strings.TrimPrefix(m.Subject(), eventSubject)
	if about, err := m.Metadata(); err == nil { // else it is no message of JetStream's
		s.news.add(store.Happening{At: store.Position{Events: about.Sequence.Stream}, Run: identity(token), Record: m.Data()})
	}
	f := &s.tails
	f.mu.Lock()
	defer f.mu.Unlock()
	var r run.Record
	var err error
	for w := range f.watchers {
		if w.token != token {
			continue
		}
		if r.Event == nil && err == nil {
			r, err = run.UnmarshalRecord(m.Data())
		}
		switch {
		case err != nil:
			w.newest = math.MaxUint64 // reading the log will say what is wrong
		case len(w.records) < mostWaiting:
			w.records = append(w.records, r)
			fallthrough
		default:
			w.newest = r.Seq
		}
		store.Wake(w.woken)
	}
	f.changes.Notify()
}

// jobsIn tells those who wait for a job after a while.
func (f *feed) jobsIn(after time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.expiry != nil {
		f.expiry.Stop()
	}
	f.expiry = time.AfterFunc(after, f.jobs.Notify)
}

// Changes is store.Changing's.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	return s.tails.changes.Listen(ctx)
}

// JobChanges returns a channel that has a token when there may be another job, or one that nobody holds any longer, since the last was
// taken, until ctx ends.
func (s *Store) JobChanges(ctx context.Context) <-chan struct{} {
	return s.tails.jobs.Listen(ctx)
}

// Watch is store.Store's.
func (s *Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		w := s.tails.watch(token(id)) // before the log is read, so that nothing comes in between
		defer s.tails.forget(w)
		next, newest, read := max(from, 1), uint64(0), true
		for ctx.Err() == nil {
			var records []run.Record
			var err error
			if read {
				records, err = s.Read(ctx, id, next)
			} else if records, newest, err = s.tails.taken(ctx, w); err != nil {
				err = fmt.Errorf("run %s: %w", id, err)
			}
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				yield(run.Record{}, err)
				return
			}
			for _, r := range records {
				if r.Seq != next {
					continue // it was read before it came, or others that have not come are to be read first
				}
				if !yield(r, nil) {
					return
				}
				next++
			}
			if read = next <= newest; read && len(records) == 0 {
				time.Sleep(behind)
			}
		}
	}
}

// behind is how long to wait for a server of a cluster that does not have yet what another one has.
const behind = 20 * time.Millisecond

func (f *feed) watch(token string) *watcher {
	w := &watcher{token: token, woken: make(chan struct{}, 1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[w] = true
	return w
}

func (f *feed) forget(w *watcher) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.watchers, w)
}

// taken waits for what has come since it was called last, and the number of the newest record, which may be missing among it:
// store.ErrNotFound where the run is deleted.
func (f *feed) taken(ctx context.Context, w *watcher) (records []run.Record, newest uint64, err error) {
	select {
	case <-w.woken:
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if w.deleted {
		err = store.ErrNotFound
	}
	records, w.records = w.records, nil
	return records, w.newest, err
}
