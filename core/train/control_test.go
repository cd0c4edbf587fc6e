package train

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

func TestPauseStepContinue(t *testing.T) {
	x := newTrial(t, small())
	script := []control.Verb{control.Step, control.Step, control.Step, control.Continue} // one at each pause
	x.hook = func(e run.Event) {
		switch e := e.(type) {
		case *run.State:
			switch {
			case e.Phase == run.Training && e.Step == 0 && len(script) == 4:
				x.Do(do(control.Pause))
			case e.Phase == run.Paused:
				x.Do(do(script[0]))
				script = script[1:]
			}
		}
	}
	end := x.run()
	expect(t, x.events, "start", "compiling 0", "evaluating 0", "metric 0", "weights 0", "training 0",
		"paused 0", "training 0", "paused 1", "training 1", "paused 2", "training 2",
		"evaluating 3", "metric 3", "weights 3", // a single step includes the evaluation after it
		"training 3", "paused 3", "training 3",
		"evaluating 6", "metric 6", "weights 6", "end done 6")
	var stepped []int
	for _, p := range of[*run.Progress](x.events) {
		stepped = append(stepped, p.Step)
	}
	if len(stepped) < 3 || !slices.Equal(stepped[:3], []int{1, 2, 3}) {
		t.Errorf("progress after steps %v, want one after each single step", stepped)
	}
	if end.WeightsSHA256 != hash(t, small()) {
		t.Error("pauses changed the result")
	}
}

func TestStopIsPrompt(t *testing.T) {
	for _, c := range []struct {
		name string
		at   int
		last string
	}{
		{"in the first evaluation", 2, "end stopped 0"},
		{"at the first step", 3, "end stopped 0"},
		{"between steps", 4, "end stopped 1"},
		{"in a later evaluation", 7, "end stopped 3"},
		{"in the final evaluation", 12, "end stopped 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTrial(t, small())
			x.atWork(c.at, func() { x.Do(do(control.Stop)) })
			end := x.run()
			if lines := outline(x.events); lines[len(lines)-1] != c.last {
				t.Errorf("%v, want %s", lines, c.last)
			}
			if n := x.spy.executions.Load(); int(n) != c.at-1 {
				t.Errorf("%d executions, want none after the %d before the stop", n, c.at-1)
			}
			if len(end.WeightsSHA256) != 64 {
				t.Error("a stopped run keeps what it learned, but its weights have no hash")
			}
			x.Yield = nil
			if end := x.run(); end.Status != run.Done || end.WeightsSHA256 != hash(t, small()) {
				t.Errorf("run again after the stop: %+v, want the undisturbed run's weights", end)
			}
			if m := of[*run.Metric](x.events); len(m) == 0 || !m[len(m)-1].Final {
				t.Error("run again after the stop: no final metric")
			}
		})
	}
}

func TestStopWhilePaused(t *testing.T) {
	for _, at := range []int{2, 4} { // in an evaluation, between steps
		for name, stop := range map[string]func(*trial, context.CancelFunc){
			"command": func(x *trial, _ context.CancelFunc) { go x.Do(do(control.Stop)) },
			"context": func(_ *trial, cancel context.CancelFunc) { go cancel() },
		} {
			x := newTrial(t, small())
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			x.atWork(at, func() { x.Do(do(control.Pause)) })
			x.hook = func(e run.Event) {
				if s, ok := e.(*run.State); ok && s.Phase == run.Paused {
					stop(x, cancel)
				}
			}
			if err := x.Run(ctx); err != nil {
				t.Error(err)
			}
			if end := x.events[len(x.events)-1].(*run.End); end.Status != run.Stopped {
				t.Errorf("%s at %d: %+v", name, at, end)
			}
			cancel()
		}
	}
}

func TestRateChange(t *testing.T) {
	r := small()
	r.Optimizer = recipe.SGD
	x := newTrial(t, r)
	x.hook = func(e run.Event) { // so small that weights no longer change
		if s, ok := e.(*run.State); ok && s.Phase == run.Training && s.Step == 3 {
			x.Do(control.Command{Do: control.SetRate, LearningRate: 1e-30})
			x.Do(control.Command{Do: control.SetRate, LearningRate: math.NaN()}) // ignored
		}
	}
	end := x.run()
	if rates := of[*run.Rate](x.events); len(rates) != 1 || rates[0].Step != 3 || rates[0].LearningRate != 1e-30 {
		t.Errorf("rates: %+v", rates)
	}
	r.Steps = 3
	if end.WeightsSHA256 != hash(t, r) {
		t.Error("the weights changed after step 3")
	}
}
