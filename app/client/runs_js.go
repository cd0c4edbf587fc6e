package client

import (
	"context"
	"io"
	"strings"

	"unpool/app/web"
	"unpool/core/api"
	"unpool/core/protocol"
	"unpool/core/store"
	"unpool/core/store/indexeddb"
	"unpool/core/store/remote"
)

// OpenStore opens the browser's database of runs, which the trainer's worker opens, too.
func OpenStore() (store.Changing, error) { return indexeddb.Open(protocol.Database) }

// Site makes requests of the site's server. The stream of events, which lasts, is heard while the page is in sight.
func Site() remote.Do {
	return func(ctx context.Context, method, path string, body []byte) (int, io.ReadCloser, error) {
		if !strings.HasPrefix(path, api.Events) {
			return web.Request(ctx, method, path, body)
		}
		ctx, cancel := web.WhileShown(ctx)
		status, answer, err := web.Request(ctx, method, path, body)
		if err != nil {
			cancel()
			return status, answer, err
		}
		return status, heard{answer, cancel}, nil
	}
}

// heard is a stream that ends what was there for it when it is closed.
type heard struct {
	io.ReadCloser
	end func()
}

func (h heard) Close() error {
	defer h.end()
	return h.ReadCloser.Close()
}
