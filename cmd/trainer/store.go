//go:build js && wasm

package main

import (
	"sync"
	"time"

	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
)

// serverRuns is what the browser stores of the server's runs; an empty store if it stores none.
var serverRuns = sync.OnceValue(func() store.Store {
	s, err := indexeddb.Open(protocol.MirrorRuns, protocol.MirrorRuns)
	if err != nil {
		return &store.Memory{}
	}
	return s
})

// openStore opens the browser's database of runs, nil where that is not available. A browser that does not answer must not keep the
// trainer from its work.
func openStore() store.Store {
	opened := make(chan store.Store, 1)
	go func() {
		if s, err := indexeddb.Open(protocol.Database, protocol.DatabaseFiles); err == nil {
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
