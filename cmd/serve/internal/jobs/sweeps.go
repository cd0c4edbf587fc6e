package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"unpool/cmd/serve/internal/api"
	"unpool/cmd/serve/internal/sweep"
	wire "unpool/core/api"
	"unpool/core/control"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// SweepStore keeps sweeps, and the runs that they are made of.
type SweepStore interface {
	store.Store
	Enqueue(ctx context.Context, j store.Job) error
	CreateSweep(ctx context.Context, s store.Sweep) error
	ChangeSweep(ctx context.Context, id string, do func(*store.Sweep) error) error
	DeleteSweep(ctx context.Context, id string) error
	Sweeps(ctx context.Context) ([]store.Sweep, error)
	// JobChanges returns a channel that has a token when a job or a sweep has changed, until ctx ends.
	JobChanges(ctx context.Context) <-chan struct{}
}

// SweepQueue trains runs.
type SweepQueue interface {
	Jobs(ctx context.Context) ([]store.Job, error)
	Do(ctx context.Context, id string, c control.Command) error
	Delete(ctx context.Context, id string) error
}

// Sweeps has the runs of sweeps trained by a queue. Which is next follows from what is in the store, each time: so a kill loses nothing, and any number of
// programs may feed their queues.
type Sweeps struct {
	Store   SweepStore
	Queue   SweepQueue
	Missing func(recipe.Dataset) (why string) // why a data set is not here; "" for one that is
	Stderr  io.Writer                         // is notified of sweeps that end, and of their errors

	feeding sync.Mutex    // held while a run is chosen, so that two are not the same, and while a sweep is changed or ended
	woken   chan struct{} // has a token when a sweep may have to be brought to its end
	plans   plans
}

// NewSweeps returns the sweeps of a store.
func NewSweeps(s SweepStore, q SweepQueue, missing func(recipe.Dataset) string, stderr io.Writer) *Sweeps {
	return &Sweeps{Store: s, Queue: q, Missing: missing, Stderr: stderr, woken: make(chan struct{}, 1), plans: plans{known: map[string]planned{}}}
}

// plans remembers what sweep files plan: to read a large one takes a second.
type plans struct {
	mu    sync.Mutex
	known map[string]planned // by the ID of the sweep
}

// planned is a plan, and the file that it is of.
type planned struct {
	file string
	plan *sweep.Plan
	runs [][]sweep.Run // by point and seed
	err  error
}

func (p *plans) of(s store.Sweep) planned {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.known[s.ID]; ok && known.file == string(s.File) {
		return known
	}
	one := planned{file: string(s.File)}
	one.plan, one.err = sweep.Parse(s.File)
	if one.err == nil {
		one.runs = make([][]sweep.Run, len(one.plan.Points))
		for i := range one.runs {
			one.runs[i] = make([]sweep.Run, one.plan.Seeds)
		}
		for _, r := range one.plan.Runs {
			r.ID = s.ID + "-" + r.ID
			one.runs[r.Point][r.Recipe.Seed-1] = r
		}
	}
	p.known[s.ID] = one
	return one
}

func (p *plans) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, id)
}

// Create begins a sweep, and returns its ID.
func (s *Sweeps) Create(ctx context.Context, file []byte, name string) (id string, err error) {
	if err := run.CheckName(name); err != nil {
		return "", api.Invalid{Err: err}
	}
	one := store.Sweep{ID: run.NewID(), Name: name, File: json.RawMessage(file), Created: time.Now().UTC().Truncate(time.Millisecond)}
	if err = s.create(ctx, one); err != nil {
		s.plans.forget(one.ID)
		return "", err
	}
	return one.ID, nil
}

func (s *Sweeps) create(ctx context.Context, one store.Sweep) error {
	p := s.plans.of(one)
	if p.err != nil {
		return api.Invalid{Err: p.err}
	}
	var asked []recipe.Dataset
	for _, p := range p.plan.Points {
		set := p.Recipe.Dataset
		if slices.Contains(asked, set) {
			continue
		}
		asked = append(asked, set)
		if err := api.HasData(s.Missing, set); err != nil {
			return err
		}
	}
	return s.Store.CreateSweep(ctx, one)
}

// Change renames a sweep, or adds to it. A sweep that is done continues with what was added.
func (s *Sweeps) Change(ctx context.Context, id string, c wire.SweepChange) error {
	s.feeding.Lock() // so that no run begins afterwards that was chosen before
	defer s.feeding.Unlock()
	if err := c.Check(); err != nil {
		return api.Invalid{Err: err}
	}
	workers := or(c.Workers)
	if workers < 0 {
		return api.Invalid{Err: fmt.Errorf("workers: %d is less than 0", workers)}
	}
	err := s.change(ctx, id, func(one *store.Sweep) error {
		if c.Name != nil {
			one.Name = *c.Name
		}
		if c.Workers != nil {
			one.Workers = workers
		}
		if c.Points == nil && c.Seeds == nil {
			return nil
		}
		if one.Stopped {
			return errStoppedSweep
		}
		file, err := sweep.Extend(one.File, or(c.Points), or(c.Seeds))
		if err != nil {
			return api.Invalid{Err: err}
		}
		one.File, one.Ended = file, time.Time{}
		return nil
	})
	return err
}

func or(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// The answers of a sweep that has ended.
var (
	errStoppedSweep = api.Over("the sweep was stopped, which is final; start a new sweep")
	errOverSweep    = api.Over("the sweep is over")
)

// Do tells a sweep what to do.
func (s *Sweeps) Do(ctx context.Context, id string, verb wire.SweepVerb) error {
	s.feeding.Lock() // so that no run begins afterwards that was chosen before
	defer s.feeding.Unlock()
	err := s.change(ctx, id, func(one *store.Sweep) error {
		if one.Stopped || !one.Ended.IsZero() {
			return errOverSweep
		}
		switch verb {
		case wire.PauseSweep:
			one.Paused = true
		case wire.ContinueSweep:
			one.Paused = false
		case wire.StopSweep:
			one.Stopped = true
		default:
			return api.Invalid{Err: fmt.Errorf("do: %.40q is not a command of a sweep; use pause, continue or stop", verb)}
		}
		return nil
	})
	s.wake()
	return err
}

// Delete deletes a sweep with all its runs, which may take a while: it is no longer listed at once.
func (s *Sweeps) Delete(ctx context.Context, id string) error {
	s.feeding.Lock() // so that no run begins afterwards that was chosen before
	defer s.feeding.Unlock()
	err := s.change(ctx, id, func(one *store.Sweep) error {
		one.Doomed = true
		return nil
	})
	s.wake()
	return err
}

// change changes a sweep that is not being deleted.
func (s *Sweeps) change(ctx context.Context, id string, do func(*store.Sweep) error) error {
	return s.Store.ChangeSweep(ctx, id, func(one *store.Sweep) error {
		if one.Doomed {
			return store.ErrNotFound
		}
		return do(one)
	})
}

func (s *Sweeps) wake() {
	store.Wake(s.woken)
}

// Feed is queue.Queue's: it puts the next run of the oldest sweep that has one into the queue.
func (s *Sweeps) Feed(ctx context.Context) (bool, error) {
	s.feeding.Lock()
	defer s.feeding.Unlock()
	all, err := s.Store.Sweeps(ctx)
	if err != nil || !slices.ContainsFunc(all, func(one store.Sweep) bool { return !one.Idle() }) {
		return false, err
	}
	known, err := s.runs(ctx)
	if err != nil {
		return false, err
	}
	for _, one := range all {
		if one.Idle() {
			continue
		}
		st, err := s.stand(one, known)
		if err != nil {
			continue // what is wrong is reported where it is listed
		}
		if st.race.Over() {
			s.wake()
			continue
		}
		if one.Workers > 0 && st.busy >= one.Workers {
			continue
		}
		point, seed, rung, ok := st.race.Next(st.plan.Order)
		if !ok {
			continue
		}
		r := st.runs[point][seed]
		job := store.Job{ID: r.ID, Recipe: r.Recipe, Queued: time.Now().UTC(), Sweep: one.ID}
		if rungs := st.plan.Ladder.Rungs; rung < len(rungs)-1 {
			job.Until = rungs[rung]
		}
		err = s.Store.Enqueue(ctx, job)
		if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
			err = nil // another program was quicker
		}
		return err == nil, err
	}
	return false, nil
}
