package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	wire "unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// summed is a store of sweeps that has summaries of runs and nothing else: it panics where a log or an artifact is asked for.
type summed struct {
	store.Store
	sweeps []store.Sweep
	all    map[string]run.Summary
	jobs   []store.Job
}

func (s *summed) List(context.Context) (all []run.Summary, _ error) {
	for _, sum := range s.all {
		all = append(all, sum)
	}
	return all, nil
}
func (s *summed) Enqueue(_ context.Context, j store.Job) error {
	if slices.ContainsFunc(s.jobs, func(o store.Job) bool { return o.ID == j.ID }) {
		return store.ErrExists
	}
	s.jobs = append(s.jobs, j)
	return nil
}
func (s *summed) CreateSweep(_ context.Context, one store.Sweep) error {
	s.sweeps = append(s.sweeps, one)
	return nil
}
func (s *summed) ChangeSweep(_ context.Context, id string, do func(*store.Sweep) error) error {
	for i := range s.sweeps {
		if s.sweeps[i].ID == id {
			return do(&s.sweeps[i])
		}
	}
	return store.ErrNotFound
}
func (s *summed) DeleteSweep(context.Context, string) error         { return nil }
func (s *summed) Sweeps(context.Context) ([]store.Sweep, error)     { return s.sweeps, nil }
func (s *summed) Jobs(context.Context) ([]store.Job, error)         { return slices.Clone(s.jobs), nil }
func (s *summed) Do(context.Context, string, control.Command) error { return nil }
func (s *summed) Delete(context.Context, string) error              { return nil }
func (s *summed) JobChanges(context.Context) <-chan struct{}        { return nil }

// end completes the job of a run: it reaches an accuracy at its rung, or fails.
func (s *summed) end(id string, accuracy float64, fails bool) {
	i := slices.IndexFunc(s.jobs, func(j store.Job) bool { return j.ID == id })
	j := s.jobs[i]
	s.jobs = slices.Delete(s.jobs, i, i+1)
	now := time.Unix(int64(len(s.all)), int64(j.Until))
	sum := s.all[id]
	sum.ID, sum.Recipe, sum.Sweep, sum.Updated, sum.Step, sum.Phase = id, j.Recipe, j.Sweep, now, j.Until, run.Parked
	sum.Latest = &run.Metric{Step: j.Until, Validation: &run.Measure{Accuracy: accuracy, N: 100}, Test: run.Measure{Accuracy: accuracy / 2, N: 250}}
	sum.Best = sum.Latest
	switch {
	case fails:
		sum.Phase, sum.Error = run.Failed, "it diverged"
	case j.Until == 0:
		sum.Step, sum.Phase = j.Recipe.Steps, run.Done
	default:
		sum.Rungs = append(slices.Clone(sum.Rungs), run.Rung{Step: j.Until, Accuracy: accuracy, N: 100, Time: now})
	}
	s.all[id] = sum
}

func newSummed(t testing.TB, file string) (*Sweeps, *summed, string) {
	t.Helper()
	s := &summed{all: map[string]run.Summary{}}
	all := NewSweeps(s, s, func(recipe.Dataset) string { return "" }, io.Discard)
	id, err := all.Create(t.Context(), []byte(file), "")
	if err != nil {
		t.Fatal(err)
	}
	return all, s, id
}

func sweepFile(points int, more string) string {
	return fmt.Sprintf(`{"base": "mnist-rnn-32", "change": {"holdout": 100, "steps": 900}, "asha": {"min_steps": 100},
		"random": {"points": %d, "fields": {"learning_rate": {"log": [1e-5, 1]}, "batch": {"linear": [1, 1000]}}}%s}`, points, more)
}

// many is a sweep of 10,000 runs, all of which have reached the first rung, or failed.
func many(t testing.TB) (*Sweeps, *summed, string) {
	var rates, batches []string
	for i := range 100 {
		rates, batches = append(rates, fmt.Sprint(0.001*float64(i+1))), append(batches, fmt.Sprint(i+1))
	}
	all, s, id := newSummed(t, fmt.Sprintf(`{"base": "mnist-rnn-32", "change": {"holdout": 100, "steps": 900}, "asha": {"min_steps": 100},
		"grid": {"learning_rate": [%s], "batch": [%s]}}`, strings.Join(rates, ", "), strings.Join(batches, ", ")))
	p := all.plans.of(s.sweeps[0])
	for i, runs := range p.runs {
		s.jobs = append(s.jobs, store.Job{ID: runs[0].ID, Recipe: runs[0].Recipe, Sweep: id, Until: 100})
		s.end(runs[0].ID, float64(i)/10_000, i%10 == 9)
	}
	return all, s, id
}

// The answer about 10,000 runs is made from their summaries: no log is read.
func TestTenThousandRuns(t *testing.T) {
	all, s, id := many(t)
	one, err := all.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if one.Points != 10_000 || one.Runs[run.Parked] != 9000 || one.Runs[run.Failed] != 1000 || one.Best.Point != 9998 || one.Best.Accuracy != 0.9998 || one.Best.Test != nil {
		t.Errorf("it is %+v, the best %+v", one.SweepSummary, one.Best)
	}
	if p := one.All[9999]; p.N != 0 || p.Rank != 0 || p.Runs[0].Why != "it diverged" {
		t.Errorf("a point that failed is %+v", p)
	}
	text, err := json.Marshal(one)
	if perRun := len(text) / 10_000; err != nil || perRun > 500 {
		t.Errorf("the answer has %d bytes a run, %v", perRun, err)
	}
	if more, err := all.Feed(t.Context()); !more || err != nil || len(s.jobs) != 1 || s.jobs[0].ID != one.All[9998].Runs[0].ID || s.jobs[0].Until != 300 {
		t.Errorf("next is %+v, %v", s.jobs, err)
	}
}

func BenchmarkAnswer10000(b *testing.B) {
	all, _, id := many(b)
	for b.Loop() {
		one, err := all.Get(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(one); err != nil {
			b.Fatal(err)
		}
	}
}

// The oldest sweep is served first, none has more runs in the queue than its workers, and what is paused has none.
func TestFeed(t *testing.T) {
	all, s, first := newSummed(t, sweepFile(4, ""))
	second, err := all.Create(t.Context(), []byte(sweepFile(3, `, "seeds": 2`)), "")
	if err != nil {
		t.Fatal(err)
	}
	feed := func(want ...string) {
		t.Helper()
		s.jobs = nil
		for {
			more, err := all.Feed(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
		}
		var got []string
		for _, j := range s.jobs {
			got = append(got, j.Sweep)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the queue has runs of %q, want %q", got, want)
		}
	}
	a, b := first, second
	feed(a, a, a, a, b, b, b, b, b, b)
	two, none := 2, -1
	if err := all.Change(t.Context(), a, wire.SweepChange{Workers: &two}); err != nil {
		t.Fatal(err)
	}
	feed(a, a, b, b, b, b, b, b)
	if err := all.Change(t.Context(), a, wire.SweepChange{Workers: &none}); err == nil {
		t.Error("workers below 0 are taken")
	}
	if err := all.Do(t.Context(), b, wire.PauseSweep); err != nil {
		t.Fatal(err)
	}
	feed(a, a)
	if err := all.Do(t.Context(), a, wire.StopSweep); err != nil {
		t.Fatal(err)
	}
	feed()
}

// A point with two seeds, of which one failed, is trained no further; the mean of the others decides.
func TestSeedsOfASweep(t *testing.T) {
	all, s, id := newSummed(t, sweepFile(3, `, "seeds": 2`))
	for range 6 {
		if more, err := all.Feed(t.Context()); !more || err != nil {
			t.Fatal(more, err)
		}
	}
	p := all.plans.of(s.sweeps[0])
	for point, accuracies := range [][2]float64{{0.5, 0.7}, {0.9, 0.2}, {0.99, 0.99}} {
		for seed, accuracy := range accuracies {
			s.end(p.runs[point][seed].ID, accuracy, point == 2 && seed == 1)
		}
	}
	for range 2 {
		if more, err := all.Feed(t.Context()); !more || err != nil {
			t.Fatal(more, err)
		}
	}
	if s.jobs[0].ID != p.runs[0][0].ID || s.jobs[1].ID != p.runs[0][1].ID || s.jobs[0].Until != 300 {
		t.Errorf("promoted are %+v", s.jobs)
	}
	if more, _ := all.Feed(t.Context()); more {
		t.Errorf("more are promoted: %+v", s.jobs)
	}
	one, err := all.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var ranks []int
	for _, p := range one.All {
		ranks = append(ranks, p.Rank)
	}
	if !slices.Equal(ranks, []int{1, 2, 3}) || one.All[0].Accuracy != 0.6 || one.All[0].N != 2 || one.All[2].N != 1 {
		t.Errorf("%+v", one.All)
	}
}

// Runs that a sweep is about to stop at its end are held by it one after the other, and look as if they were in training. The other seeds of their points
// are not sent after them.
func TestNothingBeginsAtTheEnd(t *testing.T) {
	all, s, _ := newSummed(t, sweepFile(2, `, "seeds": 2`))
	for range 4 {
		if more, err := all.Feed(t.Context()); !more || err != nil {
			t.Fatal(more, err)
		}
	}
	p := all.plans.of(s.sweeps[0])
	for _, runs := range p.runs {
		for _, r := range runs {
			s.end(r.ID, 0.5, false)
		}
	}
	if more, err := all.Feed(t.Context()); more || err != nil {
		t.Fatalf("the sweep is not at its end: %+v, %v", s.jobs, err)
	}
	inHand := s.all[p.runs[0][0].ID]
	inHand.Phase = run.Training
	s.all[inHand.ID] = inHand
	if more, err := all.Feed(t.Context()); more || err != nil {
		t.Errorf("%+v begin, %v", s.jobs, err)
	}
}

// A file that names what no longer exists is reported, and delays no other sweep.
func TestSweepThatCannotBeRead(t *testing.T) {
	all, s, _ := newSummed(t, sweepFile(2, ""))
	s.sweeps = append([]store.Sweep{{ID: "old", File: json.RawMessage(`{"base": "gone", "grid": {"batch": [1]}}`)}}, s.sweeps...)
	list, err := all.List(t.Context())
	if err != nil || len(list) != 2 || list[1].Error == "" || list[0].Error != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if more, err := all.Feed(t.Context()); !more || err != nil {
		t.Errorf("nothing is fed: %v", err)
	}
}
