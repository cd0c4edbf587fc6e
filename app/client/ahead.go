package client

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Ahead is what the trainer does before anything is asked for.
type Ahead struct {
	trainer *Trainer
	begun   bool
	call    int // the fetching of set; 0 for none
	set     recipe.Dataset
}

// afterArriving is how long the page is left alone when it has been opened: its own pictures and data come first.
const afterArriving = time.Second

// Begin has the trainer do, once, what a first run would wait for: load its program, measure its engine, whose speed done gets, and fetch
// a data set. It does so when the page is at rest and its service worker keeps what is fetched, for use offline; not if the browser
// has been told to save data.
func (a *Ahead) Begin(set recipe.Dataset, done func(protocol.Engine)) {
	if a.begun {
		return
	}
	a.begun = true
	go func() {
		time.Sleep(afterArriving)
		web.Kept()
		t := a.trainer
		t.dispatch(func(app.Context) {
			if web.SavesData() || t.View.Phase != run.Empty {
				return
			}
			t.Measure(func(e protocol.Engine) {
				done(e)
				a.fetch(set)
			})
		})
	}()
}

// fetch has the trainer load a data set, unless it has something else to do or has ended.
func (a *Ahead) fetch(set recipe.Dataset) {
	t := a.trainer
	if t.View.Phase != run.Empty || t.Data.Said.State != None || t.calls == nil {
		return
	}
	a.set = set
	a.call = t.calls.ask(protocol.AskFetch, protocol.Fetch{Dataset: set}, nil, call{
		progress: loading(&t.View),
		done: func(answer, *protocol.Error) { // where it fails, the run says so when it needs the images
			a.call = 0
		},
	})
}

// needs cancels what is fetched ahead, unless it is what a run needs.
func (a *Ahead) needs(set recipe.Dataset) {
	if a.call != 0 && a.set != set {
		a.trainer.calls.cancel(a.call)
	}
}
