package train

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
	"unpool/core/run"
)

func TestSnapshotSteps(t *testing.T) {
	for _, c := range []struct {
		steps, every, most int
		want               []int
	}{
		{100, 50, 24, []int{0, 50, 100}},
		{120, 50, 24, []int{0, 50, 100, 120}},
		{7, 50, 24, []int{0, 7}},
		{1, 1, 24, []int{0, 1}},
		{1000, 50, 8, []int{0, 50, 100, 150, 200, 350, 600, 1000}},
	} {
		got := slices.Sorted(maps.Keys(snapshotSteps(c.steps, c.every, c.most)))
		if !slices.Equal(got, c.want) {
			t.Errorf("%d steps, evaluated every %d: %v, want %v", c.steps, c.every, got, c.want)
		}
	}
	for _, steps := range []int{1, 23, 24, 25, 26, 1000, 5500, 10_000, recipe.MaxSteps} {
		planned := snapshotSteps(steps, 1, run.MaxSnapshots)
		if n := len(planned); n > run.MaxSnapshots || n < min(steps+1, run.MaxSnapshots) || !planned[0] || !planned[steps] {
			t.Errorf("%d steps: %d snapshots %v", steps, n, slices.Sorted(maps.Keys(planned)))
		}
	}
}

// Snapshots are taken after the first evaluation and the last, have the net's arrays only, and change no bit of the training.
func TestSnapshotsChangeNothing(t *testing.T) {
	for _, net := range []string{"rnn 6", "conv 3x3x2, relu, dropout 0.5"} {
		r := small()
		r.Net = net
		var steps []int
		hash := func(take bool) string {
			x := newTrial(t, r)
			if take {
				x.Snapshot = func(s *checkpoint.Snapshot, lost float64, n int) {
					steps = append(steps, s.Step)
					if s.Layers() == 0 || len(s.Weights()) != len(x.net) || lost < -0.2 || lost > 0.2 || n != 250 {
						t.Errorf("a snapshot of %d layers that costs %v on %d images", s.Layers(), lost, n)
					}
				}
			}
			return x.run().WeightsSHA256
		}
		if with, without := hash(true), hash(false); with != without {
			t.Errorf("%s: the weights are %s, without snapshots %s", r.Net, with, without)
		}
		if !slices.Equal(steps, []int{0, 3, 6}) {
			t.Errorf("%s: snapshots after %v", net, steps)
		}
	}
}

// A snapshot that fails is reported, and the run continues to the same weights.
func TestASnapshotThatFails(t *testing.T) {
	for name, at := range map[string]int64{"with the net's own weights": 3, "with those of the snapshot": 4} { // the evaluation before it takes two executions
		x := newTrial(t, small())
		x.spy.before = func(n int64) error {
			if n == at {
				return errors.New("out of memory,\nsays the device")
			}
			return nil
		}
		var steps []int
		x.Snapshot = func(s *checkpoint.Snapshot, _ float64, _ int) { steps = append(steps, s.Step) }
		end := x.run()
		missed := of[*run.Missed](x.events)
		if len(missed) != 1 || missed[0].Step != 0 || !strings.Contains(missed[0].Error, "out of memory, says the device") || !slices.Equal(steps, []int{3, 6}) {
			t.Errorf("%s: %+v, snapshots after %v", name, missed, steps)
		}
		if end.Status != run.Done || end.WeightsSHA256 != hash(t, small()) {
			t.Errorf("%s: %+v", name, end)
		}
	}
}
