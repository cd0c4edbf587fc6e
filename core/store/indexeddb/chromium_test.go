//go:build !js

package indexeddb

import (
	"testing"

	"unpool/internal/long"
	"unpool/internal/wasmtest"
)

func TestInChromium(t *testing.T) {
	args := []string{"-test.v"}
	if long.Tests {
		args = append(args, "-many=10000")
	}
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: args})
}

// Measured by hand: go test -run '^$' -bench Put ./core/store/indexeddb.
func BenchmarkPut(b *testing.B) {
	wasmtest.Run(b, wasmtest.Options{Dir: ".", Args: []string{"-test.run=^$", "-test.bench=Put", "-test.benchtime=10x"}})
}
