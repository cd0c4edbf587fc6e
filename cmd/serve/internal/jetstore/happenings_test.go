package jetstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// told are the happenings from a position on, as many as are wanted.
func told(t *testing.T, s *Store, from store.Position, n int) (all []store.Happening) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for h, err := range s.Happenings(ctx, from) {
		must(t, err)
		if all = append(all, h); len(all) == n {
			return all
		}
	}
	t.Fatalf("%d came of %d", len(all), n)
	return nil
}

// words are happenings in short.
func words(all []store.Happening) (w []string) {
	for _, h := range all {
		switch {
		case h.Deleted:
			w = append(w, h.Run+" deleted")
		case h.Record == nil:
			w = append(w, h.Run+" changed")
		default:
			r, err := run.UnmarshalRecord(h.Record)
			w = append(w, fmt.Sprintf("%s %d %v", h.Run, r.Seq, err))
		}
	}
	return w
}

// What happens comes in order, and from any position on the rest, also from a store that was reopened and has it in its files only.
func TestHappenings(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	begin := s.Now()
	must(t, s.Enqueue(t.Context(), store.Job{ID: "a", Recipe: storetest.Recipe()}))
	w, err := s.Open(t.Context(), "a")
	must(t, err, w.Append(events(0, 40)...), s.Tell("a", run.Record{Event: &run.State{Phase: run.Paused}}), w.Append(events(40, 40)...), w.Close())
	must(t, s.Dequeue(t.Context(), store.Job{ID: "a"}))
	live := told(t, s, begin, 82)
	want := []string{"a changed"}
	for i := range 80 {
		want = append(want, fmt.Sprintf("a %d <nil>", i+1))
	}
	// A change of a run and its records arrive in two ways, so their order among each other may differ.
	got := slices.DeleteFunc(words(live), func(w string) bool { return w == "a changed" })
	if !slices.Equal(got, want[1:]) || len(live)-len(got) != 2 {
		t.Fatalf("it tells %q", words(live))
	}
	again := func(s *Store) {
		t.Helper()
		for _, at := range []int{0, 1, 20, 41, 60, 79} {
			var rest []string
			for _, h := range live[at+1:] {
				if h.Record != nil {
					rest = append(rest, string(h.Record))
				}
			}
			var got []string
			for h, err := range s.Happenings(t.Context(), live[at].At) {
				must(t, err)
				if h.Record != nil && !h.Passing {
					got = append(got, string(h.Record))
				}
				if len(got) == len(rest) {
					break
				}
			}
			if !slices.Equal(got, rest) {
				t.Fatalf("from %s on come %d records, want %d", live[at].At, len(got), len(rest))
			}
		}
	}
	again(s)
	must(t, s.Close())
	s = opened(t, dir)
	again(s)
	end := s.Now()
	must(t, s.Label(t.Context(), "a", run.Label{Name: "x"}), s.Delete(t.Context(), "a"))
	if got := words(told(t, s, end, 2)); !slices.Equal(got, []string{"a changed", "a deleted"}) {
		t.Errorf("it tells %q", got)
	}
	// Of another store's position everything comes; of a deleted run that is all there is.
	if got := words(told(t, s, store.Position{Store: 1, Events: 50, Runs: 2}, 1)); !slices.Equal(got, []string{"a deleted"}) {
		t.Errorf("it tells %q", got)
	}
}

// A follower that does not keep up with the news reads the streams, and misses nothing.
func TestSlowFollower(t *testing.T) {
	s := opened(t, t.TempDir())
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(events(0, 10)...))
	next := uint64(1)
	for h, err := range s.Happenings(t.Context(), store.Position{}) {
		must(t, err)
		if h.Record == nil || h.Passing {
			continue
		}
		r, err := run.UnmarshalRecord(h.Record)
		if must(t, err); r.Seq != next {
			t.Fatalf("event %d comes as %d", next, r.Seq)
		}
		if next == 5 {
			must(t, w.Append(events(10, 10)...))
			for range mostNews + 1 {
				must(t, s.Tell("a", run.Record{Event: &run.Progress{}}))
			}
		}
		if next++; next > 20 {
			break
		}
	}
	must(t, w.Close())
}

// Jobs outlast the store's end, in the order in which they were asked for, with the label that their run has.
func TestJobs(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	for i, id := range []string{"c", "a", "b"} {
		must(t, s.Enqueue(t.Context(), store.Job{ID: id, Recipe: storetest.Recipe(), Queued: time.Unix(int64(i), 0).UTC(), Label: run.Label{Name: "n" + id}}))
	}
	if err := s.Enqueue(t.Context(), store.Job{ID: "a"}); !errors.Is(err, store.ErrExists) {
		t.Errorf("twice: %v", err)
	}
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Close()) // it never began, and stays in the queue
	must(t, s.Label(t.Context(), "a", run.Label{Name: "x"}), s.Delete(t.Context(), "c"), s.Close())
	s = opened(t, dir)
	jobs, err := s.Jobs(t.Context())
	must(t, err)
	if len(jobs) != 2 || jobs[0].ID != "a" || jobs[0].Label.Name != "x" || jobs[1].ID != "b" || jobs[1].Recipe != storetest.Recipe() {
		t.Errorf("the jobs are %+v", jobs)
	}
	a, b := jobs[0], jobs[1]
	b.Attempts = 2
	must(t, s.SaveJob(t.Context(), b), s.Dequeue(t.Context(), a))
	for _, gone := range []store.Job{a, {ID: "b", Queued: b.Queued.Add(1)}} { // the other one was queued again since
		if err := s.Dequeue(t.Context(), gone); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is taken out of the queue: %v", gone.ID, err)
		}
	}
	if jobs, err := s.Jobs(t.Context()); err != nil || len(jobs) != 1 || jobs[0].Attempts != 2 {
		t.Errorf("the jobs are %+v, %v", jobs, err)
	}
}

func TestPositions(t *testing.T) {
	p := store.Position{Store: 0xabc, Events: 12, Runs: 3}
	if got, err := store.ParsePosition(p.String()); err != nil || got != p {
		t.Errorf("%s is read as %+v, %v", p, got, err)
	}
	for _, text := range []string{"", "1", "1-2", "1-2-3-4", "1-2-3 ", "x-1-2", "1--2-3", "1-2-99999999999999999999999"} {
		if p, err := store.ParsePosition(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}
