package train

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
)

// kept runs a recipe and returns its checkpoints, each by way of a file.
func kept(t *testing.T, r recipe.Recipe, prepare func(*trial)) []*checkpoint.Checkpoint {
	t.Helper()
	x := newTrial(t, r)
	var all []*checkpoint.Checkpoint
	x.Keep = func(c *checkpoint.Checkpoint) {
		var file bytes.Buffer
		if err := c.Write(&file); err != nil {
			t.Fatal(err)
		}
		read, err := checkpoint.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, read)
	}
	if prepare != nil {
		prepare(x)
	}
	x.run()
	return all
}

// resumed is a trial that starts from a checkpoint.
func resumed(t *testing.T, r recipe.Recipe, from *checkpoint.Checkpoint) *trial {
	t.Helper()
	x := newTrial(t, r)
	o := x.Options
	o.From = from
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	x.Session = s
	return x
}

// From each of a run's checkpoints, another session ends at the same bits and emits the same events on the way.
func TestResume(t *testing.T) {
	for _, optimizer := range []recipe.Optimizer{recipe.Adam, recipe.RMSProp, recipe.SGD, recipe.Momentum} {
		r := small()
		r.Optimizer, r.Shift = optimizer, 2
		if optimizer == recipe.Momentum {
			r.Momentum = 0.9
		}
		whole := newTrial(t, r)
		want := whole.run()
		all := kept(t, r, nil)
		var steps []int
		for _, c := range all {
			steps = append(steps, c.Step)
			x := resumed(t, r, c)
			end := x.run()
			if end.Status != run.Done || end.WeightsSHA256 != want.WeightsSHA256 {
				t.Errorf("%s from step %d: %+v, want the undisturbed run's weights %s", optimizer, c.Step, end, want.WeightsSHA256)
			}
			var missed []run.Event
			for _, e := range whole.events {
				if m, ok := e.(*run.Metric); ok && m.Step > c.Step {
					missed = append(missed, m)
				}
			}
			for i, m := range of[*run.Metric](x.events) {
				m.Seconds = missed[i].(*run.Metric).Seconds
				if *m != *missed[i].(*run.Metric) {
					t.Errorf("%s from step %d: %+v, want %+v", optimizer, c.Step, m, missed[i])
				}
			}
			if got := len(of[*run.Metric](x.events)); got != len(missed) {
				t.Errorf("%s from step %d: %d evaluations, want %d", optimizer, c.Step, got, len(missed))
			}
		}
		if !slices.Equal(steps, []int{0, 3, 6}) {
			t.Errorf("checkpoints of steps %v, want one for each evaluation", steps)
		}
	}
}

// A stop between evaluations loses no step, and one within an evaluation leaves the evaluation to be done.
func TestResumeAfterAStop(t *testing.T) {
	for _, c := range []struct {
		at    int
		steps int
		want  []string
	}{
		{4, 1, []string{"start", "compiling 1", "training 1", "evaluating 3", "metric 3", "weights 3", "training 3",
			"evaluating 6", "metric 6", "weights 6", "end done 6"}},
		{7, 3, []string{"start", "compiling 3", "evaluating 3", "metric 3", "weights 3", "training 3",
			"evaluating 6", "metric 6", "weights 6", "end done 6"}},
		{12, 6, []string{"start", "compiling 6", "evaluating 6", "metric 6", "weights 6", "end done 6"}},
	} {
		all := kept(t, small(), func(x *trial) { x.atWork(c.at, func() { x.Do(do(control.Stop)) }) })
		last := all[len(all)-1]
		if last.Step != c.steps || last.Metric != nil || last.Best == nil {
			t.Errorf("stopped at %d: step %d, metric %v, best %v", c.at, last.Step, last.Metric, last.Best)
		}
		x := resumed(t, small(), last)
		if end := x.run(); end.WeightsSHA256 != hash(t, small()) || end.Seconds <= last.Seconds {
			t.Errorf("stopped at %d, resumed: %+v", c.at, end)
		}
		expect(t, x.events, c.want...)
	}
}

// A run that is parked at a step was measured there and has no end; another session resumes it from its checkpoint, repeats no step, and ends with the bits of
// one that was not parked: dropout, shifts and the schedule's length are those of the whole run.
func TestParked(t *testing.T) {
	r := small()
	r.Net, r.Shift, r.Schedule = "rnn 6, dropout 0.3", 2, recipe.Cosine
	want := hash(t, r)
	for _, until := range []int{2, 3} { // between evaluations, and at one
		x := newTrial(t, r)
		var last *checkpoint.Checkpoint
		x.Until, x.Keep = until, func(c *checkpoint.Checkpoint) { last = clone(c) }
		if err := x.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(t, x.events, "start", "compiling 0", "evaluating 0", "metric 0", "weights 0", "training 0",
			fmt.Sprint("evaluating ", until), fmt.Sprint("metric ", until), fmt.Sprint("weights ", until))
		if last.Step != until || last.Metric == nil {
			t.Fatalf("parked at step %d, measured as %v", last.Step, last.Metric)
		}
		x = resumed(t, r, last)
		if end := x.run(); end.WeightsSHA256 != want {
			t.Errorf("parked at %d, promoted: %+v, want the weights %s", until, end, want)
		}
		if got := outline(x.events)[:3]; got[2] != fmt.Sprint("training ", until) {
			t.Errorf("parked at %d, it continues %q", until, got)
		}
	}
}

// A run that is done can be made longer; it ends as if it had had that length from the start.
func TestResumeForMoreSteps(t *testing.T) {
	all := kept(t, small(), nil)
	longer := small()
	longer.Steps, longer.EvalEvery = 10, 5
	x := resumed(t, longer, all[len(all)-1])
	if end := x.run(); end.WeightsSHA256 != hash(t, longer) {
		t.Errorf("end: %+v", end)
	}
	expect(t, x.events, "start", "compiling 6", "training 6", "evaluating 10", "metric 10", "weights 10", "end done 10")
}

// The learning rate in use is part of the state.
func TestResumeAtTheRateInUse(t *testing.T) {
	change := func(x *trial) {
		x.atWork(3, func() { x.Do(control.Command{Do: control.SetRate, LearningRate: 0.02}) })
	}
	x := newTrial(t, small())
	change(x)
	want := x.run().WeightsSHA256
	if want == hash(t, small()) {
		t.Fatal("the rate changes nothing")
	}
	if got := resumed(t, small(), kept(t, small(), change)[1]).run().WeightsSHA256; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestBest(t *testing.T) {
	for _, holdout := range []int{0, 20} {
		r := small()
		r.Steps, r.Holdout = 30, holdout
		var best *run.Metric
		for _, c := range kept(t, r, nil) {
			isBest := run.Better(c.Metric, best)
			if isBest {
				best = c.Metric
			}
			if c.IsBest() != isBest || c.Best.Step != best.Step || c.Best.Test != best.Test {
				t.Errorf("holdout %d, step %d: is best %v, best %+v, want %v, %+v", holdout, c.Step, c.IsBest(), c.Best, isBest, best)
			}
		}
	}
	// What was best before is remembered.
	all := kept(t, small(), nil)
	all[1].Best.Test.Accuracy = 2
	x := resumed(t, small(), all[1])
	x.Keep = func(c *checkpoint.Checkpoint) {
		if c.Best.Step != all[1].Best.Step || c.IsBest() {
			t.Errorf("step %d: best %+v", c.Step, c.Best)
		}
	}
	x.run()
}

func TestCheckpointBeforeRun(t *testing.T) {
	x := newTrial(t, small())
	if _, err := x.Checkpoint(); err == nil || !strings.Contains(err.Error(), "has not started") {
		t.Error(err)
	}
	x.run()
	if c, err := x.Checkpoint(); err != nil || c.Step != 6 || c.Metric == nil || !c.Metric.Final {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestResumeRefuses(t *testing.T) {
	good := kept(t, small(), nil)[1]
	for _, c := range []struct {
		name   string
		change func(*Options, *checkpoint.Checkpoint)
		says   string
	}{
		{"fewer steps", func(o *Options, _ *checkpoint.Checkpoint) { o.Recipe.Steps = 2 }, "steps: 3 have been done, so it cannot be 2"},
		{"another seed", func(o *Options, _ *checkpoint.Checkpoint) { o.Recipe.Seed = 9 }, "seed: it was 1 and cannot be changed to 9"},
		{"a holdout", func(o *Options, _ *checkpoint.Checkpoint) { o.Recipe.Holdout = 9 }, "holdout: it was unset and cannot be changed to 9"},
		{"two changes", func(o *Options, _ *checkpoint.Checkpoint) { o.Recipe.Batch, o.Recipe.Exact = 4, true }, "exact: it was unset and cannot be changed to true"},
		{"an optimiser without a tensor", func(_ *Options, c *checkpoint.Checkpoint) { drop(c, "/global_step") }, "no tensor /global_step"},
		{"a tensor too many", func(_ *Options, c *checkpoint.Checkpoint) {
			c.Tensors = append(c.Tensors, checkpoint.Tensor{Name: "/surprise", DType: checkpoint.Float32, Shape: []int{1}, Data: make([]byte, 4)})
		}, "tensor /surprise"},
		{"a net without a tensor", func(_ *Options, c *checkpoint.Checkpoint) { drop(c, "/rnn/bias") }, "no tensor /rnn/bias"},
		{"another shape", func(_ *Options, c *checkpoint.Checkpoint) { tensor(c, "/rnn/bias").Shape = []int{2, 3} },
			"/rnn/bias is F32[2 3], the net's is F32[6]"},
		{"another type", func(_ *Options, c *checkpoint.Checkpoint) { tensor(c, "/rnn/bias").DType = checkpoint.Int32 },
			"/rnn/bias is I32[6], the net's is F32[6]"},
	} {
		o := Options{Backend: newSpy(), Recipe: small(), Data: bars(120, 300), Emit: func(run.Event) {}}
		o.From = clone(good)
		c.change(&o, o.From)
		if s, err := New(o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
			if err == nil {
				s.Close()
			}
		}
	}

	problem := compatible(good, recipe.Recipe{Net: "x"})
	var field *recipe.FieldError
	if !errors.As(problem, &field) {
		t.Errorf("%v names no field", problem)
	}
}

func clone(c *checkpoint.Checkpoint) *checkpoint.Checkpoint {
	copied := *c
	copied.Tensors = slices.Clone(c.Tensors)
	return &copied
}

func tensor(c *checkpoint.Checkpoint, name string) *checkpoint.Tensor {
	for i := range c.Tensors {
		if c.Tensors[i].Name == name {
			return &c.Tensors[i]
		}
	}
	panic(fmt.Sprintf("no tensor %s", name))
}

func drop(c *checkpoint.Checkpoint, name string) {
	tensor(c, name) // is there
	c.Tensors = slices.DeleteFunc(c.Tensors, func(t checkpoint.Tensor) bool { return t.Name == name })
}

// The state can be read between two steps, also while the run is paused, without any effect.
func TestCheckpointBetween(t *testing.T) {
	x := newTrial(t, small())
	var saved []int
	save := func() {
		c, err := x.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		saved = append(saved, c.Step)
	}
	x.atWork(4, func() { x.Between(save) }) // before step 2
	x.hook = func(e run.Event) {
		switch e := e.(type) {
		case *run.Metric:
			if e.Step == 3 {
				x.Do(do(control.Pause))
			}
		case *run.State:
			if e.Phase == run.Paused {
				x.Between(func() {
					save()
					x.Do(do(control.Continue))
				})
			}
		}
	}
	if end := x.run(); end.WeightsSHA256 != hash(t, small()) {
		t.Error("saving changed the result")
	}
	if want := []int{1, 3}; !slices.Equal(saved, want) {
		t.Errorf("states of steps %v, want %v", saved, want)
	}
}
