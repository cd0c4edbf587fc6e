//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"

	"unpool/core/run"
)

// listen hands every text to handle and every File to open, first those that came before the program was there (see
// trainer.js).
func listen(handle func(string), open func(js.Value)) {
	global := js.Global()
	take := func(data js.Value) {
		if data.Type() == js.TypeString {
			handle(data.String())
		} else {
			open(data)
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

// post sends an event to the page.
func post(e run.Event) {
	message, err := run.Marshal(e)
	if err != nil {
		panic(err) // a number that JSON cannot hold: trainer.js reports it to the page
	}
	js.Global().Call("postMessage", string(message))
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
