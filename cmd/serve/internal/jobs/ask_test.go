package jobs

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/core/store/storetest"
)

// asked is a server that notes what it is asked and answers all of it with a text.
type asked struct {
	requests []string
	body     string // of the last one
	answer   string
}

func (a *asked) server(context.Context) (*remote.Client, error) { return a.client(), nil }

func (a *asked) client() *remote.Client {
	return remote.Within(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		a.requests, a.body = append(a.requests, r.Method+" "+r.URL.Path), string(body)
		io.WriteString(w, a.answer)
	}), "a test")
}

// What is asked of sweeps goes to the server, for each of those that are named; what cannot be asked does not.
func TestAskSweeps(t *testing.T) {
	seeds := 3
	more := api.SweepChange{Seeds: &seeds}
	for _, c := range []struct {
		names    string
		change   api.SweepChange
		requests []string
		says     string // the error; "" for none
	}{
		{"", api.SweepChange{}, []string{"GET /api/sweeps"}, ""},
		{"a", api.SweepChange{}, []string{"GET /api/sweeps/a"}, ""},
		{"pause a b", api.SweepChange{}, []string{"POST /api/sweeps/a/commands", "POST /api/sweeps/b/commands"}, ""},
		{"rm a", api.SweepChange{}, []string{"DELETE /api/sweeps/a"}, ""},
		{"add a", more, []string{"PATCH /api/sweeps/a"}, ""},
		{"add a", api.SweepChange{}, nil, "-points, -seeds or -workers"},
		{"stop", api.SweepChange{}, nil, "which?"},
		{"a b", api.SweepChange{}, nil, "one sweep at a time"},
	} {
		a := asked{answer: "{}"}
		var stdout strings.Builder
		err := AskSweeps{Change: c.change}.Do(t.Context(), a.server, strings.Fields(c.names), &stdout)
		if !slices.Equal(a.requests, c.requests) {
			t.Errorf("%q asks for %q, want %q", c.names, a.requests, c.requests)
		}
		if usage := (command.UsageError{}); (err == nil) != (c.says == "") || err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%q: the error is %v, want %q", c.names, err, c.says)
		}
	}
	a, to := asked{answer: `{"id":"a","name":"rates"}`}, filepath.Join(t.TempDir(), "new")
	var stdout strings.Builder
	if err := (AskSweeps{To: to}).Do(t.Context(), a.server, []string{"a"}, &stdout); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(strings.TrimSpace(stdout.String()))
	if err != nil || !strings.HasPrefix(string(page), "# Sweep rates\n") {
		t.Errorf("it writes %q, %v", page, err)
	}
}

// The same holds for runs and machines.
func TestAskRuns(t *testing.T) {
	for _, c := range []struct {
		names    string
		requests []string
		says     string // the error; "" for none
	}{
		{"", []string{"GET /api/runs"}, ""},
		{"rm a b", []string{"DELETE /api/runs/a", "DELETE /api/runs/b"}, ""},
		{"rm", nil, "which runs?"},
		{"ls", nil, `not "ls"`},
	} {
		a := asked{answer: "{}"}
		err := AskRuns(t.Context(), a.server, strings.Fields(c.names), io.Discard)
		if !slices.Equal(a.requests, c.requests) {
			t.Errorf("%q asks for %q, want %q", c.names, a.requests, c.requests)
		}
		if usage := (command.UsageError{}); (err == nil) != (c.says == "") || err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%q: the error is %v, want %q", c.names, err, c.says)
		}
	}
	a, stdout := asked{answer: `{"machines":[{"name":"box"}]}`}, strings.Builder{}
	if err := AskMachines(t.Context(), a.server, &stdout); err != nil || !strings.Contains(stdout.String(), "\nbox ") {
		t.Errorf("it lists %s, %v", &stdout, err)
	}
}

// A folder is sent as the file that a store imports, and a file as it is.
func TestImport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	runs, name, err := folder.Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	recorder, err := store.Begin(t.Context(), runs, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(recorder.Record(&run.Start{Version: run.Version, Recipe: storetest.Recipe()}), recorder.Close()); err != nil {
		t.Fatal(err)
	}
	a := asked{answer: `{"id":"k3"}`}
	var stdout strings.Builder
	if err := importRun(t.Context(), a.client(), dir, &stdout); err != nil || stdout.String() != "k3\n" {
		t.Fatalf("it says %q, %v", &stdout, err)
	}
	packed, file := a.body, filepath.Join(t.TempDir(), "run.zip")
	if err := os.WriteFile(file, []byte(packed), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := importRun(t.Context(), a.client(), file, io.Discard); err != nil || a.body != packed || !strings.HasPrefix(packed, "PK") {
		t.Errorf("of %d bytes %d are sent, %v", len(packed), len(a.body), err)
	}
	a.requests = nil
	for path, says := range map[string]string{t.TempDir(): "is not the folder of a run", filepath.Join(dir, "none"): "no such file"} {
		if err := importRun(t.Context(), a.client(), path, io.Discard); err == nil || !strings.Contains(err.Error(), says) || a.requests != nil {
			t.Errorf("%s: %v after %q, want %q", path, err, a.requests, says)
		}
	}
}

// A sweep is named after its file, unless it has a name, and its ID is all that a program has to read.
func TestASweepIsHandedOver(t *testing.T) {
	file := filepath.Join(t.TempDir(), "some.rates.json")
	if err := os.WriteFile(file, []byte(`{"base": "mnist-rnn-32", "grid": {"learning_rate": [0.1, 0.2]}, "asha": {"min_steps": 2, "eta": 3}, "change": {"holdout": 100}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"": `"some.rates"`, "mine": `"mine"`} {
		a := asked{answer: `{"id":"s7"}`}
		var stdout, stderr strings.Builder
		if err := (SweepFile{Path: file, Name: name}).Follow(t.Context(), a.client(), false, &stdout, &stderr); err != nil || stdout.String() != "s7\n" {
			t.Errorf("it says %q, %v", &stdout, err)
		}
		if !strings.Contains(a.body, `"name":`+want) || !strings.Contains(stderr.String(), "serve sweeps s7") {
			t.Errorf("it asks %s, and says %s", a.body, &stderr)
		}
	}
	err := SweepFile{Path: file}.Run(t.Context(), &Images{}, io.Discard, io.Discard)
	if usage := (command.UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), "needs -queue") {
		t.Errorf("without a server: %v", err)
	}
}

// A job refuses what it cannot do before it looks for a run or opens a backend.
func TestJobsRefuse(t *testing.T) {
	find := func(context.Context, string) (Kept, string, error) {
		t.Error("a run is looked for")
		return nil, "", errors.New("not here")
	}
	look := func(l Look, names string) func() error {
		l.Find = find
		return func() error {
			return l.Do(t.Context(), strings.Fields(names), backends.Options{Backend: "none"}, &Images{}, io.Discard, io.Discard)
		}
	}
	export := func(e Export, names string) func() error {
		e.Find = find
		return func() error { return e.Do(t.Context(), strings.Fields(names), io.Discard) }
	}
	for says, do := range map[string]func() error{
		"a new folder after -o": look(Look{}, "run stats"),
		"what to look at":       look(Look{Out: "x"}, "run"),
		`probes, correspondence, ablation, transfer, report, not "weights"`: look(Look{Out: "x"}, "run weights"),
		"filters shows every stored step":                                   look(Look{Out: "x", Against: "other"}, "run filters"),
		"one run":                                                           export(Export{To: "x"}, "a b"),
		"a new folder after -to":                                            export(Export{}, "a"),
		"needs runs":                                                        export(Export{To: "x", TensorBoard: true}, ""),
		"-steps": func() error {
			return Bench{Compute: backends.Options{Backend: backends.Wasm}}.Run(t.Context(), io.Discard)
		},
		"-first works only": func() error {
			return Bench{Compute: backends.Options{Backend: backends.Go}, Steps: 1, First: true}.Run(t.Context(), io.Discard)
		},
		"gpu is about XLA": func() error { return GPU(t.Context(), io.Discard, backends.Options{Backend: backends.Wasm}) },
		"-seeds":           func() error { return Reproduce{}.Run(t.Context(), &Images{}, io.Discard, io.Discard) },
		`"none"`: func() error {
			return Reproduce{Seeds: 1, Only: "mnist-cnn,none"}.Run(t.Context(), &Images{}, io.Discard, io.Discard)
		},
	} {
		err := do()
		if usage := (command.UsageError{}); !errors.As(err, &usage) || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want %q", err, says)
		}
	}
}
