package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/core/train"
	"unpool/models"
)

// asProgram makes the test's own program be serve, so that a test can kill it.
const asProgram = "UNPOOL_TEST_AS_SERVE"

func TestMain(m *testing.M) {
	if backends.Probing() || nodeIsAll() {
		return
	}
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// untimed are a run's events without what a clock says, and without the step of its Start.
func untimed(t *testing.T, dir string) []run.Event {
	t.Helper()
	events, err := holding(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		switch e := e.(type) {
		case *run.Start:
			e.Step, e.After, e.ID, e.Created = 0, 0, "", time.Time{}
		case *run.Metric:
			e.Seconds = 0
		case *run.End:
			e.Seconds, e.MsPerStep = 0, 0
		}
	}
	return events
}

// same reports where two runs differ: in their events, without times, and in their state at the end.
func same(t *testing.T, got, want string) {
	t.Helper()
	if g, w := untimed(t, got), untimed(t, want); !reflect.DeepEqual(g, w) {
		t.Errorf("the log of %s has %d events and is not that of %s with %d", got, len(g), want, len(w))
	}
	for _, name := range []string{store.Last, store.Best} {
		g, err := load(got, name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := load(want, name)
		if err != nil {
			t.Fatal(err)
		}
		if g.Step != w.Step || g.Best.Step != w.Best.Step || !reflect.DeepEqual(g.Tensors, w.Tensors) {
			t.Errorf("%s of step %d, best %d, is not that of step %d, best %d", name, g.Step, g.Best.Step, w.Step, w.Best.Step)
		}
	}
}

// A run that is killed again and again, many times while it writes a checkpoint, ends like one that was left alone.
func TestKill(t *testing.T) {
	settings := strings.Fields("mnist-rnn-32 -exact -threads 1 -batch 16 -steps 50 -eval-every 1 -json -out")
	whole, killed := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
	if _, stderr, code := cli(t, t.Context(), append([]string{"train"}, append(settings, whole)...)...); code != exitDone {
		t.Fatal(stderr)
	}
	args := append([]string{"train"}, append(settings, killed)...)
	halves := 0 // files that were cut short
	const kills = 6
	for range kills {
		killAfter(t, 1+rand.IntN(8), time.Duration(rand.IntN(3000))*time.Microsecond, args)
		left, err := filepath.Glob(filepath.Join(killed, "*.tmp"))
		if err != nil {
			t.Fatal(err)
		}
		halves += len(left)
		args = []string{"train", "-resume", killed, "-threads", "1", "-json"}
	}
	t.Logf("%d of %d kills came while a checkpoint was being written", halves, kills)
	if _, stderr, code := cli(t, t.Context(), args...); code != exitDone {
		t.Fatal(stderr)
	}
	same(t, killed, whole)
}

// killAfter runs serve as a process of its own and kills it some time after so many evaluations, the moment when a
// checkpoint is written.
func killAfter(t *testing.T, evaluations int, wait time.Duration, args []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); evaluations > 0; {
		if !lines.Scan() {
			cmd.Wait()
			t.Fatalf("serve %s ended by itself: %s", strings.Join(args, " "), stderr.String())
		}
		if strings.HasPrefix(lines.Text(), `{"type":"weights"`) {
			evaluations--
		}
	}
	time.Sleep(wait)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // says that it was killed
}

// Stopping and resuming change nothing, in a recurrent net and in one with batch normalisation and dropout.
func TestStopAndResume(t *testing.T) {
	set, err := jobs.NewImages(os.Getenv("UNPOOL_DATA"), "", t.Output()).Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	head := func(s data.Split, n int) data.Split {
		return data.Split{Images: s.Images[:n*set.Height*set.Width*set.Channels], Labels: s.Labels[:n]}
	}
	few := *set
	few.Train, few.Test = head(set.Train, 600), head(set.Test, 300)
	for _, name := range []string{"mnist-rnn-32", "cifar-bn"} {
		e, err := models.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		r := e.Recipe
		r.Dataset, r.Batch, r.Steps, r.EvalEvery, r.Exact, r.Holdout = recipe.MNIST, 16, 12, 5, true, 100

		dir := t.TempDir()
		runs := folder.Store{Dir: dir}
		begin := func(name string) *store.Recorder {
			log, err := store.Begin(t.Context(), runs, name)
			if err != nil {
				t.Fatal(err)
			}
			return log
		}
		trainAndStop(t, train.Options{Recipe: r, Data: &few}, begin("whole"), 0)
		trainAndStop(t, train.Options{Recipe: r, Data: &few}, begin("stopped"), 7)
		log, stands, err := store.Resume(t.Context(), runs, "stopped")
		if err != nil {
			t.Fatal(err)
		}
		if stands.View.Start.Recipe != r || stands.From.Step != 7 {
			t.Errorf("recipe %+v, step %d", stands.View.Start.Recipe, stands.From.Step)
		}
		trainAndStop(t, train.Options{Recipe: r, Data: &few, From: stands.From}, log, 0)
		same(t, filepath.Join(dir, "stopped"), filepath.Join(dir, "whole"))
	}
}

// trainAndStop trains on the wasm backend into a log, and stops before the step after stopAt, if that is not 0.
func trainAndStop(t *testing.T, o train.Options, log *store.Recorder, stopAt int) {
	t.Helper()
	backend, err := command.Open(backends.Options{Backend: backends.Wasm, Exact: true, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o.Emit = func(e run.Event) {
		if err := log.Record(e); err != nil {
			t.Error(err)
		}
	}
	o.Keep = func(c *checkpoint.Checkpoint) {
		if err := log.Keep(c); err != nil {
			t.Error(err)
		}
	}
	var session *train.Session
	if stopAt > 0 {
		o.Yield = func() {
			if c, err := session.Checkpoint(); err == nil && c.Step == stopAt {
				stop()
			}
		}
	}
	if session, err = train.New(jobs.On(backend, o)); err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := errors.Join(session.Run(ctx), log.Close()); err != nil {
		t.Fatal(err)
	}
}

// A run can be resumed for more steps and at another learning rate, which the log records as a change on the way; what
// would make it another run is refused, and changes nothing.
func TestResumeWithChanges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if _, stderr, code := cli(t, t.Context(), "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-out", dir); code != exitDone {
		t.Fatal(stderr)
	}
	before := untimed(t, dir)
	for says, flags := range map[string][]string{
		"seed: it was 1 and cannot be changed to 2":    {"-seed", "2"},
		"steps: 4 have been done":                      {"-steps", "3"},
		"batch: it was 128 and cannot be changed to 8": {"-batch", "8"},
	} {
		_, stderr, code := cli(t, t.Context(), append([]string{"train", "-resume", dir}, flags...)...)
		if code != exitUsage || !strings.Contains(stderr, says) {
			t.Errorf("%q: exit code %d, %q does not say %q", flags, code, stderr, says)
		}
	}
	if after := untimed(t, dir); !reflect.DeepEqual(after, before) {
		t.Errorf("a resumption that was refused changed the log to %v", after)
	}

	_, stderr, code := cli(t, t.Context(), "train", "-resume", dir, "-steps", "6", "-lr", "0.5")
	if code != exitDone || !strings.Contains(stderr, "resuming after step 4") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var kinds []string
	for _, e := range untimed(t, dir) {
		switch e := e.(type) {
		case *run.Start:
			kinds = append(kinds, "start")
			if e.Recipe.Steps != 6 || e.Recipe.LearningRate != 0.001 {
				t.Errorf("the recipe became %+v", e.Recipe)
			}
		case *run.Metric:
			kinds = append(kinds, fmt.Sprint("metric ", e.Step))
		case *run.Rate:
			kinds = append(kinds, fmt.Sprint("rate ", e.LearningRate, " at ", e.Step))
		case *run.End:
			kinds = append(kinds, fmt.Sprint("end ", e.Steps))
		}
	}
	want := []string{"start", "metric 0", "metric 2", "metric 4", "rate 0.5 at 4", "metric 6", "end 6"}
	if !slices.Equal(kinds, want) {
		t.Errorf("the log has %q, want %q", kinds, want)
	}
}

// A run of when recipes named an architecture, testdata/version1 (two recurrent units, exact, 4 steps), is resumed as if it had
// been begun today.
func TestResumeVersion1(t *testing.T) {
	old, whole := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "whole")
	if err := os.CopyFS(old, os.DirFS(filepath.Join("testdata", "version1"))); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := cli(t, t.Context(), "train", "-resume", old, "-steps", "6"); code != exitDone {
		t.Fatal(stderr)
	}
	settings := "train mnist-rnn-32 -units 2 -holdout 100 -batch 8 -eval-every 2 -exact -steps 6 -out " + whole
	if _, stderr, code := cli(t, t.Context(), strings.Fields(settings)...); code != exitDone {
		t.Fatal(stderr)
	}
	last := func(dir string) string {
		events := untimed(t, dir)
		return events[len(events)-1].(*run.End).WeightsSHA256
	}
	if got, want := last(old), last(whole); got != want {
		t.Errorf("weights %s, want %s", got, want)
	}
}

// The bound of a run's snapshots still applies when it is resumed, unless another is given.
func TestTheBoundOfSnapshotsIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	for _, c := range []struct {
		args []string
		want int // snapshots from then on
	}{
		{[]string{"-net", "dense 4", "-dataset", "mnist", "-batch", "8", "-eval-every", "1", "-steps", "1", "-snapshots", "0", "-out", dir}, 0},
		{[]string{"-resume", dir, "-steps", "2"}, 0},
		{[]string{"-resume", dir, "-steps", "3", "-snapshots", "1"}, 1},
	} {
		if _, stderr, code := cli(t, t.Context(), append([]string{"train"}, c.args...)...); code != exitDone {
			t.Fatalf("%q: %s", c.args, stderr)
		}
		events, err := holding(dir)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range events {
			if _, ok := e.(*run.Snapshot); ok {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%q: %d snapshots, want %d", c.args, n, c.want)
		}
	}
}
