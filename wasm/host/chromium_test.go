//go:build !js

package host

import (
	"testing"

	"unpool/internal/wasmtest"
)

// The tests of this package in a browser.
func TestInChromium(t *testing.T) {
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.v"}})
}

func TestInChromiumWithoutIsolation(t *testing.T) {
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Plain: true, Args: []string{"-test.v"}})
}
