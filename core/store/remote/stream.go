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
	changes  map[chan struct{}]bool
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

// listen hears the stream, and asks for it again when it ends, from behind what was heard last.
func (s *Store) listen(ctx context.Context) {
	position, wait := "", leastWait
	for ctx.Err() == nil {
		heard, err := s.connect(ctx, &position)
		if heard {
			wait = leastWait
		} else {
			s.stream.lost()
		}
		if r := (*refusal)(nil); errors.As(err, &r) && r.status/100 == 4 {
			position = "" // which the server does not know any more
		}
		pause(ctx, wait)
		wait = longer(wait)
	}
}

// connect hears the stream until it ends, and reports whether anything came.
func (s *Store) connect(ctx context.Context, position *string) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answer, err := s.request(ctx, "GET", api.EventsSince(*position), nil)
	if err != nil {
		return false, err
	}
	defer answer.Close() // only read from
	s.stream.begun(*position == "")
	dead := time.AfterFunc(silence, cancel)
	defer dead.Stop()
	id := *position
	var data []byte
	for lines := newLines(answer); lines.Scan(); {
		dead.Reset(silence)
		heard = true
		field, value, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch {
		case len(lines.Bytes()) == 0:
			if data != nil {
				s.stream.hear(data)
			}
			data, *position = nil, id
		case string(field) == "id":
			id = string(value)
		case string(field) == "data":
			data = append(append(data, value...), '\n')
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

// lost means that the server cannot be reached.
func (s *stream) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.away {
		s.away = true
		s.changed()
	}
}

// begun means that it can be, and where the stream does not go on where it was, that something may have been missed.
func (s *stream) begun(anew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = false
	s.changed()
	if anew {
		for w := range s.watchers {
			w.again = true
			token(w.wake)
		}
	}
}

// hear takes in an event of the stream. What it does not know is no reason to stop.
func (s *stream) hear(data []byte) {
	var h api.Happening
	if json.Unmarshal(data, &h) != nil {
		return
	}
	line := h.Record
	if h.Passing != nil {
		line = h.Passing
	}
	var r run.Record
	if line != nil {
		var err error
		if r, err = run.UnmarshalRecord(line); err != nil {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.Passing == nil {
		s.changed()
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
		token(w.wake)
	}
}

// changed tells who wants to know that the runs are others; s is locked.
func (s *stream) changed() {
	for c := range s.changes {
		token(c)
	}
}

func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has one
	}
}

// Changes is Changing's. The server's going away and coming back are changes, too.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	add(&s.stream.mu, &s.stream.changes, c)
	context.AfterFunc(ctx, func() { remove(&s.stream.mu, s.stream.changes, c) })
	return c
}

func add[T comparable](mu *sync.Mutex, all *map[T]bool, one T) {
	mu.Lock()
	defer mu.Unlock()
	if *all == nil {
		*all = map[T]bool{}
	}
	(*all)[one] = true
}

func remove[T comparable](mu *sync.Mutex, all map[T]bool, one T) {
	mu.Lock()
	defer mu.Unlock()
	delete(all, one)
}

// Watch is Store's. Besides the records it gives what the run says and no log keeps, its states and progress, without a number. While the
// server cannot be reached it waits.
func (s *Store) Watch(ctx context.Context, id string, from uint64) iter.Seq2[run.Record, error] {
	return func(yield func(run.Record, error) bool) {
		w := &watcher{id: id, again: true, wake: make(chan struct{}, 1)}
		add(&s.stream.mu, &s.stream.watchers, w)
		defer remove(&s.stream.mu, s.stream.watchers, w)
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
	token(w.wake)
}
