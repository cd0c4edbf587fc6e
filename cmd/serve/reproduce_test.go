package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/jobs"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// smallMNIST makes a folder with the first 300 training images of MNIST and 250 test images.
func smallMNIST(t *testing.T) string {
	t.Helper()
	all, err := jobs.NewImages("", "", t.Output()).Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, s := range []data.Split{all.Train, all.Test} {
		n := []int{300, 250}[i]
		images := append(binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, uint32(n)), 0, 0, 0, 28, 0, 0, 0, 28)
		labels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, uint32(n))
		for name, body := range map[string][]byte{
			data.MNISTFiles[2*i]: append(images, s.Images[:n*784]...), data.MNISTFiles[2*i+1]: append(labels, s.Labels[:n]...),
		} {
			if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// The command trains what is not trained yet, resumes what was interrupted, and writes tables, curves and figures.
func TestReproduce(t *testing.T) {
	defer func(f func(models.Entry) recipe.Recipe) { jobs.ReproduceRecipe = f }(jobs.ReproduceRecipe)
	jobs.ReproduceRecipe = func(e models.Entry) recipe.Recipe {
		r := e.Recipe
		r.Batch, r.Steps, r.EvalEvery = 8, 4, 2 // a sample is measured but for the last time
		return r
	}
	runs, to := filepath.Join(t.TempDir(), "runs"), filepath.Join(t.TempDir(), "results")
	set := smallMNIST(t)
	reproduce := func() {
		t.Helper()
		stdout, stderr, code := cli(t, t.Context(), "reproduce", "-data", set, "-runs", runs, "-to", to, "-only", "mnist-rnn-32,mnist-cnn", "-seeds", "2", "-threads", "1")
		if code != exitDone || !strings.Contains(stdout, "README.md") {
			t.Fatalf("code %d: %s%s", code, stdout, stderr)
		}
	}
	reproduce()
	var rows []results.Row
	table, err := os.ReadFile(filepath.Join(to, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(table, &rows); err != nil || len(rows) != len(models.Catalog) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		want := 0
		if row.Name == "mnist-rnn-32" || row.Name == "mnist-cnn" {
			want = 2
		}
		if len(row.Runs) != want {
			t.Errorf("%s has %d runs, want %d", row.Name, len(row.Runs), want)
		}
		for i, r := range row.Runs {
			events, err := readLog(filepath.Join(to, r.File))
			if err != nil {
				t.Fatal(err)
			}
			if end, ok := events[len(events)-1].(*run.End); !ok || r.Seed != uint64(i+1) || r.Last.Step != 4 || end.WeightsSHA256 != r.SHA256 {
				t.Errorf("%s: %+v, and its log ends with %+v", row.Name, r, events[len(events)-1])
			}
			var kept []int // steps whose weights are kept, of the first run
			for _, e := range events {
				if s, ok := e.(*run.Snapshot); ok {
					kept = append(kept, s.Step)
					weights, err := os.ReadFile(filepath.Join(to, strings.TrimSuffix(r.File, ".jsonl"), s.Name))
					if sum := fmt.Sprintf("%x", sha256.Sum256(weights)); err != nil || sum != s.SHA256 || int64(len(weights)) != s.Bytes {
						t.Errorf("%s, %s: %v, %d bytes with the hash %s", r.File, s.Name, err, len(weights), sum)
					}
				}
			}
			want := map[string][]int{"mnist-rnn-32-seed1.jsonl": {0, 2, 4}, "mnist-cnn-seed1.jsonl": {4}}[r.File]
			if !slices.Equal(kept, want) {
				t.Errorf("%s: weights after %v, want %v", r.File, kept, want)
			}
			if cnn := row.Name == "mnist-cnn"; cnn != (r.Statistics != nil) || cnn && (len(r.Statistics.Layers) != 2 || r.Statistics.Images != 250) {
				t.Errorf("%s: statistics %+v", row.Name, r.Statistics)
			}
		}
	}
	page, err := os.ReadFile(filepath.Join(to, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mnist-cnn-accuracy.svg", "mnist-cnn-loss.svg", "mnist-cnn-filters.svg", "mnist-cnn-statistics.npy", "mnist-rnn-32-loss.svg"} {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil || !strings.Contains(string(page), name) {
			t.Errorf("%s is not there, or the page has no link to it: %v", name, err)
		}
	}

	// What a kill leaves: one run without its last evaluation, one before its first event, one not begun.
	cut := filepath.Join(runs, "mnist-rnn-32-seed1")
	log, err := os.ReadFile(filepath.Join(cut, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(log), "\n")
	if err := os.WriteFile(filepath.Join(cut, "events.jsonl"), []byte(strings.Join(lines[:len(lines)-2], "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(runs, "mnist-rnn-32-seed2", "events.jsonl"), []byte(`{"type":"sta`), 0o644); err != nil {
		t.Fatal(err)
	}
	beside, err := filepath.Glob(filepath.Join(runs, "mnist-rnn-32-seed2", "*.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range append(beside,
		filepath.Join(to, "mnist-rnn-32-seed1.jsonl"), filepath.Join(to, "mnist-rnn-32-seed2.jsonl"),
		filepath.Join(to, "mnist-cnn-seed2.jsonl"), filepath.Join(runs, "mnist-cnn-seed2"),
		filepath.Join(runs, "mnist-cnn-seed1"), // its result is enough
	) {
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
	}
	reproduce()
	again, err := os.ReadFile(filepath.Join(to, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var second []results.Row
	if err := json.Unmarshal(again, &second); err != nil {
		t.Fatal(err)
	}
	for i, row := range second {
		for k, r := range row.Runs {
			if r.SHA256 != rows[i].Runs[k].SHA256 {
				t.Errorf("%s, seed %d: other weights than without the kill", row.Name, r.Seed)
			}
		}
		if len(row.Runs) != len(rows[i].Runs) {
			t.Errorf("%s has %d runs, had %d", row.Name, len(row.Runs), len(rows[i].Runs))
		}
	}
	if _, err := os.Stat(filepath.Join(runs, "mnist-cnn-seed1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run whose result is kept was made again: %v", err)
	}

	// The result of another recipe is not taken for this one's, nor written over.
	jobs.ReproduceRecipe = func(e models.Entry) recipe.Recipe { return e.Recipe }
	_, stderr, code := cli(t, t.Context(), "reproduce", "-data", set, "-runs", runs, "-to", to, "-only", "mnist-cnn", "-threads", "1")
	if code == exitDone || !strings.Contains(stderr, "mnist-cnn-seed1.jsonl differ from the catalog") {
		t.Errorf("code %d: %s", code, stderr)
	}
	// The name that the command had before.
	_, stderr, code = cli(t, t.Context(), "report", "-only", "mnist-rnn")
	if code != exitUsage || !strings.Contains(stderr, "serve reproduce") || !strings.Contains(stderr, "mnist-rnn-32") {
		t.Errorf("code %d: %s", code, stderr)
	}
}
