package run

import (
	"errors"
	"strings"
	"testing"

	"unpool/core/recipe"
)

// proven is the view of an exact run of 1,000 steps that was evaluated every 50, and what of it is to be otherwise.
func proven(change func(*Start, []*Metric, *End)) *View {
	start := &Start{Version: Version, Recipe: recipe.Recipe{Steps: 1000, EvalEvery: 50, Exact: true}, Where: Where{Backend: "wasm"}}
	var metrics []*Metric
	for step := 50; step <= 1000; step += 50 {
		metrics = append(metrics, &Metric{Step: step, Test: Measure{Loss: 1 / float64(step), Accuracy: 0.5, N: 100}, Final: step == 1000})
	}
	end := &End{Status: Done, Steps: 1000, WeightsSHA256: strings.Repeat("ab", 32)}
	change(start, metrics, end)
	v := &View{}
	v.Apply(Record{Event: start})
	for _, m := range metrics {
		v.Apply(Record{Event: m})
	}
	if end.Status != "" {
		v.Apply(Record{Event: end})
	}
	return v
}

func TestProof(t *testing.T) {
	p, err := proven(func(*Start, []*Metric, *End) {}).Proof()
	if err != nil || len(p.Marks) != 8 || p.Marks[7].Step != 1000 {
		t.Fatalf("%v, %v", p, err)
	}
	if again, err := ParseProof(p.String()); err != nil || again.String() != p.String() {
		t.Errorf("%v, %v", again, err)
	}
	for name, c := range map[string]struct {
		change func(*Start, []*Metric, *End)
		want   Agreement
	}{
		"the same":                  {func(*Start, []*Metric, *End) {}, Agreement{Same: 8, Identical: true}},
		"natively":                  {func(s *Start, _ []*Metric, _ *End) { s.Backend = "native" }, Agreement{Same: 8, Identical: true}},
		"parted at an evaluation":   {func(_ *Start, m []*Metric, _ *End) { m[9].Test.Loss *= 1 + 1e-15 }, Agreement{Same: 3, Parted: true}},
		"parted between two marks":  {func(_ *Start, m []*Metric, _ *End) { m[2].Test.Accuracy = 0.51 }, Agreement{Same: 1, Parted: true}},
		"other weights":             {func(_ *Start, _ []*Metric, e *End) { e.WeightsSHA256 = strings.Repeat("ac", 32) }, Agreement{Same: 8, Parted: true}},
		"under way":                 {func(_ *Start, m []*Metric, e *End) { m[19].Final, e.Status = false, "" }, Agreement{Same: 7}},
		"an evaluation more":        {func(_ *Start, m []*Metric, _ *End) { m[0].Step = 49 }, Agreement{Parted: true}},
		"stopped, and not yet over": {func(_ *Start, _ []*Metric, e *End) { e.Status = Stopped }, Agreement{Same: 8}},
	} {
		if got := p.Check(proven(c.change)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestNoProof(t *testing.T) {
	for want, change := range map[error]func(*Start, []*Metric, *End){
		ErrNotExact:  func(s *Start, _ []*Metric, _ *End) { s.Recipe.Exact = false },
		ErrUnproven:  func(_ *Start, _ []*Metric, e *End) { e.Status = Stopped },
		ErrResumed:   func(_ *Start, m []*Metric, _ *End) { m[9].Final = true },
		ErrOtherBits: func(s *Start, _ []*Metric, _ *End) { s.Backend = "xla:cpu" },
	} {
		if _, err := proven(change).Proof(); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	v := proven(func(_ *Start, _ []*Metric, e *End) { e.Status = "" })
	v.Apply(Record{Event: &Rate{Step: 1000, LearningRate: 1}})
	v.Apply(Record{Event: &End{Status: Done, Steps: 1000, WeightsSHA256: strings.Repeat("ab", 32)}})
	if _, err := v.Proof(); !errors.Is(err, ErrByHand) {
		t.Errorf("%v", err)
	}
	sum := strings.Repeat("ab", 32)
	for _, text := range []string{"", "x", sum, sum + ".", sum + ".5", sum + ".5-1234567", sum + ".5-12345678.5-12345678", sum + ".-5-12345678",
		strings.ToUpper(sum) + ".5-12345678", sum + ".5-1234567g", sum + strings.Repeat(".5-12345678", 9), sum + ".99999999999-12345678"} {
		if p, err := ParseProof(text); err == nil {
			t.Errorf("%q is %v", text, p)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	p, err := proven(func(*Start, []*Metric, *End) {}).Proof()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.String())
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParseProof(text); err == nil {
			if again, err := ParseProof(p.String()); err != nil || again.String() != p.String() {
				t.Errorf("%q is %v, and that is %v, %v", text, p, again, err)
			}
		}
	})
}
