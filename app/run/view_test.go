package run_test

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"unpool/app/number"
	"unpool/app/run"
	"unpool/core/event"
	"unpool/core/recipe"
)

func start() *event.Start {
	return &event.Start{
		Version: event.Version, Where: event.Where{Backend: "go", Tier: "1 thread"}, TrainSize: 60000, TestSize: 10000,
		Recipe: recipe.Recipe{
			Version: recipe.Version, Net: "rnn 128", Dataset: recipe.MNIST, Optimizer: recipe.Adam,
			LearningRate: 0.001, Batch: 128, Steps: 5500, Seed: 1, EvalEvery: 50, Eval: recipe.EvalSample,
		},
	}
}

func state(s string, step int) *event.State { return &event.State{State: s, Step: step} }

// metric is an evaluation on 1,000 images.
func metric(step int, trainLoss, testLoss, testAccuracy float64) *event.Metric {
	return &event.Metric{
		Step: step, Seconds: float64(step),
		Train: event.Measure{Loss: trainLoss, Accuracy: testAccuracy, N: 1000},
		Test:  event.Measure{Loss: testLoss, Accuracy: testAccuracy, N: 1000},
	}
}

func view(events ...event.Event) *run.View {
	v := &run.View{}
	for _, e := range events {
		v.Apply(e)
	}
	return v
}

// A run's log, written out and read back, must draw the run as its events did.
func TestALogAloneRedrawsARun(t *testing.T) {
	log := []event.Event{
		state(event.StateLoading, 0), start(), state(event.StateCompiling, 0), metric(0, 2.3, 2.31, 0.1),
		state(event.StateTraining, 0),
		&event.Progress{Step: 49, Loss: 1.2, ImagesPerSecond: 260, Seconds: 24, SecondsLeft: 2600},
		metric(50, 1.1, 1.2, 0.6),
		&event.Weights{Step: 50, Layer: "rnn", Count: 1, Height: 1, Width: 2, Channels: 1, Scale: 0.3, Pixels: event.Int8s{-127, 4}},
		&event.Rate{Step: 60, LearningRate: 0.0005},
		state(event.StatePaused, 60), &event.End{Status: event.StatusStopped, Steps: 60, Seconds: 30},
	}
	var file bytes.Buffer
	for _, e := range log {
		line, err := event.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	redrawn := &run.View{}
	for line := range bytes.Lines(file.Bytes()) {
		e, err := event.Unmarshal(line)
		if err != nil {
			t.Fatal(err)
		}
		redrawn.Apply(e)
	}
	live := view(log...)
	if !reflect.DeepEqual(redrawn, live) {
		t.Errorf("redrawn:\n%+v\nlive:\n%+v", redrawn, live)
	}
	if live.Phase != run.Stopped || live.Step != 60 || len(live.Metrics) != 2 || live.LearningRate != 0.0005 {
		t.Errorf("the view is %+v", live)
	}
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		last event.Event
		want run.Phase
	}{
		{state(event.StateLoading, 0), run.Loading},
		{state(event.StateCompiling, 0), run.Compiling},
		{state(event.StateTraining, 1), run.Running},
		{state(event.StateEvaluating, 50), run.Evaluating},
		{state(event.StatePaused, 50), run.Paused},
		{state("dreaming", 50), run.Running},
		{&event.End{Status: event.StatusDone}, run.Done},
		{&event.End{Status: event.StatusStopped}, run.Stopped},
		{&event.End{Status: event.StatusFailed}, run.Failed},
		{&event.End{Status: "eaten"}, run.Failed},
		{start(), run.Loading},
	} {
		if got := view(start(), state(event.StateTraining, 0), c.last).Phase; got != c.want {
			t.Errorf("after %+v the phase is %q, want %q", c.last, got, c.want)
		}
	}
}

func TestTheFinalEvaluationReplacesTheSampledOne(t *testing.T) {
	final := metric(100, 0.1, 0.1, 0.95)
	final.Test.N, final.Final = 10000, true
	v := view(start(), metric(50, 1, 1, 0.5), metric(100, 0.2, 0.2, 0.9), final)
	if last, _ := v.Latest(); len(v.Metrics) != 2 || last.Test.N != 10000 {
		t.Errorf("metrics are %+v", v.Metrics)
	}
}

func TestANewStartForgetsTheLastRun(t *testing.T) {
	v := view(start(), metric(50, 1, 1, 0.5), &event.End{Status: event.StatusFailed, Error: "no"}, start())
	if want := view(start()); !reflect.DeepEqual(v, want) {
		t.Errorf("got %+v", v)
	}
}

func TestFailure(t *testing.T) {
	if f := view(start()).Failure(); f != nil {
		t.Errorf("a run under way failed: %+v", f)
	}
	got := view(&event.End{
		Status: event.StatusFailed, Error: "the backend lacks MaxPool\nat node 3\nat node 4", Hint: "choose another net",
	}).Failure()
	want := &run.Failure{What: "The backend lacks MaxPool.", Hint: "Choose another net.", Details: "at node 3\nat node 4"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if f := view(&event.End{Status: event.StatusFailed}).Failure(); f.What == "" || f.Hint == "" {
		t.Errorf("a failure without words: %+v", f)
	}
}

func TestSentence(t *testing.T) {
	training := state(event.StateTraining, 0)
	rising := []event.Event{start(), training}
	flat, overfitting, falling := rising, rising, rising
	for i := 1; i <= 20; i++ {
		step, x := 50*i, float64(i)
		rising = append(rising, metric(step, 1/x, 1.1/x, 0.9+0.004*x))
		flat = append(flat, metric(step, 0.1, 0.1, 0.97+0.0005*float64(i%2)))
		overfitting = append(overfitting, metric(step, 0.1/x, 0.1+0.01*x, 0.97))
		falling = append(falling, metric(step, 0.1, 0.1, 0.97-0.004*x))
	}
	nan := []event.Event{start(), training, metric(50, 1, 1, 0.5), metric(100, math.NaN(), math.NaN(), 0.1)}
	for _, c := range []struct {
		name   string
		events []event.Event
		want   string
	}{
		{"empty", nil, ""},
		{"loading", []event.Event{state(event.StateLoading, 0)}, "Loading the training program and the images."},
		{"loading bytes", []event.Event{&event.State{State: "loading", Done: 1_200_000, Total: 11_600_000, Unit: "bytes"}},
			"Loading: 1.2 MB of 11.6 MB."},
		{"loading, size unknown", []event.Event{&event.State{State: "loading", Done: 1_200_000, Unit: "bytes"}},
			"Loading: 1.2 MB so far."},
		{"compiling", []event.Event{start(), state(event.StateCompiling, 0)}, "Compiling: building the training step for this net."},
		{"before any evaluation", []event.Event{start(), training},
			"Just started: the first evaluation comes within 50 steps."},
		{"untrained", []event.Event{start(), training, metric(0, 2.3, 2.3, 0.068)},
			"Just started: untrained, it gets 6.8 % of 1 000 test images right; the next evaluation comes at step 50."},
		{"one evaluation", []event.Event{start(), training, metric(50, 1, 1, 0.6)},
			"Just started: 60.0 % of 1 000 test images right at step 50."},
		{"two evaluations", []event.Event{start(), training, metric(50, 1, 1, 0.6), metric(100, 1, 1, 0.7)},
			"Still learning: test accuracy rose 10.0 points in the last 50 steps."},
		{"rising", rising, "Still learning: test accuracy rose 4.0 points in the last 500 steps."},
		{"flat", flat, "Flat: test accuracy changed by less than 0.2 points in the last 500 steps."},
		{"overfitting", overfitting, "Overfitting: in the last 500 steps training loss fell to 0.00500 while test loss rose to 0.300."},
		{"falling", falling, "Test accuracy fell 4.0 points in the last 500 steps; training accuracy is 89.0 %."},
		{"evaluating keeps the trend", append(rising[:len(rising):len(rising)], state(event.StateEvaluating, 1000)),
			"Still learning: test accuracy rose 4.0 points in the last 500 steps."},
		{"not a number", nan, "The loss is no longer a finite number: a smaller learning rate may help."},
		{"paused", append(rising[:len(rising):len(rising)], state(event.StatePaused, 1003)),
			"Paused at step 1 003. Continue, or take one step at a time."},
		{"done", append(rising[:len(rising):len(rising)], &event.End{Status: event.StatusDone, Steps: 1000, Seconds: 2700}),
			"Done: 98.0 % of 1 000 test images right after 1 000 steps, in 45 minutes."},
		{"stopped", append(rising[:len(rising):len(rising)], &event.End{Status: event.StatusStopped, Steps: 1010}),
			"Stopped at step 1 010; at step 1 000, 98.0 % of 1 000 test images right."},
		{"stopped early", []event.Event{start(), &event.End{Status: event.StatusStopped, Steps: 3}},
			"Stopped at step 3, before the first evaluation."},
		{"failed", []event.Event{start(), training, &event.End{Status: event.StatusFailed, Steps: 12}},
			"The run failed at step 12."},
		{"failed at once", []event.Event{&event.End{Status: event.StatusFailed}}, "The run failed before its first step."},
	} {
		got := strings.ReplaceAll(view(c.events...).Sentence(), number.Thin, " ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTableAndCSV(t *testing.T) {
	held := metric(100, 0.25, 0.5, 0.875)
	held.Validation = &event.Measure{Loss: 0.75, Accuracy: 0.5, N: 500}
	v := view(start(), held)
	head, rows := v.Table()
	if len(head) != 11 || len(rows) != 1 || len(rows[0]) != len(head) {
		t.Errorf("table has %d columns and rows %q", len(head), rows)
	}
	want := "step,seconds,train_loss,train_accuracy,train_n,test_loss,test_accuracy,test_n," +
		"validation_loss,validation_accuracy,validation_n\n100,100,0.25,0.875,1000,0.5,0.875,1000,0.75,0.5,500\n"
	if got := v.CSV(); got != want {
		t.Errorf("csv is\n%s\nwant\n%s", got, want)
	}
	if got := view(start(), metric(50, 1, 1, 0.5)).CSV(); strings.Contains(got, "validation") {
		t.Errorf("validation without a holdout:\n%s", got)
	}
}

// A run that is resumed keeps the curves up to that step; any other Start begins with none.
func TestResumedRun(t *testing.T) {
	events := []event.Event{
		start(), metric(0, 2.3, 2.3, 0.1), &event.Rate{Step: 0, LearningRate: 0.5}, metric(50, 1, 1, 0.5), metric(100, 1, 1, 0.6),
		&event.End{Status: event.StatusStopped, Steps: 120},
	}
	again := start()
	again.Step = 70
	v := view(append(events, again)...)
	if len(v.Metrics) != 2 || v.Metrics[1].Step != 50 || v.Step != 70 || v.LearningRate != 0.5 || v.End != nil || v.Phase != run.Loading {
		t.Errorf("%+v", v)
	}
	v.Apply(metric(100, 1, 1, 0.7))
	if len(v.Metrics) != 3 || v.Metrics[2].Test.Accuracy != 0.7 {
		t.Errorf("%+v", v.Metrics)
	}
	moved := &event.Move{Step: 50, From: event.Where{Backend: "wasm"}, To: event.Where{Backend: "xla:cpu"}}
	if v := view(append(events, again, moved)...); len(v.Moves) != 1 || v.Moves[0] != *moved {
		t.Errorf("moves: %+v", v.Moves)
	}
	if v := view(append(events, start())...); len(v.Metrics) != 0 || v.Step != 0 || v.LearningRate != 0.001 {
		t.Errorf("%+v", v)
	}
	if v := view(again, metric(100, 1, 1, 0.7)); len(v.Metrics) != 1 || v.Step != 100 || v.LearningRate != 0.001 {
		t.Errorf("%+v", v)
	}
}
