package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/core/run"
)

// cli runs a command line and returns its output.
func cli(t *testing.T, ctx context.Context, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	m := Main{Stdout: &out, Stderr: &errs}
	code = m.Run(ctx, args)
	return out.String(), errs.String(), code
}

// A user's mistake is one clear line and exit code 2.
func TestWrongCommands(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"tarin"}, `no command "tarin"`},
		{[]string{"serve", "here"}, `"here"`},
		{[]string{"-port", "1"}, "-port"},
		{[]string{"-public", empty}, "app.wasm"},
		{[]string{"site"}, "one folder"},
		{[]string{"site", "dir", "-check", "https://example.org"}, "leave out the folder"},
		{[]string{"site", "-check", "example.org/unpool"}, "not the address of a site"},
		{[]string{"kit"}, "one new folder"},
		{[]string{"recipes", "all"}, `"all"`},
		{[]string{"train"}, "serve recipes"},
		{[]string{"train", "-steps", "3"}, "serve recipes"},
		{[]string{"train", "mnist-rnn-12"}, "mnist-rnn-128"},
		{[]string{"train", "mnist-rnn-128", "mnist-rnn-64"}, `"mnist-rnn-64"`},
		{[]string{"train", "mnist-rnn-128", "-stepz", "3"}, "-stepz"},
		{[]string{"train", "mnist-rnn-128", "-steps", "many"}, `"many"`},
		{[]string{"train", "mnist-rnn-128", "-steps", "0"}, "-steps: 0 is outside"},
		{[]string{"train", "-lr", "77", "mnist-rnn-128", "-eval-every", "0"}, "-lr: 77 is outside 0 (excluded) to 10; -eval-every: 0"},
		{[]string{"train", "mnist-rnn-128", "-optimizer", "adamw"}, "adam, sgd"},
		{[]string{"train", "mnist-rnn-128", "-filter-rms", "0.1"}, "-filter-rms: applies only with convolutions"},
		{[]string{"train", "mnist-cnn", "-filter-rms", "-1"}, "-filter-rms: -1 is outside 0, or 0.001 to 10"},
		{[]string{"train", "mnist-rnn-128", "-eval", "some"}, "sample, full"},
		{[]string{"train", "mnist-rnn-128", "-holdout", "60000"}, "60000"},
		{[]string{"train", "mnist-rnn-128", "-backend", "gpu"}, "auto, xla, xla:cuda, xla:cpu, native, wasm, go"},
		{[]string{"train", "mnist-rnn-128", "-threads", "-1"}, "-threads"},
		{[]string{"train", "mnist-rnn-128", "-data", filepath.Join(empty, "none")}, "none"},
		{[]string{"train", "mnist-rnn-128", "-out", full}, "not empty"},
		{[]string{"train", "-resume", empty}, "contains no run"},
		{[]string{"train", "mnist-rnn-128", "-dataset", "pets"}, `or folder:pets for your own pictures`},
		{[]string{"train", "mnist-rnn-128", "-lr", "1e-46"}, "-lr: 1e-46 is too small for float32"},
		{[]string{"train", "mnist-rnn-128", "-lr", "0,001"}, "write 0.001, with a point"},
		{[]string{"sweep", "x.json", "-dataset", "pets"}, "or folder:pets"},
		{[]string{"sweep", "x.json", "-queue", "-dataset", "mnist"}, "-dataset does not work with -queue"},
		{[]string{"sweep", filepath.Join(full, "file")}, "is not JSON"},
		{[]string{"reproduce", "all"}, `"all"`},
		{[]string{"reproduce", "-only", "mnist-rnn-12"}, `"mnist-rnn-12"`},
		{[]string{"reproduce", "-seeds", "0"}, "-seeds"},
		{[]string{"train", "mnist-rnn-128", "-resume", empty}, "the net's name"},
		{[]string{"train", "mnist-rnn-128", "-queue", "-out", full}, "-queue"},
		{[]string{"train", "mnist-rnn-128", "-queue", "-snapshots", "0"}, "-snapshots does not work with -queue"},
		{[]string{"train", "mnist-rnn-128", "-snapshots", "-1"}, "-snapshots: -1 is less than 0"},
		{[]string{"train", "mnist-rnn-128", "-queue"}, "-store"},
		{[]string{"runs", "ls"}, `"ls"`},
		{[]string{"runs", "rm"}, "which runs"},
		{[]string{"worker"}, "-nats or UNPOOL_NATS"},
		{[]string{"worker", "here", "-nats", "x"}, `"here"`},
		{[]string{"worker", "-nats", "x", "-backend", "gpu"}, "auto, xla, xla:cuda, xla:cpu, native, wasm, go"},
		{[]string{"worker", "-nats", "x", "-nats-cert", "file"}, "-nats-key"},
		{[]string{"runs", "-nats-ca", "file"}, "-nats-key need -nats"},
		{[]string{"runs", "-nats", "x", "-store", empty}, "leave one out"},
		{[]string{"-nats", "http://nats.lab:4222"}, "nats:// or tls://"},
		{[]string{"worker", "-nats", "nats://a,https://b"}, "begins with https://"},
		{[]string{"worker", "-nats", "nats://user:secret@a:b"}, `"a:b" is not the address of a NATS server`},
		{[]string{"worker", "-nats", "x,"}, "is not the address of a NATS server"},
		{[]string{"runs", "-nats", "x", "-nats-creds", filepath.Join(empty, "none.creds")}, "none.creds"},
		{[]string{"runs", "-nats", "x", "-nats-creds", filepath.Join(full, "file")}, "-nats-creds"},
		{[]string{"runs", "-nats", "x", "-nats-ca", filepath.Join(empty, "none.pem")}, "none.pem"},
		{[]string{"-nats", "x", "-nats-ca", filepath.Join(full, "file")}, "no PEM certificate"},
		{[]string{"-nats", "x", "-nats-cert", filepath.Join(full, "file"), "-nats-key", filepath.Join(full, "file")}, "-nats-cert, -nats-key"},
		{[]string{"-store", filepath.Join(empty, "mistyped", "store")}, "mistyped does not exist"},
		{[]string{"runs", "-store", filepath.Join(empty, "mistyped", "store")}, "mistyped does not exist"},
		{[]string{"runs", "-store", filepath.Join(full, "file")}, "is not a folder"},
		{[]string{"-addr", "nonsense"}, "-addr"},
		{[]string{"-addr", "127.0.0.1:99999"}, "99999"},
		{[]string{"-token-file", empty}, "-token-file"},
		{[]string{"-token-file", filepath.Join(full, "file")}, "-token-file"},
		{[]string{"-tls", "cert.pem"}, "a comma"},
		{[]string{"-tls", "cert.pem,key.pem"}, "cert.pem"},
		{[]string{"-backend", "gpu"}, "auto, xla, xla:cuda, xla:cpu, native, wasm, go"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			stdout, stderr, code := cli(t, t.Context(), test.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("exit code %d and output %q, want %d and none", code, stdout, exitUsage)
			}
			if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.says) {
				t.Errorf("it says %q, want one line with %q", stderr, test.says)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for args, says := range map[string]string{
		"help": "serve train NAME", "-h": "-addr", "train -h": "-eval-every", "recipes": "cifar-bn",
	} {
		stdout, stderr, code := cli(t, t.Context(), strings.Fields(args)...)
		if code != exitDone || stderr != "" || !strings.Contains(stdout, says) {
			t.Errorf("serve %s: exit code %d, output %q, errors %q; want %q in the output", args, code, stdout, stderr, says)
		}
	}
}

func TestOutsideTheSourceTree(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, code := cli(t, t.Context(), "-addr", "127.0.0.1:0"); code != exitUsage || !strings.Contains(stderr, "-public") {
		t.Errorf("exit code %d, %q; want %d and what to do", code, stderr, exitUsage)
	}
}

func TestTrainWritesEvents(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	stdout, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "4", "-json",
		"-eval-every", "2", "-batch=16", "-optimizer", "momentum", "-holdout", "500", "-out", out)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var kinds []string
	var last run.Metric
	for line := range strings.Lines(stdout) {
		e, err := run.Unmarshal([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case *run.Start:
			kinds = append(kinds, "start")
			if r := e.Recipe; r.Steps != 4 || r.Batch != 16 || r.Momentum != 0.9 || r.Holdout != 500 {
				t.Errorf("the flags made the recipe %+v", r)
			}
		case *run.Metric:
			kinds = append(kinds, "metric")
			last = *e
		case *run.Weights:
			kinds = append(kinds, "weights")
		case *run.Snapshot:
			kinds = append(kinds, "snapshot")
		case *run.End:
			kinds = append(kinds, "end "+string(e.Status))
		default:
			t.Errorf("an event that is for a display only: %s", line)
		}
	}
	if want := []string{"start", "metric", "weights", "snapshot", "metric", "weights", "snapshot", "metric", "weights", "snapshot", "end done"}; !slices.Equal(kinds, want) {
		t.Errorf("events %q, want %q", kinds, want)
	}
	if !last.Final || last.Test.N != 10_000 || last.Validation == nil || last.Validation.N != 500 {
		t.Errorf("the last metric is %+v, want one of 10,000 test images and 500 held out", last)
	}
	if log, err := os.ReadFile(filepath.Join(out, "events.jsonl")); string(log) != stdout {
		t.Errorf("the log differs from the output: %q, %v", log, err)
	}
	if !strings.Contains(stderr, "the fastest here") || !strings.Contains(stderr, "after step 4") {
		t.Errorf("progress is %q, want the backend and a table at the end", stderr)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	r, w := io.Pipe()
	m := Main{Stdout: w, Stderr: io.Discard}
	code := make(chan int, 1)
	go func() {
		code <- m.Run(ctx, []string{"train", "mnist-rnn-32", "-json"})
		w.Close()
	}()
	var output bytes.Buffer
	if _, err := io.ReadFull(io.TeeReader(r, &output), make([]byte, 10)); err != nil { // the run has begun
		t.Fatal(err)
	}
	interrupt()
	if _, err := output.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(output.String()), "\n")
	e, err := run.Unmarshal([]byte(lines[len(lines)-1]))
	if end, ok := e.(*run.End); !ok || end.Status != run.Stopped {
		t.Errorf("the last event is %+v, %v; want an end with status stopped", e, err)
	}
	if c := <-code; c != exitStopped {
		t.Errorf("exit code %d, want %d", c, exitStopped)
	}
}

// fullDisk refuses everything.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestOutputThatCannotBeWrittenEndsTheRun(t *testing.T) {
	var stderr bytes.Buffer
	m := Main{Stdout: fullDisk{}, Stderr: &stderr}
	if code := m.Run(t.Context(), []string{"train", "mnist-rnn-32", "-json"}); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if !strings.Contains(stderr.String(), io.ErrShortWrite.Error()) {
		t.Errorf("it says %q, want why", stderr.String())
	}
}

func TestServe(t *testing.T) {
	site := start(t)
	for path, want := range map[string]int{"": 200, "results": 200, "web/app.wasm.gz": 200, "web/trainer.wasm.gz": 200, "web/nothing": 404} {
		r, err := http.Get(site + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("/%s: status %d, want %d", path, r.StatusCode, want)
		}
	}
	address := strings.Trim(strings.TrimPrefix(site, "http://"), "/")
	if _, stderr, code := cli(t, t.Context(), "-addr", address); code != exitFailed || !strings.Contains(stderr, "taken by another program") {
		t.Errorf("a second server on %s: exit code %d, %q", address, code, stderr)
	}
}

func TestServeToOthersDemandsAToken(t *testing.T) {
	site := start(t, "-addr", "0.0.0.0:0")
	base, token, found := strings.Cut(site, "?token=")
	if !found || len(token) < 20 {
		t.Fatalf("the address %s has no token", site)
	}
	// The machine's name need not lead to it in a test's network.
	port := base[strings.LastIndex(base, ":"):]
	for path, want := range map[string]int{"": http.StatusUnauthorized, "?token=" + token: http.StatusSeeOther} {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := client.Get("http://127.0.0.1" + port + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%q: status %d, want %d", path, r.StatusCode, want)
		}
	}
}
