package client

import (
	"errors"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/protocol"
)

// webWorker runs the trainer's program.
type webWorker struct {
	js       app.Value // nil if the browser has refused to start it
	handlers []app.Func
}

// load starts the script at url. What it says goes to c.
func load(url string, c *calls) *webWorker {
	w := &webWorker{}
	c.post = w.post
	fail := func(what, hint string) {
		c.fail(&protocol.Error{Code: protocol.Gone, Message: what, Hint: hint})
	}
	if err := web.Try(func() { w.js = app.Window().Get("Worker").New(url) }); err != nil {
		fail("The training program cannot be started in this browser.\n"+err.Error(), "Use a current Chrome, Edge, Firefox or Safari.")
		return w
	}
	w.on("message", func(e app.Value) {
		if data := e.Get("data"); data.Type() == app.TypeString {
			c.receive(data.String(), nil)
		} else {
			c.receive(data.Get("text").String(), data.Get("file"))
		}
	})
	w.on("messageerror", func(app.Value) {
		fail("A message from the training program could not be read.", "Train again.")
	})
	w.on("error", func(e app.Value) {
		e.Call("preventDefault")
		if m := e.Get("message"); m.Truthy() {
			fail("The training program crashed.\n"+m.String(), "Train again: it restarts.")
			return
		}
		go func() { fail(unloaded(url)) }()
	})
	return w
}

// unloaded says why the script at url, of which a browser says no more than that, could not be loaded, and what to do. It blocks.
func unloaded(url string) (what, hint string) {
	_, err := web.Text(url)
	if status := (web.Status{}); errors.As(err, &status) {
		return "The training program could not be loaded: the server answered " + status.Error() + ".",
			"The site is being updated or is incomplete. Reload the page in a minute; if that does not help, tell whoever runs this site."
	}
	if err != nil {
		return "The training program could not be loaded: the server could not be reached.\n" + err.Error(), "Check the connection, then train again."
	}
	return "The training program could not be started.", "Reload the page, then train again."
}

func (w *webWorker) on(name string, handle func(app.Value)) {
	f := app.FuncOf(func(_ app.Value, args []app.Value) any {
		handle(args[0])
		return nil
	})
	w.handlers = append(w.handlers, f)
	w.js.Call("addEventListener", name, f)
}

// post sends a message, with files unless there are none.
func (w *webWorker) post(text string, files *Files) {
	if w.js == nil {
		return
	}
	if files == nil {
		w.js.Call("postMessage", text)
		return
	}
	w.js.Call("postMessage", map[string]any{"text": text, "files": files.list, "paths": strings.Join(files.paths, "\x00")})
}

func (w *webWorker) end() {
	if w.js == nil {
		return
	}
	w.js.Call("terminate")
	for _, f := range w.handlers {
		f.Release()
	}
}
