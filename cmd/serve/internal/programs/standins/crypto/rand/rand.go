//go:build js

// Package rand stands in for crypto/rand, which brings a generator of its own and tests of it, for FIPS 140. This one has the browser's,
// from which that one is seeded.
package rand

import (
	"io"
	"syscall/js"
)

// Reader is the browser's generator.
var Reader io.Reader = browser{}

type browser struct{}

// Read fills b, of at most 65,536 bytes: the browser returns no more at once.
func (browser) Read(b []byte) (int, error) {
	bytes := js.Global().Get("Uint8Array").New(len(b))
	js.Global().Get("crypto").Call("getRandomValues", bytes)
	return js.CopyBytesToGo(b, bytes), nil
}

// Read fills b as Reader does.
func Read(b []byte) (int, error) { return Reader.Read(b) }
