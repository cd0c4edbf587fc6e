//go:build !js

package wasm_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"unpool/internal/wasmtest"
)

var update = flag.Bool("update", false, "write the goldens in testdata")

// GoMLX's suite and the nets, in Chromium: with relaxed SIMD and all threads, and with each tier below.
func TestInChromium(t *testing.T) {
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.v", "-test.run=TestCompliance|TestNets|TestTiers|TestFastTolerance"}})
}

// A page that is not isolated has no shared memory: one thread, and the same bits.
func TestInChromiumWithoutIsolation(t *testing.T) {
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Plain: true, Args: []string{"-test.run=TestTiers"}})
}

// The suite skips in silence what a backend does not declare. So what is skipped is written down: a new skip fails.
func TestSkips(t *testing.T) {
	const golden = "testdata/skips.txt"
	out, err := exec.Command("go", "test", "-json", "-run", "TestCompliance/SIMD", ".").Output()
	if err != nil {
		t.Fatalf("the suite: %v\n%s", err, out)
	}
	var skips []string
	for line := range bytes.Lines(out) {
		var e struct{ Action, Test string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Action == "skip" && e.Test != "" {
			skips = append(skips, strings.TrimPrefix(e.Test, "TestCompliance/SIMD/")+"\n")
		}
	}
	slices.Sort(skips)
	got := strings.Join(skips, "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("skipped are\n%swant as in %s:\n%s(after a look at each: go test ./wasm -run Skips -update)", got, golden, want)
	}
}
