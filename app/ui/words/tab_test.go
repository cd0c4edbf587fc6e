package words_test

import (
	"testing"

	"unpool/app/ui/words"
	"unpool/core/run"
)

func TestTab(t *testing.T) {
	begun := []run.Event{start(), metric(2750, 0.5, 0.5, 0.9714), state(run.Training, 2750)}
	for want, more := range map[string][]run.Event{
		"50\u202f%":                    nil,
		"Paused at 51\u202f%":          {state(run.Paused, 2810)},
		"Stopped: 97.1\u202f% correct": {&run.End{Status: run.Stopped, Steps: 2750}},
		"Stopped":                      {&run.End{Status: run.Stopped, Steps: 2760}}, // not evaluated there
		"Failed":                       {&run.End{Status: run.Failed, Steps: 2750}},
		"Done: 98.0\u202f% correct":    {metric(5500, 0.1, 0.1, 0.98), &run.End{Status: run.Done, Steps: 5500}},
		"Loading":                      {state(run.Loading, 0)},
		"Compiling":                    {state(run.Compiling, 0)},
	} {
		if got := words.Tab(view(append(begun[:3:3], more...)...)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := words.Tab(view()); got != "" {
		t.Errorf("a tab without a run says %q", got)
	}
}
