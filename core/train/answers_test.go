package train

import (
	"slices"
	"testing"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
)

// answering runs a recipe on 1,600 test images, and returns what it emits.
func answering(t *testing.T, r recipe.Recipe, wanted bool) (events []run.Event, d *data.Dataset, s *Session) {
	t.Helper()
	d = bars(120, 1600)
	s, err := New(Options{Backend: newSpy(), Recipe: r, Data: d, Answers: wanted, Emit: func(e run.Event) { events = append(events, e) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return events, d, s
}

// What an evaluation counts gives its accuracy, and the examples' answers are those that the net gives when it is asked.
func TestAnswers(t *testing.T) {
	r := small()
	r.Steps = 60
	r.EvalEvery = 30
	events, d, s := answering(t, r, true)
	metrics, all := of[*run.Metric](events), of[*run.Answers](events)
	if len(all) != 3 || len(metrics) != 3 {
		t.Fatalf("%d answers to %d evaluations", len(all), len(metrics))
	}
	for i, a := range all {
		n, right := 0, 0
		for class := range a.Classes {
			for answer := range a.Classes {
				n += a.Counts[class*a.Classes+answer]
			}
			right += a.Counts[class*a.Classes+class]
		}
		if m := metrics[i]; a.Step != m.Step || n != m.Test.N || float64(right)/float64(n) != m.Test.Accuracy {
			t.Errorf("at step %d it counts %d of %d right, the evaluation says %v of %d", a.Step, right, n, m.Test.Accuracy, m.Test.N)
		}
		if !slices.Equal(a.Pixels, all[0].Pixels) || len(a.Labels) != recipe.Examples {
			t.Errorf("at step %d there are %d examples, or others", a.Step, len(a.Labels))
		}
	}
	last := all[2]
	for class := range 10 {
		if n := len(slices.DeleteFunc(slices.Clone(last.Labels), func(l int) bool { return l != class })); n != 2 {
			t.Errorf("%d of the examples are of class %d", n, class)
		}
	}
	if slices.Contains(all[1].Answers, run.Unasked) || slices.Contains(last.Answers, run.Unasked) {
		t.Errorf("no answer to some: %v, %v", all[1].Answers, last.Answers)
	}
	probabilities, err := s.Predict(last.Pixels)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range probabilities {
		if best := slices.Index(p, slices.Max(p)); best != last.Answers[i] {
			t.Errorf("example %d is answered %d, asked again %d", i, last.Answers[i], best)
		}
	}
	if shown := Examples(d); !slices.Equal(shown.Pixels, last.Pixels) || !slices.Equal(shown.Labels, last.Labels) {
		t.Error("what is shown before the run are other images")
	}
}

// Answers are for those who ask for them, and asking changes no weight.
func TestAnswersChangeNothing(t *testing.T) {
	with, _, _ := answering(t, small(), true)
	without, _, _ := answering(t, small(), false)
	if len(of[*run.Answers](without)) != 0 {
		t.Error("nobody asked")
	}
	a, b := of[*run.End](with)[0], of[*run.End](without)[0]
	if a.WeightsSHA256 != b.WeightsSHA256 {
		t.Error("the weights are others")
	}
}
