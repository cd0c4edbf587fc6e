package run_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
)

func start() *run.Start {
	return &run.Start{
		Version: run.Version, Where: run.Where{Backend: "go", Tier: "1 thread"}, TrainSize: 60000, TestSize: 10000,
		Recipe: recipe.Recipe{
			Version: recipe.Version, Net: "rnn 128", Dataset: recipe.MNIST, Optimizer: recipe.Adam,
			LearningRate: 0.001, Batch: 128, Steps: 5500, Seed: 1, EvalEvery: 50, Eval: recipe.EvalSample,
		},
	}
}

func state(s run.Phase, step int) *run.State { return &run.State{Phase: s, Step: step} }

// metric is an evaluation on 1,000 images.
func metric(step int, trainLoss, testLoss, testAccuracy float64) *run.Metric {
	return &run.Metric{
		Step: step, Seconds: float64(step),
		Train: run.Measure{Loss: trainLoss, Accuracy: testAccuracy, N: 1000},
		Test:  run.Measure{Loss: testLoss, Accuracy: testAccuracy, N: 1000},
	}
}

func view(events ...run.Event) *run.View {
	v := &run.View{}
	for _, e := range events {
		v.Apply(e)
	}
	return v
}

// A run's log, written out and read back, must draw the run as its events did.
func TestALogAloneRedrawsARun(t *testing.T) {
	log := []run.Event{
		state(run.Loading, 0), start(), state(run.Compiling, 0), metric(0, 2.3, 2.31, 0.1),
		state(run.Training, 0),
		&run.Progress{Step: 49, Loss: 1.2, ImagesPerSecond: 260, Seconds: 24, SecondsLeft: 2600},
		metric(50, 1.1, 1.2, 0.6),
		&run.Weights{Step: 50, Layer: "rnn", Count: 1, Height: 1, Width: 2, Channels: 1, Scale: 0.3, Pixels: run.Int8s{-127, 4}},
		&run.Rate{Step: 60, LearningRate: 0.0005},
		state(run.Paused, 60), &run.End{Status: run.Stopped, Steps: 60, Seconds: 30},
	}
	var file bytes.Buffer
	for _, e := range log {
		line, err := run.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(line, '\n'))
	}
	redrawn := &run.View{}
	for line := range bytes.Lines(file.Bytes()) {
		e, err := run.Unmarshal(line)
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
		last run.Event
		want run.Phase
	}{
		{state(run.Loading, 0), run.Loading},
		{state(run.Compiling, 0), run.Compiling},
		{state(run.Training, 1), run.Training},
		{state(run.Evaluating, 50), run.Evaluating},
		{state(run.Paused, 50), run.Paused},
		{state("dreaming", 50), run.Training},
		{&run.End{Status: run.Done}, run.Done},
		{&run.End{Status: run.Stopped}, run.Stopped},
		{&run.End{Status: run.Failed}, run.Failed},
		{&run.End{Status: "eaten"}, run.Failed},
		{start(), run.Loading},
	} {
		if got := view(start(), state(run.Training, 0), c.last).Phase; got != c.want {
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
	v := view(start(), metric(50, 1, 1, 0.5), &run.End{Status: run.Failed, Error: "no"}, start())
	if want := view(start()); !reflect.DeepEqual(v, want) {
		t.Errorf("got %+v", v)
	}
}

// A run that is resumed keeps the curves up to that step; any other Start begins with none.
func TestResumedRun(t *testing.T) {
	events := []run.Event{
		start(), metric(0, 2.3, 2.3, 0.1), &run.Rate{Step: 0, LearningRate: 0.5}, metric(50, 1, 1, 0.5), metric(100, 1, 1, 0.6),
		&run.End{Status: run.Stopped, Steps: 120},
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
	moved := &run.Move{Step: 50, From: run.Where{Backend: "wasm"}, To: run.Where{Backend: "xla:cpu"}}
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

// CSV has a column for every measure, and validation only where there is one.
func TestCSV(t *testing.T) {
	held := metric(100, 0.25, 0.5, 0.875)
	held.Validation = &run.Measure{Loss: 0.75, Accuracy: 0.5, N: 500}
	v := view(start(), held)
	want := "step,seconds,train_loss,train_accuracy,train_n,test_loss,test_accuracy,test_n," +
		"validation_loss,validation_accuracy,validation_n\n100,100,0.25,0.875,1000,0.5,0.875,1000,0.75,0.5,500\n"
	if got := v.CSV(); got != want {
		t.Errorf("csv is\n%s\nwant\n%s", got, want)
	}
	if got := view(start(), metric(50, 1, 1, 0.5)).CSV(); strings.Contains(got, "validation") {
		t.Errorf("validation without a holdout:\n%s", got)
	}
}
