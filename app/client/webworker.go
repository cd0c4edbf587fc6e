package client

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
)

// webWorker runs the trainer's program.
type webWorker struct {
	js       app.Value
	handlers []app.Func
}

// load starts the script at url. What it says goes to c.
func load(url string, c *calls) *webWorker {
	w := &webWorker{js: app.Window().Get("Worker").New(url)}
	c.post = w.post
	fail := func(what, hint string) {
		c.fail(&protocol.Error{Code: protocol.Gone, Message: what, Hint: hint})
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
		fail("The training program could not be loaded.", "Check the connection, then train again.")
	})
	return w
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
	if files == nil {
		w.js.Call("postMessage", text)
		return
	}
	w.js.Call("postMessage", map[string]any{"text": text, "files": files.list, "paths": strings.Join(files.paths, "\x00")})
}

func (w *webWorker) end() {
	w.js.Call("terminate")
	for _, f := range w.handlers {
		f.Release()
	}
}
