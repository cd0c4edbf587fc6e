package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"unpool/cmd/serve/internal/service"
	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// natsOf is the address of a NATS server that runs until the test ends.
func natsOf(t *testing.T, o natsserver.Options) string {
	t.Helper()
	o.Host, o.Port, o.JetStream, o.StoreDir, o.NoSigs, o.NoLog = "127.0.0.1", natsserver.RANDOM_PORT, true, t.TempDir(), true, true
	s, err := natsserver.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS does not start")
	}
	return s.ClientURL()
}

// working starts a worker, until stop is called.
func working(t *testing.T, args ...string) (stderr *said, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stderr = &said{}
	var stdout bytes.Buffer
	ready, code := make(chan struct{}), make(chan int, 1)
	m := Main{Stdout: &stdout, Stderr: stderr, Ready: func(string) { close(ready) }}
	go func() { code <- m.Run(ctx, append([]string{"worker", "-backend", "wasm"}, args...)) }()
	ended := false
	stop = func() {
		t.Helper()
		if ended {
			return
		}
		ended = true
		cancel()
		if c := <-code; c != exitDone {
			t.Errorf("the worker exited with %d: %s", c, stderr)
		}
	}
	select {
	case <-ready:
	case c := <-code:
		t.Fatalf("the worker exited with %d: %s", c, stderr)
	}
	t.Cleanup(stop)
	return stderr, stop
}

// Two programs train the runs of a cluster; each of them says where a run is trained, and a command sent to one reaches the run at the other. A worker
// that ends leaves its run to others at once.
func TestCluster(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	s := keeping(t, "", "-nats", at)
	first := s.create(small(1_000_000))
	s.until(first, run.Training)
	stderr, stop := working(t, "-nats", at)
	second := s.create(small(1_000_000))
	here := service.Machine()
	for _, id := range []string{first, second} {
		if sum := s.until(id, run.Training); sum.Worker != here {
			t.Errorf("%s is trained by %q, want %q", id, sum.Worker, here)
		}
	}
	stderr.until(t, "run "+second, 1)
	if list := done(t, "", "runs", "-nats", at); strings.Count(list, "training on "+here) != 2 {
		t.Errorf("the runs are\n%s", list)
	}
	s.await(second, "with a snapshot", func(sum run.Summary) bool { return sum.Snapshots > 0 })
	for _, step := range []string{"0", "last"} { // the worker trains it meanwhile
		done(t, "", "look", second, "filters", "-step", step, "-backend", "wasm", "-o", filepath.Join(t.TempDir(), "look"), "-nats", at)
	}
	var machines api.WorkerList // both programs have opened what they train with
	s.must(&machines, "GET", api.Machines, nil)
	trains := map[string]bool{}
	for _, w := range machines.Machines {
		trains[w.Run] = w.Name == here && w.Where.Backend == "wasm" && w.Where.Host == here && w.Where.Threads > 0 && !w.Since.IsZero()
	}
	if len(machines.Machines) != 2 || !trains[first] || !trains[second] {
		t.Errorf("the machines are %+v, want those that train %s and %s", machines.Machines, first, second)
	}
	if list := done(t, "", "machines", "-nats", at); strings.Count(list, here) != 2 || !strings.Contains(list, first) || !strings.Contains(list, second) {
		t.Errorf("the machines are\n%s", list)
	}
	tell := func(id string, c control.Command) { s.must(nil, "POST", api.Commands(id), c) }
	for _, id := range []string{first, second} {
		s.follow("", func(string) { tell(id, control.Command{Do: control.Pause}) }, func(e event) bool {
			return !(e.Run == id && strings.Contains(string(e.Passing), `"paused"`))
		})
		s.follow("", func(string) { tell(id, control.Command{Do: control.SetRate, LearningRate: 0.25}) }, func(e event) bool {
			return !(e.Run == id && strings.Contains(string(e.Record), `"learning_rate":0.25`))
		})
		tell(id, control.Command{Do: control.Continue})
		if status, text := s.ask("DELETE", api.Run(id), nil); status != http.StatusConflict {
			t.Errorf("to delete what is in training: %d, %s", status, text)
		}
	}
	tell(first, control.Command{Do: control.Stop})
	s.until(first, run.Stopped)
	stop()
	for sum := (run.Summary{}); sum.Phase != run.Training; { // here now
		s.must(&sum, "GET", api.Run(second), nil)
	}
	s.must(&machines, "GET", api.Machines, nil)
	if len(machines.Machines) != 1 || machines.Machines[0].Run != second {
		t.Errorf("when a worker has left, the machines are %+v", machines.Machines)
	}
	tell(second, control.Command{Do: control.Stop})
	s.until(second, run.Stopped)
	s.stderr.until(t, "run "+second, 2)
}

// Commands use a cluster as they use a folder's store, without a server that serves the site.
func TestCommandsInACluster(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	working(t, "-nats", at)
	log := done(t, "", "train", "mnist-rnn-32", "-steps", "4", "-eval-every", "2", "-batch", "16", "-queue", "-json", "-nats", at)
	if !strings.HasPrefix(log, `{"type":"start"`) || !strings.Contains(log, `"status":"done"`) {
		t.Errorf("it says %.200s", log)
	}
	list := done(t, "", "runs", "-nats", at)
	id, _, _ := strings.Cut(strings.Split(list, "\n")[1], " ")
	if !strings.Contains(list, "done") {
		t.Errorf("the runs are\n%s", list)
	}
	to := t.TempDir()
	done(t, "", "export", id, "-to", filepath.Join(to, "files"), "-nats", at)
	done(t, "", "look", id, "stats", "-o", filepath.Join(to, "look"), "-nats", at)
	for _, name := range []string{"files/metrics.csv", "look/README.md"} {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil {
			t.Error(err)
		}
	}
	done(t, "", "runs", "rm", id, "-nats", at)
	if list := done(t, "", "runs", "-nats", at); strings.Count(list, "\n") != 1 {
		t.Errorf("the runs are\n%s", list)
	}
}

// Commands to a sweep from a program that trains nothing itself reach those that train its runs.
func TestSweepCommandsInACluster(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	s := keeping(t, "", "-nats", at, "-data", smallMNIST(t))
	id := s.begin(strings.Replace(smallSweep(4, 1, ""), `"steps": 18`, `"steps": 1000000`, 1))
	s.wait(id, func(one api.Sweep) bool { return one.Runs[run.Training] > 0 })
	done(t, "", "sweeps", "stop", id, "-nats", at)
	if one := s.wait(id, ended); one.Runs[run.Training] > 0 {
		t.Errorf("stopped it is %+v", one.SweepSummary)
	}
	done(t, "", "sweeps", "rm", id, "-nats", at)
	for until := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var all api.List
		if s.must(&all, "GET", api.Runs, nil); len(all.Runs) == 0 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("deleted it has still %d runs", len(all.Runs))
		}
	}
}

// A run whose data a machine does not have waits for one that has them, and the next one has its turn.
func TestRunWaitsForData(t *testing.T) {
	at := natsOf(t, natsserver.Options{})
	s := keeping(t, "", "-nats", at)
	r := small(2)
	r.Dataset = recipe.EMNISTLetters
	r.Fit(28, 1, 26)
	waits := s.create(r)
	s.until(s.create(small(2)), run.Done)
	if sum := s.until(waits, run.Waiting); sum.Error != "" {
		t.Errorf("it is %+v", sum)
	}
	s.stderr.until(t, fmt.Sprintf("run %s is left to other machines: EMNIST is not here", waits), 1)
}

// NATS may demand a user's name, which no message repeats.
func TestClusterWithAPassword(t *testing.T) {
	at := natsOf(t, natsserver.Options{Username: "lab", Password: "secret"})
	list := func(url string) (string, int) {
		_, stderr, code := asked(t, t.Context(), "", "runs", "-nats", url)
		return stderr, code
	}
	if stderr, code := list(strings.Replace(at, "nats://", "nats://lab:secret@", 1)); code != exitDone {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	for _, url := range []string{at, strings.Replace(at, "nats://", "nats://lab:wrong@", 1)} {
		if stderr, code := list(url); code != exitFailed || !strings.Contains(stderr, "cannot reach NATS at "+at) || strings.Contains(stderr, "wrong") {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	}
}
