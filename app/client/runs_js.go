package client

import (
	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
	"unpool/core/store/remote"
)

// OpenStore opens the browser's database of runs, which the trainer's worker opens, too.
func OpenStore() (store.Changing, error) { return indexeddb.Open(protocol.Database) }

// Site makes requests of the site's server.
func Site() remote.Do { return web.Request }
