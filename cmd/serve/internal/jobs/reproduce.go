package jobs

import (
	"context"
	"fmt"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// Reproduce trains those nets of the catalog that are not trained yet, and writes the results of all of them.
type Reproduce struct {
	*Runner
	Runs  store.Store // the whole runs; those that were interrupted are resumed
	To    string      // folder for the results; what it has is not done again
	Nets  []models.Entry
	Seeds int // runs of each net, with the seeds 1 to this
}

// ReproduceRecipe is the recipe of a net's runs: the catalog's, and for a net with a baseline measured on all test images
// every time, as the course report did. A variable so that a test can train for less long.
var ReproduceRecipe = func(e models.Entry) recipe.Recipe {
	r := e.Recipe
	if e.Baseline != nil {
		r.Eval = recipe.EvalFull
	}
	return r
}

// Picked are the nets of the catalog, or those of them that are named, with commas between.
func Picked(only string) (entries []models.Entry, err error) {
	if only == "" {
		return models.Catalog, nil
	}
	for name := range strings.SplitSeq(only, ",") {
		e, err := models.Find(name)
		if err != nil {
			return nil, command.Usage("-only: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Run makes the runs.
func (r *Reproduce) Run(ctx context.Context) error {
	// One seed of every net before the second of any: a table of all of them comes first.
	for seed := range r.Seeds {
		for _, e := range r.Nets {
			if err := r.run(ctx, e, uint64(seed+1)); err != nil {
				return err
			}
			if err := r.write(); err != nil { // so that a kill later loses no result
				return err
			}
		}
	}
	return nil
}

// name is by what a run and its result are kept.
func name(e models.Entry, seed uint64) string { return fmt.Sprintf("%s-seed%d", e.Name, seed) }

// run trains a net, unless its result is there.
func (r *Reproduce) run(ctx context.Context, e models.Entry, seed uint64) error {
	rec := ReproduceRecipe(e)
	rec.Seed = seed
	if done, err := r.has(e, rec); done || err != nil {
		return err
	}
	view, err := r.Finish(ctx, r.Runs, name(e, seed), rec, fmt.Sprintf("%s, seed %d", e.Name, seed))
	if err != nil {
		return err
	}
	if view.Phase != run.Done {
		return fmt.Errorf("the run of %s failed: %s; remove its folder %s to try again", e.Name, view.End.Error, name(e, seed))
	}
	return r.keep(ctx, e, seed)
}
