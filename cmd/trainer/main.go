//go:build js && wasm

// Command trainer is the program of the trainer's Web Worker (public/trainer.js runs it): it takes core/control
// commands as messages, trains with core/train, and posts core/run events. A checkpoint comes and goes as a File.
// The program owns the thread it runs on and knows nothing of the page.
package main

func main() {
	t := &trainer{}
	listen(t.handle, t.open)
	select {}
}
