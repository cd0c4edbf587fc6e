package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// ErrTaken says that another program listens on an address.
var ErrTaken = errors.New("taken by another program: stop that, or choose another port such as -addr 127.0.0.1:8081 (port 0 takes any free one)")

// Listen opens the address to serve on. Any error but ErrTaken means that the address is wrong.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is %w", address, ErrTaken)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on -addr: %w", err)
	}
	return l, nil
}

// limits are how long clients may take, and how many there may be. Handlers set other deadlines for what lasts: a stream of events one for each
// event, an upload one of its own.
type limits struct {
	header, read, write, idle time.Duration
	connections, told         int64
}

var usual = limits{
	header: 10 * time.Second, read: time.Minute, write: 10 * time.Minute /* a data set over a slow line */, idle: 2 * time.Minute,
	connections: 4096, told: 64,
}

// serve answers on l until ctx is done, then lets requests under way finish for a moment. With a certificate it speaks HTTPS, and then HTTP/2
// with those who can.
func (most limits) serve(ctx context.Context, l net.Listener, certificate *tls.Certificate, h http.Handler) error {
	server := &http.Server{
		Handler:           bounded(h),
		ReadHeaderTimeout: most.header,
		ReadTimeout:       most.read,
		WriteTimeout:      most.write,
		IdleTimeout:       most.idle,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       mark,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		// "OPTIONS *" is a request like any other: it needs the token.
		DisableGeneralOptionsHandler: true,
	}
	l = &connections{Listener: l, most: most.connections, told: most.told}
	ended := make(chan error, 1)
	go func() {
		if certificate == nil {
			ended <- server.Serve(l)
			return
		}
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		ended <- server.ServeTLS(l, "", "")
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		server.Close()
	}
	return nil
}
