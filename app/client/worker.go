// Package client is the page's end of the trainer, a Web Worker: it sends commands (core/control) and files, and hands on
// the events (core/run) that come back. It knows no page and nothing of what a page shows.
package client

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/control"
	"unpool/core/run"
)

const (
	// deliverEvery bounds how often the page redraws, whatever the trainer's pace.
	deliverEvery = 150 * time.Millisecond
	// deliverUnseen is the pace while another page is shown, which says no more of a run than how far it is.
	deliverUnseen = time.Second
	// deliverMost bounds how many messages one redraw reads, so that it stays short.
	deliverMost = 24
	// silence is how long a starting trainer may say nothing before it counts as failed.
	silence = 30 * time.Second
)

// Worker is a Web Worker that gets commands and answers in events. However it fails, the page hears one run.End with
// status failed, after which the worker is closed.
type Worker struct {
	Deliver  func([]run.Event)       // called on the pages' goroutine
	Dispatch func(func(app.Context)) // runs a function there
	Seen     func() bool             // whether the page that shows all of a run is the one on show

	js       app.Value
	handlers []app.Func
	inbox    []string
	waiting  bool      // a delivery is under way
	heard    time.Time // the last message
	started  bool      // past its preparations: silence now means work
	closed   bool
}

// Start starts the script at url. The exported fields are set.
func (w *Worker) Start(url string) {
	w.heard = time.Now()
	w.js = app.Window().Get("Worker").New(url)
	w.on("message", func(e app.Value) {
		if data := e.Get("data"); data.Type() == app.TypeString {
			w.receive(data.String())
		} else {
			web.Save(data, data.Get("name").String()) // a File, which was asked for
		}
	})
	w.on("messageerror", func(app.Value) {
		w.fail("A message from the training program could not be read.", "Train again.")
	})
	w.on("error", func(e app.Value) {
		e.Call("preventDefault")
		if m := e.Get("message"); m.Truthy() {
			w.fail("The training program crashed.\n"+m.String(), "Train again: it restarts.")
			return
		}
		w.fail("The training program could not be loaded.", "Check the connection, then train again.")
	})
	w.watch()
}

func (w *Worker) on(name string, handle func(app.Value)) {
	f := app.FuncOf(func(_ app.Value, args []app.Value) any {
		handle(args[0])
		return nil
	})
	w.handlers = append(w.handlers, f)
	w.js.Call("addEventListener", name, f)
}

// Do sends a command.
func (w *Worker) Do(c control.Command) {
	message, err := json.Marshal(c)
	if err != nil {
		w.fail("The command could not be written: "+err.Error(), "Train again.")
		return
	}
	w.js.Call("postMessage", string(message))
}

// Open sends a checkpoint, as a File, to resume from.
func (w *Worker) Open(file app.Value) { w.js.Call("postMessage", file) }

// Hand sends files to train on. The trainer says with what it makes of them which choice they were.
func (w *Worker) Hand(files Files, choice int) {
	w.js.Call("postMessage", map[string]any{
		"name": files.Name, "choice": choice, "files": files.list, "paths": strings.Join(files.paths, "\x00"),
	})
}

// Close ends the worker; nothing is delivered afterwards.
func (w *Worker) Close() {
	if w.closed {
		return
	}
	w.closed = true
	w.js.Call("terminate")
	for _, f := range w.handlers {
		f.Release()
	}
}

// receive only keeps the message: reading and redrawing happen together, later, at the page's pace.
func (w *Worker) receive(message string) {
	if w.closed {
		return
	}
	w.heard = time.Now()
	w.inbox = append(w.inbox, message)
	if w.waiting {
		return
	}
	w.waiting = true
	pace := deliverEvery
	if !w.Seen() {
		pace = deliverUnseen
	}
	time.AfterFunc(pace, func() { w.Dispatch(w.drain) })
}

// drain delivers some of the messages, and comes back for the rest.
func (w *Worker) drain(app.Context) {
	w.waiting = false
	if w.closed {
		return
	}
	events, err := w.read()
	if len(w.inbox) > 0 {
		w.waiting = true
		time.AfterFunc(deliverEvery, func() { w.Dispatch(w.drain) })
	}
	w.Deliver(events)
	if err != nil {
		w.fail("The training program said something that this page does not understand.\n"+err.Error(),
			"Reload the page, so that page and program are of one version.")
	}
}

// read takes some of the messages, of a row of progress reports only the last.
func (w *Worker) read() ([]run.Event, error) {
	var events []run.Event
	for len(w.inbox) > 0 && len(events) < deliverMost {
		message := w.inbox[0]
		w.inbox = w.inbox[1:]
		if len(w.inbox) > 0 && isProgress(message) && isProgress(w.inbox[0]) {
			continue
		}
		e, err := run.Unmarshal([]byte(message))
		if err != nil {
			return events, err
		}
		if s, ok := e.(*run.State); !ok || s.Phase != run.Loading {
			w.started = true
		}
		events = append(events, e)
	}
	return events, nil
}

func isProgress(message string) bool { return strings.HasPrefix(message, `{"type":"progress"`) }

// watch fails a worker that falls silent before it has begun.
func (w *Worker) watch() {
	time.AfterFunc(silence/6, func() {
		w.Dispatch(func(ctx app.Context) {
			ctx.PreventUpdate()
			switch {
			case w.closed || w.started:
			case time.Since(w.heard) > silence:
				w.fail("The training program did not start: it has said nothing for "+silence.String()+".",
					"Check the connection, then train again.")
				ctx.Update()
			default:
				w.watch()
			}
		})
	})
}

// fail closes the worker and gives the page its last messages, and why it ended.
func (w *Worker) fail(what, hint string) {
	if w.closed {
		return
	}
	w.Close()
	w.Dispatch(func(app.Context) {
		for len(w.inbox) > 0 {
			events, err := w.read()
			w.Deliver(events)
			if err != nil {
				break // the failure follows
			}
		}
		w.Deliver([]run.Event{&run.End{Status: run.Failed, Error: what, Hint: hint}})
	})
}
