// Package client is the page's end of the trainer, a Web Worker: it asks and receives the answers (core/protocol), and keeps the state
// of the run under way. It knows no page and nothing of what a page shows.
package client

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Trainer is the tab's trainer, with the run that it does or did last. It lives as long as the tab's document, so that a run
// outlives its page's being left. Every page may read it; one that follows a run listens. All of it is used on the pages'
// goroutine.
type Trainer struct {
	View   run.View      // what the run has said
	Asked  control.Verb  // a command that is not yet answered; "" for none
	Kept   protocol.Kept // whether the run is kept beyond the tab's life; zero before that is known
	Data   Data          // the user's own files
	There  There         // the run, where the site's server trains it
	Others Others        // runs that take turns with it
	Ahead  Ahead         // of what is asked for

	program
	listeners []func(run.Event)
	run       int  // the call that the run under way is; 0 for none
	asks      bool // the browser asks before the tab is left, if need be
}

// NewTrainer returns a trainer that has not been started. dispatch runs a function on the pages' goroutine.
func NewTrainer(dispatch func(func(app.Context))) *Trainer {
	t := &Trainer{program: program{dispatch: dispatch}}
	t.Data.trainer, t.There.trainer, t.Ahead.trainer, t.Others.trainer, t.There.Server = t, t, t, t, &Server{}
	return t
}

// Listen has hear called with what a run says, after View has taken it in.
func (t *Trainer) Listen(hear func(run.Event)) { t.listeners = append(t.listeners, hear) }

// Train begins a run, and beside it others on the same batches; own says that they are on the user's files. The trainer is notified of it after the
// page has been drawn, so that no task of the page's thread is long.
func (t *Trainer) Train(r recipe.Recipe, own bool, others ...recipe.Recipe) {
	t.begin()
	t.Others.begin(others)
	time.AfterFunc(afterDrawing, func() {
		t.dispatch(func(app.Context) {
			t.Ahead.needs(r.Dataset)
			t.Data.with(func() {
				t.train(protocol.AskTrain, protocol.Train{Recipe: r, Files: own}, nil)
				t.Others.train(own)
			}, nil)
		})
	})
}

// afterDrawing is long enough for the browser to draw first what has changed.
const afterDrawing = 20 * time.Millisecond

// Resume trains a run that this browser keeps further, at a learning rate: the one of View, with the others beside it, or another, as its log
// came to v, with those beside it that came to others.
func (t *Trainer) Resume(v *run.View, rate float64, others ...*run.View) {
	body := protocol.Resume{Run: v.Start.ID}
	if rate != v.LearningRate {
		body.LearningRate = rate
	}
	if v == &t.View && t.There.Is() {
		t.There.run.resume(body.LearningRate)
		return
	}
	if v != &t.View {
		t.begin()
		t.View = *v
		t.Others.take(others)
	} else if t.View.Phase == run.Failed && t.Kept.Lasts {
		t.leave() // a program that failed may have lost memory
	}
	t.Hear(&run.State{Phase: run.Loading})
	t.Data.with(func() {
		t.train(protocol.AskResume, body, nil)
		t.Others.resume()
	}, nil)
}

// Open resumes the run of a checkpoint, a File.
func (t *Trainer) Open(file app.Value) {
	t.begin()
	files := one(file)
	t.Data.with(func() { t.train(protocol.AskResume, protocol.Resume{File: true}, &files) }, nil)
}

// begin makes the view that of a run about to begin.
func (t *Trainer) begin() {
	t.There.leave()
	t.Others.begin(nil)
	if t.View.Phase == run.Failed {
		t.leave() // a program that failed may have lost memory
	}
	t.View, t.Asked, t.Kept = run.View{}, "", protocol.Kept{}
	t.Hear(&run.State{Phase: run.Loading})
}

// train asks for a run.
func (t *Trainer) train(kind protocol.Kind, body any, files *Files) {
	attempt(t, kind, body, files, true)
}

// stuck reports whether an error is worth asking another program: where the service worker isolates the page, it happens in Firefox that the making of a
// thread never ends.
func stuck(err *protocol.Error) bool { return err != nil && err.Code == protocol.Stuck }

// attempt is train; again says that another program is asked if this one is stuck.
func attempt(t *Trainer, kind protocol.Kind, body any, files *Files, again bool) {
	number := 0 // the run before may have ended on view, and its call not yet
	number = t.calls.ask(kind, body, files, call{
		progress: loading(&t.View),
		event:    t.hear,
		kept: func(k protocol.Kept) { // where it is not, the browser asks before the tab is left while it trains
			t.Kept = k
			if !k.Lasts && !t.asks {
				t.asks = true
				web.AskBeforeLeaving(func() bool { return !t.Kept.Lasts && t.Others.Phase().Active() })
			}
		},
		done: func(_ answer, err *protocol.Error) {
			if t.run != number {
				return // another run has begun
			}
			t.run = 0
			if again && stuck(err) && len(t.Others.All) == 0 { // several nets would have to begin together
				t.Data.with(func() { attempt(t, kind, body, files, false) }, nil)
				return
			}
			t.notRun(err)
		},
	})
	t.run = number
}

// loading tells a run how much of what it needs has arrived.
func loading(v *run.View) func(protocol.Progress) {
	return func(p protocol.Progress) {
		if v.Phase == run.Loading {
			v.Apply(run.Record{Event: &run.State{Phase: run.Loading, Done: p.Done, Total: p.Total, Unit: p.Unit}})
		}
	}
}

// notRun takes in the failure of what should be a run, unless its End has said it already.
func (t *Trainer) notRun(err *protocol.Error) {
	if err != nil && t.View.Phase.Active() {
		t.Hear(endBy(err))
	}
}

// endBy is the end of a run that an error has ended, or kept from starting.
func endBy(err *protocol.Error) *run.End {
	if err.Code == protocol.Cancelled {
		return &run.End{Status: run.Stopped}
	}
	return &run.End{Status: run.Failed, Error: err.Message, Hint: err.Hint}
}

// Hear takes in what a run says, and passes it on.
func (t *Trainer) Hear(events ...run.Event) {
	for _, e := range events {
		t.hear(run.Record{Event: e})
	}
}

func (t *Trainer) hear(r run.Record) {
	switch r.Event.(type) {
	case *run.State, *run.End:
		t.Asked = ""
	case *run.Progress:
		if t.Asked == control.Step {
			t.Asked = ""
		}
	}
	t.View.Apply(r)
	for _, hear := range t.listeners {
		hear(r.Event)
	}
}

// Ask sends a command for the run under way and those beside it, which Asked is until it is answered.
func (t *Trainer) Ask(verb control.Verb) {
	switch {
	case t.There.Is():
		t.There.run.tell(control.Command{Do: verb})
	case t.calls == nil:
		return
	case verb != control.Stop:
		t.Do(control.Command{Do: verb})
	case t.Data.then != nil: // the run waits for the files
		t.calls.cancel(t.Data.call)
	default:
		t.Others.stop()
		if t.run != 0 {
			t.calls.cancel(t.run)
		}
	}
	t.Asked = verb
}

// Do sends a command for the run under way that needs no answer to be shown.
func (t *Trainer) Do(c control.Command) {
	if t.There.Is() {
		t.There.run.tell(c)
		return
	}
	if t.calls == nil {
		return
	}
	t.calls.ask(protocol.AskControl, c, nil, call{done: func(_ answer, err *protocol.Error) {
		if err != nil && t.Asked == c.Do {
			t.Asked = "" // the run was over before it received that
		}
	}})
}

// Save has the browser save the state of the run as a file, when that comes.
func (t *Trainer) Save() {
	if t.There.Is() {
		t.There.run.save()
		return
	}
	t.calls.ask(protocol.AskSave, protocol.Nothing{}, nil, call{done: func(a answer, err *protocol.Error) {
		if err != nil {
			app.Log("The state could not be saved: " + err.Message)
			return
		}
		web.Save(a.file, a.file.Get("name").String())
	}})
}

// HasState reports whether there is a state to save.
func (t *Trainer) HasState() bool {
	return (t.calls != nil || t.There.Is()) && (len(t.View.Metrics) > 0 || t.View.Step > 0)
}

// Measure has the trainer measure its engine, and reports whether it was asked: not while it has something to do, nor where it
// would have to read files first. The zero engine says that the measurement failed.
func (t *Trainer) Measure(done func(protocol.Engine)) bool {
	if t.View.Phase.Active() || t.Data.Reading() || t.calls == nil && t.Data.Ready() {
		return false
	}
	measure(t, done, true)
	return true
}

// measure is Measure; again says that another program is asked if this one is stuck.
func measure(t *Trainer, done func(protocol.Engine), again bool) {
	t.Data.with(func() {
		t.calls.ask(protocol.AskMeasure, protocol.Nothing{}, nil, call{done: func(a answer, err *protocol.Error) {
			if again && stuck(err) {
				measure(t, done, false)
				return
			}
			var engine protocol.Engine
			if err == nil {
				engine, _ = protocol.Read[protocol.Engine](a.Message) // one that cannot be read counts as none
			}
			done(engine)
		}})
	}, nil)
}
