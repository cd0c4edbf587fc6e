package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/run"
)

// smallSweep is a sweep file of n points that takes seconds.
func smallSweep(n, seeds int, more string) string {
	var rates []string
	for i := range n {
		rates = append(rates, fmt.Sprint(0.001*float64(1+i*i)))
	}
	return fmt.Sprintf(`{"base": "mnist-rnn-32", "grid": {"learning_rate": [%s]}, "seeds": %d,
		"change": {"holdout": 100, "steps": 18, "eval_every": 4, "batch": 8, "exact": true, "net": "rnn 4, dropout 0.1", "schedule": "cosine"}%s}`,
		strings.Join(rates, ", "), seeds, more)
}

const smallASHA = `, "asha": {"min_steps": 2, "eta": 3}`

func (s *server) begin(file string) (id string) {
	s.t.Helper()
	var made api.Made
	s.must(&made, "POST", api.Sweeps, api.NewSweep{File: json.RawMessage(file), Name: "a small one"})
	return made.ID
}

func (s *server) tell(id string, do api.SweepVerb) {
	s.t.Helper()
	s.must(nil, "POST", api.SweepCommands(id), api.SweepCommand{Do: do})
}

func (s *server) sweep(id string) (one api.Sweep) {
	s.t.Helper()
	s.must(&one, "GET", api.SweepPath(id), nil)
	return one
}

// wait waits for a sweep to be as is says.
func (s *server) wait(id string, is func(api.Sweep) bool) (one api.Sweep) {
	s.t.Helper()
	for until := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		one = s.sweep(id)
		if is(one) {
			return one
		}
		if time.Now().After(until) {
			s.t.Fatalf("the sweep has come to %+v\n%s", one.SweepSummary, s.stderr)
		}
	}
}

func ended(one api.Sweep) bool { return !one.Ended.IsZero() }

// log is what a run's log has.
func (s *server) log(id string) (all []run.Record) {
	s.t.Helper()
	_, text := s.ask("GET", api.Log(id, 1), nil)
	for line := range strings.Lines(string(text)) {
		r, err := run.UnmarshalRecord([]byte(line))
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// A sweep with ASHA through queue and store: runs are parked at their rungs and resumed there, the rest is stopped for good, and the best has the weights of a run of
// its own.
func TestSweepThroughTheQueue(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir, "-data", smallMNIST(t))
	var id string
	changes := 0
	s.follow("", func(string) { id = s.begin(smallSweep(9, 1, smallASHA)) }, func(e event) bool {
		if e.Sweep != id {
			return true
		}
		changes++
		return changes < 2 // it is made, and it ends
	})
	one := s.wait(id, ended)
	if one.State != api.SweepDone || one.Points != 9 || one.Seeds != 1 || fmt.Sprint(one.Rungs, one.Eta) != "[2 6 18] 3" || one.Whole != 9*18 || one.Name != "a small one" {
		t.Errorf("the sweep is %+v", one.SweepSummary)
	}
	steps, at := int64(0), [3]int{}
	for _, p := range one.All {
		r := p.Runs[0]
		steps += int64(r.Step)
		at[p.Rung]++
		if r.Step != one.Rungs[p.Rung] || len(r.Rungs) != min(p.Rung+1, 2) {
			t.Errorf("a run of rung %d took %d steps, and was parked at %v", p.Rung, r.Step, r.Rungs)
		}
		// No step is taken twice: each resumption begins where the last rung was, and no evaluation is repeated.
		var starts, measured []int
		var end *run.End
		for _, rec := range s.log(r.ID) {
			switch e := rec.Event.(type) {
			case *run.Start:
				starts = append(starts, e.Step)
			case *run.Metric:
				measured = append(measured, e.Step)
			case *run.End:
				end = e
			}
		}
		if want := append([]int{0}, one.Rungs...)[:p.Rung+1]; fmt.Sprint(starts) != fmt.Sprint(want) {
			t.Errorf("a run of rung %d began at %v, want %v", p.Rung, starts, want)
		}
		if want := map[int]string{0: "[0 2]", 1: "[0 2 4 6]", 2: "[0 2 4 6 8 12 16 18]"}[p.Rung]; fmt.Sprint(measured) != want {
			t.Errorf("a run of rung %d was measured at %v, want %s", p.Rung, measured, want)
		}
		switch {
		case end == nil:
			t.Errorf("the run %s has no end", r.ID)
		case p.Rung == 2 && (r.Phase != run.Done || end.Status != run.Done):
			t.Errorf("a run of the last rung is %s", r.Phase)
		case p.Rung < 2 && (r.Phase != run.Stopped || end.Reason != r.Why || !strings.HasPrefix(r.Why, fmt.Sprintf("stopped by the sweep at rung %d: ", p.Rung+1))):
			t.Errorf("a run of rung %d is %s: %q", p.Rung, r.Phase, r.Why)
		}
	}
	if at[2] < 1 || at[1]+at[2] < 3 || at[0] < 3 || steps != one.Steps {
		t.Errorf("%v points came to the rungs, with %d steps; the sweep says %d", at, steps, one.Steps)
	}
	best := one.All[one.Best.Point]
	if best.Rank != 1 || best.Rung != 2 || one.Best.Test == nil || one.Best.TestN != 250 || one.Best.Accuracy != best.Accuracy {
		t.Errorf("the best is %+v, %+v", one.Best, best)
	}
	var sum, alone run.Summary
	s.must(&sum, "GET", api.Run(best.Runs[0].ID), nil)
	alone = s.until(s.create(sum.Recipe), run.Done)
	if sum.Sweep != id || alone.Sweep != "" || sum.SHA256 == "" || alone.SHA256 != sum.SHA256 {
		t.Errorf("promoted twice it has the weights %s, trained at once %s; it names the sweep %q", sum.SHA256, alone.SHA256, sum.Sweep)
	}
	stdout := done(t, dir, "sweeps", id)
	if !strings.Contains(stdout, "Its test accuracy, which was not used in any choice") || strings.Count(stdout, "| 1 of 3 |") != at[0] {
		t.Errorf("serve sweeps ID says\n%s", stdout)
	}
	to := filepath.Join(t.TempDir(), "to")
	done(t, dir, "sweeps", id, "-to", to)
	csv, err := os.ReadFile(filepath.Join(to, "sweep.csv"))
	if err != nil || !strings.HasPrefix(string(csv), "rank,learning_rate,best,") || strings.Count(string(csv), "\n") != 10 {
		t.Errorf("the table is %s, %v", csv, err)
	}
	if stdout := done(t, dir, "sweeps"); !strings.Contains(stdout, id) || !strings.Contains(stdout, "done") {
		t.Errorf("serve sweeps says %s", stdout)
	}
}

// outcome is the result of a sweep, without what differs from one time to another.
func (s *server) outcome(id string) (lines []string) {
	for _, p := range s.sweep(id).All {
		for _, r := range p.Runs {
			var sum run.Summary
			s.must(&sum, "GET", api.Run(r.ID), nil)
			line := fmt.Sprint(p.Values, r.Seed, r.Phase, r.Step, r.Best.Accuracy, sum.SHA256, r.Why)
			for _, at := range r.Rungs {
				line += fmt.Sprint(" ", at.Step, at.Accuracy)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// A sweep whose server is killed again and again has the same outcome as one that is left alone, to the last bit.
func TestSweepSurvivesKills(t *testing.T) {
	data := smallMNIST(t)
	file := smallSweep(6, 2, smallASHA)
	s := keeping(t, t.TempDir(), "-data", data)
	id := s.begin(file)
	s.wait(id, ended)
	want := s.outcome(id)
	s.stop()

	dir := t.TempDir()
	random := rand.New(rand.NewPCG(5, 5))
	id = ""
	for range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-addr", "127.0.0.1:0", "-store", dir, "-backend", "wasm", "-data", data)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		_, url, ok := strings.Cut(strings.TrimSpace(line), "Unpool is at ")
		if err != nil || !ok {
			t.Fatalf("it says %q, %s", line, &stderr)
		}
		killed := &server{t: t, url: url, stderr: &said{}}
		if id == "" {
			id = killed.begin(file)
		}
		left := 1 + random.IntN(14) // events until the kill
		killed.follow("", nil, func(e event) bool {
			if e.Record != nil || e.Sweep != "" {
				left--
			}
			return left > 0 && !ended(killed.sweep(id))
		})
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // says that it was killed
	}
	s = keeping(t, dir, "-data", data)
	s.wait(id, ended)
	got := s.outcome(id)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("after kills it is\n%s, want\n%s", got[i], want[i])
		}
	}
}

// A run that a person asks for comes before the next run of a sweep.
func TestSingleRunsComeBeforeSweeps(t *testing.T) {
	s := keeping(t, t.TempDir(), "-data", smallMNIST(t))
	id := s.begin(smallSweep(60, 9, ""))
	s.wait(id, func(one api.Sweep) bool { return one.Runs[run.Done] > 0 })
	single := s.create(small(4))
	sum := s.until(single, run.Done)
	after := 0
	for _, p := range s.sweep(id).All {
		for _, r := range p.Runs {
			var other run.Summary
			if r.Phase == "" {
				continue
			}
			s.must(&other, "GET", api.Run(r.ID), nil)
			if log := s.log(r.ID); len(log) > 0 && log[0].Time.After(sum.Created) && log[0].Time.Before(sum.Updated) {
				after++
			}
		}
	}
	if after > 0 {
		t.Errorf("%d runs of the sweep began while the single run was in training", after)
	}
	s.must(nil, "DELETE", api.SweepPath(id), nil)
}

// A sweep is paused, gets more seeds, continues, is stopped and deleted; commands out of turn are refused.
func TestSweepCommands(t *testing.T) {
	dir := t.TempDir()
	s := keeping(t, dir, "-data", smallMNIST(t))
	id := s.begin(smallSweep(4, 1, ""))
	s.tell(id, api.PauseSweep)
	idle := func(one api.Sweep) bool { return one.Runs[""]+one.Runs[run.Done] == one.Points*one.Seeds }
	paused := s.wait(id, idle)
	if paused.State != api.SweepPaused || paused.Runs[""] == 0 {
		t.Fatalf("paused it is %+v", paused.SweepSummary)
	}
	time.Sleep(300 * time.Millisecond) // in which nothing begins
	if now := s.sweep(id); now.Runs[""] != paused.Runs[""] {
		t.Errorf("while it is paused %d runs have begun", paused.Runs[""]-now.Runs[""])
	}
	seeds := 2
	s.must(nil, "PATCH", api.SweepPath(id), api.SweepChange{Seeds: &seeds})
	s.tell(id, api.ContinueSweep)
	one := s.wait(id, ended)
	if one.Runs[run.Done] != 8 || one.All[0].N != 2 || one.All[0].Deviation == 0 && one.All[1].Deviation == 0 {
		t.Errorf("with two seeds it is %+v", one)
	}
	seeds = 3
	s.must(nil, "PATCH", api.SweepPath(id), api.SweepChange{Seeds: &seeds}) // it was done
	if one = s.wait(id, ended); one.Runs[run.Done] != 12 {
		t.Errorf("with three seeds it is %+v", one.SweepSummary)
	}
	fewer, name := 2, strings.Repeat("x", 101)
	for _, c := range []struct {
		status int
		method string
		path   string
		body   any
	}{
		{http.StatusUnprocessableEntity, "PATCH", api.SweepPath(id), api.SweepChange{Seeds: &fewer}},
		{http.StatusUnprocessableEntity, "PATCH", api.SweepPath(id), api.SweepChange{Points: &seeds}},
		{http.StatusUnprocessableEntity, "PATCH", api.SweepPath(id), api.SweepChange{Name: &name}},
		{http.StatusConflict, "POST", api.SweepCommands(id), api.SweepCommand{Do: api.StopSweep}},
		{http.StatusUnprocessableEntity, "POST", api.Sweeps, `{"file": {"base": "mnist-rnn-32"}}`},
		{http.StatusUnprocessableEntity, "POST", api.Sweeps, `{"file": 3}`},
		{http.StatusUnprocessableEntity, "POST", api.Sweeps, `{}`},
		{http.StatusConflict, "POST", api.Sweeps, `{"file": {"base": "mnist-rnn-32", "change": {"dataset": "emnist-letters", "holdout": 5}, "grid": {"batch": [1]}}}`},
		{http.StatusNotFound, "DELETE", api.SweepPath("none"), nil},
		{http.StatusNotFound, "POST", api.SweepCommands("none"), api.SweepCommand{Do: api.StopSweep}},
	} {
		if status, text := s.ask(c.method, c.path, c.body); status != c.status || !strings.Contains(string(text), `"detail"`) {
			t.Errorf("%s %s: %d, %s, want %d", c.method, c.path, status, text, c.status)
		}
	}
	single := one.All[0].Runs[0].ID
	s.must(nil, "DELETE", api.Run(single), nil) // which is allowed, since the sweep is over

	other := s.begin(smallSweep(9, 2, strings.ReplaceAll(smallASHA, "2", "3")))
	s.wait(other, func(one api.Sweep) bool { return one.Runs[run.Parked] > 1 })
	var parked string
	for _, p := range s.sweep(other).All {
		if p.Runs[0].Phase == run.Parked {
			parked = p.Runs[0].ID
		}
	}
	if status, text := s.ask("DELETE", api.Run(parked), nil); status != http.StatusConflict || !strings.Contains(string(text), "belongs to the sweep") {
		t.Errorf("to delete a run of a sweep: %d, %s", status, text)
	}
	if status, text := s.ask("POST", api.Commands(parked), control.Command{Do: control.Stop}); status != http.StatusConflict {
		t.Errorf("to stop a parked run: %d, %s", status, text)
	}
	s.tell(other, api.StopSweep)
	stopped := s.wait(other, ended)
	if stopped.State != api.SweepStopped || stopped.Runs[run.Parked] != 0 || stopped.Runs[run.Stopped] < 2 {
		t.Errorf("stopped it is %+v", stopped.SweepSummary)
	}
	if status, text := s.ask("PATCH", api.SweepPath(other), api.SweepChange{Seeds: &seeds}); status != http.StatusConflict || !strings.Contains(string(text), `start a new sweep"`) {
		t.Errorf("to add to a sweep that was stopped: %d, %s", status, text)
	}
	var before api.List
	s.must(&before, "GET", api.Runs, nil)
	s.follow("", func(string) { done(t, dir, "sweeps", "rm", id, other) }, func(e event) bool { return !(e.Sweep != "" && e.Deleted) })
	for until := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var all api.List
		s.must(&all, "GET", api.Runs, nil)
		if len(all.Runs) == 0 && len(before.Runs) > 12 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d runs are left of %d", len(all.Runs), len(before.Runs))
		}
	}
	var list api.SweepList
	if s.must(&list, "GET", api.Sweeps, nil); len(list.Sweeps) > 0 {
		t.Errorf("%+v are left", list)
	}
}

// A file is sent to the server by -queue; one with asha needs that.
func TestSweepCommandLine(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "rates.json")
	if err := os.WriteFile(file, []byte(smallSweep(3, 1, smallASHA)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := cli(t, t.Context(), "sweep", file); code != exitUsage || !strings.Contains(stderr, "-queue") {
		t.Errorf("without -queue: %d, %s", code, stderr)
	}
	if stdout := done(t, t.TempDir(), "sweep", file, "-queue", "-data", smallMNIST(t), "-backend", "wasm"); !strings.Contains(stdout, "# Sweep rates") {
		t.Errorf("without a server: %s", stdout)
	}
	s := keeping(t, dir, "-data", smallMNIST(t))
	id := strings.TrimSpace(done(t, dir, "sweep", file, "-queue"))
	if one := s.wait(id, ended); one.Name != "rates" {
		t.Errorf("it is called %q", one.Name)
	}
	s.stop()
	if stdout := done(t, dir, "sweeps", id); !strings.Contains(stdout, "# Sweep rates") { // the store is read without a server
		t.Errorf("%s", stdout)
	}
	for _, c := range [][]string{{"pause", id}, {"pause"}, {"add", id}, {"add", id, "-points", "9"}, {id, "more"}, {"none"}} {
		if _, stderr, code := asked(t, t.Context(), dir, append([]string{"sweeps"}, c...)...); code != exitUsage {
			t.Errorf("serve sweeps %v: %d, %s", c, code, stderr)
		}
	}
	done(t, dir, "sweeps", "add", id, "-seeds", "2")
	if stdout := done(t, dir, "sweeps", id); !strings.Contains(stdout, "2 of each") {
		t.Errorf("with another seed of each point it is %s", stdout)
	}
}
