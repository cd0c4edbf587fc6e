package client

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Again trains recipes again to see what they lead to, one after the other, in a program of its own: the trainer's run is not touched, and nothing is kept.
type Again struct {
	View run.View // of the run under way, or the last

	program
	call int // that is under way; 0 for none
}

// NewAgain returns one whose program has not been started. dispatch runs a function on the pages' goroutine.
func NewAgain(dispatch func(func(app.Context))) *Again {
	return &Again{program: program{dispatch: dispatch, watching: []func() bool{func() bool { return true }}}}
}

// Train trains a recipe, and calls done when View is over, unless Stop is called.
func (a *Again) Train(r recipe.Recipe, done func()) { a.attempt(r, done, true) }

// attempt is Train; again says that another program is asked if this one is stuck.
func (a *Again) attempt(r recipe.Recipe, done func(), again bool) {
	a.start()
	a.View = run.View{Phase: run.Loading}
	number := 0
	number = a.calls.ask(protocol.AskTrain, protocol.Train{Recipe: r, Trial: true}, nil, call{
		progress: loading(&a.View),
		event: func(r run.Record) {
			if a.call == number {
				a.View.Apply(r)
			}
		},
		done: func(_ answer, err *protocol.Error) {
			if a.call != number {
				return // it was stopped
			}
			a.call = 0
			if again && stuck(err) {
				a.attempt(r, done, false)
				return
			}
			if err != nil && !a.View.Phase.Over() {
				a.View.Apply(run.Record{Event: endBy(err)})
			}
			if a.View.Phase == run.Failed {
				a.leave() // it may have lost memory
			}
			done()
		},
	})
	a.call = number
}

// Stop ends the program, and with it the run under way, if there is one.
func (a *Again) Stop() {
	a.call = 0
	a.leave()
}
