package train

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
)

// bars is a dataset that a small net learns at once: an image of class c has a bright column at 2c+4, and some noise.
func bars(train, test int) *data.Dataset {
	split := func(n int) data.Split {
		s := data.Split{Images: make([]byte, n*28*28), Labels: make([]byte, n)}
		for i := range n {
			class := i * 7 % 10
			s.Labels[i] = byte(class)
			for row := range 28 {
				line := s.Images[(i*28+row)*28:][:28]
				for col := range line {
					line[col] = byte((i*31 + row*17 + col*7) % 60)
				}
				line[2*class+4] = 255
			}
		}
		return s
	}
	return &data.Dataset{
		Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: strings.Split("0123456789", ""),
		Train: split(train), Test: split(test),
	}
}

func small() recipe.Recipe {
	return recipe.Recipe{
		Version: recipe.Version, Net: "rnn 6", Dataset: recipe.MNIST,
		Optimizer: recipe.Adam, LearningRate: 0.01, Batch: 8, Steps: 6, Seed: 1, EvalEvery: 3, Eval: recipe.EvalSample,
	}
}

// trial is a session whose events are kept. hook, when set, sees each event as it comes.
type trial struct {
	*Session
	t      *testing.T
	spy    *spy
	events []run.Event
	hook   func(run.Event)
}

func newTrial(t *testing.T, r recipe.Recipe) *trial {
	t.Helper()
	x := &trial{t: t, spy: newSpy()}
	s, err := New(Options{Backend: x.spy, Where: run.Where{Backend: "go", Tier: "test"}, Recipe: r, Data: bars(120, 300), Emit: func(e run.Event) {
		if _, err := run.Marshal(e); err != nil {
			t.Errorf("an event that cannot be written: %v", err)
		}
		x.events = append(x.events, e)
		if x.hook != nil {
			x.hook(e)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	x.Session = s
	t.Cleanup(s.Close)
	return x
}

// run runs to the End, which it returns.
func (x *trial) run() *run.End {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	x.events = nil
	err := x.Run(ctx)
	if ctx.Err() != nil {
		x.t.Fatal("the run hangs")
	}
	if _, ok := x.events[0].(*run.Start); !ok {
		x.t.Errorf("the first event is %T", x.events[0])
	}
	for _, e := range x.events[:len(x.events)-1] {
		if _, ok := e.(*run.End); ok {
			x.t.Error("an End before the end")
		}
	}
	end, ok := x.events[len(x.events)-1].(*run.End)
	if !ok {
		x.t.Fatalf("the last event is %T", x.events[len(x.events)-1])
	}
	if (err != nil) != (end.Status == run.Failed) {
		x.t.Errorf("status %s, error %v", end.Status, err)
	}
	return end
}

// of returns the events of one kind.
func of[E run.Event](events []run.Event) (found []E) {
	for _, e := range events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// outline is the events in short, without those that may be dropped.
func outline(events []run.Event) (lines []string) {
	for _, e := range events {
		line := ""
		switch e := e.(type) {
		case *run.Start:
			line = "start"
		case *run.State:
			line = fmt.Sprintf("%s %d", e.Phase, e.Step)
		case *run.Metric:
			line = fmt.Sprintf("metric %d", e.Step)
		case *run.Weights:
			line = fmt.Sprintf("weights %d", e.Step)
		case *run.Rate:
			line = fmt.Sprintf("rate %d", e.Step)
		case *run.End:
			line = fmt.Sprintf("end %s %d", e.Status, e.Steps)
		case *run.Progress:
			continue
		}
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines
}

func expect(t *testing.T, events []run.Event, want ...string) {
	t.Helper()
	if got := outline(events); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// hash is the weights' hash of an undisturbed run.
func hash(t *testing.T, r recipe.Recipe) string {
	t.Helper()
	end := newTrial(t, r).run()
	if end.Status != run.Done {
		t.Fatalf("end: %+v", end)
	}
	return end.WeightsSHA256
}

func do(verb control.Verb) control.Command { return control.Command{Do: verb} }

// atWork calls f before the nth piece of work (step or evaluation batch) of the run, counted from 1. A trial has
// 120 training and 300 test images, so an evaluation is 1 + 2 pieces, and the first, of a smaller sample, 1 + 1; compiling yields once before.
func (x *trial) atWork(n int, f func()) {
	seen := -1
	x.Yield = func() {
		if seen++; seen == n {
			f()
		}
	}
}
