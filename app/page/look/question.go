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
	inquiry

	answer   *Answer
	answered func() // is called when an answer has come; nil for nothing
}

// inquiry is what questions of all kinds have in common. Code of a question is made anew for each kind, and so there is little of it.
type inquiry struct {
	failed   *protocol.Error
	progress protocol.Progress
	cancel   func() // gives it up; nil while nothing is awaited
	asked    int    // counts: what comes of one before is of no interest
	next     func() // asks what is wanted when the answer awaited is there; nil for nothing
}

// busy reports whether an answer is awaited.
func (q *inquiry) busy() bool { return q.cancel != nil }

// close forgets the question, and gives it up if it has no answer yet.
func (q *question[Answer]) close() {
	q.answer = nil
	q.giveUp()
}

func (q *inquiry) giveUp() {
	cancel := q.cancel
	q.failed, q.cancel, q.next = nil, nil, nil
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
	answer := new(Answer)
	q.inquiry.begin(q.subject, of, what, with, answer, func() {
		if q.answer = answer; q.answered != nil {
			q.answered()
		}
	}, func() { q.answer = nil })
}

// begin asks, and has the answer read into what into points at. Then it calls take, or drop where it has failed.
func (q *inquiry) begin(s *subject, of protocol.Look, what string, with, into any, take, drop func()) {
	q.next = nil
	q.asked++
	asked := q.asked
	q.progress, q.cancel = protocol.Progress{}, func() {}
	cancel := client.Look(s.shell.Trainer, what, of, with, into,
		func(p protocol.Progress) { q.progress = p },
		func(failed *protocol.Error) {
			if asked != q.asked {
				return
			}
			q.cancel, q.failed = nil, nil
			s.shell.KeepFocus("view") // the button goes that would have stopped it
			switch {
			case q.next != nil:
				q.next()
			case failed == nil:
				take()
			case failed.Code != protocol.Cancelled:
				drop()
				q.failed = failed
			}
		})
	if q.cancel != nil && asked == q.asked { // or it has failed at once
		q.cancel = cancel
	}
}

// offer asks the question when its button is pressed, with how far it is, a way to stop it, and what went wrong. about tells apart what ask
// asks about: a button keeps the function that it was made with while that is the same.
func (q *inquiry) offer(id, label, doing string, ask func(), about ...any) app.UI {
	if q.cancel != nil {
		return app.Div().Body(
			app.P().Role("status").Class("under").Text(doing+": "+progress(q.progress)+"."),
			app.P().Body(app.Button().ID(id+"-stop").Type("button").OnClick(func(app.Context, app.Event) {
				if q.cancel != nil { // it may have been answered just now
					q.cancel()
				}
			}).Text("Stop")),
		)
	}
	return app.Div().Body(
		problem(q.failed),
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
