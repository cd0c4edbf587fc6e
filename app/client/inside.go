package client

import (
	"encoding/json"

	"unpool/app/web"
	"unpool/core/protocol"
)

// Look asks the trainer for an analysis of a run's net after a step, which of says, reads the result into what into points at, and calls done, once. with
// says what about; progress, unless it is nil, is told how far it is. The function returned cancels the analysis, which then fails.
func Look(t *Trainer, what string, of protocol.Look, with, into any, progress func(protocol.Progress), done func(*protocol.Error)) (cancel func()) {
	of.What = what
	return lookAt(t, of, with, lookCall(into, progress, done))
}

// Predict asks how the net of the run under way, or of the one before, classifies images, and passes the answer to done, once.
func Predict(t *Trainer, of protocol.Predict, done func(*protocol.Prediction, *protocol.Error)) {
	p := new(protocol.Prediction)
	askNet(t, protocol.AskPredict, of, p, unlessFailed(p, done))
}

// Dissect asks for the next training step of that net, taken apart, and passes the answer to done, once.
func Dissect(t *Trainer, of protocol.Dissect, done func(*protocol.Dissection, *protocol.Error)) {
	d := new(protocol.Dissection)
	askNet(t, protocol.AskDissect, of, d, unlessFailed(d, done))
}

// unlessFailed passes a result to done, or nil where there is an error.
func unlessFailed[Result any](r *Result, done func(*Result, *protocol.Error)) func(*protocol.Error) {
	return func(failed *protocol.Error) {
		if failed != nil {
			done(nil, failed)
			return
		}
		done(r, nil)
	}
}

// askNet asks about the net that the trainer has in memory.
func askNet(t *Trainer, kind protocol.Kind, body, into any, done func(*protocol.Error)) {
	if t.calls == nil {
		done(&protocol.Error{Code: protocol.NoNet, Message: "The trained net is no longer in memory", Hint: "Look inside answers, too"})
		return
	}
	t.calls.ask(kind, body, nil, lookCall(into, nil, done))
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

// Ask asks the trainer something that needs no net, such as a protocol.Example, reads the answer into what into points at, and calls done, once.
// progress, unless it is nil, is told how far it is.
func Ask(t *Trainer, kind protocol.Kind, body, into any, progress func(protocol.Progress), done func(*protocol.Error)) (cancel func()) {
	return ask(t, kind, body, lookCall(into, progress, done))
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
func lookCall(into any, progress func(protocol.Progress), done func(*protocol.Error)) call {
	return call{progress: progress, done: func(a answer, failed *protocol.Error) {
		if failed == nil {
			if err := a.Message.Into(into); err != nil {
				failed = protocol.ErrorOf(err, protocol.Broken, "Reload the page.")
			}
		}
		done(failed)
	}}
}
