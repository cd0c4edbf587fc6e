package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"unpool/core/run"
	"unpool/core/store"
)

// moves are a log's.
func moves(t *testing.T, dir string) (list []run.Move) {
	t.Helper()
	events, err := holding(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if m, ok := e.(*run.Move); ok {
			list = append(list, *m)
		}
	}
	return list
}

// A run stays on the backend that computed it, unless the user asks for another; its log then says so.
func TestMove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	do := func(code int, args ...string) (stderr string) {
		t.Helper()
		_, stderr, got := cli(t, t.Context(), append([]string{"train"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d, %s", args, got, stderr)
		}
		return stderr
	}
	t.Setenv("UNPOOL_CPU", "none") // so that wasm is the fastest here
	do(exitDone, "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-backend", "go", "-out", dir)
	// By itself it stays where it was, although auto would take another.
	if says := do(exitDone, "-resume", dir, "-steps", "6"); !strings.Contains(says, "backend go (") {
		t.Errorf("resumed with %s", says)
	}
	before := moves(t, dir)
	if says := do(exitUsage, "-resume", dir, "-steps", "8", "-backend", "wasm"); !strings.Contains(says, "-move") ||
		!strings.Contains(says, "computed with (go, ") || len(before) != 0 {
		t.Errorf("asked to move without -move: %s (moves before: %+v)", says, before)
	}
	do(exitDone, "-resume", dir, "-steps", "8", "-backend", "wasm", "-move")
	do(exitDone, "-resume", dir, "-steps", "10") // stays on wasm
	do(exitDone, "-resume", dir, "-steps", "12", "-backend", "go", "-move")
	got := moves(t, dir)
	if len(got) != 2 || got[0].Step != 6 || got[0].From.Backend != "go" || got[0].To.Backend != "wasm" ||
		got[1].Step != 10 || got[1].From.Backend != "wasm" || got[1].To.Backend != "go" {
		t.Errorf("moves %+v", got)
	}
	// The log is one run's: its curves have all evaluations.
	var steps []int
	events, err := holding(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if m, ok := e.(*run.Metric); ok {
			steps = append(steps, m.Step)
		}
	}
	if want := []int{0, 2, 4, 6, 8, 10, 12}; !slices.Equal(slices.Compact(steps), want) {
		t.Errorf("evaluations at %v, want %v", steps, want)
	}
}

// The interrupted runs of a sweep stay where they were, too.
func TestSweepMove(t *testing.T) {
	dir, set := t.TempDir(), smallMNIST(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("sweep.json"), []byte(`{"base": "mnist-rnn-32",
		"change": {"holdout": 100, "steps": 4, "eval_every": 2, "batch": 8}, "grid": {"units": [4]}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	sweep := func(more ...string) (stderr string, code int) {
		args := []string{"sweep", in("sweep.json"), "-data", set, "-runs", in("runs"), "-to", in("to")}
		_, stderr, code = cli(t, t.Context(), append(args, more...)...)
		return stderr, code
	}
	if stderr, code := sweep("-backend", "go"); code != exitDone {
		t.Fatal(stderr)
	}
	entries, err := os.ReadDir(in("runs"))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d runs, %v", len(entries), err)
	}
	one := filepath.Join(in("runs"), entries[0].Name())
	log := filepath.Join(one, "events.jsonl")
	body, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(body), "\n") // a kill just before the end
	if err := os.WriteFile(log, []byte(strings.Join(lines[:len(lines)-2], "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if stderr, code := sweep("-backend", "wasm"); code == exitDone || !strings.Contains(stderr, "-move") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if stderr, code := sweep("-backend", "wasm", "-move"); code != exitDone {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if got := moves(t, one); len(got) != 1 || got[0].From.Backend != "go" || got[0].To.Backend != "wasm" {
		t.Errorf("moves %+v", got)
	}
}

// A run from before checkpoints said what computed them stays where its log says that it was; so does one that was killed
// before its first checkpoint.
func TestOlderRunStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "2", "-backend", "go", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	log, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	start, _, _ := strings.Cut(string(log), "\n")
	c, err := load(dir, store.Last)
	if err != nil {
		t.Fatal(err)
	}
	c.Where = run.Where{}
	f, err := os.Create(filepath.Join(dir, store.Last))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Write(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := cli(t, t.Context(), "train", "-resume", dir, "-steps", "3", "-backend", "wasm")
	if code != exitUsage || !strings.Contains(stderr, "-move") {
		t.Errorf("another backend: exit code %d, %s", code, stderr)
	}
	_, stderr, code = cli(t, t.Context(), "train", "-resume", dir, "-steps", "3")
	if code != exitDone || !strings.Contains(stderr, "backend go (") || len(moves(t, dir)) != 0 {
		t.Errorf("the same: exit code %d, %s", code, stderr)
	}
	// Killed before its first checkpoint, it has the first line of its log only.
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "events.jsonl"), []byte(start+"\n"), 0o644), os.Remove(filepath.Join(dir, store.Last))); err != nil {
		t.Fatal(err)
	}
	_, stderr, code = cli(t, t.Context(), "train", "-resume", dir)
	if code != exitDone || !strings.Contains(stderr, "backend go (") {
		t.Errorf("without a checkpoint: exit code %d, %s", code, stderr)
	}
}

// An exact run has the bits of our own backend or none.
func TestExactDoesNotMove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "2", "-exact", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	for _, args := range [][]string{
		{"train", "-resume", dir, "-steps", "4", "-backend", "go", "-move"},
		{"train", "-resume", dir, "-steps", "4", "-backend", "xla:cpu", "-move"},
		{"train", "mnist-rnn-32", "-steps", "2", "-exact", "-backend", "go"},
	} {
		if _, stderr, code := cli(t, t.Context(), args...); code != exitUsage || !strings.Contains(stderr, "-exact: only the native and wasm backends") {
			t.Errorf("%q: exit code %d, %s", args, code, stderr)
		}
	}
}

// Where our own backend cannot start, an exact run fails; any other says that it takes a slower one.
func TestExactWithoutMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a limit on a process's addresses")
	}
	serve := func(args string) (said string, code int) {
		cmd := exec.Command("sh", "-c", "ulimit -v 2500000 && exec "+os.Args[0]+" "+args)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		out, _ := cmd.CombinedOutput() // the exit code says it
		return string(out), cmd.ProcessState.ExitCode()
	}
	said, code := serve("train mnist-rnn-32 -steps 1 -exact")
	if code != exitFailed || !strings.Contains(said, "an exact run needs the native or wasm backend: ") || strings.Count(said, "\n") != 1 {
		t.Errorf("exact: exit code %d, %s", code, said)
	}
	said, code = serve("train mnist-rnn-32 -steps 1")
	if code != exitDone || !strings.HasPrefix(said, "backend go (") || !strings.Contains(said, "wasm does not work") {
		t.Errorf("not exact: exit code %d, %s", code, said)
	}
}
