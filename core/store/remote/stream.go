package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"sync"
	"time"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
)

const (
	// silence is how long the stream may say nothing, not even that it is there, before it is taken for dead: a machine that was asleep
	// hears nothing of a connection that has ended meanwhile.
	silence = 45 * time.Second
	// mostHeard is how many records may wait for one who watches; a slower one reads the log again.
	mostHeard = 1000
	// maxLine bounds the bytes of a record: pictures of weights are the largest.
	maxLine = 64 << 20
)

// stream is what the server says of all its runs, and who listens.
type stream struct {
	mu       sync.Mutex
	away     bool
	watchers map[*watcher]bool
	changes  store.Signal
}

// watcher is one who watches a run.
type watcher struct {
	id    string
	heard []run.Record
	again bool          // the log is to be read again: something may have been missed
	wake  chan struct{} // has a token when there is something of the two
}

// Away reports whether the server could not be reached when that was last tried.
func (s *Store) Away() bool {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	return s.stream.away
}

// Event is something that the stream of the server says: what has happened to a run, or what has become of the stream itself.
type Event struct {
	State State  `json:"state,omitempty"` // of the stream; "" where it says what happened
	ID    string `json:"id,omitempty"`    // the position behind it; "" for what is passing, and where the stream is lost
	api.Happening
}

// State is what has become of the stream.
type State string

// The states.
const (
	GoesOn State = "goes on" // from the position that was asked for
	Anew   State = "anew"    // it begins elsewhere: something may have been missed
	Ended  State = "ended"   // it is about to be asked for again
	Lost   State = "lost"    // the server cannot be reached
)

// Listen connects to the stream, from behind a position on that may be "", and again when it ends, until ctx does. take gets its events one
// after the other.
func (s *Store) Listen(ctx context.Context, position string, take func(Event)) {
	for wait := leastWait; ctx.Err() == nil; {
		heard, err := s.connect(ctx, &position, take)
		state := Lost
		if heard {
			state, wait = Ended, leastWait
		}
		if ctx.Err() == nil {
			take(Event{State: state})
		}
		if r := (*refusal)(nil); errors.As(err, &r) && r.status/100 == 4 {
			position = "" // which the server does not know any more
		}
		pause(ctx, wait)
		wait = longer(wait)
	}
}

// connect hears the stream until it ends, and reports whether anything came.
func (s *Store) connect(ctx context.Context, position *string, take func(Event)) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answer, err := s.request(ctx, "GET", api.EventsSince(*position), "", nil)
	if err != nil {
		return false, err
	}
	defer answer.Close() // only read from
	dead := time.AfterFunc(silence, cancel)
	defer dead.Stop()
	id := ""
	var data []byte
	for lines := newLines(answer); lines.Scan(); {
		dead.Reset(silence)
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(lines.Bytes()) > 0 && string(field) == "id":
			id = string(value)
		case len(lines.Bytes()) > 0 && string(field) == "data":
			data = append(append(data, value...), '\n')
		case len(lines.Bytes()) > 0:
		case !heard && id == "": // a comment
		case !heard: // the first says where it begins
			heard = true
			state := Anew
			if id == *position {
				state = GoesOn
			}
			*position = id
			take(Event{State: state, ID: id})
		case data != nil:
			e := Event{ID: id}
			if json.Unmarshal(data, &e.Happening) == nil { // what it does not know is no reason to stop
				if e.Passing != nil {
					e.ID = ""
				}
				take(e)
			}
			data, *position = nil, id
		}
	}
	return heard, nil
}

// newLines reads the lines of an answer.
func newLines(answer io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(answer)
	lines.Buffer(nil, maxLine)
	return lines
}

// Hear takes in an event, for those who watch and want to know of changes.
func (s *Store) Hear(e Event) {
	switch e.State {
	case "":
	case Ended:
		return
	default:
		s.stream.turns(e.State)
		return
	}
	line := e.Record
	if e.Passing != nil {
		line = e.Passing
	}
	var r run.Record
	if line != nil {
		var err error
		if r, err = run.UnmarshalRecord(line); err != nil {
			return
		}
	}
	s.stream.hear(e.Happening, r)
}

// turns takes in what has become of the stream.
func (s *stream) turns(to State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if away := to == Lost; !away || !s.away {
		s.away = away
		s.changes.Notify()
	}
	if to == Anew {
		for w := range s.watchers {
			w.again = true
			store.Wake(w.wake)
		}
	}
}

// hear takes in what happened to a run: a record, or another change.
func (s *stream) hear(h api.Happening, r run.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.Passing == nil {
		s.changes.Notify()
	}
	for w := range s.watchers {
		switch {
		case w.id != h.Run:
			continue
		case r.Event == nil || len(w.heard) == mostHeard:
			w.heard, w.again = nil, true
		default:
			w.heard = append(w.heard, r)
		}
		store.Wake(w.wake)
	}
}

// Changes is Changing's. The server's going away and coming back are changes, too, and there is a token at first: who asks does not know
// what the stream has said before.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	c := s.stream.changes.Listen(ctx)
	store.Wake(c)
	return c
}

// watch adds one who watches.
func (s *stream) watch(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers == nil {
		s.watchers = map[*watcher]bool{}
	}
	s.watchers[w] = true
}

func (s *stream) forget(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, w)
}

// Watch is Store's. Besides the records it gives what the run says and no log keeps, its states and progress, without a number. While the
// server cannot be reached it waits.
func (s *Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		w := &watcher{id: id, again: true, wake: make(chan struct{}, 1)}
		s.stream.watch(w)
		defer s.stream.forget(w)
		for next := max(from, 1); ; {
			some, again := s.stream.take(w)
			if again {
				log, err := s.Read(ctx, id, next)
				switch {
				case errors.Is(err, ErrAway):
					time.AfterFunc(leastWait, func() { s.stream.miss(w) })
				case err != nil:
					yield(run.Record{}, err)
					return
				}
				some = append(log, some...)
			}
			for _, r := range some {
				if r.Seq > next {
					s.stream.miss(w)
					break
				}
				if r.Seq == 0 || r.Seq == next {
					if !yield(r, nil) {
						return
					}
					next = max(next, r.Seq+1)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-w.wake:
			}
		}
	}
}

// take returns what has been heard for one who watches, and whether its log is to be read before.
func (s *stream) take(w *watcher) (heard []run.Record, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	heard, again = w.heard, w.again
	w.heard, w.again = nil, false
	return heard, again
}

// miss has one who watches read the log again.
func (s *stream) miss(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.again = true
	store.Wake(w.wake)
}
