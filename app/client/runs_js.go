package client

import (
	"context"

	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
	"unpool/core/store/mirror"
)

// OpenStore opens the browser's database of runs, which the trainer's worker opens, too.
func OpenStore() (store.Changing, error) {
	return indexeddb.Open(protocol.Database, protocol.DatabaseFiles)
}

// Site opens the runs of the site's server. What is kept of them all tabs share; where that is impossible, each tab has its own until it is closed.
func Site() OpenServer {
	return func(ctx context.Context) (*mirror.Store, error) {
		local := mirror.Local{Runs: &store.Memory{}, Notes: &mirror.Memory{}, Peers: &web.Tabs{}}
		if tabs := web.NewTabs(protocol.MirrorRuns); tabs.Shared() {
			runs, err := indexeddb.Open(protocol.MirrorRuns, protocol.MirrorRuns)
			notes, wrong := indexeddb.OpenNotes(protocol.MirrorNotes)
			if err == nil && wrong == nil {
				local = mirror.Local{Runs: runs, Notes: notes, Peers: tabs}
			}
		}
		return mirror.Open(ctx, local, web.Request)
	}
}
