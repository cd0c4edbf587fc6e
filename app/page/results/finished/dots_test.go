package finished_test

import (
	"math"
	"slices"
	"testing"

	"unpool/core/results"
)

// Two nets on digits and one on photographs: each axis reaches to whole points around all that is on it.
func TestDots(t *testing.T) {
	all := table(t,
		results.Row{Name: "mnist-rnn-128", Runs: []results.Run{done(1, 0.9758, 0.9741), done(2, 0.9738, 0.97)}},
		results.Row{Name: "mnist-rnn-32", Runs: []results.Run{done(1, 0.9233, 0.9171)}},
		results.Row{Name: "cifar-lenet5", Runs: []results.Run{done(1, 0.532, 0.501)}},
		results.Row{Name: "cifar-vgg", Runs: []results.Run{done(1, 0.76, 0.75)}},
	).Dots()
	if len(all) != 2 || len(all[0].Rows) != 2 || len(all[1].Rows) != 1 {
		t.Fatalf("%+v", all)
	}
	digits := all[0]
	if math.Abs(digits.From-0.92) > 1e-9 || math.Abs(digits.To-0.99) > 1e-9 {
		t.Errorf("the axis goes from %v to %v, want 92.33 to 98 in whole points with some room", digits.From, digits.To)
	}
	if ticks := digits.Ticks(); len(ticks) != 8 || math.Abs(ticks[7]-0.99) > 1e-9 {
		t.Errorf("its ticks are %v", ticks)
	}
	if at := digits.At(0.955); math.Abs(at-0.5) > 1e-9 {
		t.Errorf("95.5 %% lies at %v, want half-way", at)
	}
	rnn := digits.Rows[0]
	if !slices.Equal(rnn.Seeds, []float64{0.9758, 0.9738}) || math.Abs(rnn.Mean-0.9748) > 1e-9 || rnn.Baseline != 0.9727 {
		t.Errorf("%+v", rnn)
	}
	if want := "RNN · 128 units: course report 97.27 %; ours 97.48 %, by seed 97.58 %, 97.38 %"; plain(rnn.Words) != want {
		t.Errorf("it says %q, want %q", plain(rnn.Words), want)
	}
}
