package client

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// page is a trainer whose program is the test. What is dispatched to the pages' goroutine runs when the test waits.
type page struct {
	*Trainer
	t      *testing.T
	mu     sync.Mutex
	todo   []func(app.Context) // on the pages' goroutine, which is the test's
	drawn  int                 // how often the page was redrawn
	posted []protocol.Message
	heard  []run.Event
	unseen bool // another page is shown
}

// newPage must be called in a bubble, whose clock it uses.
func newPage(t *testing.T) *page {
	p := &page{t: t}
	p.Trainer = NewTrainer(func(f func(app.Context)) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.todo = append(p.todo, f)
	})
	p.Watch(func() bool { return !p.unseen })
	p.Listen(func(e run.Event) { p.heard = append(p.heard, e) })
	p.calls = &calls{dispatch: p.dispatch, seen: p.watched, lost: func() { p.calls = nil }}
	p.calls.post = func(text string, _ *Files) {
		m, err := protocol.Parse(text)
		if err != nil {
			t.Error(err)
		}
		p.posted = append(p.posted, m)
	}
	p.calls.begin()
	t.Cleanup(func() {
		if p.calls != nil {
			p.calls.close() // its clock ends
		}
	})
	return p
}

// begin begins a run, and returns its call.
func (p *page) begin() int {
	p.Train(recipe.Recipe{Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST, LearningRate: 0.1, Steps: 10000, EvalEvery: 1}, false)
	p.waitFor(afterDrawing)
	return p.last().Call
}

func (p *page) last() protocol.Message {
	p.t.Helper()
	if len(p.posted) == 0 {
		p.t.Fatal("nothing was asked for")
	}
	return p.posted[len(p.posted)-1]
}

// say sends a message of the program.
func (p *page) say(kind protocol.Kind, call int, fold string, body any) {
	p.calls.receive(protocol.Write(protocol.Head{Kind: kind, Call: call, Fold: fold}, body).String(), nil)
}

// event sends an event of the run.
func (p *page) event(call int, fold string, e run.Event) {
	p.t.Helper()
	line, err := run.Marshal(e)
	if err != nil {
		p.t.Fatal(err)
	}
	p.calls.receive(protocol.Message{Head: protocol.Head{Kind: protocol.SayEvent, Call: call, Fold: fold}, Body: line}.String(), nil)
}

// wait lets the page take in what was said.
func (p *page) wait() { p.waitFor(takeEvery) }

// waitFor lets time go by.
func (p *page) waitFor(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	p.mu.Lock()
	todo := p.todo
	p.todo = nil
	p.mu.Unlock()
	for _, f := range todo {
		p.drawn++
		f(app.Context{})
	}
}

// However many messages come at once, the page is drawn once and shows the latest, with every point of the curves; what
// waits to be taken in is bounded by what is kept.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		call := p.begin()
		p.event(call, "", &run.Start{Version: run.Version, Recipe: recipe.Recipe{Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST, Steps: 10000}})
		p.wait()
		drawn := p.drawn
		const steps = 2000 // of five messages each
		for step := 1; step <= steps; step++ {
			p.event(call, "state", &run.State{Phase: run.Evaluating, Step: step})
			p.event(call, "", &run.Metric{Step: step, Test: run.Measure{Accuracy: 0.5, N: 100}})
			p.event(call, "weights", &run.Weights{Step: step, Layer: "l", Count: 1, Height: 1, Width: 1, Channels: 1, Pixels: run.Int8s{1}})
			p.event(call, "state", &run.State{Phase: run.Training, Step: step})
			p.event(call, "progress", &run.Progress{Step: step, Loss: 1})
		}
		p.event(call, "state", &run.State{Phase: run.Paused, Step: steps})
		p.Asked = control.Pause
		p.wait()
		if p.drawn != drawn+1 {
			t.Errorf("drawn %d times", p.drawn-drawn)
		}
		v := &p.View
		if v.Phase != run.Paused || v.Step != steps || len(v.Metrics) != steps || v.Weights.Step != steps || v.Progress.Step != steps || p.Asked != "" {
			t.Errorf("the view is at %q, step %d, with %d points", v.Phase, v.Step, len(v.Metrics))
		}
		if n := len(p.heard); n > steps+5 {
			t.Errorf("the page has taken in %d events", n)
		}
	})
}

// Another page is redrawn less often.
func TestUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		call := p.begin()
		p.unseen = true
		p.event(call, "state", &run.State{Phase: run.Training})
		if p.wait(); p.View.Phase == run.Training {
			t.Error("taken in at once")
		}
		if p.waitFor(takeUnseen); p.View.Phase != run.Training {
			t.Error("not taken in")
		}
	})
}

// A call is followed: how far it is, and how it ends.
func TestCalls(t *testing.T) {
	for name, c := range map[string]struct {
		say   func(p *page, call int)
		phase run.Phase
		says  string
	}{
		"how far the images are": {func(p *page, call int) {
			p.say(protocol.SayAccepted, call, "", protocol.Accepted{})
			p.say(protocol.SayProgress, call, "progress", protocol.Progress{Done: 7, Total: 9, Unit: "bytes"})
		}, run.Loading, ""},
		"how far the program is": {func(p *page, _ int) {
			p.say(protocol.SayAlive, 0, "alive", protocol.Alive{Patience: 9, Progress: protocol.Progress{Done: 7, Total: 9, Unit: "bytes"}})
		}, run.Loading, ""},
		"an end": {func(p *page, call int) {
			p.event(call, "", &run.End{Status: run.Done})
			p.say(protocol.SayResult, call, "", protocol.Nothing{})
		}, run.Done, ""},
		"a failure before the first event": {func(p *page, call int) {
			p.say(protocol.SayFailure, call, "", protocol.Error{Code: protocol.NoData, Message: "no images", Hint: "h"})
		}, run.Failed, "no images"},
		"a failure that cannot be read": {func(p *page, call int) {
			p.say(protocol.SayFailure, call, "", []int{1})
		}, run.Failed, "cannot be read"},
		"a stop while loading": {func(p *page, call int) {
			p.Ask(control.Stop)
			if m := p.last(); m.Kind != protocol.AskCancel {
				t.Errorf("asked for %s", m.Kind)
			}
			p.say(protocol.SayFailure, call, "", protocol.Error{Code: protocol.Cancelled})
		}, run.Stopped, ""},
		"the program ends": {func(p *page, call int) {
			p.say(protocol.SayGone, 0, "", protocol.Error{Code: protocol.Gone, Message: "it ran out of memory", Hint: "h"})
		}, run.Failed, "out of memory"},
		"messages that nobody knows": {func(p *page, call int) {
			p.calls.receive("nonsense", nil)
			p.say("song", call, "", "la")
			p.say(protocol.SayProgress, call, "", []int{1})
			p.calls.receive(fmt.Sprintf(`{"kind":"event","call":%d}`+"\n"+`{"type":"dream","step":3}`, call), nil)
			p.event(call, "state", &run.State{Phase: run.Training})
		}, run.Training, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPage(t)
				c.say(p, p.begin())
				p.wait()
				if p.View.Phase != c.phase {
					t.Fatalf("the phase is %q", p.View.Phase)
				}
				if strings.HasPrefix(name, "how far") && (p.View.Done != 7 || p.View.Total != 9) {
					t.Errorf("the view is %d of %d", p.View.Done, p.View.Total)
				}
				if c.says != "" && !strings.Contains(p.View.End.Error, c.says) {
					t.Errorf("the end is %+v", p.View.End)
				}
				if c.phase.Over() && p.calls != nil && len(p.calls.pending) > 1 { // the request to stop has no answer here
					t.Errorf("%d calls are pending", len(p.calls.pending))
				}
			})
		})
	}
}

// A command that came too late frees its button.
func TestACommandThatIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		p.Ask(control.Pause)
		p.say(protocol.SayFailure, p.last().Call, "", protocol.Error{Code: protocol.NoNet})
		if p.wait(); p.Asked != "" {
			t.Errorf("asked is %q", p.Asked)
		}
	})
}

// A run that is resumed as soon as it has ended can be stopped, though the call that it was before is answered only then.
func TestAStopAfterAQuickResumption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		first := p.begin()
		r := recipe.Recipe{Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST, LearningRate: 0.1, Steps: 10000, EvalEvery: 1}
		p.event(first, "", &run.Start{Version: run.Version, ID: "a", Recipe: r})
		p.event(first, "", &run.End{Status: run.Stopped, Steps: 5})
		p.wait()
		p.Resume(&p.View, p.View.LearningRate)
		second := p.last().Call
		p.say(protocol.SayFailure, first, "", protocol.Error{Code: protocol.Cancelled})
		p.wait()
		if p.View.Phase != run.Loading {
			t.Errorf("the phase is %q", p.View.Phase)
		}
		p.Ask(control.Stop)
		asked, err := protocol.Read[protocol.Cancel](p.last())
		if p.last().Kind != protocol.AskCancel || err != nil || asked.Call != second || second == first {
			t.Errorf("asked last is %s of call %d", p.last().Kind, asked.Call)
		}
	})
}

// A program that has died or hangs is ended when its patience is over, and not before; whatever was asked of it has failed.
func TestSilence(t *testing.T) {
	for name, c := range map[string]struct {
		patience float64 // 0 for a program that never says anything
		silent   time.Duration
		lost     bool
	}{
		"a start that takes long":      {0, startPatience - lookEvery, false},
		"a program that does not load": {0, startPatience + 2*lookEvery, true},
		"a slow step":                  {200, 190 * time.Second, false},
		"a step that never ends":       {60, 63 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPage(t)
				p.begin()
				if c.patience > 0 {
					p.say(protocol.SayAlive, 0, "alive", protocol.Alive{Doing: "training", Patience: c.patience})
				}
				var measured bool
				p.calls.ask(protocol.AskMeasure, protocol.Nothing{}, nil, call{done: func(_ answer, err *protocol.Error) { measured = err != nil }})
				p.waitFor(c.silent)
				if lost := p.View.Phase == run.Failed; lost != c.lost || measured != c.lost || (p.calls == nil) != c.lost {
					t.Errorf("the phase is %q; the other call has failed: %v", p.View.Phase, measured)
				}
				if c.lost && c.patience > 0 && !strings.Contains(p.View.End.Error, "while training, it has been silent for 1m0s") {
					t.Errorf("%+v", p.View.End)
				}
			})
		})
	}
}

// A heartbeat redraws nothing.
func TestHeartbeatsAreFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		for range 100 {
			p.say(protocol.SayAlive, 0, "alive", protocol.Alive{Doing: "waiting", Patience: 20})
			p.waitFor(time.Second)
		}
		if p.drawn > 0 || p.calls == nil {
			t.Errorf("drawn %d times", p.drawn)
		}
	})
}

// What is read of the user's files is dropped with the choice, and a failure of the reading is not one of a run.
func TestFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		take := func() int {
			p.Data.Take(func() (Files, error) { return Files{Name: "pets"}, nil })
			p.waitFor(0)
			return p.last().Call
		}
		first := take()
		p.say(protocol.SayProgress, first, "progress", protocol.Progress{Done: 1, Total: 2, Unit: "images"})
		if p.wait(); !p.Data.Reading() || p.Data.Said.Done != 1 {
			t.Errorf("%+v", p.Data.Said)
		}
		second := take() // which cancels the first
		p.say(protocol.SayResult, first, "", protocol.Data{From: "late", Sets: []recipe.Dataset{recipe.MNIST}})
		if p.wait(); !p.Data.Reading() {
			t.Error("cancelled files are mistaken for those being read")
		}
		p.say(protocol.SayResult, second, "", protocol.Data{From: "pets", Sets: []recipe.Dataset{recipe.Folder("pets")}})
		if p.wait(); !p.Data.Ready() || !p.Data.Folder() {
			t.Errorf("%+v", p.Data.Said)
		}
		take()
		p.say(protocol.SayGone, 0, "", protocol.Error{Code: protocol.Gone, Message: "out of memory\ndetails"})
		if p.wait(); p.Data.Said.State != Failed || p.Data.Said.Failure.Message != "out of memory\ndetails" || p.View.Phase != run.Empty {
			t.Errorf("%+v, phase %q", p.Data.Said, p.View.Phase)
		}
	})
}

// A new program reads the user's files again before it trains on them.
func TestFilesAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPage(t)
		var did bool
		p.Data.Hear(Said{State: Ready, Data: protocol.Data{From: "pets", Sets: []recipe.Dataset{recipe.Folder("pets")}}})
		p.Data.then = func() { did = true }
		p.Data.send()
		p.View.Apply(run.Record{Event: &run.State{Phase: run.Loading}})
		reading := p.last().Call
		p.say(protocol.SayResult, reading, "", protocol.Data{From: "pets", Sets: []recipe.Dataset{recipe.Folder("pets")}})
		if p.wait(); !did {
			t.Error("nothing happened when they had been read")
		}
		p.Data.then = func() { t.Error("a run on files that were not read") }
		p.Data.send()
		p.Ask(control.Stop)
		p.say(protocol.SayFailure, p.posted[len(p.posted)-2].Call, "", protocol.Error{Code: protocol.Cancelled})
		if p.wait(); p.View.Phase != run.Stopped {
			t.Errorf("the phase is %q", p.View.Phase)
		}
	})
}
