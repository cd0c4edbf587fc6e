//go:build !js

package host

import (
	"testing"

	"unpool/internal/wasmtest"
)

// All tests of this package that are not native ones, in a browser.
func TestInChromium(t *testing.T) {
	t.Log("\n" + wasmtest.Run(t, ".", "-test.v"))
}
