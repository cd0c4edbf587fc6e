package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sweep makes its runs, continues after a kill with what is missing, and ends with the same table.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	file, runs, to := filepath.Join(dir, "units.json"), filepath.Join(dir, "runs"), filepath.Join(dir, "to")
	const plan = `{"base": "mnist-rnn-32", "change": {"holdout": 100, "steps": 4, "eval_every": 2, "batch": 8}, "grid": {"units": [4, 6]}, "seeds": 2}`
	if err := os.WriteFile(file, []byte(plan), 0o644); err != nil {
		t.Fatal(err)
	}
	set := smallMNIST(t)
	sweep := func() (table string) {
		t.Helper()
		stdout, stderr, code := cli(t, t.Context(), "sweep", file, "-runs", runs, "-to", to, "-data", set, "-threads", "1")
		if code != exitDone || !strings.Contains(stdout, "sweep.md") {
			t.Fatalf("code %d: %s%s", code, stdout, stderr)
		}
		csv, err := os.ReadFile(filepath.Join(to, "sweep.csv"))
		if err != nil {
			t.Fatal(err)
		}
		// Seconds differ from run to run, and come last but one.
		for line := range strings.Lines(string(csv)) {
			cells := strings.Split(line, ",")
			table += strings.Join(append(cells[:len(cells)-2], cells[len(cells)-1]), ",")
		}
		return table
	}
	first := sweep()
	if strings.Count(first, "\n") != 3 {
		t.Errorf("the table is %s", first)
	}
	for _, name := range []string{"sweep.md", "sweep.svg", "sweep.png"} {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(runs)
	if err != nil || len(entries) != 4 {
		t.Fatalf("%d runs, %v", len(entries), err)
	}
	// What a kill leaves: a run that is not begun, and one without its last evaluation.
	if err := os.RemoveAll(filepath.Join(runs, entries[0].Name())); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(runs, entries[1].Name(), "events.jsonl")
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(log), "\n")
	if err := os.WriteFile(path, []byte(strings.Join(lines[:len(lines)-2], "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if second := sweep(); second != first {
		t.Errorf("after the kill the table is\n%swas\n%s", second, first)
	}
	if _, stderr, code := cli(t, t.Context(), "sweep", file+".none"); code != exitUsage || !strings.Contains(stderr, ".none") {
		t.Errorf("code %d: %s", code, stderr)
	}
}
