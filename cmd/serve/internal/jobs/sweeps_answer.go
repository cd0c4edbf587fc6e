package jobs

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"unpool/cmd/serve/internal/sweep"
	wire "unpool/core/api"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store"
)

// List describes all sweeps and how far they have come, the newest first.
func (s *Sweeps) List(ctx context.Context) ([]wire.SweepSummary, error) {
	all, err := s.Store.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	k, err := s.runs(ctx)
	if err != nil {
		return nil, err
	}
	out := []wire.SweepSummary{} // none is [] and not null
	for _, one := range slices.Backward(all) {
		if !one.Doomed {
			out = append(out, s.answer(one, k).SweepSummary)
		}
	}
	return out, nil
}

// Get describes a sweep in full: store.ErrNotFound where there is none of the ID.
func (s *Sweeps) Get(ctx context.Context, id string) (wire.Sweep, error) {
	all, err := s.Store.Sweeps(ctx)
	if err != nil {
		return wire.Sweep{}, err
	}
	i := slices.IndexFunc(all, func(one store.Sweep) bool { return one.ID == id && !one.Doomed })
	if i < 0 {
		return wire.Sweep{}, fmt.Errorf("sweep %s: %w", id, store.ErrNotFound)
	}
	k, err := s.runs(ctx)
	if err != nil {
		return wire.Sweep{}, err
	}
	return s.answer(all[i], k), nil
}

// answer is a sweep in the form of core/api.
func (s *Sweeps) answer(one store.Sweep, k known) wire.Sweep {
	st, err := s.stand(one, k)
	if err != nil {
		return wire.Sweep{SweepSummary: wire.SweepSummary{ID: one.ID, Name: one.Name, Created: one.Created, State: state(one), Error: err.Error()}, File: one.File}
	}
	return st.answer()
}

// state is what a sweep is doing.
func state(s store.Sweep) wire.SweepState {
	switch {
	case s.Stopped:
		return wire.SweepStopped
	case !s.Ended.IsZero():
		return wire.SweepDone
	case s.Paused:
		return wire.SweepPaused
	}
	return wire.SweepRunning
}

func (st *stand) answer() wire.Sweep {
	out := wire.Sweep{
		SweepSummary: wire.SweepSummary{
			ID: st.ID, Name: st.Name, Created: st.Created, Ended: st.Ended, State: state(st.Sweep), Workers: st.Workers,
			Points: len(st.plan.Points), Merged: st.plan.Merged, Seeds: st.plan.Seeds, Rungs: st.plan.Ladder.Rungs, Eta: st.plan.Ladder.Eta, Runs: map[run.Phase]int{},
		},
		File: st.File, Fields: st.plan.Fields,
	}
	for p, point := range st.plan.Points {
		one := wire.SweepPoint{Values: point.Values}
		for seed := range st.runs[p] {
			r := st.run(p, seed)
			out.Runs[r.Phase]++
			out.Steps += int64(r.Step)
			out.Whole += int64(point.Recipe.Steps)
			one.Runs = append(one.Runs, r)
		}
		st.count(p, &one)
		out.All = append(out.All, one)
	}
	if best := rank(out.All, st.failed()); best >= 0 {
		out.Best = &wire.SweepBest{Point: best, Accuracy: out.All[best].Accuracy}
		if !st.Ended.IsZero() {
			st.test(out.Best)
		}
	}
	return out
}

// run is one run of a point.
func (st *stand) run(point, seed int) wire.SweepRun {
	planned := st.runs[point][seed]
	out := wire.SweepRun{ID: planned.ID, Seed: planned.Recipe.Seed}
	sum := st.summaries[point][seed]
	if sum == nil {
		return out
	}
	out.Phase, out.Step, out.Rungs, out.Seconds, out.Updated = sum.Phase, sum.Step, sum.Rungs, sum.Seconds, sum.Updated
	out.Why = cmp.Or(sum.Reason, sum.Error)
	if m := sum.Best; m != nil && m.Validation != nil {
		out.Best = &wire.SweepAccuracy{Step: m.Step, Accuracy: m.Validation.Accuracy}
	}
	if m := sum.Latest; m != nil && m.Validation != nil {
		out.Last = &wire.SweepAccuracy{Step: m.Step, Accuracy: m.Validation.Accuracy}
	}
	return out
}

// count says which rung a point's runs have reached, and with which accuracy.
func (st *stand) count(p int, point *wire.SweepPoint) {
	last := len(st.plan.Ladder.Rungs) - 1
	point.Rung = last
	for _, r := range point.Runs {
		reached := len(r.Rungs) - 1
		if r.Phase == run.Done {
			reached = last
		}
		point.Rung = min(point.Rung, reached)
	}
	var counted []float64
	for _, r := range point.Runs {
		switch {
		case r.Phase == run.Failed || r.Phase == run.Unreadable || r.Best == nil:
		case point.Rung >= 0 && point.Rung < last:
			i := slices.IndexFunc(r.Rungs, func(at run.Rung) bool { return at.Step == st.plan.Ladder.Rungs[point.Rung] })
			if i >= 0 {
				counted = append(counted, r.Rungs[i].Accuracy)
			}
		default:
			counted = append(counted, r.Best.Accuracy)
		}
	}
	if point.N = len(counted); point.N == 0 {
		return
	}
	mean, deviation := sweep.Spread(counted)
	if point.Accuracy = mean; point.N > 1 {
		point.Deviation = deviation
	}
}

// failed reports for each point whether one of its runs failed.
func (st *stand) failed() []bool {
	out := make([]bool, len(st.summaries))
	for p, runs := range st.summaries {
		out[p] = slices.ContainsFunc(runs, func(sum *run.Summary) bool {
			return sum != nil && (sum.Phase == run.Failed || sum.Phase == run.Unreadable)
		})
	}
	return out
}

// rank gives the points their ranks, and returns the place of the best: -1 where none was measured.
func rank(points []wire.SweepPoint, failed []bool) int {
	var order []int
	for i := range points {
		if points[i].N > 0 {
			order = append(order, i)
		}
	}
	whether := map[bool]int{true: 1}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(whether[failed[a]], whether[failed[b]]), cmp.Compare(points[b].Rung, points[a].Rung), cmp.Compare(points[b].Accuracy, points[a].Accuracy))
	})
	for i, p := range order {
		points[p].Rank = i + 1
	}
	if len(order) == 0 {
		return -1
	}
	return order[0]
}

// test adds to the best point of a sweep that is over how many test images its runs classify correctly.
func (st *stand) test(best *wire.SweepBest) {
	var all []float64
	for _, sum := range st.summaries[best.Point] {
		if sum != nil && sum.Latest != nil {
			all, best.TestN = append(all, sum.Latest.Test.Accuracy), sum.Latest.Test.N
		}
	}
	if len(all) > 0 {
		mean, _ := sweep.Spread(all)
		best.Test = &mean
	}
}

// bestInWords says which point is the best.
func (st *stand) bestInWords() string {
	a := st.answer()
	if a.Best == nil {
		return "no run was measured"
	}
	return fmt.Sprintf("the best is %s: %s %% of the validation images", st.plan.Label(st.plan.Points[a.Best.Point]), number.Percent(a.Best.Accuracy))
}
