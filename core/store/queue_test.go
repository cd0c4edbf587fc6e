package store

import (
	"testing"
	"time"

	"unpool/core/run"
)

// A run in training has the phase that its log says, unless that is of an attempt before it was queued.
func TestPhasesOfJobs(t *testing.T) {
	queued := time.UnixMilli(1_000_000)
	earlier, later := queued.Add(-time.Second), queued.Add(time.Second)
	for _, c := range []struct {
		log     run.Phase
		updated time.Time
		job     run.Phase
		want    run.Phase
	}{
		{run.Empty, time.Time{}, run.Training, run.Training},
		{run.Evaluating, later, run.Training, run.Evaluating},
		{run.Stopped, earlier, run.Waiting, run.Waiting},
		{run.Stopped, earlier, run.Loading, run.Loading},
		{run.Stopped, earlier, run.Training, run.Training}, // resumed, and nothing written yet
		{run.Done, later, run.Training, run.Done},          // it has ended just now
		{run.Interrupted, earlier, run.Training, run.Training},
	} {
		all := WithJobs([]run.Summary{{ID: "a", Phase: c.log, Updated: c.updated}}, []Job{{ID: "a", Queued: queued, Phase: c.job}})
		if len(all) != 1 || all[0].Phase != c.want {
			t.Errorf("%s in the log and %s in the queue: %+v, want %s", c.log, c.job, all, c.want)
		}
	}
}
