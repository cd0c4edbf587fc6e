//go:build js && wasm

// Command trainer is the program of the trainer's Web Worker (public/trainer.js runs it): core/worker, with the browser as
// its machine. It owns the thread it runs on and knows nothing of the page.
package main

import (
	"context"

	"unpool/core/protocol"
	"unpool/core/store/indexeddb"
	"unpool/core/worker"
)

func main() {
	ports := worker.Ports{Post: post, Fetch: fetch, Files: openBlobs, Open: open, Measure: measure, Yield: newYield()}
	if runs, err := indexeddb.Open(protocol.Database); err == nil { // else a run is told that it is not kept
		ports.Store = runs
	}
	w := worker.New(ports)
	listen(w.Handle)
	w.Run(context.Background())
}
