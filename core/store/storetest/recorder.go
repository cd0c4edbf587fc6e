package storetest

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/run"
	"unpool/core/store"
)

// state is a checkpoint after an evaluation.
func state(m, best *run.Metric) *checkpoint.Checkpoint {
	return &checkpoint.Checkpoint{
		Version: checkpoint.Version, Recipe: Recipe(), Step: m.Step, Metric: m, Best: best,
		Tensors: []checkpoint.Tensor{{Name: "/w", DType: checkpoint.Uint8, Shape: []int{1}, Data: []byte{byte(m.Step)}}},
	}
}

// say records events.
func say(t *testing.T, r *store.Recorder, events ...run.Event) {
	t.Helper()
	for _, e := range events {
		must(t, r.Record(e))
	}
}

// interrupted makes a run "a" that was killed after an evaluation at step 20 whose checkpoint was not written any more.
func interrupted(t *testing.T, open Open) {
	t.Helper()
	r, err := store.Begin(t.Context(), open(), "a")
	must(t, err)
	best := metric(0, 0.5)
	say(t, r, start(), &run.State{Phase: run.Training}, best)
	must(t, r.Keep(state(best, best)))
	second := metric(10, 0.4)
	say(t, r, second, &run.Rate{Step: 10, LearningRate: 1})
	must(t, r.Keep(state(second, best)))
	say(t, r, &run.Rate{Step: 10, LearningRate: 2}, metric(20, 0.6))
	must(t, r.Close())
}

func resume(t *testing.T, open Open) (*store.Recorder, store.Stopped) {
	t.Helper()
	r, stands, err := store.Resume(t.Context(), open(), "a")
	must(t, err)
	return r, stands
}

func recorder(t *testing.T, open Open) {
	interrupted(t, open)
	before := read(t, open(), "a", 1)
	begun := before[0].Event.(*run.Start)
	if begun.ID == "" || begun.Created.IsZero() || before[0].Time.IsZero() {
		t.Errorf("the header says too little: %+v", begun)
	}

	// Nothing changes before the first event.
	r, stands := resume(t, open)
	if stands.From.Step != 10 || stands.From.Events != 4 || stands.From.Tensors[0].Data[0] != 10 || stands.From.Run != begun.ID ||
		stands.From.Where != begun.Where || len(stands.View.Metrics) != 3 {
		t.Errorf("it stands at %+v, the view is %+v", stands.From, stands.View)
	}
	must(t, r.Close())
	same(t, read(t, open(), "a", 1), before)

	// What the checkpoint does not know of is superseded.
	r, _ = resume(t, open)
	again := start()
	again.Step = 10
	third := metric(20, 0.7)
	say(t, r, again, third)
	must(t, r.Keep(state(third, third)))
	say(t, r, &run.End{Status: run.Done, Steps: 20})
	must(t, r.Close())
	log := read(t, open(), "a", 1)
	same(t, log[:len(before)], before)
	resumed := log[len(before)].Event.(*run.Start)
	if resumed.After != 4 || resumed.ID != begun.ID || !resumed.Created.Equal(begun.Created) {
		t.Errorf("resumed with %+v", resumed)
	}
	v := run.Replay(log)
	if v.Phase != run.Done || v.LearningRate != 1 || len(v.Metrics) != 3 || v.Metrics[2].Test.Accuracy != 0.7 {
		t.Errorf("the view is %+v", v)
	}
	for _, name := range []string{store.Last, store.Best} {
		if c, err := store.Load(t.Context(), open(), "a", name); err != nil || c.Step != 20 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}

	// Resumed when done, it keeps all but the End.
	r, _ = resume(t, open)
	again.Step = 20
	say(t, r, again)
	if v := run.Replay(read(t, open(), "a", 1)); v.End != nil || len(v.Metrics) != 3 || v.Phase != run.Loading {
		t.Errorf("the view is %+v", v)
	}
	must(t, r.Close())

	// Before its first checkpoint a run begins anew.
	r, err := store.Begin(t.Context(), open(), "b")
	must(t, err)
	say(t, r, start(), metric(0, 0.5))
	must(t, r.Close())
	r, stands, err = store.Resume(t.Context(), open(), "b")
	must(t, err)
	if stands.From != nil || stands.View.Start.Recipe != Recipe() {
		t.Errorf("%+v", stands)
	}
	say(t, r, start(), metric(0, 0.6))
	must(t, r.Close())
	if v := run.Replay(read(t, open(), "b", 1)); len(v.Metrics) != 1 || v.Metrics[0].Test.Accuracy != 0.6 {
		t.Errorf("the view is %+v", v)
	}

	// A run without a name is kept by its own ID.
	r, err = store.Begin(t.Context(), open(), "")
	must(t, err)
	say(t, r, start())
	must(t, r.Close())
	if s := read(t, open(), r.ID(), 1)[0].Event.(*run.Start); s.ID != r.ID() {
		t.Errorf("run %s is called %s", r.ID(), s.ID)
	}
}

// Of a run's snapshots there are never more than fit, the first and the last always among them.
func snapshots(t *testing.T, open Open) {
	r, err := store.Begin(t.Context(), open(), "a")
	must(t, err)
	said := 0
	r.Heard = func(run.Record) { said++ }
	say(t, r, start())
	take := func(step int) {
		t.Helper()
		c := &checkpoint.Checkpoint{Recipe: Recipe(), Step: step, Tensors: []checkpoint.Tensor{
			{Name: "/w", DType: checkpoint.Float32, Shape: []int{2, 2}, Data: make([]byte, 16)}}}
		must(t, r.Snapshot(c.Snapshot([]string{"/w"}), 0.01, 100))
	}
	held := func() (steps []int) {
		t.Helper()
		for _, s := range r.View().Snapshots {
			if got, err := checkpoint.ReadSnapshot(strings.NewReader(content(t, open(), "a", s.Name))); err != nil || got.Step != s.Step {
				t.Errorf("%s: %+v, %v", s.Name, got, err)
			}
			if n := len(content(t, open(), "a", s.Name)); int64(n) != s.Bytes || len(s.SHA256) != 64 || s.Layers != 1 || s.N != 100 {
				t.Errorf("%d bytes are said to be %+v", n, s)
			}
			steps = append(steps, s.Step)
		}
		all, err := open().Artifacts(t.Context(), "a")
		must(t, err)
		all = slices.DeleteFunc(all, func(a store.Artifact) bool { return !strings.HasPrefix(a.Name, "weights-") })
		if len(all) != len(steps) {
			t.Errorf("%d files for %d snapshots", len(all), len(steps))
		}
		return steps
	}
	for step := range 40 {
		take(step * 10)
	}
	keep := func(step int) {
		t.Helper()
		m := metric(step, 0.5)
		must(t, r.Keep(state(m, m)))
	}
	keep(390)
	if want := 1 + 40 + 40 - run.MaxSnapshots; said != want {
		t.Errorf("%d records were heard of, want %d", said, want)
	}
	if steps := held(); len(steps) != run.MaxSnapshots || steps[0] != 0 || steps[len(steps)-1] != 390 {
		t.Errorf("snapshots of %v", steps)
	}

	// A kill after some made room takes that back, and all are still there.
	for step := 40; step < 50; step++ {
		take(step * 10)
	}
	must(t, r.Close())
	r, _ = resume(t, open)
	again := start()
	again.Step = 390
	say(t, r, again)
	if steps := held(); len(steps) != run.MaxSnapshots || steps[len(steps)-1] != 390 {
		t.Errorf("after a kill: snapshots of %v", steps)
	}
	must(t, r.Close())

	must(t, open().Delete(t.Context(), "a"))
	r, err = store.Begin(t.Context(), open(), "a")
	must(t, err)
	say(t, r, start())
	r.BoundSnapshots(1)
	for _, step := range []int{0, 10, 20} {
		take(step)
	}
	keep(20)
	if steps := held(); !slices.Equal(steps, []int{0, 20}) {
		t.Errorf("where next to nothing fits: %v", steps)
	}
	r.BoundSnapshots(0)
	take(30)
	if steps := held(); !slices.Equal(steps, []int{0, 20}) {
		t.Errorf("where none are wanted: %v", steps)
	}
	must(t, r.Close())
}

// What bounds a run's snapshots is kept with it, also where it is resumed twice.
func snapshotBound(t *testing.T, open Open) {
	r, err := store.Begin(t.Context(), open(), "a")
	must(t, err)
	r.BoundSnapshots(1)
	for i := range 3 {
		say(t, r, start())
		if bound := r.View().Start.Snapshots; bound == nil || *bound != 1 {
			t.Errorf("the start says a bound of %v bytes", bound)
		}
		m := metric(10*i, 0.5)
		for k := range 3 {
			c := &checkpoint.Checkpoint{Recipe: Recipe(), Step: 10*i + k, Tensors: []checkpoint.Tensor{
				{Name: "/w", DType: checkpoint.Float32, Shape: []int{2, 2}, Data: make([]byte, 16)}}}
			must(t, r.Snapshot(c.Snapshot([]string{"/w"}), 0.01, 100))
		}
		if n := len(r.View().Snapshots); n != 2 {
			t.Errorf("resumed %d times, the run has %d snapshots where next to nothing fits", i, n)
		}
		must(t, r.Keep(state(m, m)), r.Close())
		r, _ = resume(t, open)
	}
	r.BoundSnapshots(store.SnapshotBytes)
	if say(t, r, start()); r.View().Start.Snapshots != nil {
		t.Error("the start says the bound that nobody has chosen")
	}
	must(t, r.Close())
}

// A log and a checkpoint that are not of one run, or not whole, are refused with nothing changed.
func refuses(t *testing.T, open Open) {
	for says, damage := range map[string]func(w store.Writer) error{
		"ends before its header": func(w store.Writer) error { return w.Put(store.Last, text("")) },
		"last.safetensors is missing, though the run reached step 20. Nothing was changed": func(w store.Writer) error { return w.Remove(store.Last) },
		"last.safetensors was written after 7":                                             replaced(func(c *checkpoint.Checkpoint) { c.Events = 7 }),
		"last.safetensors belongs to a different run from the log: its seed is 2":          replaced(func(c *checkpoint.Checkpoint) { c.Recipe.Seed = 2 }),
		"its net is gru 2, not rnn 2":                                                      replaced(func(c *checkpoint.Checkpoint) { c.Recipe.Net = "gru 2" }),
		"last.safetensors belongs to a different run from the log":                         replaced(func(c *checkpoint.Checkpoint) { c.Run = "another" }),
	} {
		t.Run(says, func(t *testing.T) {
			s := open()
			interrupted(t, open)
			defer func() { must(t, s.Delete(t.Context(), "a")) }()
			w, err := s.Open(t.Context(), "a")
			must(t, err, damage(w), w.Close())
			before := read(t, s, "a", 1)
			if _, _, err := store.Resume(t.Context(), s, "a"); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%v does not say %q", err, says)
			}
			same(t, read(t, s, "a", 1), before)
		})
	}

	// A run that was resumed had a last checkpoint, whatever it came to afterwards.
	interrupted(t, open)
	r, _ := resume(t, open)
	again := start()
	again.Step = 10
	say(t, r, again)
	must(t, r.Close())
	lost, err := open().Open(t.Context(), "a")
	must(t, err, lost.Remove(store.Last), lost.Close())
	if _, _, err := store.Resume(t.Context(), open(), "a"); err == nil || !strings.Contains(err.Error(), "is missing, though the run reached step 10") {
		t.Errorf("without its last checkpoint: %v", err)
	}
	must(t, open().Delete(t.Context(), "a"))

	w := create(t, open(), "no start", metric(0, 0.5))
	must(t, w.Close())
	if _, _, err := store.Resume(t.Context(), open(), "no start"); err == nil || !strings.Contains(err.Error(), "does not begin with a start") {
		t.Error(err)
	}
	if _, _, err := store.Resume(t.Context(), open(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}

	// A run that resumed for more steps, or with other evaluations, is the same run.
	interrupted(t, open)
	w, err = open().Open(t.Context(), "a")
	must(t, err, replaced(func(c *checkpoint.Checkpoint) { c.Recipe.Steps, c.Recipe.EvalEvery = 500, 5 })(w), w.Close())
	r, _ = resume(t, open)
	must(t, r.Close())
}

// replaced puts another last checkpoint in place of the interrupted run's.
func replaced(change func(*checkpoint.Checkpoint)) func(store.Writer) error {
	return func(w store.Writer) error {
		c := state(metric(10, 0.4), metric(0, 0.5))
		c.Events = 4
		change(c)
		return w.Put(store.Last, c.Write)
	}
}

// killed is a writer whose program ends at an artifact.
type killed struct {
	store.Store
	at string
}

type killedWriter struct {
	store.Writer
	at string
}

var errKilled = errors.New("killed")

func (k killed) Open(ctx context.Context, id string) (store.Writer, error) {
	w, err := k.Store.Open(ctx, id)
	return killedWriter{w, k.at}, err
}

func (k killedWriter) Copy(from, to string) error {
	if to == k.at {
		return errKilled
	}
	return k.Writer.Copy(from, to)
}

func (k killedWriter) Put(name string, write func(io.Writer) error) error {
	if name == k.at {
		return errKilled
	}
	return k.Writer.Put(name, write)
}

// A kill between a run's two checkpoints leaves none of a step that the log does not know, and is mended.
func betweenCheckpoints(t *testing.T, open Open) {
	interrupted(t, open)
	r, _, err := store.Resume(t.Context(), killed{open(), store.Best}, "a")
	must(t, err)
	again, third := start(), metric(20, 0.7)
	again.Step = 10
	say(t, r, again, third)
	if err := r.Keep(state(third, third)); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	must(t, r.Close())
	if c, err := store.Load(t.Context(), open(), "a", store.Best); err != nil || c.Step != 0 {
		t.Errorf("the best checkpoint is %+v, %v", c, err)
	}
	r, stands := resume(t, open)
	again.Step = stands.From.Step
	say(t, r, again)
	must(t, r.Close())
	if c, err := store.Load(t.Context(), open(), "a", store.Best); err != nil || c.Step != 20 {
		t.Errorf("the best checkpoint is %+v, %v", c, err)
	}
}
