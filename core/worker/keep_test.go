package worker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// keptAs is what a call said of its run's keeping, the last time.
func (x *trial) keptAs(call int) (k protocol.Kept) {
	x.t.Helper()
	for _, m := range x.said {
		if m.Kind == protocol.SayKept && m.Call == call {
			k = read[protocol.Kept](x.t, m)
		}
	}
	return k
}

// A trial is heard like any other run, and kept nowhere.
func TestTrialIsNotKept(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	want := x.runEnd(x.ask(protocol.AskTrain, small()))
	trial := small()
	trial.Trial = true
	call := x.ask(protocol.AskTrain, trial)
	if end := x.runEnd(call); end.WeightsSHA256 != want.WeightsSHA256 || end.WeightsSHA256 == "" {
		t.Errorf("it ends with the weights %s, kept with %s", end.WeightsSHA256, want.WeightsSHA256)
	}
	if k := x.keptAs(call); k != (protocol.Kept{}) {
		t.Errorf("kept: %+v", k)
	}
	if all, err := runs.List(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d runs are kept, %v", len(all), err)
	}
}

// A run is in the store as the page is notified of it, with what it takes to resume it, and is free when it is over.
func TestKeep(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	call := x.ask(protocol.AskTrain, small())
	end := x.runEnd(call)
	if k := x.keptAs(call); !k.Lasts {
		t.Errorf("kept: %+v", k)
	}
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 1 || all[0].SHA256 != end.WeightsSHA256 || all[0].Snapshots != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	log, err := runs.Read(t.Context(), all[0].ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	for _, m := range x.said {
		if m.Kind == protocol.SayEvent && strings.Contains(string(m.Body), `"seq":`) {
			heard = append(heard, string(m.Body))
		}
	}
	for i, r := range log {
		if line, err := r.Marshal(); err != nil || i >= len(heard) || heard[i] != string(line) {
			t.Fatalf("event %d: the page heard other than %s", i+1, line)
		}
	}
	if err := runs.Delete(t.Context(), all[0].ID); err != nil {
		t.Error(err)
	}
}

// The records of a run and of its resumption are one log, whose view has the curves of both.
func TestResumedRecords(t *testing.T) {
	x := newTrial(t)
	x.runEnd(x.ask(protocol.AskTrain, small()))
	x.runEnd(x.ask(protocol.AskResume, protocol.Resume{}))
	var view run.View
	var steps []int
	last := uint64(0)
	for _, m := range x.said {
		if m.Kind != protocol.SayEvent {
			continue
		}
		r, err := run.UnmarshalRecord(m.Body)
		if err != nil {
			t.Fatal(err)
		}
		if r.Seq != 0 && r.Seq != last+1 || r.Time.IsZero() {
			t.Errorf("record %d at %v after record %d", r.Seq, r.Time, last)
		}
		last = max(last, r.Seq)
		view.Apply(r)
	}
	for _, m := range view.Metrics {
		steps = append(steps, m.Step)
	}
	if !slices.Equal(steps, []int{0, 3, 6, 9, 12}) || view.Phase != run.Done {
		t.Errorf("the curve has points at %v, the phase is %q", steps, view.Phase)
	}
}

// A run whose trainer is gone is resumed by the next one, and has the same outcome as without that.
func TestResumeWhatIsKept(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	want := x.runEnd(x.ask(protocol.AskTrain, small()))
	x.between = func(e run.Event) {
		if m, ok := e.(*run.State); ok && m.Phase == run.Training && m.Step == 3 {
			x.between = nil
			x.ask(protocol.AskControl, do(control.Stop))
		}
	}
	stopped := x.runEnd(x.ask(protocol.AskTrain, small()))
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 2 || all[0].Phase != run.Stopped {
		t.Fatalf("%+v, %v", all, err)
	}
	again := newTrialIn(t, runs)
	end := again.runEnd(again.ask(protocol.AskResume, protocol.Resume{Run: all[0].ID}))
	if end.WeightsSHA256 != want.WeightsSHA256 {
		t.Errorf("it ends %+v, want the weights %s", end, want.WeightsSHA256)
	}
	log, err := runs.Read(t.Context(), all[0].ID, 1)
	if v := run.Replay(log); err != nil || v.Phase != run.Done || len(v.Metrics) != 3 || v.Start.Step != stopped.Steps {
		t.Errorf("the log comes to %+v, %v", v, err)
	}
	if e := again.failure(again.ask(protocol.AskResume, protocol.Resume{Run: "nobody"})); e.Code != protocol.NoNet || e.Hint == "" {
		t.Errorf("a run that is not there: %+v", e)
	}
}

// full is a store that has room for a few records.
type full struct {
	store.Memory
	room int
}

type fullWriter struct {
	store.Writer
	room *int
}

func (f *full) Create(ctx context.Context, id string) (store.Writer, error) {
	w, err := f.Memory.Create(ctx, id)
	return fullWriter{w, &f.room}, err
}

func (w fullWriter) Append(records ...run.Record) error {
	if *w.room -= len(records); *w.room < 0 {
		return store.ErrFull
	}
	return w.Writer.Append(records...)
}

// Where nothing, or nothing more, can be kept, the run continues and the page is told.
func TestNothingCanBeKept(t *testing.T) {
	x := newTrialIn(t, &full{room: 3})
	call := x.ask(protocol.AskTrain, small())
	if end := x.runEnd(call); end.Status != run.Done || end.Steps != 6 {
		t.Errorf("%+v", end)
	}
	if k := x.keptAs(call); k.Lasts || !strings.Contains(k.Problem, "full") || !strings.Contains(k.Hint, "Runs page") {
		t.Errorf("kept: %+v", k)
	}
	if e := x.failure(x.ask(protocol.AskResume, protocol.Resume{})); e.Hint == "" {
		t.Errorf("%+v", e)
	}
	save := x.ask(protocol.AskSave, protocol.Nothing{})
	if x.end(save); len(x.saved[save]) == 0 {
		t.Error("the net cannot be saved")
	}

	x = newTrial(t)
	call = x.ask(protocol.AskTrain, small())
	x.runEnd(call)
	if k := x.keptAs(call); k.Lasts || k.Problem == "" || k.Hint == "" {
		t.Errorf("kept: %+v", k)
	}
}

// slow is a store whose writes take long.
type slow struct{ store.Memory }

type slowWriter struct{ store.Writer }

func (s *slow) Create(ctx context.Context, id string) (store.Writer, error) {
	w, err := s.Memory.Create(ctx, id)
	return slowWriter{w}, err
}

func (w slowWriter) Append(all ...run.Record) error {
	time.Sleep(100 * time.Millisecond)
	return w.Writer.Append(all...)
}

// When the page is told that a run is over, all of it is kept however slow the store is, nobody holds it, and the next may begin.
func TestOverIsKept(t *testing.T) {
	runs := &slow{}
	x := newTrialIn(t, runs)
	first := x.ask(protocol.AskTrain, small())
	x.wait("end", func(m protocol.Message) bool {
		return m.Call == first && m.Kind == protocol.SayEvent && strings.HasPrefix(string(m.Body), `{"type":"end"`)
	})
	again := x.ask(protocol.AskTrain, small())
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 1 || all[0].Phase != run.Done {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := runs.Delete(t.Context(), all[0].ID); err != nil {
		t.Error(err)
	}
	if end := x.runEnd(again); end.Status != run.Done {
		t.Errorf("train again: %+v", end)
	}
}

// A run that was killed before its first checkpoint is resumed on the images that its log names, and on no others.
func TestResumeComparesImages(t *testing.T) {
	runs := &store.Memory{}
	r, err := store.Begin(t.Context(), runs, "")
	if err != nil {
		t.Fatal(err)
	}
	others := &run.Content{Classes: []string{"x"}, Train: 1, Test: 1, Hash: "of others"}
	if err := errors.Join(r.Record(&run.Start{Version: run.Version, Recipe: small().Recipe, Content: others}), r.Close()); err != nil {
		t.Fatal(err)
	}
	x := newTrialIn(t, runs)
	if e := x.failure(x.ask(protocol.AskResume, protocol.Resume{Run: r.ID()})); !strings.Contains(e.Message, "its classes were x") {
		t.Errorf("%+v", e)
	}
	if log, err := runs.Read(t.Context(), r.ID(), 1); len(log) != 1 || err != nil {
		t.Errorf("the log has %d events, %v", len(log), err)
	}
}
