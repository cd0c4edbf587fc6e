//go:build !js

package look

import (
	"strings"
	"testing"

	"unpool/internal/wasmtest"
)

// The projections in Chromium, exact and with relaxed SIMD.
func TestProjectionsInChromium(t *testing.T) {
	out := wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.v", "-test.run=TestProjections|TestDeconvFixtures"}})
	for _, test := range []string{"TestProjections", "TestDeconvFixtures"} {
		if !t.Failed() && !strings.Contains(out, "--- PASS: "+test+"/relaxed_SIMD") {
			t.Errorf("%s has not run with relaxed SIMD", test)
		}
	}
}
