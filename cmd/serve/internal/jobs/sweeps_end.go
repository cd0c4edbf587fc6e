package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"unpool/core/control"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store"
)

// Pauses of Run: while runs of a sweep that is to end are still in training, and after an error.
const (
	whileEnding = 200 * time.Millisecond
	afterError  = time.Minute
)

// Run brings sweeps to their end until ctx ends: when all is trained, the runs that are parked are stopped for good; so are all when a sweep is stopped, and they go
// when it is deleted.
func (s *Sweeps) Run(ctx context.Context) {
	changes := s.Store.JobChanges(ctx)
	for ctx.Err() == nil {
		again, err := s.endAll(ctx)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil:
			fmt.Fprintf(s.Stderr, "A sweep cannot be completed; trying again in %s: %v\n", afterError, err)
			s.wait(ctx, time.After(afterError), nil)
		case again:
			s.wait(ctx, time.After(whileEnding), nil)
		default:
			s.wait(ctx, nil, changes)
		}
	}
}

// wait waits until a sweep may have to be brought to its end. Another program of a cluster may have stopped or deleted one: that is among the changes.
func (s *Sweeps) wait(ctx context.Context, later <-chan time.Time, changes <-chan struct{}) {
	for {
		select {
		case <-changes:
			all, err := s.Store.Sweeps(ctx)
			if err == nil && !slices.ContainsFunc(all, ending) {
				continue
			}
		case <-s.woken:
		case <-later:
		case <-ctx.Done():
		}
		return
	}
}

// ending reports whether a sweep was stopped or deleted, and is not over yet.
func ending(one store.Sweep) bool { return one.Doomed || one.Stopped && one.Ended.IsZero() }

// endAll ends the sweeps that are to end, and reports whether some could not be yet.
func (s *Sweeps) endAll(ctx context.Context) (again bool, err error) {
	all, err := s.Store.Sweeps(ctx)
	if err != nil {
		return false, err
	}
	for _, one := range all {
		if !one.Doomed && !one.Ended.IsZero() {
			continue
		}
		more, failed := s.end(ctx, one)
		if failed != nil {
			failed = fmt.Errorf("sweep %s: %w", one.ID, failed)
		}
		again, err = again || more, errors.Join(err, failed)
	}
	return again, err
}

// end ends a sweep if nothing is left to do, and reports whether that is to be tried again soon.
func (s *Sweeps) end(ctx context.Context, one store.Sweep) (again bool, err error) {
	s.feeding.Lock() // so that none of its runs begins meanwhile
	defer s.feeding.Unlock()
	k, err := s.runs(ctx)
	if err != nil {
		return false, err
	}
	if one.Doomed {
		return s.deleteAll(ctx, one.ID, k)
	}
	st, err := s.stand(one, k)
	if err != nil {
		return false, nil // what is wrong is reported where it is listed
	}
	if !one.Stopped && !st.race.Over() {
		return false, nil
	}
	if err := s.stopJobs(ctx, one.ID, k); err != nil {
		return false, err
	}
	for p, runs := range st.summaries {
		for _, sum := range runs {
			if sum == nil || sum.Phase != run.Parked {
				continue
			}
			err := s.stop(ctx, sum.ID, st.reason(p))
			if err != nil && !errors.Is(err, store.ErrBusy) {
				return false, err
			}
			again = again || err != nil
		}
	}
	if again || st.busy > 0 {
		return true, nil
	}
	err = s.change(ctx, one.ID, func(now *store.Sweep) error {
		if string(now.File) != string(one.File) {
			return nil // it was added to meanwhile
		}
		now.Ended = time.Now().UTC().Truncate(time.Millisecond)
		return nil
	})
	if err == nil {
		fmt.Fprintf(s.Stderr, "sweep %s: over, %s\n", one.ID, st.bestInWords())
	}
	if errors.Is(err, store.ErrNotFound) {
		err = nil // it is being deleted
	}
	return false, err
}

// reason says why a point's runs are stopped.
func (st *stand) reason(point int) string {
	rung, place, of := st.race.Place(point)
	if st.Stopped {
		return fmt.Sprintf("stopped at rung %d, with its sweep", rung+1)
	}
	return fmt.Sprintf("stopped by the sweep at rung %d: %s of %s", rung+1, number.Ordinal(place), number.Plain(of))
}

// stop ends a run that is parked. It keeps its checkpoint.
func (s *Sweeps) stop(ctx context.Context, id, reason string) error {
	w, err := s.Store.Open(ctx, id)
	if err != nil {
		return err
	}
	defer w.Close()
	log, err := s.Store.Read(ctx, id, 1)
	if err != nil {
		return err
	}
	v := run.Replay(log)
	if v.Start == nil || v.End != nil {
		return nil
	}
	end := &run.End{Status: run.Stopped, Steps: v.Step, Backend: v.Start.Backend, Reason: reason}
	if m, ok := v.Latest(); ok {
		end.Seconds = m.Seconds
	}
	return errors.Join(w.Append(run.Record{Seq: w.Last() + 1, Time: time.Now(), Event: end}), w.Close())
}

// stopJobs stops the runs of a sweep that are in training or in the queue.
func (s *Sweeps) stopJobs(ctx context.Context, sweep string, k known) error {
	for id, j := range k.jobs {
		if j.Sweep != sweep {
			continue
		}
		if err := s.Queue.Do(ctx, id, control.Command{Do: control.Stop}); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// gone reports that a job is no longer in the queue: it is done, or another program has stopped it.
func gone(err error) bool { return errors.Is(err, store.ErrIdle) || errors.Is(err, store.ErrNotFound) }

// deleteAll deletes a sweep's runs, those in training once they have stopped, and then the sweep.
func (s *Sweeps) deleteAll(ctx context.Context, sweep string, k known) (again bool, err error) {
	if err := s.stopJobs(ctx, sweep, k); err != nil {
		return false, err
	}
	for id, sum := range k.summaries {
		if sum.Sweep != sweep {
			continue
		}
		err := s.Queue.Delete(ctx, id)
		switch {
		case errors.Is(err, store.ErrBusy):
			again = true
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return false, err
		}
	}
	if again {
		return true, nil
	}
	s.plans.forget(sweep)
	err = s.Store.DeleteSweep(ctx, sweep)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return false, err
}
