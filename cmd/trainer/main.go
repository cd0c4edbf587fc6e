//go:build js && wasm

// Command trainer is the program of the trainer's Web Worker (public/trainer.js runs it): core/worker, with the browser as
// its machine. It owns the thread it runs on and knows nothing of the page.
package main

import (
	"context"

	"unpool/core/worker"
)

func main() {
	w := worker.New(worker.Ports{
		Post: post, Fetch: fetch, Files: openBlobs, Open: open, Measure: measure, Get: get, Store: openStore(), Copies: serverRuns, Yield: newYield(),
	})
	listen(w.Handle)
	w.Run(context.Background())
}
