package train

import (
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
)

// Runs that trained side by side are offered together: of other nets on the same batches, begun at about the same time.
func TestTogether(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	begun := func(seconds int, change func(*recipe.Recipe)) run.Summary {
		r := standard
		change(&r)
		return run.Summary{Recipe: r, Created: at.Add(time.Duration(seconds) * time.Second)}
	}
	net := func(text string) func(*recipe.Recipe) { return func(r *recipe.Recipe) { r.Net = text } }
	latest := begun(100, net("gru 32"))
	for name, c := range map[string]struct {
		before []run.Summary
		want   int
	}{
		"alone":            {nil, 1},
		"another net":      {[]run.Summary{begun(98, net("lstm 32"))}, 2},
		"four nets":        {[]run.Summary{begun(98, net("lstm 32")), begun(97, net("rnn 32")), begun(96, net("rnn 64")), begun(95, net("rnn 8"))}, 4},
		"the same net":     {[]run.Summary{begun(98, net("gru 32"))}, 1},
		"long before":      {[]run.Summary{begun(0, net("lstm 32"))}, 1},
		"on other batches": {[]run.Summary{begun(98, func(r *recipe.Recipe) { r.Net, r.Seed = "lstm 32", 7 })}, 1},
	} {
		if got := together(append([]run.Summary{latest}, c.before...)); len(got) != c.want {
			t.Errorf("%s: %d are offered, want %d", name, len(got), c.want)
		}
	}
}
