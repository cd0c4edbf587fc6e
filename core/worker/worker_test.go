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
		if m.Kind == protocol.SayEvent { // what the run does is reported after what it is
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
		for name, kind := range map[string]string{"state": "state", "progress": "progress", "answers": "answers", "weights": "weights"} {
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

// A run waits for the images that are being fetched ahead, and uses them.
func TestFetchAhead(t *testing.T) {
	x := newTrial(t)
	begun, free := make(chan struct{}), make(chan struct{})
	fetched := 0
	x.fetch = func(ctx context.Context) error {
		if fetched++; fetched > 1 {
			return nil
		}
		close(begun)
		select {
		case <-free:
		case <-ctx.Done():
		}
		return nil
	}
	ahead := x.ask(protocol.AskFetch, protocol.Fetch{Dataset: small().Recipe.Dataset})
	<-begun
	first := x.ask(protocol.AskTrain, small())
	close(free)
	result[protocol.Nothing](x, ahead)
	if end := x.runEnd(first); end.Status != run.Done || fetched != 1 {
		t.Errorf("the run ends with %+v, and the images were fetched %d times", end, fetched)
	}
	if e := x.failure(x.ask(protocol.AskFetch, protocol.Fetch{Dataset: "folder:/etc"})); e.Code == "" {
		t.Errorf("a folder: %+v", e)
	}
	result[protocol.Nothing](x, x.ask(protocol.AskFetch, protocol.Fetch{Dataset: recipe.FashionMNIST}))
	if fetched != 2 {
		t.Errorf("another data set was not fetched: %d", fetched)
	}
}

// A request during work that is being stopped, or is short, waits for its end.
func TestQueue(t *testing.T) {
	x := newTrial(t)
	begun, free := make(chan struct{}), make(chan struct{})
	x.fetch = func(context.Context) error {
		close(begun)
		<-free // it does not notice that it is stopped for a while
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
	x.fetch = func(context.Context) error { // sent while loading, and kept for the run
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
	x.ask(protocol.AskControl, do(control.Pause)) // which may arrive before it is begun
	x.phase(call, run.Paused)
	x.ask(protocol.AskControl, do(control.Stop))
	if end := x.runEnd(call); end.Status != run.Stopped {
		t.Errorf("%+v", end)
	}
}

// A run that is asked questions all the time ends with the weights of one left alone.
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
	call, paused := x.pausedAt3()
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

// An analysis says how far it is, and can be cancelled.
func TestLook(t *testing.T) {
	runs := &store.Memory{}
	x := newTrialIn(t, runs)
	r := small()
	r.Recipe.Net, r.Recipe.Steps = "conv 3x3x1, relu, dense 10", 1
	x.runEnd(x.ask(protocol.AskTrain, r))
	all, err := runs.List(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	statistics := protocol.Look{What: protocol.LookStatistics, Run: all[0].ID, Step: 1}
	call := x.ask(protocol.AskLook, statistics)
	if s := result[run.Activations](x, call); s.Step != 1 || len(s.Layers) != 1 || s.Images != 300 || len(s.Layers[0].Maps) != 1 || s.Layers[0].Histogram.Total() != 300*784 {
		t.Errorf("statistics: %+v", s)
	}
	x.wait("progress", func(m protocol.Message) bool { return m.Kind == protocol.SayProgress && m.Call == call })
	x.between = func(run.Event) { x.ask(protocol.AskCancel, protocol.Cancel{Call: call}) }
	call++
	statistics.Step = 0 // those after step 1 are known
	if e := x.failure(x.ask(protocol.AskLook, statistics)); e.Code != protocol.Cancelled {
		t.Errorf("%+v", e)
	}
	x.between = nil
	r.Recipe.Net = "conv 3x3x1"
	x.runEnd(x.ask(protocol.AskTrain, r))
	if all, err = runs.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.ID != statistics.Run {
			statistics.Run = one.ID
			break
		}
	}
	if e := x.failure(x.ask(protocol.AskLook, statistics)); e.Code != protocol.Invalid || !strings.Contains(e.Message, "no activation function") || e.Hint == "" {
		t.Errorf("of a net without activation functions: %+v", e)
	}
}

// Whatever is wrong is reported with a code and a hint, and the trainer continues.
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

// A panic in a backend, or in a port, ends the request and not the trainer.
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
	if d.From != "two" || !slices.Equal(d.Classes, []string{"black", "white"}) || d.Train != 4 || d.Test != 4 || d.Side != 28 ||
		!slices.Equal(d.Examples.Labels, []int{0, 0, 1, 1}) || len(d.Examples.Pixels) != 4*28*28 {
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

// The trainer says all the time that it is alive, and before it does something what that is.
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
	want := []string{"loading images", "starting its threads", "compiling the training step", "evaluating", "training", "evaluating", "training", "evaluating", "waiting"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
	x.follow(&run.Progress{MsPerStep: 4000})
	if a := x.inSteps(training); a.Patience != 200 {
		t.Errorf("patience for steps of 4 s: %v", a.Patience)
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	x := newTrial(t)
	x.Handle(`{"kind":"measure","call":7,"mood":"good"}`+"\n"+`{"more":1}`, nil)
	if m := x.end(7); m.Kind != protocol.SayResult || !json.Valid(m.Body) {
		t.Errorf("%s", m)
	}
}
