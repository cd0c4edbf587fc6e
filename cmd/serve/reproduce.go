package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/console"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
)

// reproduceOptions is what a reproduce command says.
type reproduceOptions struct {
	runs, to, only, data string
	seeds                int
	compute              backends.Options
	move                 bool
}

// reproduceRecipe is the recipe of a net's runs: the catalog's, and for a net with a baseline measured on all test images
// every time, as the course report did. A variable so that a test can train for less long.
var reproduceRecipe = func(e models.Entry) recipe.Recipe {
	r := e.Recipe
	if e.Baseline != nil {
		r.Eval = recipe.EvalFull
	}
	return r
}

// report is the name that reproduce had. It keeps its folders, so that an interrupted command is resumed.
func (m *Main) report(ctx context.Context, args []string) error {
	fmt.Fprintln(m.Stderr, `"serve report" is now called "serve reproduce"`)
	return m.reproduce(ctx, append([]string{"-runs", filepath.Join("runs", "report"), "-to", "report"}, args...))
}

// reproduce trains those nets of the catalog that are not trained yet, and writes the results of all of them.
func (m *Main) reproduce(ctx context.Context, args []string) error {
	o := reproduceOptions{data: m.Data}
	flags := newFlags("reproduce")
	flags.StringVar(&o.runs, "runs", filepath.Join("runs", "reproduce"), "`folder` for the runs, each in one of its own; those that were interrupted are resumed")
	flags.StringVar(&o.to, "to", "results", "`folder` for the results: tables, curves and figures; what it has is not done again")
	flags.StringVar(&o.only, "only", "", "`names` of nets to train, with commas between; else all of the catalog")
	flags.IntVar(&o.seeds, "seeds", 1, "runs of each net, with the seeds 1 to this `number`")
	backendFlags(flags, &o.compute)
	flags.BoolVar(&o.move, "move", false, moveHelp)
	flags.StringVar(&o.data, "data", o.data, "`folder` of data sets; else UNPOOL_DATA, the cache, and a download")
	names, err := m.parse(flags, "serve reproduce [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return usage("reproduce takes no names, and was given %q; -only picks nets", names[0])
	case o.seeds < 1:
		return usage("-seeds: %d is less than 1", o.seeds)
	}
	entries, err := picked(o.only)
	if err != nil {
		return err
	}
	backend, err := openBackend(o.compute)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	fmt.Fprintln(m.Stderr, backend.Why)
	r := reproducer{Main: m, reproduceOptions: o, backend: backend, sets: images{}}
	// One seed of every net before the second of any: a table of all of them comes first.
	for seed := range o.seeds {
		for _, e := range entries {
			if err := r.run(ctx, e, uint64(seed+1)); err != nil {
				return err
			}
			if err := r.write(); err != nil { // so that a kill later loses no result
				return err
			}
		}
	}
	fmt.Fprintln(m.Stdout, filepath.Join(o.to, "README.md"))
	return nil
}

// picked are the nets of the catalog, or those of them that are named.
func picked(only string) (entries []models.Entry, err error) {
	if only == "" {
		return models.Catalog, nil
	}
	for name := range strings.SplitSeq(only, ",") {
		e, err := models.Find(name)
		if err != nil {
			return nil, usage("-only: %v", err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// reproducer makes the runs.
type reproducer struct {
	*Main
	reproduceOptions
	backend *backends.Backend
	sets    images
}

// dir is where a run is kept.
func (r *reproducer) dir(e models.Entry, seed uint64) string {
	return filepath.Join(r.runs, fmt.Sprintf("%s-seed%d", e.Name, seed))
}

// run trains a net, from where an earlier call was interrupted if there was one.
func (r *reproducer) run(ctx context.Context, e models.Entry, seed uint64) error {
	rec := reproduceRecipe(e)
	rec.Seed = seed
	dir := r.dir(e, seed)
	if done, err := r.has(e, rec); done || err != nil {
		return err
	}
	log, from, err := open(dir)
	if err != nil {
		return err
	}
	if log == nil {
		return r.keep(ctx, e, seed)
	}
	set, err := r.openImages(ctx, r.sets, &rec, r.data)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Stderr, "%s, seed %d\n", e.Name, seed)
	s := sink{progress: console.New(r.Stderr), log: log}
	session, err := train.New(on(r.backend, train.Options{
		Recipe: rec, Data: set, Emit: s.take, From: from, Move: r.move, Keep: s.keep,
	}))
	if err != nil {
		return errors.Join(moveHint(err), log.Close())
	}
	defer session.Close()
	if err := s.follow(ctx, session); err != nil {
		return err
	}
	if s.end.Status == run.Stopped {
		return errStopped
	}
	return r.keep(ctx, e, seed)
}
