//go:build unix

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store/folder"
	"unpool/internal/long"
)

// undisturbed is the outcome of a recipe's run that nothing interrupts.
func undisturbed(t *testing.T, r recipe.Recipe) *run.View {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"train", "mnist-rnn-32", "-exact", "-backend", "wasm", "-out", dir}
	for name, value := range map[string]any{"-seed": r.Seed, "-steps": r.Steps, "-eval-every": r.EvalEvery, "-batch": r.Batch} {
		args = append(args, name, fmt.Sprint(value))
	}
	if _, stderr, code := cli(t, t.Context(), args...); code != exitDone {
		t.Fatal(stderr)
	}
	runs, name, err := folder.Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	log, err := runs.Read(t.Context(), name, 1)
	if err != nil {
		t.Fatal(err)
	}
	return run.Replay(log)
}

// sameRun reports how a log differs from what its run would have come to undisturbed: "" if each evaluation is in it once, in order, with the same
// figures, and the weights are the same.
func sameRun(log []run.Record, whole *run.View) string {
	v := run.Replay(log)
	for i, r := range log {
		if r.Seq != uint64(i+1) {
			return fmt.Sprintf("event %d is numbered %d", i+1, r.Seq)
		}
	}
	if v.End == nil || v.End.WeightsSHA256 != whole.End.WeightsSHA256 {
		return fmt.Sprintf("it ends with %+v, want the weights %s", v.End, whole.End.WeightsSHA256)
	}
	plain := func(all []run.Evaluation) (out []run.Metric) {
		for _, e := range all {
			e.Seconds = 0
			out = append(out, e.Metric)
		}
		return out
	}
	if a, b := fmt.Sprint(plain(v.Metrics)), fmt.Sprint(plain(whole.Metrics)); a != b {
		return fmt.Sprintf("its evaluations are\n%s, want\n%s", a, b)
	}
	return ""
}

// A worker that is stopped for longer than its lease loses its run to another one, and is refused when it wakes up: it says so, and takes the next.
func TestWorkerIsStopped(t *testing.T) {
	t.Parallel() // it waits most of its time
	l := newLab(t, 1)
	const steps = 100
	whole := undisturbed(t, seeded(1, steps))
	workers := []*process{l.worker("first"), nil}
	id := l.add(seeded(1, steps))
	evaluated := func(times int) func() error {
		return func() error {
			log, err := l.store.Read(t.Context(), id, 1)
			if err != nil {
				return err
			}
			if n := len(run.Replay(log).Metrics); n < times {
				return fmt.Errorf("%d evaluations", n)
			}
			return nil
		}
	}
	l.within("it trains", evaluated(3))
	workers[1] = l.worker("second")
	workers[0].signal(syscall.SIGSTOP)
	log, err := l.store.Read(t.Context(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	l.within("the second takes it over", evaluated(len(run.Replay(log).Metrics)+2))
	workers[0].signal(syscall.SIGCONT)
	l.within("the first says that it lost it", func() error {
		if text := workers[0].stderr.String(); !strings.Contains(text, "another worker has taken it over") {
			return errors.New(text)
		}
		return nil
	})
	next := l.add(seeded(2, 4))
	if differs := sameRun(l.done(id), whole); differs != "" {
		t.Error(differs)
	}
	l.done(next)
	workers[0].stderr.until(t, next, 1)
}

// kind is a way in which the schedule disturbs a process.
type kind struct {
	name string
	do   func(p *process, after time.Duration)
}

var (
	killed = kind{"is killed", func(p *process, after time.Duration) {
		p.kill()
		time.Sleep(after)
		p.start()
	}}
	stopped = kind{"is stopped", func(p *process, after time.Duration) {
		p.signal(syscall.SIGSTOP)
		time.Sleep(lease + after)
		p.signal(syscall.SIGCONT)
	}}
)

// Whatever is killed or stopped, and when: no event is lost or there twice, and each run ends with the weights of one that nothing disturbs.
func TestKillAnything(t *testing.T) {
	t.Parallel() // it waits most of its time
	const seed = 14
	kills := 10
	if long.Tests {
		kills = 100
	}
	t.Logf("seed %d, %d kills", seed, kills)
	random := rand.New(rand.NewPCG(seed, 0))
	const steps = 80
	wholes := []*run.View{undisturbed(t, seeded(1, steps)), undisturbed(t, seeded(2, steps))}
	l := newLab(t, 3)
	workers := []*process{l.worker("a worker"), l.worker("another worker")}
	port := strconv.Itoa(freePorts(t, 1)[0])
	front := begun(t, "the server", asProgram+"=1", "-addr", "127.0.0.1:"+port, "-nats", l.urls, "-backend", "wasm", "-threads", "1")
	heard := l.listen()
	var ids []string
	for i := range kills {
		for len(ids) < 3+i/2 {
			ids = append(ids, l.add(seeded(uint64(1+len(ids)%2), steps)))
		}
		time.Sleep(time.Duration(300+random.IntN(1200)) * time.Millisecond)
		victim, how := workers[random.IntN(2)], killed
		switch k := random.IntN(10); {
		case k < 3:
			how = stopped
		case k < 5:
			victim = front
		case k < 8:
			victim = l.nodes[random.IntN(3)]
		case k < 9:
			victim, how = l.nodes[random.IntN(3)], stopped
		}
		after := time.Duration(random.IntN(1000)) * time.Millisecond
		t.Logf("%s %s for %s", victim.name, how.name, after)
		how.do(victim, after)
	}
	for i, id := range ids {
		log := l.done(id)
		if differs := sameRun(log, wholes[i%2]); differs != "" {
			t.Errorf("run %d of %d, %s: %s", i+1, len(ids), id, differs)
		}
		l.within("all of "+id+" was heard", func() error { return heard.are(id, log) })
	}
	s := &server{t: t, url: "http://127.0.0.1:" + port + "/", stderr: front.stderr}
	for _, id := range ids {
		if sum := s.until(id, run.Done); sum.SHA256 == "" {
			t.Errorf("the server has %+v", sum)
		}
	}
}
