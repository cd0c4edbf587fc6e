package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/internal/plugintest"
	"unpool/models"
)

// program runs serve as a process of its own, where libraries and plugins print what they want.
func program(t *testing.T, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// What XLA's libraries print does not reach the user. The one exception is a line of go-xla's where there is no HOME: it comes
// before the program's own code, and stays off standard output.
func TestXLAIsQuiet(t *testing.T) {
	plugin := plugintest.CPU(t, backends.HasXLA)
	args := []string{"train", "mnist-rnn-32", "-steps", "2", "-eval-every", "1", "-backend", "xla:cpu", "-pjrt", plugin}
	stdout, stderr, code := program(t, nil, args...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	check := func(what, got, form string) {
		t.Helper()
		if !regexp.MustCompile(`^(?:` + form + `)$`).MatchString(got) {
			t.Errorf("%s is\n%s", what, got)
		}
	}
	check("standard error", stderr, `backend xla:cpu \(.*, \d+ threads, PJRT 0\.\d+\): as asked\n`+
		`RNN · 32 units on mnist: [\d,]+ parameters, .*\n(?:step \d of 2  .*\n){3}`)
	check("standard output", stdout, ` *after step 2 .*\n *train .*\n *test .*\ndone: 2 steps in .*, backend xla:cpu\n`)

	// go-xla's line, whatever the command.
	stdout, stderr, code = program(t, []string{"HOME="}, "recipes")
	if want, _, _ := cli(t, t.Context(), "recipes"); code != exitDone || stdout != want {
		t.Errorf("without HOME, recipes prints %q, exit code %d", stdout, code)
	}
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, "HOME is not defined") {
			t.Errorf("without HOME, standard error has %q", line)
		}
	}
}

// A mistake in XLA_FLAGS ends the process that loads the plugin, but not this one.
func TestXLAFlags(t *testing.T) {
	plugin := plugintest.CPU(t, backends.HasXLA)
	_, stderr, code := program(t, []string{"XLA_FLAGS=--xla_no_such_flag=1"}, "gpu", "-pjrt", plugin)
	if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "--xla_no_such_flag=1") {
		t.Errorf("exit code %d: %q", code, stderr)
	}
}

// serve gpu says what there is and what is missing, with a plugin and without.
func TestGPU(t *testing.T) {
	empty := t.TempDir()
	env := []string{"HOME=" + empty, "VIRTUAL_ENV=", "CONDA_PREFIX=", "UNPOOL_PJRT="}
	stdout, stderr, code := program(t, env, "gpu")
	if code != exitFailed || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d: %q", code, stderr)
	}
	for _, want := range []string{"driver", "pip install \"jax[cuda1"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not say %q:\n%s", want, stdout)
		}
	}
	if _, stderr, code := program(t, nil, "gpu", "-backend", "wasm"); code != exitUsage || !strings.Contains(stderr, "xla") {
		t.Errorf("exit code %d: %q", code, stderr)
	}
}

// A run goes from our backend to XLA and back.
func TestXLAResume(t *testing.T) {
	t.Setenv("UNPOOL_PJRT", plugintest.CPU(t, backends.HasXLA))
	dir := filepath.Join(t.TempDir(), "run")
	for i, args := range [][]string{
		{"mnist-rnn-32", "-steps", "2", "-backend", "wasm", "-out", dir},
		{"-resume", dir, "-steps", "4", "-backend", "xla:cpu", "-move"},
		{"-resume", dir, "-steps", "6"},
		{"-resume", dir, "-steps", "8", "-backend", "wasm", "-move"},
	} {
		_, stderr, code := cli(t, t.Context(), append([]string{"train", "-eval-every", "2"}, args...)...)
		want := []string{"wasm", "xla:cpu", "xla:cpu", "wasm"}[i]
		if code != exitDone || !strings.Contains(stderr, "backend "+want+" (") {
			t.Fatalf("%q: exit code %d, %s", args, code, stderr)
		}
	}
	if got := moves(t, dir); len(got) != 2 || got[0].To.Backend != "xla:cpu" || got[1].To.Backend != "wasm" {
		t.Errorf("moves %+v", got)
	}
}

// The runs of reproduce, with the activations of a convolutional net, a sweep, and a run's export come from XLA, too.
func TestXLAReproduceAndSweep(t *testing.T) {
	t.Setenv("UNPOOL_PJRT", plugintest.CPU(t, backends.HasXLA))
	defer func(f func(models.Entry) recipe.Recipe) { jobs.ReproduceRecipe = f }(jobs.ReproduceRecipe)
	jobs.ReproduceRecipe = func(e models.Entry) recipe.Recipe {
		r := e.Recipe
		r.Batch, r.Steps, r.EvalEvery = 8, 2, 1
		return r
	}
	dir, set := t.TempDir(), smallMNIST(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("sweep.json"), []byte(`{"base": "mnist-rnn-32",
		"change": {"holdout": 100, "steps": 4, "eval_every": 2, "batch": 8}, "grid": {"learning_rate": [0.001, 0.01]}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"reproduce", "-data", set, "-runs", in("runs"), "-to", in("results"), "-only", "mnist-cnn", "-backend", "xla:cpu"},
		{"export", in("runs/mnist-cnn-seed1"), "-to", in("export")},
		{"sweep", in("sweep.json"), "-data", set, "-runs", in("sweeps"), "-to", in("sweep"), "-backend", "xla:cpu"},
	} {
		if _, stderr, code := cli(t, t.Context(), args...); code != exitDone {
			t.Fatalf("%q: exit code %d, %s", args, code, stderr)
		}
	}
	events, err := readLog(in("results/mnist-cnn-seed1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	measured := 0
	for _, e := range events {
		switch e := e.(type) {
		case *run.Start:
			if e.Backend != "xla:cpu" {
				t.Errorf("the run is of %s", e.Where)
			}
		case *run.Statistics:
			measured = len(e.Layers)
		}
	}
	if measured != 2 {
		t.Errorf("the activations of %d layers were measured, want 2", measured)
	}
	for _, name := range []string{"export/accuracy.svg", "export/last/conv1.weights.npy", "sweep/sweep.csv"} {
		if _, err := os.Stat(in(name)); err != nil {
			t.Error(err)
		}
	}
}
