//go:build js && wasm

package main

import (
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/protocol"
	"unpool/core/worker"
)

// listen passes on every message, first those that came before the program was there (see trainer.js): a text, or an object
// with a text and files.
func listen(handle func(text string, attached any)) {
	global := js.Global()
	take := func(data js.Value) {
		if data.Type() == js.TypeString {
			handle(data.String(), nil)
		} else {
			handle(data.Get("text").String(), data)
		}
	}
	inbox := global.Get("unpoolInbox")
	global.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		take(args[0].Get("data"))
		return nil
	}))
	for inbox.Length() > 0 {
		take(inbox.Call("shift"))
	}
}

// post sends a message: a text, or an object with a text and a File.
func post(m protocol.Message, file *worker.File) {
	if file == nil {
		js.Global().Call("postMessage", m.String())
		return
	}
	p := jsvalue.NewParts()
	if err := file.Write(p); err != nil {
		panic(err) // a state that no file can hold: trainer.js reports it to the page
	}
	js.Global().Call("postMessage", map[string]any{"text": m.String(), "file": js.Global().Get("File").New(p.List, file.Name)})
}

// newYield returns a function that lets the worker hear the messages that have come in. It waits for a message to
// itself, which is queued behind them; a timer would do too, but browsers slow timers down in hidden tabs.
func newYield() func() {
	channel := js.Global().Get("MessageChannel").New()
	back := make(chan struct{}, 1)
	channel.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
		back <- struct{}{}
		return nil
	}))
	out := channel.Get("port2")
	return func() {
		out.Call("postMessage", 0)
		<-back
	}
}
