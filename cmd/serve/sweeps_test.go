package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/run"
)

// smallSweep is a file of n points on few images, which takes seconds.
func smallSweep(n, seeds int, asha string) string {
	rates := []string{}
	for i := range n {
		rates = append(rates, "1e-"+strings.Repeat("0", 0)+string(rune('1'+i%9)))
	}
	return `{"base": "mnist-rnn-32", "change": {"holdout": 100, "steps": 18, "eval_every": 4, "batch": 8, "exact": true, "net": "rnn 4", "schedule": "cosine"},
		"grid": {"learning_rate": [` + strings.Join(rates, ", ") + `]}, "seeds": ` + string(rune('0'+seeds)) + asha + `}`
}

const smallASHA = `, "asha": {"min_steps": 2, "eta": 3}`

func (s *server) begin(file string) (id string) {
	s.t.Helper()
	var made api.Made
	s.must(&made, "POST", api.Sweeps, api.NewSweep{File: json.RawMessage(file), Name: "small"})
	return made.ID
}

// wait waits for a sweep to be as is says.
func (s *server) wait(id string, is func(api.Sweep) bool) (one api.Sweep) {
	s.t.Helper()
	for until := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		one = api.Sweep{}
		s.must(&one, "GET", api.SweepPath(id), nil)
		if is(one) {
			return one
		}
		if time.Now().After(until) {
			s.t.Fatalf("the sweep has come to %+v\n%s", one.SweepSummary, s.stderr)
		}
	}
}

func ended(one api.Sweep) bool { return !one.Ended.IsZero() }

func TestSweepThroughTheQueue(t *testing.T) {
	s := keeping(t, t.TempDir(), "-data", smallMNIST(t))
	one := s.wait(s.begin(smallSweep(9, 1, smallASHA)), ended)
	text, _ := json.MarshalIndent(one, "", " ")
	t.Logf("%s\n%s", text, s.stderr)
	if one.State != api.SweepDone || one.Runs[run.Done] < 1 || one.Runs[run.Stopped]+one.Runs[run.Done] != 9 {
		t.Errorf("%+v", one.SweepSummary)
	}
	if status, _ := s.ask("GET", api.SweepPath("none"), nil); status != http.StatusNotFound {
		t.Errorf("a sweep that is not there: %d", status)
	}
}
