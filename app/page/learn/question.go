package learn

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/shell"
	"unpool/app/ui/markup"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
)

// question is what the trainer is asked over and over, each time that the reader changes something. Until there is an answer the one before
// stays; of what is wanted meanwhile only the last is asked.
type question struct {
	failed   *protocol.Error
	progress protocol.Progress
	waiting  bool
	wanted   func() // asks; nil for nothing
}

// begin notes that something is asked, and returns what is notified of it: how far it is, and that it is over. take takes in the answer.
func (q *question) begin(take func()) (progress func(protocol.Progress), over func(*protocol.Error)) {
	q.waiting, q.wanted, q.progress = true, nil, protocol.Progress{}
	return func(p protocol.Progress) { q.progress = p }, func(failed *protocol.Error) {
		q.waiting = false
		if q.wanted != nil {
			q.wanted()
			return
		}
		if q.failed = failed; failed == nil {
			take()
		}
	}
}

// ask asks about stated numbers, and hands the answer to take.
func ask[Answer any](q *question, s *shell.Shell, kind protocol.Kind, body any, take func(*Answer)) {
	if q.waiting {
		q.wanted = func() { ask(q, s, kind, body, take) }
		return
	}
	got := new(Answer)
	progress, over := q.begin(func() { take(got) })
	client.Ask(s.Trainer, kind, body, got, progress, over)
}

// look asks about a net, and hands the answer to take.
func look[Answer any](q *question, s *shell.Shell, what string, of protocol.Look, with any, take func(*Answer)) {
	if q.waiting {
		q.wanted = func() { look(q, s, what, of, with, take) }
		return
	}
	got := new(Answer)
	progress, over := q.begin(func() { take(got) })
	client.Look(s.Trainer, what, of, with, got, progress, over)
}

// state says how far the question is, while there is no answer, and what went wrong. It is asked again when its step is shown again.
func (q *question) state(answered bool) app.UI {
	class, role, text := "under", "status", "Getting ready."
	switch p := q.progress; {
	case q.failed != nil:
		class, role = "problem", "alert"
		text = words.AsSentence(q.failed.Message) + " " + words.AsSentence(q.failed.Hint) + " Then come back to this step."
	case answered:
		text = ""
	case p.Unit == "bytes":
		text = "Loading: " + number.Bytes(p.Done) + " of " + number.Bytes(p.Total) + "."
	case p.Total > 0:
		text = fmt.Sprintf("Loading: %s of %s %s.", number.Int(p.Done), number.Int(p.Total), p.Unit)
	}
	var m markup.Markup
	m.Add(`<p class="%s" role="%s">%s</p>`, class, role, text)
	return m.Element()
}
