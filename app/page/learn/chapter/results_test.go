package chapter

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/run"
)

var update = flag.Bool("update", false, "write public/learn/results.json anew")

// results are those that the chapters name, as the file has them.
func results(t *testing.T) (all Results) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(public, "learn", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// The results that the chapters name are those of the published logs.
func TestResults(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(public, "results", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no logs: ", err)
	}
	folders, err := filepath.Glob(filepath.Join(public, "results", "*", "events.jsonl")) // of runs that only chapters show
	if err != nil {
		t.Fatal(err)
	}
	want := Results{}
	for _, file := range append(files, folders...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		log, _, err := run.ReadLog(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		v := run.Replay(log)
		last := v.Metrics[len(v.Metrics)-1].Test
		of := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		if of == "events" {
			of = filepath.Base(filepath.Dir(file))
		}
		want[of] = Result{last.Accuracy, last.N, 1}
		if name, _, several := strings.Cut(of, "-seed"); several {
			r := want[name]
			r.Accuracy = (r.Accuracy*float64(r.Runs) + last.Accuracy) / float64(r.Runs+1)
			r.Images, r.Runs = last.N, r.Runs+1
			want[name] = r
		}
	}
	for name, r := range want {
		r.Accuracy = float64(int(r.Accuracy*1e5+0.5)) / 1e5
		want[name] = r
	}
	if *update {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(public, "learn", "results.json"), []byte(strings.ReplaceAll(string(text), "},", "},\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := results(t); !maps.Equal(got, want) {
		t.Errorf("public/learn/results.json has %v, the logs %v; -update writes it", got, want)
	}
}
