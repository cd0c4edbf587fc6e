//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"

	"unpool/core/protocol"
	"unpool/core/worker"
)

// listen hands on every message, first those that came before the program was there (see trainer.js): a text, or an object
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
	p := parts{js.Global().Get("Array").New()}
	if err := file.Write(p); err != nil {
		panic(err) // a state that no file can hold: trainer.js reports it to the page
	}
	js.Global().Call("postMessage", map[string]any{"text": m.String(), "file": js.Global().Get("File").New(p.list, file.Name)})
}

// parts collects what is written as the parts of a Blob, so that a large file is in memory once only.
type parts struct{ list js.Value } // an Array of Uint8Array

func (p parts) Write(b []byte) (int, error) {
	part := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(part, b)
	p.list.Call("push", part)
	return len(b), nil
}

// newYield returns a function that lets the worker hear the messages that have come in. It waits for a message to
// itself, which stands in line behind them; a timer would do too, but browsers slow timers down in hidden tabs.
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

// await returns what a promise comes to.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	defer then.Release()
	catch := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: fmt.Errorf("%s", args[0].Call("toString").String())}
		return nil
	})
	defer catch.Release()
	promise.Call("then", then, catch)
	got := <-settled
	return got.value, got.err
}
