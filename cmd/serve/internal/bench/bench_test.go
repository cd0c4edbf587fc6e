//go:build !js

package bench

import (
	"flag"
	"math"
	"testing"

	"unpool/internal/wasmtest"
	"unpool/wasm/host"
)

var inBrowser = flag.Bool("browser", false, "print the table for Chromium")

// The table for Chromium, by make bench-browser.
func TestChromium(t *testing.T) {
	if !*inBrowser {
		t.Skip("only with -browser")
	}
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.run=Table"}})
}

// A row says what it is of, and its figures belong together.
func TestRun(t *testing.T) {
	m := Models()[2]
	m.Recipe.Units, m.Recipe.Batch = 8, 4
	r, err := Run(t.Context(), m, host.Tier{SIMD: true, Threads: 1}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r.Model != "M3" || r.Recipe != "mnist-rnn-128" || r.Engine != "wazero" || r.Threads != 1 {
		t.Errorf("the row is of %+v", r)
	}
	if r.MsPerStep <= 0 || r.Peak <= 0 || r.DeviceMB <= 0 || math.Abs(r.Share*r.Peak-r.GFLOPS) > 1e-6 {
		t.Errorf("the figures are %+v", r)
	}
}
