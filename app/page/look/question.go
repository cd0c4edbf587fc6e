package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/client"
	"unpool/app/ui/words"
	"unpool/core/number"
	"unpool/core/protocol"
)

// question is one that the trainer is asked about the subject, and what comes of it.
type question[Answer any] struct {
	subject *subject

	answer   *Answer
	failed   *protocol.Error
	progress protocol.Progress
	cancel   func() // gives it up; nil while nothing is awaited
	asked    int    // counts: what comes of one before is of no interest

	answered func() // is called when an answer has come; nil for nothing
	next     func() // asks what is wanted when the answer awaited is there; nil for nothing
}

// close forgets the question, and gives it up if it has no answer yet.
func (q *question[Answer]) close() {
	cancel := q.cancel
	q.answer, q.failed, q.cancel, q.next = nil, nil, nil, nil
	q.asked++
	if cancel != nil {
		cancel()
	}
}

// ask asks in place of what was asked before.
func (q *question[Answer]) ask(what string, with any) { q.askOf(q.subject.of(), what, with) }

// askOf asks about a net that need not be the subject's.
func (q *question[Answer]) askOf(of protocol.Look, what string, with any) {
	q.close()
	q.begin(of, what, with)
}

// follow asks something else each time that a pointer or a slider moves: what was asked before is answered first, and of what is wanted
// meanwhile only the last is asked. Until then the answer before stays.
func (q *question[Answer]) follow(what string, with any) {
	if q.cancel != nil {
		q.next = func() { q.begin(q.subject.of(), what, with) }
		return
	}
	q.begin(q.subject.of(), what, with)
}

// begin asks.
func (q *question[Answer]) begin(of protocol.Look, what string, with any) {
	q.next = nil
	q.asked++
	asked := q.asked
	q.progress, q.cancel = protocol.Progress{}, func() {}
	cancel := client.Look(q.subject.shell.Trainer, what, of, with,
		func(p protocol.Progress) { q.progress = p },
		func(a *Answer, failed *protocol.Error) {
			if asked != q.asked {
				return
			}
			q.cancel, q.failed = nil, nil
			q.subject.shell.KeepFocus("view") // the button goes that would have stopped it
			switch {
			case q.next != nil:
				q.next()
			case failed == nil:
				if q.answer = a; q.answered != nil {
					q.answered()
				}
			case failed.Code != protocol.Cancelled:
				q.answer, q.failed = nil, failed
			}
		})
	if q.cancel != nil && asked == q.asked { // or it has failed at once
		q.cancel = cancel
	}
}

// offer asks the question when its button is pressed, with how far it is, a way to stop it, and what went wrong. about tells apart what ask
// asks about: a button keeps the function that it was made with while that is the same.
func (q *question[Answer]) offer(id, label, doing string, ask func(), about ...any) app.UI {
	return offer(&q.cancel, q.failed, q.progress, id, label, doing, ask, about)
}

// offer is that whatever the answer is: one function for all takes a fraction of the code.
func offer(cancel *func(), failed *protocol.Error, now protocol.Progress, id, label, doing string, ask func(), about []any) app.UI {
	if *cancel != nil {
		return app.Div().Body(
			app.P().Role("status").Class("under").Text(doing+": "+progress(now)+"."),
			app.P().Body(app.Button().ID(id+"-stop").Type("button").OnClick(func(app.Context, app.Event) {
				if *cancel != nil { // it may have been answered just now
					(*cancel)()
				}
			}).Text("Stop")),
		)
	}
	return app.Div().Body(
		problem(failed),
		app.P().Body(app.Button().ID(id).Type("button").OnClick(func(app.Context, app.Event) { ask() }, app.EventScope(about...)).Text(label)),
	)
}

// progress is how far something is, in words.
func progress(p protocol.Progress) string {
	if p.Total == 0 {
		return "getting ready"
	}
	if p.Unit == "bytes" { // the images, or the trainer itself, come first
		return "loading, " + number.Bytes(p.Done) + " of " + number.Bytes(p.Total)
	}
	return fmt.Sprintf("%s of %s %s", number.Int(p.Done), number.Int(p.Total), p.Unit)
}

// problem says what went wrong, if anything has.
func problem(e *protocol.Error) app.UI {
	return app.P().Class("problem").Role("alert").Hidden(e == nil).Body(app.If(e != nil, func() app.UI {
		return app.Text(words.AsSentence(e.Message) + " " + words.AsSentence(e.Hint))
	}))
}

// stale is the class of what is shown while something else is awaited.
func stale(awaited bool) string {
	if awaited {
		return "stale"
	}
	return "fresh"
}
