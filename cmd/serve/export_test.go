package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
)

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	to := filepath.Join(t.TempDir(), "new", "files")
	stdout, stderr, code := cli(t, t.Context(), "export", "-to", to, dir)
	if code != exitDone || stderr != "" || strings.TrimSpace(stdout) != to {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	// What is stopped says so by its exit code, and leaves no part that would look like all of it.
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{{"-to", to + "2", dir}, {"-tensorboard", "-o", to + "2", dir}} {
		stdout, stderr, code := cli(t, stopped, append([]string{"export"}, args...)...)
		left, err := filepath.Glob(filepath.Join(to+"2", "*"))
		if code != exitStopped || stdout != "" || err != nil || left != nil {
			t.Errorf("export %v: exit code %d, %q, %q, leaves %q", args, code, stdout, stderr, left)
		}
	}
	read := func(name string) []byte {
		body, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	if csv := string(read("metrics.csv")); !strings.HasPrefix(csv, "step,seconds,train_loss") || strings.Count(csv, "\n") != 4 {
		t.Errorf("metrics.csv is %q", csv)
	}
	for _, name := range []string{"accuracy", "loss"} {
		if svg := read(name + ".svg"); !bytes.Contains(svg, []byte("</svg>")) {
			t.Errorf("%s.svg is %q", name, svg)
		}
		if png := read(name + ".png"); !bytes.HasPrefix(png, []byte("\x89PNG")) {
			t.Errorf("%s.png begins with %q", name, png[:4])
		}
	}
	array := func(name string) *tensor.Dense {
		var a tensor.Dense
		if err := a.ReadNpy(bytes.NewReader(read(name))); err != nil {
			t.Fatal(err)
		}
		return &a
	}
	// The first layer is stored at each evaluation, in 255 levels; the checkpoint has it exactly, its units as columns.
	seen, exact := array("first-layer.npy"), array("last/rnn.weights.npy")
	if !slices.Equal(seen.Shape(), tensor.Shape{3, 32, 1, 28, 1}) || !slices.Equal(exact.Shape(), tensor.Shape{28, 32}) {
		t.Fatalf("shapes %v and %v", seen.Shape(), exact.Shape())
	}
	for unit := range 32 {
		for pixel := range 28 {
			got := seen.Data().([]float32)[(2*32+unit)*28+pixel]
			if want := exact.Data().([]float32)[pixel*32+unit]; max(got-want, want-got) > 0.01 {
				t.Fatalf("unit %d, pixel %d: %v in the log, %v in the checkpoint", unit, pixel, got, want)
			}
		}
	}
	last, err := load(dir, store.Last)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"last", "best"} {
		files, err := os.ReadDir(filepath.Join(to, folder))
		if err != nil || len(files) != len(last.Tensors) {
			t.Errorf("%s has %d files for %d tensors, %v", folder, len(files), len(last.Tensors), err)
		}
	}

	for says, args := range map[string][]string{
		"one run":         {"export", dir},
		"exists":          {"export", dir, "-to", to},
		"contains no run": {"export", to, "-to", to + "2"},
		"no evaluation":   {"export", empty(t), "-to", to + "2"},
	} {
		if _, stderr, code := cli(t, t.Context(), args...); code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%q: exit code %d, %q does not say %q", args, code, stderr, says)
		}
	}
}

// empty is the folder of a run that has just begun.
func empty(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "empty")
	runs, name, err := folder.Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	log, err := store.Begin(t.Context(), runs, name)
	if err != nil {
		t.Fatal(err)
	}
	err = log.Record(&run.Start{Version: run.Version})
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Several runs become folders of one that TensorBoard opens; one that is there already is left as it is.
func TestExportForTensorBoard(t *testing.T) {
	runs, to := t.TempDir(), filepath.Join(t.TempDir(), "board")
	var dirs []string
	for _, name := range []string{"a", "b"} {
		dir := filepath.Join(runs, name)
		if _, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-holdout", "500", "-out", dir); code != exitDone {
			t.Fatal(stderr)
		}
		dirs = append(dirs, dir)
	}
	stdout, stderr, code := cli(t, t.Context(), append([]string{"export", "-tensorboard", "-o", to}, dirs...)...)
	folders := strings.Fields(stdout)
	if code != exitDone || stderr != "" || len(folders) != 2 {
		t.Fatalf("exit code %d, %q, %q", code, stdout, stderr)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "events.out.tfevents.*.unpool"))
		if err != nil || len(files) != 1 || filepath.Dir(folder) != to {
			t.Fatalf("%s has %q, %v", folder, files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		for what, times := range map[string]int{
			"brain.Event:2": 1, "loss/train": 3, "accuracy/test": 3, "accuracy/validation": 3, "learning_rate/set": 1, "weights/": 3, "_hparams_/session": 2,
		} {
			if n := bytes.Count(text, []byte(what)); n != times {
				t.Errorf("%s has %s %d times, want %d", files[0], what, n, times)
			}
		}
	}
	if _, stderr, code := cli(t, t.Context(), "export", "-tensorboard", "-o", to, dirs[0]); code != exitUsage || !strings.Contains(stderr, "exists") {
		t.Errorf("again: exit code %d, %q", code, stderr)
	}
}
