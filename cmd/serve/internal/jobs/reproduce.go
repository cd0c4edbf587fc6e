package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/models"
)

// Reproduce trains those nets of the catalog that are not trained yet, and writes the results of all of them.
type Reproduce struct {
	Compute   backends.Options
	Move      bool   // let interrupted runs be resumed on a backend other than their own
	Runs      string // folder of the complete runs; those that were interrupted are resumed
	To        string // folder for the results; existing results are skipped
	Only      string // names of the nets, with commas between; "" for the whole catalog
	Seeds     int    // runs of each net, with the seeds 1 to this
	Snapshots int64  // maximum bytes of weights that each run keeps for looking inside; 0 for none
}

// reproduction is one under way.
type reproduction struct {
	*Runner
	runs  store.Store
	to    string
	nets  []models.Entry
	seeds int
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

// picked are the nets of the catalog, or those of them that are named, with commas between.
func picked(only string) (entries []models.Entry, err error) {
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

// Run makes the runs, and prints on stdout where the results are.
func (r Reproduce) Run(ctx context.Context, images *Images, stdout, stderr io.Writer) error {
	if r.Seeds < 1 {
		return command.Usage("-seeds: %d is less than 1", r.Seeds)
	}
	nets, err := picked(r.Only)
	if err != nil {
		return err
	}
	runner, err := newRunner(r.Compute, r.Move, images, stderr)
	if err != nil {
		return err
	}
	defer runner.Backend.Finalize()
	runner.Snapshots = r.Snapshots
	x := reproduction{Runner: runner, runs: folder.Store{Dir: r.Runs}, to: r.To, nets: nets, seeds: r.Seeds}
	if err := x.all(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(r.To, "README.md"))
	return err
}

// all makes the runs.
func (r *reproduction) all(ctx context.Context) error {
	// One seed of every net before the second of any: a table of all of them comes first.
	for seed := range r.seeds {
		for _, e := range r.nets {
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

// name is that under which a run and its result are kept.
func name(e models.Entry, seed uint64) string { return fmt.Sprintf("%s-seed%d", e.Name, seed) }

// run trains a net, unless its result is there.
func (r *reproduction) run(ctx context.Context, e models.Entry, seed uint64) error {
	rec := ReproduceRecipe(e)
	rec.Seed = seed
	if done, err := r.has(e, rec); done || err != nil {
		return err
	}
	view, err := r.Finish(ctx, r.runs, name(e, seed), rec, fmt.Sprintf("%s, seed %d", e.Name, seed))
	if err != nil {
		return err
	}
	if view.Phase != run.Done {
		return fmt.Errorf("the run of %s failed: %s; remove its folder %s to try again", e.Name, view.End.Error, name(e, seed))
	}
	return r.keep(ctx, e, seed)
}
