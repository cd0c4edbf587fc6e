package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The sweep that leaves layers out of a run's net is written, and serve sweep runs it.
func TestLookAblation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run, to := filepath.Join(dir, "run"), filepath.Join(dir, "look")
	if _, stderr, code := cli(t, t.Context(), "train", "-net", "conv 3x3x2, relu, pool 4, dense 6, relu", "-dataset", "mnist", "-batch", "32", "-steps", "2", "-eval-every", "2", "-out", run); code != exitDone {
		t.Fatal(stderr)
	}
	if _, stderr, code := cli(t, t.Context(), "look", run, "ablation", "-o", to); code != exitDone {
		t.Fatal(stderr)
	}
	page, err := os.ReadFile(filepath.Join(to, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"table 3", "without conv 3x3x2, relu", "pool 4, dense 6, relu", "conv 3x3x4", "dense 3", "8 nets, each with 3 seeds"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if _, stderr, code := cli(t, t.Context(), "sweep", filepath.Join(to, "ablation.json"), "-runs", filepath.Join(to, "runs"), "-to", filepath.Join(to, "sweep")); code != exitDone {
		t.Fatal(stderr)
	}
	table, err := os.ReadFile(filepath.Join(to, "sweep", "sweep.md"))
	if err != nil || !strings.Contains(string(table), "| pool 4, dense 6, relu |") {
		t.Errorf("%v\n%s", err, table)
	}
	if _, stderr, code := cli(t, t.Context(), "look", run, "ablation", "-to", "cifar10", "-o", to+"2"); code != exitUsage {
		t.Errorf("-to with ablation: exit code %d, %s", code, stderr)
	}
}
