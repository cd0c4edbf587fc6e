package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// slow is a store whose writer does nothing until it is let, and notes what it did.
type slow struct {
	store.Memory
	gate chan struct{} // closed when it may work
	fail string        // what is not done
	take time.Duration // how long it works at each thing
	each func()        // called after each thing; nil for nothing

	mu   sync.Mutex
	done []string
}

type slowWriter struct {
	store.Writer
	s *slow
}

func (s *slow) Create(ctx context.Context, id string) (store.Writer, error) {
	w, err := s.Memory.Create(ctx, id)
	return slowWriter{w, s}, err
}

var errBroken = errors.New("broken")

func (w slowWriter) note(what string, f func() error) error {
	<-w.s.gate
	time.Sleep(w.s.take)
	if what == w.s.fail {
		return errBroken
	}
	if w.s.each != nil {
		defer w.s.each()
	}
	w.s.mu.Lock()
	w.s.done = append(w.s.done, what)
	w.s.mu.Unlock()
	return f()
}

func (w slowWriter) Append(all ...run.Record) error {
	return w.note(fmt.Sprintf("append %d-%d", all[0].Seq, all[len(all)-1].Seq), func() error { return w.Writer.Append(all...) })
}

func (w slowWriter) Put(name string, write func(io.Writer) error) error {
	return w.note("put "+name, func() error { return w.Writer.Put(name, write) })
}

func (w slowWriter) Copy(from, to string) error {
	return w.note("copy "+from+" "+to, func() error { return w.Writer.Copy(from, to) })
}

func (w slowWriter) Remove(name string) error {
	return w.note("remove "+name, func() error { return w.Writer.Remove(name) })
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func record(seq uint64) run.Record { return run.Record{Seq: seq, Event: &run.Rate{Step: int(seq)}} }

// What is written waits for nobody; it is done in order, records together, and an artifact that would be written over is left out.
func TestBehind(t *testing.T) {
	s := &slow{gate: make(chan struct{})}
	w, err := store.Behind(t.Context(), s).Create(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		w.Append(record(1)), w.Append(record(2)), w.Append(record(3)), w.Append(record(4)),
		w.Put("last", text("1")), w.Copy("last", "best"), w.Append(record(5)),
		w.Put("last", text("2")), w.Append(record(6)),
		w.Put("last", text("3")), w.Copy("last", "best"), w.Put("other", text("o")), w.Remove("other"),
		w.Put("last", text("4")),
	); err != nil {
		t.Fatal(err)
	}
	if w.Last() != 6 {
		t.Errorf("the last number is %d", w.Last())
	}
	if err := w.Append(record(9)); !errors.Is(err, store.ErrConflict) {
		t.Errorf("event 9 after 6: %v", err)
	}
	close(s.gate)
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	// How many of the records come together depends on when the first is taken up.
	done := slices.DeleteFunc(s.done, func(d string) bool { return strings.HasPrefix(d, "append") })
	want := []string{"put last", "copy last best", "put last", "copy last best", "put other", "remove other", "put last"}
	if !slices.Equal(done, want) {
		t.Errorf("done: %q, want %q", done, want)
	}
	if log, err := s.Read(t.Context(), "a", 1); len(log) != 6 {
		t.Errorf("%d records, %v", len(log), err)
	}
	for name, want := range map[string]string{"last": "4", "best": "3"} {
		f, err := s.Get(t.Context(), "a", name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); string(got) != want || err != nil {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	if err := w.Append(record(7)); err == nil {
		t.Error("a closed writer writes")
	}
}

// After something has failed nothing is written, and who writes is told.
func TestBehindFails(t *testing.T) {
	s := &slow{gate: make(chan struct{}), fail: "put last"}
	close(s.gate)
	w, err := store.Behind(t.Context(), s).Create(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	w.Append(record(1))
	w.Put("last", text("1"))
	for err == nil {
		err = w.Put("other", text("o"))
	}
	if !errors.Is(err, errBroken) || !errors.Is(w.Close(), errBroken) {
		t.Errorf("the error is %v", err)
	}
	if slices.Contains(s.done, "put other") {
		t.Errorf("done: %q", s.done)
	}
}

// Who writes more than the store keeps up with waits, until it is told to stop.
func TestBehindWaits(t *testing.T) {
	s := &slow{gate: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	w, err := store.Behind(ctx, s).Create(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan uint64, 1000)
	over := make(chan error)
	go func() {
		var err error
		for seq := uint64(1); seq <= 200 && err == nil; seq++ {
			err = w.Append(record(seq))
			written <- seq
		}
		over <- err
	}()
	for range 60 { // so many fit at least
		<-written
	}
	select {
	case err := <-over:
		t.Fatalf("200 records wait: %v", err)
	default:
	}
	stop()
	if err := <-over; err != nil {
		t.Error(err)
	}
	close(s.gate)
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if log, err := s.Read(t.Context(), "a", 1); len(log) != 200 {
		t.Errorf("%d records, %v", len(log), err)
	}
}

// open is a gate that stands open.
func open() chan struct{} {
	gate := make(chan struct{})
	close(gate)
	return gate
}

// evaluate has a recorder keep what an evaluation of a run gives.
func evaluate(t *testing.T, r *store.Recorder, step int, best *run.Metric) {
	t.Helper()
	m := &run.Metric{Step: step}
	if best == nil {
		best = m
	}
	err := errors.Join(r.Record(m), r.Keep(&checkpoint.Checkpoint{
		Version: checkpoint.Version, Step: step, Metric: m, Best: best, Recipe: storetest.Recipe(),
		Tensors: []checkpoint.Tensor{{Name: "/w", DType: checkpoint.Uint8, Shape: []int{1}, Data: []byte{1}}},
	}))
	if err != nil {
		t.Fatal(err)
	}
}

// A store that is slower than a run evaluates comes to its checkpoints all the same: not many evaluations behind, whether each is the
// best or none.
func TestBehindComesToCheckpoints(t *testing.T) {
	for name, better := range map[string]bool{"none is better": false, "each is better": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slow{gate: open(), take: 5 * time.Millisecond}
				r, err := store.Begin(t.Context(), store.Behind(t.Context(), s), "a")
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if err := r.Record(&run.Start{Version: run.Version, Recipe: storetest.Recipe()}); err != nil {
					t.Fatal(err)
				}
				first := &run.Metric{}
				for step := range 2000 {
					best := first
					if better {
						best = nil
					}
					time.Sleep(3 * time.Millisecond)
					evaluate(t, r, step, best)
					c, err := store.Load(t.Context(), s, "a", store.Last)
					if step > 20 && (err != nil || step-c.Step > 20) {
						t.Fatalf("at step %d: %v, %+v", step, err, c)
					}
				}
			})
		})
	}
}

// Whatever of what waits is done when a program is killed, the run can be resumed.
func TestBehindIsResumable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{gate: open(), take: 50 * time.Millisecond}
		killed := 0
		s.each = func() {
			log, err := s.Memory.Read(t.Context(), "a", 1)
			if err != nil || len(log) == 0 {
				return // it has not begun
			}
			killed++
			left := &store.Memory{}
			w, err := left.Create(t.Context(), "a")
			if err == nil {
				err = w.Append(log...)
			}
			all, _ := s.Memory.Artifacts(t.Context(), "a")
			for _, a := range all {
				f, _ := s.Memory.Get(t.Context(), "a", a.Name)
				err = errors.Join(err, w.Put(a.Name, func(to io.Writer) error { _, err := io.Copy(to, f); return err }))
			}
			if err = errors.Join(err, w.Close()); err != nil {
				t.Error(err)
			}
			again, _, err := store.Resume(t.Context(), left, "a")
			if err != nil {
				t.Errorf("after %q: %v", s.done, err)
				return
			}
			again.Close()
		}
		r, err := store.Begin(t.Context(), store.Behind(t.Context(), s), "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Record(&run.Start{Version: run.Version, Recipe: storetest.Recipe()}); err != nil {
			t.Fatal(err)
		}
		for step := range 100 {
			time.Sleep(10 * time.Millisecond)
			evaluate(t, r, 10*step, nil)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if killed < 20 {
			t.Errorf("%d moments were looked at", killed)
		}
	})
}

// A store that does not answer ends neither who writes nor who closes: both are told. When it answers after all, the run is free.
func TestBehindIsTold(t *testing.T) {
	for name, do := range map[string]func(w store.Writer) error{
		"close": func(w store.Writer) error { return w.Close() },
		"write": func(w store.Writer) (err error) {
			for seq := w.Last() + 1; err == nil; seq++ {
				err = w.Append(record(seq))
			}
			return errors.Join(err, w.Close())
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slow{gate: make(chan struct{})}
				w, err := store.Behind(t.Context(), s).Create(t.Context(), "a")
				if err != nil {
					t.Fatal(err)
				}
				w.Append(record(1))
				if err := do(w); err == nil || !strings.Contains(err.Error(), "has not answered for 30s") {
					t.Errorf("the error is %v", err)
				}
				close(s.gate)
				synctest.Wait()
				if w, err = s.Open(t.Context(), "a"); err != nil {
					t.Fatal(err)
				}
				w.Close()
			})
		})
	}
}
