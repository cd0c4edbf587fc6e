//go:build js && wasm

// Command trainer is the program of the trainer's Web Worker (public/trainer.js runs it): it takes core/control
// commands as messages, trains with core/train, and posts core/event events. It owns the thread it runs on and
// knows nothing of the page.
package main

import (
	"unpool/wasm"
	"unpool/wasm/host"
)

func main() {
	engine, err := host.New(host.Options{Tier: host.Best()})
	if err != nil {
		panic(err) // trainer.js tells the page
	}
	t := &trainer{backend: wasm.New(engine), tier: engine.Tier().String()}
	listen(t.handle)
	select {}
}
