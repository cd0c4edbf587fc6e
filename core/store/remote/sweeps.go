package remote

import (
	"context"

	"unpool/core/api"
)

// Sweeps lists the sweeps that the server keeps, the newest first.
func (s *Store) Sweeps(ctx context.Context) ([]api.SweepSummary, error) {
	var list api.SweepList
	err := s.get(ctx, api.Sweeps, &list)
	return list.Sweeps, err
}

// Sweep returns a sweep with all its points and runs.
func (s *Store) Sweep(ctx context.Context, id string) (*api.Sweep, error) {
	sweep := &api.Sweep{}
	if err := s.get(ctx, api.SweepPath(id), sweep); err != nil {
		return nil, err
	}
	return sweep, nil
}

// BeginSweep has the server make a sweep, and returns its ID.
func (s *Store) BeginSweep(ctx context.Context, n api.NewSweep) (id string, err error) {
	var made api.Made
	err = s.ask(ctx, "POST", api.Sweeps, n, &made)
	return made.ID, err
}

// ChangeSweep renames a sweep, adds points or seeds to it, or says how many of its runs are trained at a time.
func (s *Store) ChangeSweep(ctx context.Context, id string, c api.SweepChange) error {
	if err := c.Check(); err != nil {
		return err
	}
	return s.ask(ctx, "PATCH", api.SweepPath(id), c, nil)
}

// CommandSweep tells a sweep to pause, to continue or to stop.
func (s *Store) CommandSweep(ctx context.Context, id string, do api.SweepVerb) error {
	return s.ask(ctx, "POST", api.SweepCommands(id), api.SweepCommand{Do: do}, nil)
}

// DeleteSweep deletes a sweep and all its runs.
func (s *Store) DeleteSweep(ctx context.Context, id string) error {
	return s.ask(ctx, "DELETE", api.SweepPath(id), nil, nil)
}
