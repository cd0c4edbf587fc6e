package client

import (
	"encoding/json"

	"unpool/core/protocol"
)

// Look asks the trainer for an analysis of a run's net after a step, which of says, and hands what comes of it to done, once. with says
// what about; progress, unless it is nil, hears how far it is. The function returned gives the analysis up, which then fails.
func Look[Result any](t *Trainer, what string, of protocol.Look, with any, progress func(protocol.Progress), done func(*Result, *protocol.Error)) (cancel func()) {
	call := 0
	given := false
	text, err := json.Marshal(with)
	if err != nil {
		panic(err) // a mistake in the program
	}
	of.What, of.With = what, text
	t.Data.with(func() {
		if given {
			done(nil, &protocol.Error{Code: protocol.Cancelled})
			return
		}
		call = t.calls.ask(protocol.AskLook, of, nil, lookCall(progress, done))
	}, func(failed *protocol.Error) { done(nil, failed) })
	return func() {
		given = true
		if call != 0 && t.calls != nil {
			t.calls.cancel(call)
		}
	}
}

// lookCall is what happens when an analysis is answered.
func lookCall[Result any](progress func(protocol.Progress), done func(*Result, *protocol.Error)) call {
	return call{progress: progress, done: func(a answer, failed *protocol.Error) {
		if failed != nil {
			done(nil, failed)
			return
		}
		result, err := protocol.Read[Result](a.Message)
		if err != nil {
			done(nil, protocol.ErrorOf(err, protocol.Broken, "Reload the page."))
			return
		}
		done(&result, nil)
	}}
}
