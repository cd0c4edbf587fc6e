package words_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"unpool/app/ui/words"
	"unpool/core/number"
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
		v.Apply(run.Record{Event: e})
	}
	return v
}

func TestFailure(t *testing.T) {
	if f := words.FailureOf(view(start())); f != nil {
		t.Errorf("a run under way failed: %+v", f)
	}
	got := words.FailureOf(view(&run.End{
		Status: run.Failed, Error: "the backend lacks MaxPool\nat node 3\nat node 4", Hint: "choose another net",
	}))
	want := &words.Failure{What: "The backend lacks MaxPool.", Hint: "Choose another net.", Details: "at node 3\nat node 4"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if f := words.FailureOf(view(&run.End{Status: run.Failed})); f.What == "" || f.Hint == "" {
		t.Errorf("a failure without words: %+v", f)
	}
}

func TestSentence(t *testing.T) {
	training := state(run.Training, 0)
	rising := []run.Event{start(), training}
	flat, overfitting, falling := rising, rising, rising
	for i := 1; i <= 20; i++ {
		step, x := 50*i, float64(i)
		rising = append(rising, metric(step, 1/x, 1.1/x, 0.9+0.004*x))
		flat = append(flat, metric(step, 0.1, 0.1, 0.97+0.0005*float64(i%2)))
		overfitting = append(overfitting, metric(step, 0.1/x, 0.1+0.01*x, 0.97))
		falling = append(falling, metric(step, 0.1, 0.1, 0.97-0.004*x))
	}
	nan := []run.Event{start(), training, metric(50, 1, 1, 0.5), metric(100, math.NaN(), math.NaN(), 0.1)}
	for _, c := range []struct {
		name   string
		events []run.Event
		want   string
	}{
		{"empty", nil, ""},
		{"loading", []run.Event{state(run.Loading, 0)}, "Loading the training program and the images."},
		{"loading bytes", []run.Event{&run.State{Phase: "loading", Done: 1_200_000, Total: 11_600_000, Unit: "bytes"}},
			"Loading: 1.2 MB of 11.6 MB."},
		{"loading, size unknown", []run.Event{&run.State{Phase: "loading", Done: 1_200_000, Unit: "bytes"}},
			"Loading: 1.2 MB so far."},
		{"compiling", []run.Event{start(), state(run.Compiling, 0)}, "Compiling: building the training step for this net."},
		{"before any evaluation", []run.Event{start(), training},
			"Just started: the first evaluation comes within 50 steps."},
		{"untrained", []run.Event{start(), training, metric(0, 2.3, 2.3, 0.068)},
			"Just started: untrained, it gets 6.8 % of 1 000 test images right; the next evaluation comes at step 50."},
		{"one evaluation", []run.Event{start(), training, metric(50, 1, 1, 0.6)},
			"Just started: 60.0 % of 1 000 test images right at step 50."},
		{"two evaluations", []run.Event{start(), training, metric(50, 1, 1, 0.6), metric(100, 1, 1, 0.7)},
			"Still learning: test accuracy rose 10.0 points in the last 50 steps."},
		{"rising", rising, "Still learning: test accuracy rose 4.0 points in the last 500 steps."},
		{"flat", flat, "Flat: test accuracy changed by less than 0.2 points in the last 500 steps."},
		{"overfitting", overfitting, "Overfitting: in the last 500 steps training loss fell to 0.00500 while test loss rose to 0.300."},
		{"falling", falling, "Test accuracy fell 4.0 points in the last 500 steps; training accuracy is 89.0 %."},
		{"evaluating keeps the trend", append(rising[:len(rising):len(rising)], state(run.Evaluating, 1000)),
			"Still learning: test accuracy rose 4.0 points in the last 500 steps."},
		{"not a number", nan, "The loss is no longer a finite number: a smaller learning rate may help."},
		{"paused", append(rising[:len(rising):len(rising)], state(run.Paused, 1003)),
			"Paused at step 1 003. Continue, or take one step at a time."},
		{"done", append(rising[:len(rising):len(rising)], &run.End{Status: run.Done, Steps: 1000, Seconds: 2700}),
			"Done: 98.0 % of 1 000 test images right after 1 000 steps, in 45 minutes."},
		{"stopped", append(rising[:len(rising):len(rising)], &run.End{Status: run.Stopped, Steps: 1010}),
			"Stopped at step 1 010; at step 1 000, 98.0 % of 1 000 test images right."},
		{"stopped early", []run.Event{start(), &run.End{Status: run.Stopped, Steps: 3}},
			"Stopped at step 3, before the first evaluation."},
		{"failed", []run.Event{start(), training, &run.End{Status: run.Failed, Steps: 12}},
			"The run failed at step 12."},
		{"failed at once", []run.Event{&run.End{Status: run.Failed}}, "The run failed before its first step."},
	} {
		got := strings.ReplaceAll(words.Sentence(view(c.events...)), number.Thin, " ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTable(t *testing.T) {
	held := metric(100, 0.25, 0.5, 0.875)
	held.Validation = &run.Measure{Loss: 0.75, Accuracy: 0.5, N: 500}
	head, rows, _ := words.Table(view(start(), held))
	if len(head) != 11 || len(rows) != 1 || len(rows[0]) != len(head) {
		t.Errorf("table has %d columns and rows %q", len(head), rows)
	}
}

// A table has so many rows at most that it can be drawn while a run goes on.
func TestALongTable(t *testing.T) {
	events := []run.Event{start()}
	for step := range 1000 {
		events = append(events, &run.Metric{Step: step, Test: run.Measure{N: 100}})
	}
	_, rows, note := words.Table(view(events...))
	if len(rows) != 200 || rows[0][0] != "999" || !strings.Contains(note, "200 of 1\u202f000") {
		t.Errorf("%d rows, the first %v; %s", len(rows), rows[0], note)
	}
}
