package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
)

// asking asks the trainer something, and hands what comes of it to done.
type asking[Answer any] func(progress func(protocol.Progress), done func(*Answer, *protocol.Error)) (cancel func())

// question is what the trainer is asked over and over, each time that the reader changes something. Until there is an answer the one before
// stays; of what is wanted meanwhile only the last is asked.
type question[Answer any] struct {
	answer   *Answer
	failed   *protocol.Error
	progress protocol.Progress
	waiting  bool
	wanted   asking[Answer] // nil for nothing
	answered func()         // nil for nothing
}

func (q *question[Answer]) ask(a asking[Answer]) {
	if q.waiting {
		q.wanted = a
		return
	}
	q.waiting, q.wanted, q.progress = true, nil, protocol.Progress{}
	a(func(p protocol.Progress) { q.progress = p }, func(answer *Answer, failed *protocol.Error) {
		q.waiting = false
		if q.wanted != nil {
			q.ask(q.wanted)
			return
		}
		if q.failed = failed; failed == nil {
			if q.answer = answer; q.answered != nil {
				q.answered()
			}
		}
	})
}

// state says how far the question is, while there is no answer, and what went wrong.
func (q *question[Answer]) state(again func(), scope string) app.UI {
	return state(q.answer != nil, q.failed, q.progress, again, scope)
}

func state(answered bool, failed *protocol.Error, p protocol.Progress, again func(), scope string) app.UI {
	if failed != nil {
		return app.P().Class("problem").Role("alert").Body(
			app.Text(words.AsSentence(failed.Message)+" "+words.AsSentence(failed.Hint)+" "),
			app.Button().Type("button").OnClick(func(app.Context, app.Event) { again() }, app.EventScope(scope)).Text("Try again"),
		)
	}
	text := "Getting ready."
	switch {
	case answered:
		text = ""
	case p.Unit == "bytes":
		text = "Loading: " + number.Bytes(p.Done) + " of " + number.Bytes(p.Total) + "."
	case p.Total > 0:
		text = fmt.Sprintf("Loading: %s of %s %s.", number.Int(p.Done), number.Int(p.Total), p.Unit)
	}
	return app.P().Class("under").Role("status").Hidden(text == "").Text(text)
}
