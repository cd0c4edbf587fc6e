package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/service"
	"unpool/core/run"
)

// asked runs a command line beside the store of a folder.
func asked(t *testing.T, ctx context.Context, store string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	m := Main{Stdout: &out, Stderr: &errs, Store: service.Place{Folder: store}}
	code = m.Run(ctx, args)
	return out.String(), errs.String(), code
}

// done runs a command line that must succeed.
func done(t *testing.T, store string, args ...string) (stdout string) {
	t.Helper()
	stdout, stderr, code := asked(t, t.Context(), store, args...)
	if code != exitDone {
		t.Fatalf("serve %s: exit code %d, %s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

// The runs of a store are listed, exported, looked into, deleted and imported, whether a server has the store or not.
func TestRunsOfTheStore(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	s := keeping(t, dir)
	log := done(t, dir, "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-batch", "16", "-queue", "-json")
	first, _, _ := strings.Cut(log, "\n")
	e, err := run.Unmarshal([]byte(first))
	if start, ok := e.(*run.Start); err != nil || !ok || start.Recipe.Batch != 16 {
		t.Fatalf("it begins with %.200s, %v", first, err)
	}
	list := done(t, dir, "runs")
	id, _, _ := strings.Cut(strings.Split(list, "\n")[1], " ")
	if !strings.Contains(list, "done") || !strings.Contains(list, "4 of 4") {
		t.Errorf("the runs are\n%s", list)
	}
	folder := filepath.Join(to, "folder")
	done(t, "", "train", "mnist-rnn-32", "-steps", "2", "-batch", "16", "-out", folder)
	imported := strings.TrimSpace(done(t, dir, "runs", "import", folder))
	empty := t.TempDir()
	if _, stderr, code := asked(t, t.Context(), dir, "runs", "import", empty); code != exitUsage || !strings.Contains(stderr, empty+" is not the folder of a run") {
		t.Errorf("an empty folder is imported: %d, %s", code, stderr)
	}
	if _, stderr, code := asked(t, t.Context(), dir, "runs", "import", folder); code != exitUsage || !strings.Contains(stderr, "a run exists already") {
		t.Errorf("twice: exit code %d, %s", code, stderr)
	}
	for _, where := range []string{"through the server", "in this program"} {
		out := filepath.Join(to, where)
		done(t, dir, "export", id, "-to", out)
		done(t, dir, "look", id, "stats", "-against", imported, "-o", out+" look")
		for _, name := range []string{"metrics.csv", "accuracy.svg", "last", "../" + where + " look/README.md"} {
			if _, err := os.Stat(filepath.Join(out, name)); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
		if list := done(t, dir, "runs"); strings.Count(list, "\n") != 3 || !strings.Contains(list, imported) {
			t.Errorf("%s the runs are\n%s", where, list)
		}
		if _, stderr, code := asked(t, t.Context(), dir, "export", "none", "-to", filepath.Join(to, "none")); code != exitUsage || !strings.Contains(stderr, "not found") {
			t.Errorf("%s: exit code %d, %s", where, code, stderr)
		}
		s.stop()
	}
	done(t, dir, "runs", "rm", id, imported)
	if list := done(t, dir, "runs"); strings.Count(list, "\n") != 1 {
		t.Errorf("the runs are\n%s", list)
	}
	if _, stderr, code := asked(t, t.Context(), dir, "runs", "rm", id); code != exitUsage || !strings.Contains(stderr, id) {
		t.Errorf("what is gone is deleted: exit code %d, %s", code, stderr)
	}
}

// Without a server train -queue opens the store itself: it trains what waits there, its own run last, and leaves the runs in the store. Ctrl-C leaves a run
// in the queue, and the next program continues with it.
func TestQueueWithoutAServer(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	var stderr bytes.Buffer
	m := Main{Stdout: &interrupting{at: `"step":2,`, interrupt: cancel}, Stderr: &stderr, Store: service.Place{Folder: dir}}
	code := m.Run(ctx, []string{"train", "mnist-rnn-32", "-steps", "40", "-eval-every", "2", "-batch", "16", "-queue", "-json", "-backend", "wasm"})
	_, rest, _ := strings.Cut(stderr.String(), "The run ")
	id, says, _ := strings.Cut(rest, " ")
	if code != exitStopped || !strings.HasPrefix(says, "waits in "+dir) {
		t.Fatalf("exit code %d, it says %q", code, &stderr)
	}
	if list := done(t, dir, "runs"); !strings.Contains(list, id) || !strings.Contains(list, "waiting") {
		t.Errorf("interrupted, the runs are\n%s", list)
	}
	log := done(t, dir, "train", "mnist-rnn-32", "-steps", "2", "-batch", "16", "-queue", "-json", "-backend", "wasm")
	if !strings.Contains(log, `"status":"done"`) {
		t.Errorf("the log is %s", log)
	}
	if list := done(t, dir, "runs"); strings.Count(list, "\n") != 3 || strings.Count(list, "done") != 2 || !strings.Contains(list, "40 of 40") {
		t.Errorf("then the runs are\n%s", list)
	}
}

// interrupting is a writer that interrupts when a text comes.
type interrupting struct {
	bytes.Buffer
	at        string
	interrupt func()
}

func (w *interrupting) Write(b []byte) (int, error) {
	if n, err := w.Buffer.Write(b); err != nil {
		return n, err
	}
	if strings.Contains(w.String(), w.at) {
		w.interrupt()
	}
	return len(b), nil
}

// Ctrl-C ends following a run, and not the run.
func TestInterruptLeavesTheRunToTheServer(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	stdout := &interrupting{at: `"step":2,`, interrupt: cancel}
	var stderr bytes.Buffer
	m := Main{Stdout: stdout, Stderr: &stderr, Store: service.Place{Folder: dir}}
	code := m.Run(ctx, []string{"train", "mnist-rnn-32", "-steps", "40", "-eval-every", "2", "-batch", "16", "-queue", "-json"})
	_, rest, _ := strings.Cut(stderr.String(), "The run ")
	id, says, _ := strings.Cut(rest, " ")
	if code != exitStopped || !strings.HasPrefix(says, "continues at "+s.url) {
		t.Fatalf("exit code %d, it says %q", code, &stderr)
	}
	if sum := s.until(id, run.Done); sum.Step != 40 {
		t.Errorf("it ends after step %d", sum.Step)
	}
}
