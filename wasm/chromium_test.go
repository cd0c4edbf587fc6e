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

// inBrowsers are the tests that run in a browser too.
const inBrowsers = "TestCompliance|TestNets|TestTiers|TestFastTolerance|TestOutOfMemory|TestTrapEndsTheRun|TestStop|TestTwoSessions"

// GoMLX's suite, the nets, the tiers and failures, in Chromium: with relaxed SIMD and all threads, and with each tier below.
func TestInChromium(t *testing.T) {
	out := wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.v", "-test.run=" + inBrowsers}})
	if t.Failed() {
		return
	}
	var skips []string
	for line := range strings.Lines(out) {
		if _, test, ok := strings.Cut(line, "--- SKIP: TestCompliance/SIMD/"); ok {
			skips = append(skips, strings.Fields(test)[0])
		}
	}
	checkSkips(t, "testdata/skips_browser.txt", skips)
}

// A page that is not isolated has no shared memory: one thread, and the same bits.
func TestInChromiumWithoutIsolation(t *testing.T) {
	wasmtest.Run(t, wasmtest.Options{Dir: ".", Plain: true, Args: []string{"-test.run=TestTiers"}})
}

// The suite skips silently what a backend does not declare. So what is skipped is recorded: a new skip fails.
func TestSkips(t *testing.T) {
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
			skips = append(skips, strings.TrimPrefix(e.Test, "TestCompliance/SIMD/"))
		}
	}
	checkSkips(t, "testdata/skips.txt", skips)
}

// checkSkips compares tests that were skipped with those in a file, whose lines that start with # say why they may be.
func checkSkips(t *testing.T, golden string, skips []string) {
	t.Helper()
	slices.Sort(skips)
	file, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var reasons, want []string
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			reasons = append(reasons, line)
		} else {
			want = append(want, strings.TrimSpace(line))
		}
	}
	if *update {
		text := strings.Join(reasons, "") + strings.Join(skips, "\n") + "\n"
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !slices.Equal(skips, want) {
		t.Errorf("skipped are\n%s\nwant as in %s\n%s\n(after a look at each: go test ./wasm -run 'Skips|InChromium$' -update)",
			strings.Join(skips, "\n"), golden, strings.Join(want, "\n"))
	}
}
