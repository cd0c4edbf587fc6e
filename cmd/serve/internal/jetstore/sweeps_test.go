package jetstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/storetest"
)

// Sweeps are kept beside runs: they are made once, changed by several at a time without losing any change, deleted, and told of.
func TestSweeps(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	begin := s.Now()
	ctx := t.Context()
	one := store.Sweep{ID: "b", Name: "first", File: json.RawMessage(`{"base":"x"}`), Created: time.Unix(1, 0).UTC()}
	must(t, s.CreateSweep(ctx, one), s.CreateSweep(ctx, store.Sweep{ID: "a", File: json.RawMessage(`{}`), Created: time.Unix(2, 0).UTC()}))
	if err := s.CreateSweep(ctx, one); !errors.Is(err, store.ErrExists) {
		t.Errorf("twice: %v", err)
	}
	if err := s.CreateSweep(ctx, store.Sweep{ID: "a/b"}); err == nil {
		t.Error("a sweep has a name that none may have")
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			must(t, s.ChangeSweep(ctx, "b", func(d *store.Sweep) error { d.Workers++; return nil }))
		})
	}
	all.Wait()
	refused := fmt.Errorf("it is so: %w", store.ErrConflict)
	for id, want := range map[string]error{"b": refused, "none": store.ErrNotFound} {
		if err := s.ChangeSweep(ctx, id, func(d *store.Sweep) error { d.Name = "not so"; return refused }); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	must(t, s.DeleteSweep(ctx, "a"))
	if err := s.DeleteSweep(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	check := func(s *Store) {
		t.Helper()
		all, err := s.Sweeps(ctx)
		if err != nil || len(all) != 1 || all[0].ID != "b" || all[0].Name != "first" || all[0].Workers != 20 || string(all[0].File) != `{"base":"x"}` {
			t.Errorf("the sweeps are %+v, %v", all, err)
		}
		if runs, err := s.List(ctx); err != nil || len(runs) > 0 {
			t.Errorf("the runs are %+v, %v", runs, err)
		}
	}
	check(s)
	// Of a document the store keeps the last one only: a slow reader may be told of several changes as one, but always of the last one.
	var live []store.Happening
	heard := map[string]bool{}
	for at := begin; len(live) == 0 || !live[len(live)-1].Deleted; {
		h := told(t, s, at, 1)[0]
		if live, heard[h.Sweep] = append(live, h), true; h.Run != "" || len(live) > 23 || h.At.Runs <= at.Runs {
			t.Fatalf("what happened is %+v", live)
		}
		at = h.At
	}
	if len(heard) != 2 || live[len(live)-1].Sweep != "a" || live[len(live)-2].Sweep != "b" {
		t.Errorf("what happened is %+v", live)
	}
	must(t, s.Close())
	s = opened(t, dir)
	check(s)
	// From the files, of several changes of a sweep the last is the only one.
	if again := told(t, s, begin, 2); again[0].Sweep != "b" || again[0].Deleted || again[1].Sweep != "a" || !again[1].Deleted {
		t.Errorf("from the files it is %+v", again)
	}
}

// A run that leaves the queue at the step where its sweep parks it has reached a rung; one that was stopped before, or is at its end, has not.
func TestRungs(t *testing.T) {
	s := opened(t, t.TempDir())
	metric := func(seq uint64, step int, accuracy float64) run.Record {
		return run.Record{Seq: seq, Event: &run.Metric{Step: step, Validation: &run.Measure{Accuracy: accuracy, N: 50}}}
	}
	end := func(seq uint64, status run.Phase) run.Record {
		return run.Record{Seq: seq, Event: &run.End{Status: status}}
	}
	for name, c := range map[string]struct {
		until   int
		records []run.Record
		rungs   string
		phase   run.Phase
	}{
		"parked":          {10, []run.Record{metric(2, 5, 0.1), metric(3, 10, 0.25)}, "10 0.25 50; ", run.Parked},
		"stopped before":  {10, []run.Record{metric(2, 5, 0.1), end(3, run.Stopped)}, "", run.Stopped},
		"taken out":       {10, []run.Record{metric(2, 5, 0.1)}, "", run.Interrupted},
		"failed there":    {10, []run.Record{metric(2, 10, 0.1), end(3, run.Failed)}, "", run.Failed},
		"done":            {0, []run.Record{metric(2, 10, 0.1), end(3, run.Done)}, "", run.Done},
		"of no sweep yet": {0, []run.Record{metric(2, 10, 0.1)}, "", run.Interrupted},
	} {
		id := strings.ReplaceAll(name, " ", "-")
		must(t, s.Enqueue(t.Context(), store.Job{ID: id, Recipe: storetest.Recipe(), Sweep: "s", Until: c.until}))
		w, err := s.Create(t.Context(), id)
		must(t, err, w.Append(event(1)), w.Append(c.records...), w.Close(), s.Dequeue(t.Context(), store.Job{ID: id}))
		all, err := s.List(t.Context())
		must(t, err)
		sum := all[slices.IndexFunc(all, func(sum run.Summary) bool { return sum.ID == id })]
		rungs := ""
		for _, r := range sum.Rungs {
			rungs += fmt.Sprint(r.Step, " ", r.Accuracy, " ", r.N, "; ")
		}
		if rungs != c.rungs || sum.Phase != c.phase || sum.Sweep != "s" {
			t.Errorf("%s: it is %s of sweep %q, at the rungs %q; want %s, %q", name, sum.Phase, sum.Sweep, rungs, c.phase, c.rungs)
		}
	}
	// It is promoted, and has two rungs then.
	must(t, s.Enqueue(t.Context(), store.Job{ID: "parked", Recipe: storetest.Recipe(), Sweep: "s", Until: 30}))
	w, err := s.Open(t.Context(), "parked")
	must(t, err, w.Append(metric(4, 30, 0.5)), w.Close(), s.Dequeue(t.Context(), store.Job{ID: "parked"}))
	all, err := s.List(t.Context())
	must(t, err)
	if sum := all[slices.IndexFunc(all, func(sum run.Summary) bool { return sum.ID == "parked" })]; len(sum.Rungs) != 2 || sum.Rungs[1].Step != 30 || sum.Phase != run.Parked {
		t.Errorf("promoted it is %+v", sum)
	}
	// A program that was stopped while it chose what is next sends runs to where they are.
	for id, until := range map[string]int{"parked": 10, "stopped-before": 30, "done": 0} {
		if err := s.Enqueue(t.Context(), store.Job{ID: id, Recipe: storetest.Recipe(), Sweep: "s", Until: until}); !errors.Is(err, store.ErrExists) {
			t.Errorf("%s is sent to step %d again: %v", id, until, err)
		}
	}
	must(t, s.Enqueue(t.Context(), store.Job{ID: "stopped-before", Recipe: storetest.Recipe()})) // a person resumes it
}

// A store from before there were sweeps accepts them.
func TestOldStoreTakesSweeps(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, 0)
	must(t, err)
	w, err := s.Create(t.Context(), "a")
	must(t, err, w.Append(event(1)), w.Close())
	c := s.documents.CachedInfo().Config
	c.Subjects = []string{documentSubject + "*"}
	_, err = s.js.UpdateStream(t.Context(), c)
	must(t, err, s.Close())
	s = opened(t, dir)
	must(t, s.CreateSweep(t.Context(), store.Sweep{ID: "x", File: json.RawMessage(`{}`)}))
	var now *jetstream.StreamInfo
	now, err = info(t.Context(), s.documents)
	must(t, err)
	if all, err := s.Sweeps(t.Context()); err != nil || len(all) != 1 || len(now.Config.Subjects) != 2 {
		t.Errorf("the sweeps are %+v, %v", all, err)
	}
	if all, err := s.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("the runs are %+v, %v", all, err)
	}
}
