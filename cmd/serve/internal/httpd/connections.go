package httpd

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"unpool/core/api"
)

// connections is a listener that bounds how many connections are open. Of those beyond the bound some are told so, and others are closed at
// once, so that a flood takes neither memory nor file descriptors without end.
type connections struct {
	net.Listener
	most int64 // that are served
	told int64 // more that get an answer
	open atomic.Int64
}

// connection is one of them.
type connection struct {
	net.Conn
	of   *connections
	many bool // it is beyond the bound
	once sync.Once
}

// Accept is net.Listener's.
func (l *connections) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		n := l.open.Add(1)
		if n <= l.most+l.told {
			return &connection{Conn: c, of: l, many: n > l.most}, nil
		}
		c.Close()
		l.open.Add(-1)
	}
}

// Close is net.Conn's.
func (c *connection) Close() error {
	c.once.Do(func() { c.of.open.Add(-1) })
	return c.Conn.Close()
}

type manyKey struct{}

// mark lets bounded know whether a request's connection is beyond the bound.
func mark(ctx context.Context, c net.Conn) context.Context {
	if over, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = over.NetConn()
	}
	if c, ok := c.(*connection); ok && c.many {
		return context.WithValue(ctx, manyKey{}, true)
	}
	return ctx
}

// bounded refuses requests of connections beyond the bound.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(manyKey{}) == nil {
			next.ServeHTTP(w, r)
			return
		}
		for _, header := range securityHeaders {
			w.Header().Set(header[0], header[1])
		}
		w.Header().Set("Connection", "close")
		w.Header().Set("Retry-After", "10")
		refuse(w, r, api.CodeTooMany, "too many connections to this server are open; close some pages, or try again later")
	})
}
