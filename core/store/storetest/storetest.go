// Package storetest is the one test suite of all stores.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// Open opens the store at one place. It is called several times, as by several programs, where the store outlives a program.
type Open func() store.Store

// Test tests stores. begin makes a new and empty place for one; many is how many runs it must be able to list.
func Test(t *testing.T, many int, begin func(t *testing.T) Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"Log", logs}, {"OneWriter", oneWriter}, {"Conflict", conflict}, {"Artifacts", artifacts}, {"List", list},
		{"Watch", watch}, {"Changes", changes}, {"Delete", deletes}, {"Names", names}, {"Nothing", nothing}, {"Recorder", recorder}, {"Snapshots", snapshots}, {"SnapshotBound", snapshotBound}, {"Analyses", analyses}, {"ResumeRefuses", refuses},
		{"KilledBetweenCheckpoints", betweenCheckpoints},
		{"Many", func(t *testing.T, open Open) { manyRuns(t, open, many) }},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, begin(t)) })
	}
}

// Recipe is one that runs in tests have.
func Recipe() recipe.Recipe {
	return recipe.Recipe{
		Version: recipe.Version, Net: "rnn 2", Dataset: recipe.MNIST, Optimizer: recipe.SGD,
		LearningRate: 0.1, Batch: 8, Steps: 100, Seed: 1, EvalEvery: 10, Eval: recipe.EvalSample,
	}
}

func start() *run.Start {
	return &run.Start{Version: run.Version, Recipe: Recipe(), Where: run.Where{Backend: "go", Tier: "1 thread"}}
}

func metric(step int, accuracy float64) *run.Metric {
	return &run.Metric{Step: step, Test: run.Measure{Accuracy: accuracy, N: 10}}
}

// must ends the test on an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// at is a time that survives being written down.
func at(seconds int) time.Time {
	return time.UnixMilli(1_800_000_000_000).Add(time.Duration(seconds) * time.Second).UTC()
}

// records numbers events from one on.
func records(from uint64, events ...run.Event) (all []run.Record) {
	for i, e := range events {
		all = append(all, run.Record{Seq: from + uint64(i), Time: at(i), Event: e})
	}
	return all
}

// create makes a run of events.
func create(t *testing.T, s store.Store, id string, events ...run.Event) store.Writer {
	t.Helper()
	w, err := s.Create(t.Context(), id)
	must(t, err)
	for _, r := range records(1, events...) {
		must(t, w.Append(r))
	}
	return w
}

// read returns a log from a number on.
func read(t *testing.T, s store.Store, id string, from uint64) []run.Record {
	t.Helper()
	all, err := s.Read(t.Context(), id, from)
	must(t, err)
	return all
}

// same compares logs as they are written.
func same(t *testing.T, got, want []run.Record) {
	t.Helper()
	text := func(all []run.Record) (s string) {
		for _, r := range all {
			line, err := r.Marshal()
			must(t, err)
			s += string(line) + "\n"
		}
		return s
	}
	if text(got) != text(want) {
		t.Errorf("the log is\n%swant\n%s", text(got), text(want))
	}
}

func logs(t *testing.T, open Open) {
	unknown, err := run.Unmarshal([]byte(`{"type":"surprise", "seq":3, "step":7}`))
	must(t, err)
	want := records(1, start(), metric(0, 0.5), unknown, &run.Rate{Step: 3, LearningRate: 0.5}, &run.End{Status: run.Done, Steps: 5})
	w := create(t, open(), "a", start(), metric(0, 0.5))
	if w.Last() != 2 {
		t.Errorf("the last number is %d, want 2", w.Last())
	}
	must(t, w.Close(), w.Close())

	w, err = open().Open(t.Context(), "a")
	must(t, err)
	if w.Last() != 2 {
		t.Errorf("opened again, the last number is %d, want 2", w.Last())
	}
	for _, r := range want[2:] {
		must(t, w.Append(r))
	}
	same(t, read(t, open(), "a", 0), want) // while it is being written
	must(t, w.Close())
	same(t, read(t, open(), "a", 1), want)
	same(t, read(t, open(), "a", 4), want[3:])
	same(t, read(t, open(), "a", 6), nil)
	same(t, read(t, open(), "a", 99), nil)
}

func oneWriter(t *testing.T, open Open) {
	first := create(t, open(), "a", start())
	if _, err := open().Open(t.Context(), "a"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a second writer gets the error %v", err)
	}
	if _, err := open().Create(t.Context(), "a"); !errors.Is(err, store.ErrBusy) && !errors.Is(err, store.ErrExists) {
		t.Errorf("a second creation gets the error %v", err)
	}
	must(t, first.Append(records(2, metric(0, 0.1))[0]), first.Close())
	if _, err := open().Create(t.Context(), "a"); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second creation gets the error %v", err)
	}
	second, err := open().Open(t.Context(), "a")
	must(t, err)
	if err := first.Append(records(3, metric(10, 0.1))[0]); err == nil {
		t.Error("a closed writer writes")
	}
	must(t, second.Append(records(3, metric(10, 0.2))[0]), second.Close())
	if n := len(read(t, open(), "a", 1)); n != 3 {
		t.Errorf("%d events, want 3", n)
	}

	// What lies beside a log counts, also what was there before its first event.
	early, err := open().Create(t.Context(), "early")
	must(t, err, early.Put("x", text(strings.Repeat("x", 5000))), early.Append(records(1, start())...), early.Close())
	all, err := open().List(t.Context())
	must(t, err)
	for _, sum := range all {
		if sum.ID == "early" && sum.Bytes < 5000 {
			t.Errorf("a run takes %d bytes, and one artifact has 5000", sum.Bytes)
		}
	}

	// Of a run that never began there is nothing but perhaps its name.
	w, err := open().Create(t.Context(), "b")
	must(t, err, w.Close())
	w = create(t, open(), "b", start())
	must(t, w.Close())
}

func conflict(t *testing.T, open Open) {
	w := create(t, open(), "a", start())
	for _, seq := range []uint64{0, 1, 3} {
		if err := w.Append(run.Record{Seq: seq, Event: metric(0, 0)}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("event %d after 1: %v", seq, err)
		}
	}
	wrong := append(records(2, metric(0, 0.5)), records(4, metric(10, 0.5))...)
	if err := w.Append(wrong...); !errors.Is(err, store.ErrConflict) {
		t.Errorf("events 2 and 4: %v", err)
	}
	several := records(2, metric(0, 0.5), metric(10, 0.6), metric(20, 0.7))
	must(t, w.Append(several...), w.Append(), w.Close())
	same(t, read(t, open(), "a", 2), several)
}

// content reads an artifact.
func content(t *testing.T, s store.Store, id, name string) string {
	t.Helper()
	f, err := s.Get(t.Context(), id, name)
	must(t, err)
	b, err := io.ReadAll(f)
	must(t, err, f.Close())
	return string(b)
}

// text writes a text.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func artifacts(t *testing.T, open Open) {
	w := create(t, open(), "a", start())
	large := strings.Repeat("0123456789", 1<<17)
	must(t, w.Put("b.bin", text("first")), w.Put("a.bin", text(large)), w.Put("b.bin", text("second")), w.Put("empty", text("")))
	failed := errors.New("no more")
	err := w.Put("b.bin", func(w io.Writer) error {
		io.WriteString(w, "thi")
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("the error of what writes is lost: %v", err)
	}
	for name, want := range map[string]string{"a.bin": large, "b.bin": "second", "empty": ""} {
		if got := content(t, open(), "a", name); got != want {
			t.Errorf("%s has %d bytes, want %d", name, len(got), len(want))
		}
	}
	// A copy is of its own, whatever becomes of the first.
	must(t, w.Copy("b.bin", "c"), w.Copy("b.bin", "d"), w.Put("c", text("other")), w.Copy("d", "d"))
	if c, d := content(t, open(), "a", "c"), content(t, open(), "a", "d"); c != "other" || d != "second" {
		t.Errorf("the copies are %q and %q", c, d)
	}
	must(t, w.Put("d", text("third")), w.Copy("d", "c"), w.Remove("d"))
	if b, c := content(t, open(), "a", "b.bin"), content(t, open(), "a", "c"); b != "second" || c != "third" {
		t.Errorf("the first is %q, its copy's copy %q", b, c)
	}
	must(t, w.Remove("c"))
	if err := w.Copy("c", "e"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a copy of nothing: %v", err)
	}
	must(t, w.Remove("empty"), w.Remove("empty"), w.Close())
	got, err := open().Artifacts(t.Context(), "a")
	if want := []store.Artifact{{Name: "a.bin", Size: int64(len(large))}, {Name: "b.bin", Size: 6}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if _, err := open().Get(t.Context(), "a", "c.bin"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if err := w.Put("late", text("late")); err == nil {
		t.Error("a closed writer makes an artifact")
	}
}

func list(t *testing.T, open Open) {
	s := open()
	older, newer := start(), start()
	older.Created, newer.Created = at(-100), at(100)
	newer.Recipe.Seed = 7
	failed := create(t, s, "failed", older, metric(0, 0.5), metric(10, 0.9), metric(20, 0.7),
		&run.End{Status: run.Failed, Steps: 20, Seconds: 4, Error: "it broke"})
	must(t, failed.Put("x", text("12345")), failed.Close(), s.Label(t.Context(), "failed", run.Label{Name: "the first", Note: "a <note>"}))
	under := create(t, s, "under way", newer, metric(0, 0.5))
	empty, err := s.Create(t.Context(), "empty")
	must(t, err)
	defer empty.Close()

	all, err := open().List(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].ID != "under way" || all[1].ID != "failed" {
		t.Fatalf("the list is %+v", all)
	}
	f := all[1]
	if f.Phase != run.Failed || f.Name != "the first" || f.Note != "a <note>" || f.Best.Step != 10 || f.Latest.Step != 20 || f.Step != 20 ||
		f.Seconds != 4 || f.Error != "it broke" || f.Last != 5 || f.Bytes < 5 || f.Recipe != Recipe() || !f.Created.Equal(at(-100)) || !f.Updated.Equal(at(4)) {
		t.Errorf("the summary is %+v", f)
	}
	if all[0].Phase != run.Training {
		t.Errorf("a run that is being written is %s", all[0].Phase)
	}
	must(t, under.Close())
	all, err = open().List(t.Context())
	must(t, err)
	if all[0].Phase != run.Interrupted || all[0].Recipe.Seed != 7 {
		t.Errorf("a run whose writer is gone: %+v", all[0])
	}
	for _, long := range []run.Label{{Name: strings.Repeat("é", run.MaxName+1)}, {Note: strings.Repeat("é", run.MaxNote+1)}} {
		if err := s.Label(t.Context(), "failed", long); err == nil || !strings.Contains(err.Error(), "1 too many") {
			t.Errorf("a label that is too long: %v", err)
		}
	}
	if err := s.Label(t.Context(), "failed", run.Label{Name: "two\nlines"}); err == nil || !strings.Contains(err.Error(), "control characters") {
		t.Errorf("a name of two lines: %v", err)
	}
	must(t, s.Label(t.Context(), "failed", run.Label{Name: strings.Repeat("é", run.MaxName), Note: strings.Repeat("é", run.MaxNote)}))
	must(t, s.Label(t.Context(), "failed", run.Label{}))
	if all, err = open().List(t.Context()); err != nil || all[1].Name != "" {
		t.Errorf("%v: the label is still %q", err, all[1].Name)
	}
}

func watch(t *testing.T, open Open) {
	w := create(t, open(), "a", start(), metric(0, 0.1))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	seen := make(chan run.Record)
	done := make(chan error)
	go func() {
		var last error
		for r, err := range open().Watch(ctx, "a", 2) {
			if last = err; err == nil {
				seen <- r
			}
		}
		done <- last
	}()
	next := func(want uint64) {
		t.Helper()
		select {
		case r := <-seen:
			if r.Seq != want {
				t.Errorf("event %d, want %d", r.Seq, want)
			}
		case err := <-done:
			t.Fatalf("it ended: %v", err)
		}
	}
	next(2)
	must(t, w.Append(records(3, metric(10, 0.2))[0]))
	next(3)
	must(t, w.Append(records(4, metric(20, 0.2))[0]), w.Append(records(5, metric(30, 0.2))[0]))
	next(4)
	next(5)
	must(t, w.Close(), open().Delete(ctx, "a"))
	if err := <-done; !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after the run was deleted: %v", err)
	}

	ended, end := context.WithCancel(t.Context())
	end()
	w = create(t, open(), "b", start())
	must(t, w.Close())
	for range open().Watch(ended, "b", 2) {
		t.Error("an event that is not there")
	}
}

// Where a store reports changes, it reports all kinds, and stops when it is told to.
func changes(t *testing.T, open Open) {
	s := open()
	from, ok := open().(store.Changing)
	if !ok {
		t.Skip("this store tells of none")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := from.Changes(ctx)
	var w store.Writer
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"begins", func() error { w = create(t, s, "a", start()); return nil }},
		{"grows", func() error { return w.Append(records(2, metric(10, 0.5))[0]) }},
		{"gets a label", func() error { return s.Label(t.Context(), "a", run.Label{Name: "A"}) }},
		{"is deleted", func() error { return errors.Join(w.Close(), s.Delete(t.Context(), "a")) }},
	} {
		must(t, c.do())
		select {
		case <-told:
		case <-time.After(10 * time.Second):
			t.Errorf("a run %s, and nobody is told", c.what)
		}
	}
}

func deletes(t *testing.T, open Open) {
	w := create(t, open(), "a", start())
	must(t, w.Put("x", text("x")), open().Label(t.Context(), "a", run.Label{Name: "n"}))
	if err := open().Delete(t.Context(), "a"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a run that is being written is deleted: %v", err)
	}
	must(t, w.Close(), open().Delete(t.Context(), "a"))
	if _, err := open().Read(t.Context(), "a", 1); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if err := open().Delete(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	w = create(t, open(), "a", start()) // its name is free, and nothing is left of it
	must(t, w.Close())
	if all, err := open().Artifacts(t.Context(), "a"); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	if all, err := open().List(t.Context()); err != nil || len(all) != 1 || all[0].Name != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func names(t *testing.T, open Open) {
	w := create(t, open(), "ünï 1-2_3.4", start())
	defer w.Close()
	for _, name := range []string{"", ".", "..", ".x", "a/b", `a\b`, "c:", "a\x00", "a\n", strings.Repeat("n", 201)} {
		if _, err := open().Create(t.Context(), name); err == nil {
			t.Errorf("a run is called %q", name)
		}
		if err := w.Put(name, text("x")); err == nil {
			t.Errorf("an artifact is called %q", name)
		}
	}
	same(t, read(t, open(), "ünï 1-2_3.4", 1), records(1, start()))
}

func nothing(t *testing.T, open Open) {
	s, ctx := open(), t.Context()
	if all, err := s.List(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	_, opens := s.Open(ctx, "a")
	_, reads := s.Read(ctx, "a", 1)
	_, gets := s.Get(ctx, "a", "x")
	_, lists := s.Artifacts(ctx, "a")
	for i, err := range []error{opens, reads, gets, lists, s.Label(ctx, "a", run.Label{}), s.Delete(ctx, "a")} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// manyRuns makes a list of so many runs and reads it.
func manyRuns(t *testing.T, open Open, n int) {
	s := open()
	for i := range n {
		begun := start()
		begun.Created = at(i)
		begun.Recipe.Seed = uint64(i)
		must(t, create(t, s, fmt.Sprint("run ", i), begun, metric(0, 0.1), metric(10, 0.2), &run.End{Status: run.Done, Steps: 10}).Close())
	}
	all, err := open().List(t.Context())
	must(t, err)
	if len(all) != n {
		t.Fatalf("%d runs, want %d", len(all), n)
	}
	for i, sum := range all {
		if want := n - 1 - i; sum.Recipe.Seed != uint64(want) || sum.ID != fmt.Sprint("run ", want) || sum.Latest.Step != 10 {
			t.Fatalf("run %d is %+v", i, sum)
		}
	}
}
