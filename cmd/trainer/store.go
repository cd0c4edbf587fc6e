//go:build js && wasm

package main

import (
	"time"

	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
)

// openStore opens the browser's database of runs, nil where that cannot be had. A browser that does not answer must not keep the
// trainer from its work.
func openStore() store.Store {
	opened := make(chan store.Store, 1)
	go func() {
		if s, err := indexeddb.Open(protocol.Database); err == nil {
			opened <- s
		} else {
			opened <- nil
		}
	}()
	select {
	case s := <-opened:
		return s
	case <-time.After(10 * time.Second):
		return nil
	}
}
