package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/runlog"
	"unpool/core/event"
	"unpool/internal/browser"
)

// moves are a log's.
func moves(t *testing.T, dir string) (list []event.Move) {
	t.Helper()
	events, err := runlog.Events(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if m, ok := e.(*event.Move); ok {
			list = append(list, *m)
		}
	}
	return list
}

// A run stays with what computed it, unless the user asks for something else; its log then says so.
func TestMove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	do := func(code int, args ...string) (stderr string) {
		t.Helper()
		_, stderr, got := run(t, t.Context(), append([]string{"train"}, args...)...)
		if got != code {
			t.Fatalf("%q: exit code %d, %s", args, got, stderr)
		}
		return stderr
	}
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
	// Looked at again, the log is one run's: its curves have all evaluations.
	var steps []int
	events, err := runlog.Events(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if m, ok := e.(*event.Metric); ok {
			steps = append(steps, m.Step)
		}
	}
	if want := []int{0, 2, 4, 6, 8, 10, 12}; !slices.Equal(slices.Compact(steps), want) {
		t.Errorf("evaluations at %v, want %v", steps, want)
	}
}

// An exact run has the bits of our own backend or none.
func TestExactDoesNotMove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := run(t, t.Context(), "train", "mnist-rnn-32", "-steps", "2", "-exact", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	for _, args := range [][]string{
		{"train", "-resume", dir, "-steps", "4", "-backend", "go", "-move"},
		{"train", "-resume", dir, "-steps", "4", "-backend", "xla:cpu", "-move"},
		{"train", "mnist-rnn-32", "-steps", "2", "-exact", "-backend", "go"},
	} {
		if _, stderr, code := run(t, t.Context(), args...); code != exitUsage || !strings.Contains(stderr, "-exact: only the wasm backend") {
			t.Errorf("%q: exit code %d, %s", args, code, stderr)
		}
	}
}

// A native run that continues in the tab says so: its curves have a mark where the tab took over.
func TestMoveToTheBrowser(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := run(t, t.Context(), "train", "mnist-rnn-32", "-steps", "20", "-eval-every", "10", "-backend", "wasm", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	tab := browser.Open(t)
	tab.Go(start(t))
	tab.Click("#fold-export")
	tab.Choose("#file", filepath.Join(dir, runlog.Last))
	tab.Wait(stateIs("done", "failed"), later)
	if legend := tab.Text("#chart-accuracy .legend"); !strings.Contains(legend, "continued with wasm, a browser") || !strings.Contains(legend, "from step 20") {
		t.Errorf("the legend says %q", legend)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('#chart-accuracy line.break').length"); n != 1 {
		t.Errorf("%d marks on the curve, want 1", n)
	}
	noErrors(t, tab)
}

// Where our own backend cannot start, an exact run fails; any other says that it takes a slower one.
func TestExactWithoutMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a limit on a process's addresses")
	}
	serve := func(args string) (said string, code int) {
		cmd := exec.Command("sh", "-c", "ulimit -v 2500000 && exec "+os.Args[0]+" "+args)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		out, _ := cmd.CombinedOutput() // the exit code tells
		return string(out), cmd.ProcessState.ExitCode()
	}
	said, code := serve("train mnist-rnn-32 -steps 1 -exact")
	if code != exitFailed || !strings.Contains(said, "an exact run needs the wasm backend: ") || strings.Count(said, "\n") != 1 {
		t.Errorf("exact: exit code %d, %s", code, said)
	}
	said, code = serve("train mnist-rnn-32 -steps 1")
	if code != exitDone || !strings.HasPrefix(said, "backend go (") || !strings.Contains(said, "wasm does not work") {
		t.Errorf("not exact: exit code %d, %s", code, said)
	}
}
