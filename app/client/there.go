package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/remote"
	"unpool/models"
)

// There is the trainer's run where the site's server trains it. What it says comes by way of the server's log and stream, so it is the
// same whoever has begun it, and after a reload.
type There struct {
	Server  *Server
	Changed func(id string) // is told which run is followed, "" for none; may be nil

	trainer *Trainer
	run     *followed // nil for none
}

// followed is a run of the server.
type followed struct {
	there *There
	id    string    // "" until the server has taken it
	as    run.Phase // Loading or Paused where it is known to be that, though its log does not say so; "" once it has said something
	said  bool      // it has said something that its log does not have
	stop  func()    // ends the watching
}

// Is reports whether the trainer's run is the server's.
func (h *There) Is() bool { return h.run != nil }

// Ref names the trainer's run, of which the log has begun.
func (h *There) Ref() Ref {
	if h.Is() {
		return Ref{protocol.OnServer, h.run.id}
	}
	return Ref{ID: h.trainer.View.Start.ID}
}

// Train begins a run of a recipe on the server.
func (h *There) Train(r recipe.Recipe) {
	h.begin("")
	f, id := h.run, ""
	f.ask(func(s *mirror.Store) (err error) {
		id, err = s.Begin(context.Background(), r, "")
		return err
	}, func(err error) {
		if err != nil {
			f.refused(err)
			return
		}
		f.watch(id)
	})
}

// Follow makes the trainer's run one that the server keeps, and that is listed in a phase.
func (h *There) Follow(id string, listed run.Phase) {
	h.begin(id)
	switch listed {
	case run.Waiting:
		h.run.as = run.Loading
	case run.Paused:
		h.run.as = run.Paused
	}
	h.run.watch(id)
	h.run.confirm(id)
}

// Resume has the server train a run further that it keeps, at a learning rate, 0 for the one in use.
func (h *There) Resume(id string, rate float64) {
	h.Follow(id, run.Waiting)
	h.run.resume(rate)
}

func (h *There) begin(id string) {
	h.trainer.begin() // which leaves the one before
	h.run = &followed{there: h, id: id, stop: func() {}}
}

// leave stops following the run. The server still trains it.
func (h *There) leave() {
	if h.run == nil {
		return
	}
	h.run.stop()
	h.run = nil
	h.changed("")
}

func (h *There) changed(id string) {
	if h.Changed != nil {
		h.Changed(id)
	}
}

// resume has the server train the run further, at a learning rate, 0 for the one in use.
func (f *followed) resume(rate float64) {
	f.as = run.Loading
	f.there.trainer.View.Apply(run.Record{Event: &run.State{Phase: run.Loading}})
	f.ask(func(s *mirror.Store) error {
		return s.Resume(context.Background(), f.id, api.Further{LearningRate: rate})
	}, func(err error) {
		if err != nil {
			f.refused(err)
		}
	})
}

// refused says that the server does not train the run, and why.
func (f *followed) refused(err error) {
	f.as = ""
	hint := "Try again, or train in this tab."
	if errors.Is(err, store.ErrFull) {
		hint = "Delete some of the server’s runs on the Runs page to make room, or train in this tab."
	}
	f.there.trainer.notRun(&protocol.Error{Code: protocol.Broken, Message: "The server cannot train this run: " + err.Error() + ".", Hint: hint})
}

// ask has a goroutine of its own ask the server, and passes the outcome to done on the pages' goroutine, if the run is still the
// trainer's.
func (f *followed) ask(what func(*mirror.Store) error, done func(error)) {
	s := f.there.Server.store
	go func() {
		err := error(remote.ErrAway)
		if s != nil {
			err = what(s)
		}
		f.onPage(func() { done(err) })
	}()
}

// watch takes in what a run says, from its first record on, until another is the trainer's.
func (f *followed) watch(id string) {
	s := f.there.Server.store
	if s == nil {
		f.refused(remote.ErrAway)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	f.id, f.stop = id, stop
	f.there.trainer.Kept = protocol.Kept{Lasts: true}
	f.there.changed(id)
	heard := make(chan run.Record)
	var failed error
	go func() {
		defer close(heard)
		for r, err := range s.Watch(ctx, id, 1) {
			if failed = err; err != nil {
				return
			}
			select {
			case heard <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		for more := true; more; {
			var some []run.Record
			if some, more = gather(heard); len(some) > 0 {
				f.onPage(func() { f.hear(some) })
			}
		}
		f.onPage(func() { f.ended(failed) })
	}()
}

// confirm asks the server whether the run is paused: it may be since it was listed, and then says nothing.
func (f *followed) confirm(id string) {
	var now run.Summary
	f.ask(func(s *mirror.Store) (err error) {
		now, err = s.Summary(context.Background(), id)
		return err
	}, func(err error) {
		if err == nil && now.Phase == run.Paused && !f.said {
			f.as = run.Paused
			f.settle()
		}
	})
}

// gather waits for a record, and takes those that come with it within what the page needs to draw. It reports whether there may be more.
func gather(heard <-chan run.Record) (some []run.Record, more bool) {
	r, ok := <-heard
	if !ok {
		return nil, false
	}
	some = append(some, r)
	for pace := time.After(takeEvery); ; {
		select {
		case r, ok := <-heard:
			if !ok {
				return some, false
			}
			some = append(some, r)
		case <-pace:
			return some, true
		}
	}
}

// onPage runs do on the pages' goroutine, if the run is still the trainer's.
func (f *followed) onPage(do func()) {
	f.there.trainer.dispatch(func(app.Context) {
		if f.there.run == f {
			do()
		}
	})
}

// hear takes in what the run says.
func (f *followed) hear(some []run.Record) {
	for _, r := range some {
		f.there.trainer.hear(r)
		_, start := r.Event.(*run.Start)
		if v := &f.there.trainer.View; !start && r.Seq != 0 && v.Phase == run.Loading { // a log keeps no states
			v.Apply(run.Record{Event: &run.State{Phase: run.Training, Step: v.Step}})
		}
		if r.Seq == 0 {
			f.as, f.said = "", true
		}
	}
	f.settle()
}

// settle makes the phase that of which the log says nothing: the end of a run that is in the queue again is an old one.
func (f *followed) settle() {
	v := &f.there.trainer.View
	switch {
	case f.as == run.Loading && !v.Phase.Over():
		f.as = ""
	case f.as == run.Loading, f.as == run.Paused && v.Phase.Active():
		v.Apply(run.Record{Event: &run.State{Phase: f.as, Step: v.Step}})
	}
}

// ended takes in that the run no longer exists: one that waits in the queue is deleted when it is stopped.
func (f *followed) ended(err error) {
	switch v := &f.there.trainer.View; {
	case !v.Phase.Active():
	case err == nil || errors.Is(err, store.ErrNotFound):
		f.there.trainer.Hear(&run.End{Status: run.Stopped, Steps: v.Step})
	default:
		f.there.trainer.Hear(&run.End{Status: run.Failed, Error: "The server’s record of the run cannot be read: " + err.Error() + ".", Hint: "Reload the page."})
	}
}

// tell sends a command.
func (f *followed) tell(c control.Command) {
	if f.id == "" { // the server has not taken it yet
		f.there.trainer.Asked = ""
		return
	}
	f.ask(func(s *mirror.Store) error { return s.Command(context.Background(), f.id, c) }, func(err error) {
		switch {
		case err == nil:
			time.AfterFunc(answerPatience, func() { f.onPage(func() { f.unanswered(c.Do) }) })
			return
		case c.Do == control.Stop && (errors.Is(err, store.ErrIdle) || errors.Is(err, store.ErrNotFound)):
			f.ended(nil) // it is neither in training nor in the queue
		}
		app.Log("The server refused: " + err.Error())
		f.there.trainer.Asked = ""
	})
}

// answerPatience is how long a run may take to answer a command. A run that already does what it is told does not answer.
const answerPatience = 3 * time.Second

// unanswered takes in that a command was taken, and that the run has said nothing since.
func (f *followed) unanswered(verb control.Verb) {
	t := f.there.trainer
	if t.Asked != verb {
		return
	}
	t.Asked = ""
	if verb == control.Pause {
		t.Hear(&run.State{Phase: run.Paused, Step: t.View.Step})
	}
}

// save has the browser save the latest state that the server keeps of the run.
func (f *followed) save() {
	v := &f.there.trainer.View
	r, _ := v.Recipe()
	name := fmt.Sprintf("unpool-%s-%s", models.Describe(r).Name, store.Last)
	var state []byte
	f.ask(func(s *mirror.Store) error {
		kept, err := s.Get(context.Background(), f.id, store.Last)
		if err != nil {
			return err
		}
		defer kept.Close() // only read from
		state, err = io.ReadAll(kept)
		return err
	}, func(err error) {
		if err != nil {
			app.Log("The state could not be saved: " + err.Error())
			return
		}
		web.DownloadBytes(name, "application/octet-stream", state)
	})
}
