package advice

import (
	"math"
	"slices"
	"strings"
	"testing"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
)

func base() recipe.Recipe {
	r := recipe.Default()
	r.Net, r.Steps, r.EvalEvery = "conv 3x3x8, relu, pool 2, dense 32, relu", 1000, 100
	return r
}

// curve is a finished run with ten evaluations. train and test are the accuracies at each, from 0 to 1, and loss the test loss.
func curve(r recipe.Recipe, train, test, loss func(at float64) float64) *run.View {
	log := []run.Record{{Event: &run.Start{Recipe: r, Content: &run.Content{Classes: strings.Split("0123456789", "")}}}}
	for i := range 11 {
		at := float64(i) / 10
		log = append(log, run.Record{Event: &run.Metric{Step: i * r.Steps / 10,
			Train: run.Measure{Accuracy: train(at), Loss: 2.3 * (1.01 - train(at)), N: 1000},
			Test:  run.Measure{Accuracy: test(at), Loss: loss(at), N: 1000}}})
	}
	return run.Replay(append(log, run.Record{Event: &run.End{Status: run.Done, Steps: r.Steps}}))
}

func flat(y float64) func(float64) float64 { return func(float64) float64 { return y } }

func rising(from, to float64) func(float64) float64 {
	return func(at float64) float64 { return from + (to-from)*at }
}

// soon rises to y by the third evaluation and stays there.
func soon(y float64) func(float64) float64 {
	return func(at float64) float64 { return min(y, 0.1+4*at*y) }
}

// lately learns slowly, until the last two evaluations give y.
func lately(y float64) func(float64) float64 {
	return func(at float64) float64 {
		if at > 0.85 {
			return y
		}
		return 0.6 + 0.1*at
	}
}

func diverged(r recipe.Recipe) *run.View {
	return run.Replay([]run.Record{{Event: &run.Start{Recipe: r}}, {Event: &run.End{Status: run.Failed, Diverged: true}}})
}

func with(change func(*recipe.Recipe)) recipe.Recipe {
	r := base()
	change(&r)
	return r
}

// What a run shows leads to what helps, and each suggestion changes what it says, and nothing else.
func TestAfter(t *testing.T) {
	sgd := with(func(r *recipe.Recipe) { r.Optimizer, r.LearningRate = recipe.SGD, 0.5 })
	for name, c := range map[string]struct {
		run  *run.View
		want []recipe.Recipe
		why  string // of the first
	}{
		"diverged with Adam": {diverged(base()), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.LearningRate = 0.0001 }),
			with(func(r *recipe.Recipe) { r.Net = "conv 3x3x8, batchnorm, relu, pool 2, dense 32, relu" }),
		}, "steps were too large"},
		"diverged with SGD": {diverged(sgd), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Optimizer, r.LearningRate = recipe.SGD, 0.05 }),
			base(),
			with(func(r *recipe.Recipe) {
				r.Optimizer, r.LearningRate, r.Net = recipe.SGD, 0.5, "conv 3x3x8, batchnorm, relu, pool 2, dense 32, relu"
			}),
		}, ""},
		"guessing with large steps": {curve(with(func(r *recipe.Recipe) { r.LearningRate = 0.03 }), flat(0.1), flat(0.1), flat(2.3)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.LearningRate = 0.003 }),
			with(func(r *recipe.Recipe) { r.LearningRate, r.Steps = 0.03, 2000 }),
		}, "no better than guessing"},
		"guessing with small steps": {curve(with(func(r *recipe.Recipe) { r.LearningRate = 3e-6 }), flat(0.1), flat(0.1), flat(2.3)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.LearningRate = 3e-5 }),
			with(func(r *recipe.Recipe) { r.LearningRate, r.Steps = 3e-6, 2000 }),
		}, "no better than guessing"},
		"overfits on digits": {curve(base(), soon(1), soon(0.7), rising(0.8, 3)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Shift = 2 }),
			with(func(r *recipe.Recipe) { r.Net += ", dropout 0.5" }),
			with(func(r *recipe.Recipe) { r.Steps = 200 }),
		}, "100.0 % of the training images correctly, but only 70.0 % of the test images"},
		"overfits on photographs": {curve(with(func(r *recipe.Recipe) { r.Dataset = recipe.CIFAR10 }), soon(1), soon(0.7), flat(1)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Dataset, r.Shift, r.Flip = recipe.CIFAR10, 2, true }),
			with(func(r *recipe.Recipe) { r.Dataset, r.Net = recipe.CIFAR10, r.Net+", dropout 0.5" }),
			with(func(r *recipe.Recipe) { r.Dataset, r.Seed = recipe.CIFAR10, 2 }),
		}, ""},
		"still learning": {curve(base(), rising(0.1, 0.6), rising(0.1, 0.6), rising(2.3, 1)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Steps = 2000 }),
			with(func(r *recipe.Recipe) { r.LearningRate = 0.003 }),
			with(func(r *recipe.Recipe) { r.Schedule = recipe.Cosine }),
		}, "about 5.0 points every 100 steps"},
		"learns slowly": {curve(base(), func(at float64) float64 { return 0.6 + 0.1*at }, func(at float64) float64 { return 0.6 + 0.1*at }, rising(1.5, 1)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Steps = 2000 }),
			with(func(r *recipe.Recipe) { r.Schedule = recipe.Cosine }),
			with(func(r *recipe.Recipe) { r.Net = "conv 3x3x16, relu, pool 2, dense 64, relu" }),
		}, "still rises"},
		"may have learned all it can": {curve(base(), lately(0.62), lately(0.62), rising(1.5, 1)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Steps = 2000 }),
			with(func(r *recipe.Recipe) { r.Schedule = recipe.Cosine }),
			with(func(r *recipe.Recipe) { r.Net = "conv 3x3x16, relu, pool 2, dense 64, relu" }),
		}, "any rise is within the noise"},
		"too small": {curve(base(), soon(0.8), soon(0.8), flat(0.6)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Net = "conv 3x3x16, relu, pool 2, dense 64, relu" }),
			with(func(r *recipe.Recipe) { r.Schedule = recipe.Cosine }),
			with(func(r *recipe.Recipe) { r.Steps = 2000 }),
		}, "classifies 80.0 % correctly: it may be too small"},
		"as good as it gets": {curve(with(func(r *recipe.Recipe) { r.Schedule = recipe.Cosine }), soon(0.99), soon(0.985), flat(0.05)), []recipe.Recipe{
			with(func(r *recipe.Recipe) { r.Schedule, r.Shift = recipe.Cosine, 2 }),
			with(func(r *recipe.Recipe) { r.Schedule, r.Net = recipe.Cosine, "conv 3x3x16, relu, pool 2, dense 64, relu" }),
			with(func(r *recipe.Recipe) { r.Schedule, r.Seed = recipe.Cosine, 2 }),
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			all := After(c.run)
			var got []recipe.Recipe
			for _, s := range all {
				got = append(got, s.Recipe)
				if s.What == "" || s.Why == "" || strings.Contains(s.What+s.Why, "NaN") {
					t.Errorf("%q because %q", s.What, s.Why)
				}
			}
			if !slices.Equal(got, c.want) {
				for _, s := range all {
					t.Logf("%s: %s", s.What, s.Why)
				}
				t.Fatalf("after %v it suggests\n%+v\nwant\n%+v", c.run.Verdict().Finding, got, c.want)
			}
			if why := strings.ReplaceAll(all[0].Why, number.Thin, " "); !strings.Contains(why, c.why) {
				t.Errorf("the first because %q, want %q", why, c.why)
			}
		})
	}
}

// The learning rate that counts is the one in use at the end.
func TestTheRateInForceCounts(t *testing.T) {
	v := run.Replay([]run.Record{{Event: &run.Start{Recipe: base()}}, {Event: &run.Rate{Step: 3, LearningRate: 0.3}}, {Event: &run.End{Status: run.Failed, Diverged: true}}})
	if all := After(v); len(all) == 0 || math.Abs(all[0].Recipe.LearningRate-0.03) > 1e-12 || all[0].What != "Lower the learning rate from 0.3 to 0.03" {
		t.Errorf("%+v", all)
	}
}

// Whoever has stopped a run is not told to make it longer.
func TestAStoppedRunIsNotTooShort(t *testing.T) {
	v := curve(base(), rising(0.1, 0.6), rising(0.1, 0.6), rising(2.3, 1))
	v.Phase = run.Stopped
	if all := After(v); len(all) != 2 || all[0].Recipe.Steps != 1000 || all[1].Recipe.Steps != 1000 {
		t.Errorf("%+v", all)
	}
}

// There is no advice about a run that is not over, or that failed for another reason.
func TestNothingToSay(t *testing.T) {
	for name, v := range map[string]*run.View{
		"no run":          {},
		"under way":       run.Replay([]run.Record{{Event: &run.Start{Recipe: base()}}, {Event: &run.Metric{Step: 5}}}),
		"another failure": run.Replay([]run.Record{{Event: &run.Start{Recipe: base()}}, {Event: &run.End{Status: run.Failed}}}),
	} {
		if all := After(v); all != nil {
			t.Errorf("%s: %+v", name, all)
		}
	}
}
