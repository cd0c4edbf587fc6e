package jobs

import (
	"context"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/sweep"
	"unpool/core/run"
	"unpool/core/store"
)

// known is what is known of runs, by their IDs.
type known struct {
	summaries map[string]*run.Summary
	jobs      map[string]store.Job
}

// runs reads what is known of all runs: from memory, where the store has it.
func (s *Sweeps) runs(ctx context.Context) (known, error) {
	jobs, err := s.Queue.Jobs(ctx) // first: a run that leaves the queue meanwhile is over, and not seen as one that nobody trains
	if err != nil {
		return known{}, err
	}
	all, err := s.Store.List(ctx)
	if err != nil {
		return known{}, err
	}
	k := known{make(map[string]*run.Summary, len(all)), map[string]store.Job{}}
	for _, j := range jobs {
		k.jobs[j.ID] = j
	}
	all = store.WithJobs(all, jobs)
	for i := range all {
		k.summaries[all[i].ID] = &all[i]
	}
	return k, nil
}

// stand is how far a sweep has come.
type stand struct {
	store.Sweep
	planned
	summaries [][]*run.Summary // by point and seed; nil for a run that has not begun
	race      *sweep.Race
	busy      int // runs in training, or in the queue for that
}

// stand finds out how far a sweep has come.
func (s *Sweeps) stand(one store.Sweep, k known) (*stand, error) {
	p := s.plans.of(one)
	if p.err != nil {
		return nil, fmt.Errorf("its file can no longer be read: %w", p.err)
	}
	st := &stand{Sweep: one, planned: p}
	points := make([][]sweep.Standing, len(p.runs))
	for i, runs := range p.runs {
		st.summaries = append(st.summaries, make([]*run.Summary, len(runs)))
		points[i] = make([]sweep.Standing, len(runs))
		for seed, r := range runs {
			sum := k.summaries[r.ID]
			if sum == nil {
				continue
			}
			st.summaries[i][seed] = sum
			job, busy := k.jobs[r.ID]
			if busy {
				st.busy++
			}
			points[i][seed] = standing(p.plan.Ladder.Rungs, sum, job, busy)
		}
	}
	st.race = p.plan.Ladder.Judge(points)
	return st, nil
}

// standing is how far a run has come on the rungs. job is what it is in the queue for, if it is.
func standing(rungs []int, sum *run.Summary, job store.Job, busy bool) sweep.Standing {
	last := len(rungs) - 1
	out := sweep.Standing{Busy: busy, To: last, Stopped: sum.Phase == run.Stopped && sum.Reason != "", Time: sum.Updated}
	if job.Until > 0 {
		out.To = slices.Index(rungs, job.Until)
	}
	for _, r := range sum.Rungs {
		if i := slices.Index(rungs, r.Step); i >= 0 {
			out.Reached = append(out.Reached, sweep.Reached{Rung: i, Accuracy: r.Accuracy, Time: r.Time})
		}
	}
	switch {
	case busy || out.Stopped || sum.Phase == run.Parked:
	case sum.Phase.Active():
		// Another program has just begun it, or the sweep is about to stop it: to which rung it was sent is not known here.
		out.Busy, out.To = true, -1
	case sum.Phase == run.Done && sum.Best != nil && sum.Best.Validation != nil:
		out.Reached = append(out.Reached, sweep.Reached{Rung: last, Accuracy: sum.Best.Validation.Accuracy, Time: sum.Updated})
	default: // it failed, somebody stopped it or took it out of the queue, or it cannot be read
		out.Failed = true
	}
	return out
}
