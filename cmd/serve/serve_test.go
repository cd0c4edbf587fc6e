package main

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"
)

// start runs the program's site on a free port until the test ends, and returns its URL.
func start(t testing.TB, args ...string) string {
	t.Helper()
	url, stop := startAt(t, "127.0.0.1:0", args...)
	t.Cleanup(stop)
	return url
}

// startAt runs the program's site at an address until stop is called, which the caller must do.
func startAt(t testing.TB, address string, args ...string) (site string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	url := make(chan string, 1)
	code := make(chan int, 1)
	var stderr bytes.Buffer
	m := Main{Stdout: io.Discard, Stderr: &stderr, Ready: func(u string) { url <- u }}
	go func() { code <- m.Run(ctx, append([]string{"-addr", address}, args...)) }()
	select {
	case u := <-url:
		return u, func() {
			cancel()
			if c := <-code; c != exitDone {
				t.Errorf("serve exited with %d: %s", c, stderr.String())
			}
		}
	case c := <-code:
		t.Fatalf("serve exited with %d: %s", c, stderr.String())
	case <-time.After(5 * time.Minute): // a first build on a busy machine
		t.Fatal("serve did not start")
	}
	cancel()
	return "", nil
}
