package words_test

import (
	"strings"
	"testing"

	"unpool/app/ui/words"
	"unpool/core/run"
)

// exact is the view of an exact run of four evaluations; of a backend, in a phase.
func exact(backend string, phase run.Phase) *run.View {
	s := start()
	s.Recipe.Exact, s.Recipe.Steps, s.Backend = true, 200, backend
	last := metric(200, 0.1, 0.2, 0.9)
	last.Final = true
	events := []run.Event{s, metric(50, 1, 1, 0.5), metric(100, 0.5, 0.6, 0.7), metric(150, 0.2, 0.3, 0.8), last}
	if phase.Over() {
		events = append(events, &run.End{Status: phase, Steps: 200, WeightsSHA256: strings.Repeat("ab", 32)})
	}
	return view(events...)
}

func TestProven(t *testing.T) {
	p, err := exact("wasm", run.Done).Proof()
	if err != nil {
		t.Fatal(err)
	}
	weights, second := p, p
	weights.Weights = strings.Repeat("cd", 32)
	second.Marks = append([]run.Mark(nil), p.Marks...)
	second.Marks[1].Hash++
	for _, c := range []struct {
		p    run.Proof
		v    *run.View
		want string
	}{
		{p, nil, "Train it to see whether"},
		{p, exact("wasm", run.Training), "identical at 3 of 4 evaluations so far"},
		{p, exact("native", run.Done), "Identical: this computer got the weights of the link’s run, bit for bit (SHA-256 abababab…), and the same result at 4 evaluations."},
		{weights, exact("wasm", run.Done), "4 evaluations gave the same result as in the link’s run, but the weights at the end differ. The link may be of another version"},
		{second, exact("xla:cuda", run.Training), "It was computed by xla:cuda"},
		{second, exact("xla:cuda", run.Done), "after step 50 the result was still that of the link’s run, after step 100 it differs. It was computed by xla:cuda, which rounds in its own way"},
	} {
		if got := words.Proven(c.p, c.v); !strings.Contains(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := words.Carries(exact("wasm", run.Done)); !strings.Contains(got, "carries the result") {
		t.Error(got)
	}
	if got := words.Carries(exact("xla:cuda", run.Done)); !strings.Contains(got, "nearly the same result, not exactly: the run was computed by a backend") {
		t.Error(got)
	}
}
