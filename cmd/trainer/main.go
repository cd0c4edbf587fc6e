//go:build js && wasm

// Command trainer is the program of the trainer's Web Worker (public/trainer.js runs it): it takes core/control
// commands as messages, trains with core/train, and posts core/event events. It owns the thread it runs on and
// knows nothing of the page.
package main

import (
	"github.com/gomlx/compute/gobackend"
)

func main() {
	backend, err := gobackend.New("")
	if err != nil {
		panic(err) // trainer.js tells the page
	}
	t := &trainer{backend: backend, tier: "Go compiled to WebAssembly, 1 thread"}
	listen(t.handle)
	select {}
}
