package run_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

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

// view is that of a log of events; those that no log keeps have no number.
func view(events ...run.Event) *run.View { return run.Replay(log(events...)) }

func log(events ...run.Event) (all []run.Record) {
	seq := uint64(0)
	for _, e := range events {
		r := run.Record{Event: e}
		if run.Durable(e) {
			seq++
			r.Seq, r.Time = seq, time.UnixMilli(int64(seq)*1000).UTC()
		}
		all = append(all, r)
	}
	return all
}

// A run's log, written out and read back, must draw the run as its events did.
func TestALogAloneRedrawsARun(t *testing.T) {
	events := []run.Event{
		state(run.Loading, 0), start(), state(run.Compiling, 0), metric(0, 2.3, 2.31, 0.1),
		state(run.Training, 0),
		&run.Progress{Step: 49, Loss: 1.2, ImagesPerSecond: 260, Seconds: 24, SecondsLeft: 2600},
		metric(50, 1.1, 1.2, 0.6),
		&run.Weights{Step: 50, Layer: "rnn", Count: 1, Height: 1, Width: 2, Channels: 1, Scale: 0.3, Pixels: run.Int8s{-127, 4}},
		&run.Rate{Step: 60, LearningRate: 0.0005},
		state(run.Paused, 60), &run.End{Status: run.Stopped, Steps: 60, Seconds: 30},
	}
	redrawn := &run.View{}
	for _, r := range log(events...) {
		line, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		read, err := run.UnmarshalRecord(line)
		if err != nil {
			t.Fatal(err)
		}
		redrawn.Apply(read)
	}
	live := view(events...)
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
	want := view(start())
	if want.Updated = v.Updated; !reflect.DeepEqual(v, want) {
		t.Errorf("got %+v", v)
	}
}

// A run that is resumed keeps what its Start says is still valid; any other Start begins with nothing.
func TestResumedRun(t *testing.T) {
	picture := func(step int) *run.Weights {
		return &run.Weights{Step: step, Count: 1, Height: 1, Width: 1, Channels: 1, Pixels: run.Int8s{1}}
	}
	events := []run.Event{
		start(), metric(0, 2.3, 2.3, 0.1), picture(0), &run.Rate{Step: 0, LearningRate: 0.5}, &run.Snapshot{Step: 0}, metric(50, 1, 1, 0.5), picture(50),
		metric(100, 1, 1, 0.6), picture(100), &run.Snapshot{Step: 100}, &run.Rate{Step: 100, LearningRate: 0.7}, &run.End{Status: run.Stopped, Steps: 120},
	}
	again := start()
	again.Step, again.After = 70, 7
	v := view(append(events, again)...)
	if len(v.Metrics) != 2 || v.Metrics[1].Step != 50 || v.Step != 70 || v.LearningRate != 0.5 || v.End != nil || v.Phase != run.Loading ||
		v.First.Step != 0 || len(v.Snapshots) != 1 || v.Weights.Step > 70 {
		t.Errorf("%+v", v)
	}
	v = view(append(events, again, metric(100, 1, 1, 0.7))...)
	if len(v.Metrics) != 3 || v.Metrics[2].Test.Accuracy != 0.7 {
		t.Errorf("%+v", v.Metrics)
	}
	moved := &run.Move{Step: 50, From: run.Where{Backend: "wasm"}, To: run.Where{Backend: "xla:cpu"}}
	if v := view(append(events, again, moved)...); len(v.Moves) != 1 || v.Moves[0] != *moved {
		t.Errorf("moves: %+v", v.Moves)
	}
	twice := *again
	twice.After = 13
	if v := view(append(events, again, &twice)...); len(v.Metrics) != 2 || v.LearningRate != 0.5 { // what was superseded stays so
		t.Errorf("resumed twice: %+v", v)
	}
	if v := view(append(events, start())...); len(v.Metrics) != 0 || v.Step != 0 || v.LearningRate != 0.001 {
		t.Errorf("%+v", v)
	}
	if v := view(again, metric(100, 1, 1, 0.7)); len(v.Metrics) != 1 || v.Step != 100 || v.LearningRate != 0.001 {
		t.Errorf("%+v", v)
	}
}

// A view that continues from one before is that of the whole log, and the one before stays as it is.
func TestAViewGoesOn(t *testing.T) {
	picture := func(step int) *run.Weights {
		return &run.Weights{Step: step, Count: 1, Height: 1, Width: 1, Channels: 1, Pixels: run.Int8s{1}}
	}
	again := start()
	again.Step, again.After = 50, 9
	whole := log(start(), metric(0, 2.3, 2.3, 0.1), picture(0), &run.Rate{LearningRate: 0.5}, &run.Snapshot{Step: 0}, metric(50, 1, 1, 0.5), picture(50),
		metric(100, 1, 1, 0.6), picture(100), &run.End{Status: run.Stopped, Steps: 120}, again, metric(100, 1, 1, 0.7), picture(100), metric(150, 1, 1, 0.8),
		picture(150), &run.Rate{Step: 150, LearningRate: 0.7}, &run.End{Status: run.Done, Steps: 150})
	want := run.Replay(whole)
	for n := range whole {
		before := run.Replay(whole[:n])
		if got := before.And(whole[n:]); !reflect.DeepEqual(got, want) {
			t.Errorf("after %d records: %+v, want %+v", n, got, want)
		}
		if !reflect.DeepEqual(before, run.Replay(whole[:n])) {
			t.Errorf("the view of %d records was changed", n)
		}
	}
}

// A snapshot that was removed to make room is gone, and one taken again at a step replaces the one there.
func TestSnapshots(t *testing.T) {
	v := view(start(), &run.Snapshot{Step: 0}, &run.Snapshot{Step: 10}, &run.Snapshot{Step: 20}, &run.Snapshot{Step: 10, Removed: true}, &run.Snapshot{Step: 20, N: 7})
	if len(v.Snapshots) != 2 || v.Snapshots[0].Step != 0 || v.Snapshots[1].N != 7 {
		t.Errorf("%+v", v.Snapshots)
	}
}

func TestSummary(t *testing.T) {
	end := &run.End{Status: run.Failed, Steps: 130, Seconds: 140, Error: "it broke", MsPerStep: 3, WeightsSHA256: "ab"}
	s := view(start(), metric(0, 2, 2, 0.1), metric(50, 1, 1, 0.8), metric(100, 1, 1, 0.8), metric(120, 1, 1, 0.7), end).Summary()
	if s.Phase != run.Failed || s.Step != 130 || s.Latest.Step != 120 || s.Best.Step != 50 || s.Seconds != 140 || s.MsPerStep != 3 ||
		s.SHA256 != "ab" || s.Error != "it broke" || s.Where.Backend != "go" || s.Recipe.Net != "rnn 128" || s.Updated.Unix() != 6 {
		t.Errorf("%+v", s)
	}
	for held, want := range map[bool]run.Phase{true: run.Training, false: run.Interrupted} {
		s := view(start(), metric(0, 2, 2, 0.1)).Summary()
		s.Held(held)
		if s.Phase != want || s.Seconds != 0 {
			t.Errorf("held %v: %+v", held, s)
		}
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

// The statistics of curves are over those runs' evaluations at the same step.
func TestMeanAndDeviation(t *testing.T) {
	with := func(accuracies ...float64) *run.View {
		v := &run.View{}
		for i, a := range accuracies {
			v.Apply(run.Record{Event: &run.Metric{Step: 10 * i, Test: run.Measure{Accuracy: a, N: 100}}})
		}
		return v
	}
	all := []*run.View{with(0.1, 0.5, 0.9), with(0.1, 0.7), with(0.1, 0.6)}
	mean, deviation := run.Mean(all), run.Deviation(all)
	if len(mean.Metrics) != 2 || len(deviation.Metrics) != 2 {
		t.Fatalf("there are %d and %d evaluations, want the two that all have", len(mean.Metrics), len(deviation.Metrics))
	}
	for _, c := range []struct{ got, want float64 }{
		{mean.Metrics[0].Test.Accuracy, 0.1}, {mean.Metrics[1].Test.Accuracy, 0.6},
		{deviation.Metrics[0].Test.Accuracy, 0}, {deviation.Metrics[1].Test.Accuracy, 0.1},
		{run.Deviation(all[:1]).Metrics[1].Test.Accuracy, 0},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}
