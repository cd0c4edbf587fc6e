package run_test

import (
	"testing"

	"unpool/core/run"
)

func TestOverfits(t *testing.T) {
	from := *metric(100, 0.5, 0.6, 0.8)
	for _, c := range []struct {
		train, test float64
		want        bool
	}{{0.4, 0.7, true}, {0.4, 0.61, false}, {0.5, 0.7, false}, {0.4, 0.5, false}} {
		if got := run.Overfits(from, *metric(200, c.train, c.test, 0.8)); got != c.want {
			t.Errorf("training loss to %v, test loss to %v: %v", c.train, c.test, got)
		}
	}
}
