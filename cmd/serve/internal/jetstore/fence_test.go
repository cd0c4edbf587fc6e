package jetstore

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
)

func write(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// connected is a store at a NATS server whose leases end soon.
func connected(t *testing.T, url string, lease time.Duration) *Store {
	t.Helper()
	conn, err := nats.Connect(url)
	must(t, err)
	s, err := start(t.Context(), conn, nil, lease)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// stalled is a writer of a run with one event and an artifact, in a process that does nothing for longer than its lease.
func stalled(t *testing.T, s *Store, id string) *writer {
	t.Helper()
	w, err := s.Create(t.Context(), id)
	must(t, err, w.Append(event(1)), w.Put("last", write("first")))
	close(w.(*writer).lease.stop)
	<-w.(*writer).lease.done
	w.(*writer).lease.stop = make(chan struct{}) // which Close closes
	return w.(*writer)
}

// taken opens a run once it is free.
func taken(t *testing.T, s *Store, id string) store.Writer {
	t.Helper()
	for {
		w, err := s.Open(t.Context(), id)
		if !errors.Is(err, store.ErrBusy) {
			must(t, err)
			return w
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A writer that wakes up after another has taken its run is refused, whatever it tries and whether the other has written anything yet, and
// nothing that it does changes what the other one has.
func TestStaleWriter(t *testing.T) {
	url := listening(t)
	const lease = 300 * time.Millisecond
	stale, s := connected(t, url, lease), connected(t, url, lease)
	for name, wakes := range map[string]struct {
		do   func(w store.Writer) error
		want error
	}{
		"appends": {func(w store.Writer) error { return w.Append(event(2)) }, store.ErrConflict},
		"puts":    {func(w store.Writer) error { return w.Put("last", write("stale")) }, store.ErrConflict},
		"copies":  {func(w store.Writer) error { return w.Copy("last", "best") }, store.ErrConflict},
		"removes": {func(w store.Writer) error { return w.Remove("last") }, store.ErrConflict},
		"closes":  {func(w store.Writer) error { return w.Close() }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			old := stalled(t, stale, name)
			w := taken(t, s, name)
			if err := wakes.do(old); !errors.Is(err, wakes.want) {
				t.Errorf("it gets the error %v, want %v", err, wakes.want)
			}
			must(t, old.Close())
			if _, err := stale.Open(t.Context(), name); !errors.Is(err, store.ErrBusy) {
				t.Errorf("a third writer gets the error %v", err)
			}
			must(t, w.Append(event(2)), w.Put("best", write("second")), w.Close())
			if differs := compareOne(t, s, name, contents{2, map[string]string{"last": "first", "best": "second"}}); differs != "" {
				t.Error(differs)
			}
			if left := leftovers(t, s); len(left) > 0 {
				t.Errorf("%q are left", left)
			}
		})
	}
}

// So is one whose run was deleted, and begun again by another.
func TestStaleWriterOfADeletedRun(t *testing.T) {
	url := listening(t)
	s := connected(t, url, 300*time.Millisecond)
	for _, old := range []store.Writer{stalled(t, s, "events"), stalled(t, s, "none")} {
		id := old.(*writer).document.ID
		must(t, taken(t, s, id).Close(), s.Delete(t.Context(), id))
		if err := old.Append(event(2)); !errors.Is(err, store.ErrConflict) {
			t.Errorf("of a deleted run: %v", err)
		}
		w, err := s.Create(t.Context(), id)
		must(t, err)
		if err := old.Put("x", write("x")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("of a run that began again: %v", err)
		}
		must(t, old.Close(), w.Append(event(1)), w.Close())
		if differs := compareOne(t, s, id, contents{1, nil}); differs != "" {
			t.Error(differs)
		}
	}
}

// While its lease is renewed a writer keeps its run, and it continues after its lease was lost, if nobody took the run.
func TestLeaseIsRenewed(t *testing.T) {
	s := connected(t, listening(t), 300*time.Millisecond)
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)))
	for until := time.Now().Add(time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if _, err := s.Open(t.Context(), "a"); !errors.Is(err, store.ErrBusy) {
			t.Fatalf("another writer gets the error %v", err)
		}
	}
	must(t, purge(t.Context(), s.leases, leaseSubject+"*")) // as when the servers restart
	for free := true; free; time.Sleep(10 * time.Millisecond) {
		held, err := counts(t.Context(), s.leases, leaseSubject+"*")
		must(t, err)
		free = len(held) == 0
	}
	must(t, w.Append(event(2)), w.Close())
	if all, err := s.List(t.Context()); err != nil || len(all) != 1 || all[0].Phase != run.Interrupted {
		t.Errorf("%+v, %v", all, err)
	}
}

// An event whose answer is lost is sent again, and kept once; and so is one that a server of a cluster refuses although nothing came
// before it, because it is not quite done with the one before.
func TestHinderedPublish(t *testing.T) {
	s := opened(t, t.TempDir())
	js := s.js
	for id, once := range map[string]error{
		"lost":    nats.ErrTimeout,
		"refused": &jetstream.APIError{ErrorCode: jetstream.JSErrCodeStreamWrongLastSequenceConstant},
	} {
		w, err := s.Create(t.Context(), id)
		must(t, err, w.Append(event(1)))
		h := &hindered{JetStream: js, accepted: id == "lost", once: once}
		s.js = h
		must(t, w.Append(event(2)), w.Append(event(3)))
		if h.once != nil {
			t.Errorf("%s: it did not happen", id)
		}
		s.js = js
		must(t, w.Close())
		if differs := compareOne(t, s, id, contents{3, nil}); differs != "" {
			t.Error(differs)
		}
	}
}

// hindered is a JetStream that answers a message with an error, once.
type hindered struct {
	jetstream.JetStream
	accepted bool // the message all the same
	once     error
}

func (h *hindered) PublishMsg(ctx context.Context, m *nats.Msg, o ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	err := h.once
	h.once = nil
	if err != nil && !h.accepted {
		return nil, err
	}
	ack, failed := h.JetStream.PublishMsg(ctx, m, o...)
	if err != nil {
		return nil, err
	}
	return ack, failed
}
