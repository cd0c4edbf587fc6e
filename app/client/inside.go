package client

import (
	"encoding/json"

	"unpool/app/web"
	"unpool/core/protocol"
)

// Look asks the trainer for an analysis of a run's net after a step, which of says, and passes the outcome to done, once. with says
// what about; progress, unless it is nil, is told how far it is. The function returned cancels the analysis, which then fails.
func Look[Result any](t *Trainer, what string, of protocol.Look, with any, progress func(protocol.Progress), done func(*Result, *protocol.Error)) (cancel func()) {
	of.What = what
	return lookAt(t, of, with, lookCall(progress, done))
}

// Predict asks how the net of the run under way, or of the one before, classifies images, and passes the answer to done, once.
func Predict(t *Trainer, of protocol.Predict, done func(*protocol.Prediction, *protocol.Error)) {
	askNet(t, protocol.AskPredict, of, done)
}

// Dissect asks for the next training step of that net, taken apart, and passes the answer to done, once.
func Dissect(t *Trainer, of protocol.Dissect, done func(*protocol.Dissection, *protocol.Error)) {
	askNet(t, protocol.AskDissect, of, done)
}

// askNet asks about the net that the trainer has in memory.
func askNet[Result any](t *Trainer, kind protocol.Kind, body any, done func(*Result, *protocol.Error)) {
	if t.calls == nil {
		done(nil, &protocol.Error{Code: protocol.NoNet, Message: "The trained net is no longer in memory", Hint: "Look inside answers, too"})
		return
	}
	t.calls.ask(kind, body, nil, lookCall(nil, done))
}

// SaveNumbers has the browser save the numbers of a picture as a file.
func SaveNumbers(t *Trainer, of protocol.Look, with protocol.Numbers, done func(*protocol.Error)) {
	of.What = protocol.LookNumbers
	lookAt(t, of, with, call{done: func(a answer, failed *protocol.Error) {
		if failed == nil {
			web.Save(a.file, a.file.Get("name").String())
		}
		done(failed)
	}})
}

// Ask asks the trainer something that needs no net, such as a protocol.Example, and passes the outcome to done, once. progress, unless
// it is nil, is told how far it is.
func Ask[Result any](t *Trainer, kind protocol.Kind, body any, progress func(protocol.Progress), done func(*Result, *protocol.Error)) (cancel func()) {
	return ask(t, kind, body, lookCall(progress, done))
}

// lookAt asks for an analysis.
func lookAt(t *Trainer, of protocol.Look, with any, answered call) (cancel func()) {
	text, err := json.Marshal(with)
	if err != nil {
		panic(err) // a mistake in the program
	}
	of.With = text
	return ask(t, protocol.AskLook, of, answered)
}

// ask has a question answered when the program is there.
func ask(t *Trainer, kind protocol.Kind, body any, answered call) (cancel func()) {
	number := 0
	given := false
	fail := func(e *protocol.Error) { answered.done(answer{}, e) }
	t.Data.with(func() {
		if given {
			fail(&protocol.Error{Code: protocol.Cancelled})
			return
		}
		number = t.calls.ask(kind, body, nil, answered)
	}, fail)
	return func() {
		given = true
		if number != 0 && t.calls != nil {
			t.calls.cancel(number)
		}
	}
}

// lookCall is what happens when a question is answered.
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
