package worker

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomlx/compute"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

func TestTrain(t *testing.T) {
	x := newTrial(t)
	call := x.ask(protocol.AskTrain, small())
	if end := x.runEnd(call); end.Status != run.Done || end.Steps != 6 {
		t.Errorf("end: %+v", end)
	}
	for _, m := range x.said {
		if m.Kind == protocol.SayEvent { // what the run does is said after what it is
			if !strings.HasPrefix(string(m.Body), `{"type":"start"`) {
				t.Errorf("the first event is %s", m.Body)
			}
			break
		}
	}
	lines := x.outline()
	if !slices.Equal(lines[:2], []string{"accepted 1", "progress 1"}) || lines[len(lines)-1] != "result 1" {
		t.Errorf("said %v", lines)
	}
	for _, m := range x.said {
		want := ""
		for name, kind := range map[string]string{"state": "state", "progress": "progress", "weights": "weights"} {
			if m.Kind == protocol.SayEvent && strings.HasPrefix(string(m.Body), `{"type":"`+kind+`"`) {
				want = name
			}
		}
		if strings.Contains(string(m.Body), `"type":"weights"`) && strings.Contains(string(m.Body), `"step":0,`) {
			want = "" // the first picture is one that the page keeps
		}
		if m.Kind == protocol.SayEvent && m.Fold != want {
			t.Errorf("%s is to be folded as %q, want %q", m.Body, m.Fold, want)
		}
	}
}

// What is asked for while something is under way is answered at once.
func TestBusy(t *testing.T) {
	x := newTrial(t)
	running := x.ask(protocol.AskTrain, long())
	x.phase(running, run.Training)
	for _, kind := range []protocol.Kind{protocol.AskTrain, protocol.AskResume, protocol.AskRead, protocol.AskMeasure} {
		var body any = protocol.Nothing{}
		if kind == protocol.AskTrain {
			body = small()
		}
		if e := x.failure(x.ask(kind, body)); e.Code != protocol.Busy || !strings.Contains(e.Message, "a run") || e.Hint == "" {
			t.Errorf("%s: %+v", kind, e)
		}
	}
	x.ask(protocol.AskCancel, protocol.Cancel{Call: running})
	if end := x.runEnd(running); end.Status != run.Stopped {
		t.Errorf("%+v", end)
	}
	if end := x.runEnd(x.ask(protocol.AskTrain, small())); end.Status != run.Done {
		t.Errorf("%+v", end)
	}
}

// What comes while the work before is being stopped, or is short, waits for its end.
func TestQueue(t *testing.T) {
	x := newTrial(t)
	begun, free := make(chan struct{}), make(chan struct{})
	x.fetch = func(context.Context) error {
		close(begun)
		<-free // it does not hear of being stopped for a while
		x.fetch = nil
		return nil
	}
	first := x.ask(protocol.AskTrain, small())
	<-begun
	x.ask(protocol.AskCancel, protocol.Cancel{Call: first})
	second := x.ask(protocol.AskTrain, small())
	third := x.ask(protocol.AskTrain, small())
	if e := x.failure(third); e.Code != protocol.Busy {
		t.Errorf("a third run: %+v", e)
	}
	close(free)
	if e := x.failure(first); e.Code != protocol.Cancelled {
		t.Errorf("the first: %+v", e)
	}
	if end := x.runEnd(second); end.Status != run.Done {
		t.Errorf("the second: %+v", end)
	}
	accepted := x.wait("accepted", func(m protocol.Message) bool { return m.Kind == protocol.SayAccepted && m.Call == second })
	if a := read[protocol.Accepted](t, accepted); a.Place != 1 {
		t.Errorf("the second had place %d", a.Place)
	}
}

func TestCancelWhatWaits(t *testing.T) {
	x := newTrial(t)
	begun, free := make(chan struct{}), make(chan struct{})
	x.fetch = func(context.Context) error {
		close(begun)
		<-free
		return nil
	}
	first := x.ask(protocol.AskTrain, small())
	<-begun
	question := x.ask(protocol.AskSave, protocol.Nothing{})
	x.ask(protocol.AskCancel, protocol.Cancel{Call: first})
	waiting := x.ask(protocol.AskMeasure, protocol.Nothing{})
	for _, call := range []int{question, waiting} {
		x.ask(protocol.AskCancel, protocol.Cancel{Call: call})
		if e := x.failure(call); e.Code != protocol.Cancelled {
			t.Errorf("call %d: %+v", call, e)
		}
	}
	x.ask(protocol.AskCancel, protocol.Cancel{Call: 99}) // over, or never asked for
	close(free)
	x.failure(first)
}

func TestControl(t *testing.T) {
	x := newTrial(t)
	if e := x.failure(x.ask(protocol.AskControl, do(control.Pause))); e.Code != protocol.NoNet {
		t.Errorf("a pause of nothing: %+v", e)
	}
	var early int
	x.fetch = func(context.Context) error { // said while loading, and kept for the run
		early = x.ask(protocol.AskControl, do(control.Pause))
		return nil
	}
	call := x.ask(protocol.AskTrain, small())
	x.phase(call, run.Paused)
	x.end(early)
	result[protocol.Nothing](x, x.ask(protocol.AskControl, control.Command{Do: control.SetRate, LearningRate: 0.5}))
	x.wait("rate", func(m protocol.Message) bool { return strings.HasPrefix(string(m.Body), `{"type":"rate"`) })
	result[protocol.Nothing](x, x.ask(protocol.AskControl, do(control.Continue)))
	if end := x.runEnd(call); end.Status != run.Done {
		t.Errorf("%+v", end)
	}
	x.fetch = nil
	call = x.ask(protocol.AskTrain, long())
	x.ask(protocol.AskControl, do(control.Pause)) // which it may hear before it is begun
	x.phase(call, run.Paused)
	x.ask(protocol.AskControl, do(control.Stop))
	if end := x.runEnd(call); end.Status != run.Stopped {
		t.Errorf("%+v", end)
	}
}

// A run that is asked all the time ends with the weights of one left alone.
func TestAskWhileTraining(t *testing.T) {
	x := newTrial(t)
	alone := x.runEnd(x.ask(protocol.AskTrain, small()))
	image := bars(1, 1, recipe.MNIST).Test.Images
	var asked []int
	x.between = func(run.Event) { asked = append(asked, x.ask(protocol.AskPredict, protocol.Predict{Images: image})) }
	end := x.runEnd(x.ask(protocol.AskTrain, small()))
	if end.WeightsSHA256 != alone.WeightsSHA256 {
		t.Error("questions changed the result")
	}
	if len(asked) < 10 {
		t.Errorf("asked %d times", len(asked))
	}
	for _, call := range asked {
		if p := result[protocol.Prediction](x, call); len(p.Probabilities) != 1 || len(p.Probabilities[0]) != 10 || p.Step > 6 {
			t.Errorf("%+v", p)
		}
	}
}

func TestAskWhilePausedAndAfterwards(t *testing.T) {
	x := newTrial(t)
	image := bars(1, 1, recipe.MNIST).Test.Images
	predict := func() protocol.Prediction {
		return result[protocol.Prediction](x, x.ask(protocol.AskPredict, protocol.Predict{Images: image}))
	}
	x.between = func(e run.Event) {
		if s, ok := e.(*run.State); ok && s.Phase == run.Training && s.Step == 3 {
			x.between = nil
			x.ask(protocol.AskControl, do(control.Pause))
		}
	}
	call := x.ask(protocol.AskTrain, small())
	paused := x.phase(call, run.Paused)
	if p := predict(); p.Step != paused.Step || p.Step < 3 || !slices.Equal(p.Classes, strings.Split("0123456789", "")) {
		t.Errorf("while paused: %+v", p)
	}
	x.ask(protocol.AskControl, do(control.Continue))
	x.runEnd(call)
	if p := predict(); p.Step != 6 {
		t.Errorf("after the run: %+v", p)
	}
	save := x.ask(protocol.AskSave, protocol.Nothing{})
	x.end(save)
	x.files = []data.File{file("a.safetensors", x.saved[save])}
	call = x.ask(protocol.AskResume, protocol.Resume{File: true, LearningRate: 0.25})
	if end := x.runEnd(call); end.Status != run.Done || end.Steps != 12 {
		t.Errorf("resumed from the file: %+v", end)
	}
	call = x.ask(protocol.AskResume, protocol.Resume{})
	if end := x.runEnd(call); end.Status != run.Done || end.Steps != 24 {
		t.Errorf("resumed from the state kept: %+v", end)
	}
}

// An analysis is about the net as it stands, says how far it is, and can be cancelled.
func TestLook(t *testing.T) {
	x := newTrial(t)
	r := small()
	r.Recipe.Net, r.Recipe.Steps = "conv 3x3x1, relu, dense 10", 1
	x.runEnd(x.ask(protocol.AskTrain, r))
	call := x.ask(protocol.AskLook, protocol.Look{What: protocol.LookStatistics})
	if s := result[run.Statistics](x, call); s.Step != 1 || len(s.Layers) != 1 || s.Images != 250 {
		t.Errorf("statistics: %+v", s)
	}
	x.wait("progress", func(m protocol.Message) bool { return m.Kind == protocol.SayProgress && m.Call == call })
	x.between = func(run.Event) { x.ask(protocol.AskCancel, protocol.Cancel{Call: call}) }
	call++
	if e := x.failure(x.ask(protocol.AskLook, protocol.Look{What: protocol.LookStatistics})); e.Code != protocol.Cancelled {
		t.Errorf("%+v", e)
	}
}

// Whatever is wrong is said with a code and a hint, and the trainer goes on.
func TestFailures(t *testing.T) {
	x := newTrial(t)
	bad := small()
	bad.Recipe.Steps = 0
	for name, c := range map[string]struct {
		ask  func() int
		code protocol.Code
		says string
	}{
		"an unknown request":     {func() int { return x.ask("dance", protocol.Nothing{}) }, protocol.Unknown, `"dance"`},
		"an unknown analysis":    {func() int { return x.ask(protocol.AskLook, protocol.Look{What: "auras"}) }, protocol.NoNet, "no trained net"},
		"no recipe":              {func() int { return x.ask(protocol.AskTrain, protocol.Nothing{}) }, protocol.Invalid, "no recipe"},
		"a wrong recipe":         {func() int { return x.ask(protocol.AskTrain, bad) }, protocol.Invalid, "steps"},
		"a body of another kind": {func() int { return x.ask(protocol.AskPredict, []int{1}) }, protocol.Invalid, "predict"},
		"an unknown verb":        {func() int { return x.ask(protocol.AskControl, do("jump")) }, protocol.Invalid, "jump"},
		"nothing to resume":      {func() int { return x.ask(protocol.AskResume, protocol.Resume{}) }, protocol.NoNet, "cannot resume"},
		"nothing to save":        {func() int { return x.ask(protocol.AskSave, protocol.Nothing{}) }, protocol.NoNet, "no trained net"},
		"no net":                 {func() int { return x.ask(protocol.AskPredict, protocol.Predict{}) }, protocol.NoNet, "no trained net"},
		"a checkpoint that is none": {func() int {
			x.files = []data.File{file("x", []byte("no"))}
			return x.ask(protocol.AskResume, protocol.Resume{File: true})
		}, protocol.Invalid, "the file x"},
		"files that are none": {func() int {
			x.files = []data.File{file("x", []byte("no"))}
			return x.ask(protocol.AskRead, protocol.Files{Name: "x"})
		}, protocol.NoData, "neither"},
		"images that are not there": {func() int {
			x.fetch = func(context.Context) error { return errors.New("the line is dead") }
			return x.ask(protocol.AskTrain, small())
		}, protocol.NoData, "the line is dead"},
		"images that the machine knows to be missing": {func() int {
			x.fetch = func(context.Context) error {
				return &protocol.Error{Code: protocol.NoData, Message: "gone", Hint: "look elsewhere"}
			}
			return x.ask(protocol.AskTrain, small())
		}, protocol.NoData, "gone"},
	} {
		e := x.failure(c.ask())
		if e.Code != c.code || !strings.Contains(e.Message, c.says) || e.Hint == "" {
			t.Errorf("%s: %+v", name, e)
		}
		x.fetch = nil
	}
	x.Handle("nonsense", nil)
	x.wait("failure of no call", func(m protocol.Message) bool { return m.Kind == protocol.SayFailure && m.Call == 0 })
	if end := x.runEnd(x.ask(protocol.AskTrain, small())); end.Status != run.Done {
		t.Errorf("afterwards: %+v", end)
	}
}

// A panic in a backend, or in a port, ends what was asked for and not the trainer.
func TestPanics(t *testing.T) {
	x := newTrial(t)
	x.open = func(b compute.Backend) compute.Backend { return faulty{b} }
	if end := x.runEnd(x.ask(protocol.AskTrain, small())); end.Status != run.Failed || !strings.Contains(end.Error, "no results today") {
		t.Errorf("%+v", end)
	}
	if e := x.failure(x.ask(protocol.AskPredict, protocol.Predict{})); e.Code != protocol.NoNet {
		t.Errorf("the net of a run that failed: %+v", e)
	}
	x.open = func(compute.Backend) compute.Backend { panic("no backends today") }
	if e := x.failure(x.ask(protocol.AskTrain, small())); e.Code != protocol.Broken || e.Message != "no backends today" {
		t.Errorf("%+v", e)
	}
	x.open = nil
	if end := x.runEnd(x.ask(protocol.AskTrain, small())); end.Status != run.Done {
		t.Errorf("afterwards: %+v", end)
	}
}

func TestMeasure(t *testing.T) {
	x := newTrial(t)
	if e := result[protocol.Engine](x, x.ask(protocol.AskMeasure, protocol.Nothing{})); e.Flops != 1e9 {
		t.Errorf("%+v", e)
	}
}

// The user's files are read, and then trained on.
func TestFiles(t *testing.T) {
	x := newTrial(t)
	x.files = pictures(t)
	d := result[protocol.Data](x, x.ask(protocol.AskRead, protocol.Files{Name: "two"}))
	if d.From != "two" || !slices.Equal(d.Classes, []string{"black", "white"}) || d.Train != 4 || d.Test != 4 || d.Side != 28 {
		t.Errorf("%+v", d)
	}
	r := small()
	r.Files = true
	r.Recipe.Dataset, r.Recipe.Classes, r.Recipe.Batch, r.Recipe.Size, r.Recipe.Colour = d.Sets[0], 2, 4, 28, recipe.Gray
	if end := x.runEnd(x.ask(protocol.AskTrain, r)); end.Status != run.Done {
		t.Errorf("%+v", end)
	}
	x.files = nil
	if e := x.failure(x.ask(protocol.AskRead, protocol.Files{Name: "none"})); e.Code != protocol.NoData {
		t.Errorf("%+v", e)
	}
	if e := x.failure(x.ask(protocol.AskTrain, r)); e.Code != protocol.NoData || !strings.Contains(e.Hint, "Choose them again") {
		t.Errorf("%+v", e)
	}
}

// The trainer says that it lives all the time, and before it does something what that is.
func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newTrial(t)
		free := make(chan struct{})
		x.fetch = func(context.Context) error {
			<-free
			return errors.New("enough")
		}
		alive := func() (list []string) {
			x.mu.Lock()
			defer x.mu.Unlock()
			for _, m := range x.said {
				if m.Kind == protocol.SayAlive {
					a := read[protocol.Alive](t, m)
					if a.Patience <= 0 || m.Fold == "" {
						t.Errorf("%s", m)
					}
					list = append(list, a.Doing)
				}
			}
			x.said = nil
			return list
		}
		time.Sleep(10*time.Second + time.Millisecond)
		if n := len(alive()); n < 10 {
			t.Errorf("%d times in ten seconds", n)
		}
		x.ask(protocol.AskTrain, small())
		synctest.Wait()
		if a := alive(); len(a) != 1 || a[0] != loading.Doing {
			t.Errorf("said at once: %v", a)
		}
		time.Sleep(10 * time.Second)
		if a := alive(); len(a) < 10 || a[9] != loading.Doing {
			t.Errorf("while loading: %v", a)
		}
		close(free)
	})
}

// Before each stretch of a run the trainer says what it is, with patience for steps as slow as those before.
func TestHeartbeatOfARun(t *testing.T) {
	x := newTrial(t)
	x.runEnd(x.ask(protocol.AskTrain, small()))
	var said []string
	for _, m := range x.said {
		if m.Kind == protocol.SayAlive {
			said = append(said, read[protocol.Alive](t, m).Doing)
		}
	}
	said = slices.Compact(said)
	want := []string{"loading images", "compiling the training step", "evaluating", "training", "evaluating", "training", "evaluating", "waiting"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
	x.follow(&run.Progress{MsPerStep: 4000})
	if a := x.inSteps(training); a.Patience != 200 {
		t.Errorf("patience for steps of 4 s: %v", a.Patience)
	}
}

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

// A run is in the store as the page hears of it, with what it takes to resume it, and is free when it is over.
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

// A run whose trainer is gone is resumed by the next one, and comes to what it would have come to.
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

// Where nothing can be kept, or no more, the run continues and the page is told.
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

func TestUnknownFieldsAreIgnored(t *testing.T) {
	x := newTrial(t)
	x.Handle(`{"kind":"measure","call":7,"mood":"good"}`+"\n"+`{"more":1}`, nil)
	if m := x.end(7); m.Kind != protocol.SayResult || !json.Valid(m.Body) {
		t.Errorf("%s", m)
	}
}

// slow is a store that takes its time for each write.
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

// When the page hears that a run is over, all of it is kept however slow the store is, nobody has it any more, and the next may begin.
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
