//go:build !js

package bench

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"unpool/internal/wasmtest"
	"unpool/models"
	"unpool/wasm/host"
)

var (
	inBrowser = flag.Bool("browser", false, "print the tables for Chromium")
	lines     = flag.Bool("json", false, "print them as lines of JSON too")
)

// The tables for Chromium, by make bench-browser.
func TestChromium(t *testing.T) {
	if !*inBrowser {
		t.Skip("only with -browser")
	}
	for name, table := range map[string]string{"steps": "TestTable", "first": "TestFirstTable", "estimates": "TestEstimateTable"} {
		t.Run(name, func(t *testing.T) {
			out := wasmtest.Run(t, wasmtest.Options{Dir: ".", Args: []string{"-test.run=" + table, fmt.Sprintf("-json=%v", *lines)}})
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "{") {
					fmt.Print(line)
				}
			}
		})
	}
}

// As JSON a row has the fields that a reader relies on, and one line.
func TestLines(t *testing.T) {
	var s strings.Builder
	row := Row{Model: "M3", Recipe: "mnist-rnn-128", Engine: "wazero", Tier: "SIMD, 1 thread", Threads: 1, MsPerStep: 10, GFLOPS: 40, Peak: 50, Share: 0.8}
	if err := Print[Row](&s, Header, true)(row); err != nil {
		t.Fatal(err)
	}
	const want = `{"model":"M3","recipe":"mnist-rnn-128","engine":"wazero","tier":"SIMD, 1 thread","threads":1,"ms_per_step":10,"gflops":40,"peak_gflops":50,"share":0.8,`
	if !strings.HasPrefix(s.String(), want) || strings.Count(s.String(), "\n") != 1 {
		t.Errorf("the line is %s, want it to begin with %s", &s, want)
	}
}

// All parts of the way to the first step are counted, and none twice.
func TestFirstStep(t *testing.T) {
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	entry.Recipe.Net, entry.Recipe.Batch = "rnn 8", 4
	f, err := FirstStep(t.Context(), entry, host.Tier{SIMD: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	parts := []float64{f.Start, f.Weights, f.Record, f.Lower, f.Verify, f.Emit, f.Load, f.Step}
	sum := 0.0
	for i, part := range parts {
		if sum += part; part <= 0 {
			t.Errorf("part %d took %v ms: %+v", i, part, f)
		}
	}
	if sum > f.All || f.Recipe != "mnist-rnn-32" || f.Engine != "wazero" {
		t.Errorf("the parts took %v ms: %+v", sum, f)
	}
}

// A row says what it is of, and its figures belong together.
func TestRun(t *testing.T) {
	m := Models()[2]
	m.Recipe.Net, m.Recipe.Batch = "rnn 8", 4
	r, err := Run(t.Context(), m, host.Tier{SIMD: true, Threads: 1}, false, 2)
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
