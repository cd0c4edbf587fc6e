package client

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Trainer is the tab's trainer, with the run that it does or did last. It lives as long as the tab's document, so that a run
// outlives its page's being left. Every page may read it; one that follows a run listens. All of it is used on the pages'
// goroutine.
type Trainer struct {
	View  run.View     // what the run has said
	Asked control.Verb // a command that is not yet answered; "" for none
	Data  Data         // the user's own files

	program
	listeners []func(run.Event)
	measuring bool
}

// NewTrainer returns a trainer that has not been started. dispatch runs a function on the pages' goroutine.
func NewTrainer(dispatch func(func(app.Context))) *Trainer {
	t := &Trainer{}
	t.program = program{dispatch: dispatch, hear: t.Hear, Watched: func() bool { return false }}
	t.Data.trainer = t
	return t
}

// Listen has hear called with what the trainer says, after View has taken it in.
func (t *Trainer) Listen(hear func(run.Event)) { t.listeners = append(t.listeners, hear) }

// Train begins a run; own says that it is on the user's files. The trainer hears of it after the page has been drawn, so that
// no task of the page's thread is long.
func (t *Trainer) Train(r recipe.Recipe, own bool) {
	t.begin()
	time.AfterFunc(afterDrawing, func() {
		t.dispatch(func(app.Context) {
			t.with(func() { t.worker.Do(control.Command{Do: control.Train, Recipe: &r, Files: own}) })
		})
	})
}

// afterDrawing is long enough for the browser to draw first what has changed.
const afterDrawing = 20 * time.Millisecond

// Resume trains the run that ended further, at a learning rate.
func (t *Trainer) Resume(rate float64) {
	t.View.Apply(run.Record{Event: &run.State{Phase: run.Loading}})
	t.worker.Do(control.Command{Do: control.Resume})
	if rate != t.View.LearningRate {
		t.Do(control.Command{Do: control.SetRate, LearningRate: rate})
	}
}

// Open resumes the run of a checkpoint, a File.
func (t *Trainer) Open(file app.Value) {
	t.begin()
	t.with(func() { t.worker.Open(file) })
}

// begin makes the view that of a run about to begin.
func (t *Trainer) begin() {
	if t.View.Phase == run.Failed {
		t.leave() // a program that failed may have lost memory
	}
	t.View, t.Asked = run.View{}, ""
	t.View.Apply(run.Record{Event: &run.State{Phase: run.Loading}})
}

// Ask sends a command for the run under way, which Asked is until it is answered.
func (t *Trainer) Ask(verb control.Verb) {
	if t.worker != nil {
		t.Asked = verb
		t.worker.Do(control.Command{Do: verb})
	}
}

// Do sends a command that has no answer, or has a file as its answer, which the browser saves.
func (t *Trainer) Do(c control.Command) {
	if t.worker != nil {
		t.worker.Do(c)
	}
}

// HasState reports whether there is a state to save, or to resume from.
func (t *Trainer) HasState() bool {
	return t.worker != nil && (len(t.View.Metrics) > 0 || t.View.Step > 0)
}

// Measure has the trainer measure its engine, and reports whether it was asked: not while it has something to do, nor where it
// would have to read files first. The answer is a run.Engine, which has a speed of 0 when the measurement failed.
func (t *Trainer) Measure() bool {
	if t.View.Phase.Active() || t.Data.Reading() || t.worker == nil && t.Data.Ready() {
		return false
	}
	t.measuring = true
	t.with(func() { t.worker.Do(control.Command{Do: control.Measure}) })
	return true
}

// with does something with the trainer: at once, or when a new one has read the user's files again.
func (t *Trainer) with(do func()) {
	switch {
	case t.worker != nil:
		do()
	case t.Data.Ready():
		t.Data.then = do
		t.Data.send()
	default:
		t.start()
		do()
	}
}
