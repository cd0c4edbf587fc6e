package words_test

import (
	"math"
	"reflect"
	"slices"
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

// learned are evaluations every 50 steps, the first on the untrained net, whose figures are functions of their number.
func learned(n int, figures func(x float64) (train, test, accuracy float64)) []run.Event {
	events := []run.Event{start(), state(run.Training, 0), metric(0, 2.3, 2.3, 0.1)}
	for i := 1; i <= n; i++ {
		train, test, accuracy := figures(float64(i))
		events = append(events, metric(50*i, train, test, accuracy))
	}
	return events
}

func TestSentence(t *testing.T) {
	learning := learned(10, func(x float64) (float64, float64, float64) { return 1 / x, 1 / x, 0.1 + 0.08*x })
	slowing := learned(40, func(x float64) (float64, float64, float64) { return 1 / x, 1 / x, 0.9 + 0.002*x })
	both := learned(40, func(x float64) (float64, float64, float64) { return 1 / x, 0.2 + 0.02*x, 0.9 + 0.002*x })
	level := learned(40, func(x float64) (float64, float64, float64) { return 0.1, 0.1, 0.971 })
	worse := learned(40, func(x float64) (float64, float64, float64) { return x / 40, x / 40, 0.6 - 0.008*x })
	overfitting := learned(40, func(x float64) (float64, float64, float64) { return 0.1 / x, 0.2 + 0.02*x, 0.971 })
	guessing := learned(40, func(x float64) (float64, float64, float64) { return 2.34, 2.34, 0.098 })
	starting := learned(40, func(x float64) (float64, float64, float64) { return 2.28, 2.28, 0.112 })
	unequal := slices.Clone(guessing)
	unequal[0] = start()
	unequal[0].(*run.Start).Content = &run.Content{Classes: make([]string, 10), Test: 1000, TestCounts: []int{550, 50, 50, 50, 50, 50, 50, 50, 50, 50}}
	diverged := learned(40, func(x float64) (float64, float64, float64) { return 386, 390, 0.2 })
	noise := learned(40, func(x float64) (float64, float64, float64) {
		if x > 37 {
			return 0.1, 0.1, 0.8
		}
		return 0.1, 0.1, 0.9 + 0.002*x
	})
	nan := append(learned(1, func(float64) (float64, float64, float64) { return 1, 1, 0.5 }), metric(100, math.NaN(), math.NaN(), 0.1))
	and := func(events []run.Event, more ...run.Event) []run.Event {
		return append(events[:len(events):len(events)], more...)
	}
	for _, c := range []struct {
		name         string
		events       []run.Event
		want, spoken string // spoken is "" where it is the same
	}{
		{"empty", nil, "", ""},
		{"loading", []run.Event{state(run.Loading, 0)}, "Loading the training program and the images.", ""},
		{"loading bytes", []run.Event{&run.State{Phase: "loading", Done: 1_200_000, Total: 11_600_000, Unit: "bytes"}},
			"Loading: 1.2 MB of 11.6 MB.", "Loading the training program and the images."},
		{"loading, size unknown", []run.Event{&run.State{Phase: "loading", Done: 1_200_000, Unit: "bytes"}},
			"Loading: 1.2 MB so far.", "Loading the training program and the images."},
		{"compiling", []run.Event{start(), state(run.Compiling, 0)}, "Compiling: building the training step for this net.", ""},
		{"before any evaluation", []run.Event{start(), state(run.Training, 0)},
			"Just started: the first evaluation comes within 50 steps.", "Too early to say."},
		{"untrained", []run.Event{start(), state(run.Training, 0), metric(0, 2.3, 2.3, 0.068)},
			"Untrained: 6.8 % of 1 000 test images correct; more at step 50.", "Too early to say."},
		{"two evaluations", learning[:5], "Too early to say: 26.0 % of 1 000 test images correct at step 100.", "Too early to say."},
		{"learning", learning, "Still learning: test accuracy rises about 8.0 points every 50 steps.", "Still learning."},
		{"slowing", slowing, "Learning slowly: test accuracy rises about 0.8 points every 200 steps.", "Learning slowly."},
		{"slowing while test loss rises", both, "Learning slowly: about 0.8 points every 200 steps, while test loss rises.", "Learning slowly."},
		{"a rise that is gone", noise[:len(noise)-1], "No clear rise in test accuracy since step 1 000: any rise is within the noise.", "No clear rise in test accuracy."},
		{"level", level, "No longer improving: test accuracy has been about 97.1 % since step 250.", "No longer improving."},
		{"worse", worse, "Worse than before: 29.6 % correct, after 58.4 % at step 100.", "Worse than before."},
		{"overfitting", overfitting, "Overfitting since step 100: test loss has risen to 0.960 while training loss fell.", "Overfitting."},
		{"guessing", guessing, "No better than guessing: 9.8 % correct, loss 2.34; guessing gives 2.30.", "No better than guessing."},
		{"guessing at the start", starting, "No better than guessing: 11.2 % correct; guessing gives 10.0 %.", "No better than guessing."},
		{"guessing among unequal classes", unequal,
			"No better than guessing: 9.8 % correct; always answering with the most frequent class gives 55.0 %.", "No better than guessing."},
		{"diverged", diverged, "Diverged: the loss is 386; guessing gives 2.30. Lower the learning rate.", "Diverged."},
		{"not a number", nan, "Diverged: the loss is no longer a finite number. Lower the learning rate.", "Diverged."},
		{"evaluating keeps the verdict", and(learning, state(run.Evaluating, 500)), "Still learning: test accuracy rises about 8.0 points every 50 steps.", "Still learning."},
		{"paused", and(learning, state(run.Paused, 1003)), "Paused at step 1 003. Continue, or take one step at a time.", ""},
		{"done early", and(learning[:4], &run.End{Status: run.Done, Steps: 50}), "Done: 18.0 % of 1 000 test images correct.", ""},
		{"done learning", and(learning, &run.End{Status: run.Done, Steps: 500}),
			"Done: 90.0 % of 1 000 test images correct, still learning.", ""},
		{"done slowing", and(slowing, &run.End{Status: run.Done}), "Done: 98.0 % of 1 000 test images correct, still learning slowly.", ""},
		{"done without a clear rise", and(noise[:len(noise)-1], &run.End{Status: run.Done}),
			"Done: 80.0 % of 1 000 test images correct, no longer clearly improving.", ""},
		{"done level", and(level, &run.End{Status: run.Done}), "Done: 97.1 % of 1 000 test images correct, not improving.", ""},
		{"done worse", and(worse, &run.End{Status: run.Done}), "Done: 28.0 % of 1 000 test images correct, worse than before.", ""},
		{"done overfitting", and(overfitting, &run.End{Status: run.Done}), "Done: 97.1 % of 1 000 test images correct, overfitting.", ""},
		{"done guessing", and(guessing, &run.End{Status: run.Done}), "Done: 9.8 % of 1 000 test images correct, no better than guessing.", ""},
		{"done diverged", and(diverged, &run.End{Status: run.Done}), "Done: 20.0 % of 1 000 test images correct, diverged.", ""},
		{"stopped", and(learning, &run.End{Status: run.Stopped, Steps: 510}),
			"Stopped: 90.0 % of 1 000 test images correct at step 500, still learning.", ""},
		{"stopped early", []run.Event{start(), &run.End{Status: run.Stopped, Steps: 3}}, "Stopped before the first evaluation.", ""},
		{"failed", []run.Event{start(), &run.End{Status: run.Failed, Steps: 12}}, "The run failed at step 12.", ""},
		{"failed at once", []run.Event{&run.End{Status: run.Failed}}, "The run failed before its first step.", ""},
	} {
		v := view(c.events...)
		if got := plain(words.Sentence(v.Phase, v)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if c.spoken == "" {
			c.spoken = c.want
		}
		if got := plain(words.Announcement(v.Phase, v)); got != c.spoken {
			t.Errorf("%s is announced as %q, want %q", c.name, got, c.spoken)
		}
	}
	v := view(learning...)
	if got := plain(words.Sentence(run.Interrupted, v)); got != "Interrupted: 90.0 % of 1 000 test images correct at step 500, still learning." {
		t.Errorf("an interrupted run: %q", got)
	}
}

func plain(s string) string { return strings.ReplaceAll(s, number.Thin, " ") }

func TestTable(t *testing.T) {
	held := metric(100, 0.25, 0.5, 0.875)
	held.Validation = &run.Measure{Loss: 0.75, Accuracy: 0.5, N: 500}
	head, rows, _ := words.Table(view(start(), held))
	if len(head) != 11 || len(rows) != 1 || len(rows[0]) != len(head) {
		t.Errorf("table has %d columns and rows %q", len(head), rows)
	}
}

// A table has so many rows at most that it can be drawn while a run continues.
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
