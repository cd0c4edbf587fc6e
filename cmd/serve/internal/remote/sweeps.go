package remote

import (
	"context"
	"net/http"

	"unpool/core/api"
)

// Sweeps returns all sweeps, the newest first.
func (c *Client) Sweeps(ctx context.Context) ([]api.SweepSummary, error) {
	var list api.SweepList
	err := c.get(ctx, http.MethodGet, api.Sweeps, nil, &list)
	return list.Sweeps, err
}

// Sweep returns a sweep with all its points and runs.
func (c *Client) Sweep(ctx context.Context, id string) (one api.Sweep, err error) {
	return one, c.get(ctx, http.MethodGet, api.SweepPath(id), nil, &one)
}

// CreateSweep begins a sweep, and returns its ID.
func (c *Client) CreateSweep(ctx context.Context, n api.NewSweep) (string, error) {
	var made api.Made
	err := c.get(ctx, http.MethodPost, api.Sweeps, n, &made)
	return made.ID, err
}

// ChangeSweep renames a sweep, or adds to it.
func (c *Client) ChangeSweep(ctx context.Context, id string, change api.SweepChange) error {
	return c.get(ctx, http.MethodPatch, api.SweepPath(id), change, nil)
}

// CommandSweep tells a sweep what to do.
func (c *Client) CommandSweep(ctx context.Context, id string, verb api.SweepVerb) error {
	return c.get(ctx, http.MethodPost, api.SweepCommands(id), api.SweepCommand{Do: verb}, nil)
}

// DeleteSweep deletes a sweep and all its runs.
func (c *Client) DeleteSweep(ctx context.Context, id string) error {
	return c.get(ctx, http.MethodDelete, api.SweepPath(id), nil, nil)
}
