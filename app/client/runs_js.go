package client

import (
	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
)

// OpenStore opens the browser's database of runs, which the trainer's worker opens, too.
func OpenStore() (store.Changing, error) { return indexeddb.Open(protocol.Database) }
