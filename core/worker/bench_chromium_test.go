//go:build !js

package worker

import (
	"testing"

	"unpool/internal/wasmtest"
)

func BenchmarkLookInChromium(b *testing.B) {
	wasmtest.Run(b, wasmtest.Options{Dir: ".", Args: []string{"-test.run=^$", "-test.bench=Look$", "-test.benchtime=1x"}})
}
