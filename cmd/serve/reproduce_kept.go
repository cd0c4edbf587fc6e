package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/runlog"
	"unpool/core/look"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/models"
)

// The results are the compact logs of finished runs in the folder -to. All else there is made of them, so several
// commands may add to one folder, and a fresh clone can add to the results that are committed.

// file is the name of a run's compact log.
func (r *reproducer) file(e models.Entry, seed uint64) string {
	return filepath.Join(r.to, fmt.Sprintf("%s-seed%d.jsonl", e.Name, seed))
}

// has reports whether the folder has the result of a recipe. A result of another recipe is an error: it may be that of
// an older version of the net, which must not be lost unnoticed.
func (r *reproducer) has(e models.Entry, rec recipe.Recipe) (bool, error) {
	path := r.file(e, rec.Seed)
	events, err := runlog.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !finished(events):
		return false, fmt.Errorf("%s is not the log of a finished run; remove it to train the net again", path)
	}
	if start, ok := events[0].(*run.Start); !ok || start.Recipe != rec {
		return false, fmt.Errorf("%s is of another recipe than the catalog's %s; remove it to train the net again, or choose another folder with -to",
			path, e.Name)
	}
	return true, nil
}

// keep writes what is worth it of a finished run into the results.
func (r *reproducer) keep(ctx context.Context, e models.Entry, seed uint64) error {
	events, err := runlog.Events(r.dir(e, seed))
	if err != nil {
		return err
	}
	kept := results.Compact(events)
	if !e.Recipe.Recurrent() {
		statistics, err := r.statistics(ctx, r.dir(e, seed))
		if err != nil {
			return err
		}
		kept = slices.Insert(kept, len(kept)-1, run.Event(statistics)) // the End stays last
	}
	var lines []byte
	for _, k := range kept {
		line, err := run.Marshal(k)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.MkdirAll(r.to, 0o755); err != nil {
		return err
	}
	whole := r.file(e, seed) + ".tmp" // so that a kill leaves no half of a result
	return errors.Join(os.WriteFile(whole, lines, 0o644), os.Rename(whole, r.file(e, seed)))
}

// statistics are of the activations of a CNN's last checkpoint.
func (r *reproducer) statistics(ctx context.Context, dir string) (*run.Statistics, error) {
	c, err := runlog.Load(dir, runlog.Last)
	if err != nil {
		return nil, err
	}
	set, err := r.openImages(ctx, r.sets, &c.Recipe, r.data)
	if err != nil {
		return nil, err
	}
	s, err := look.Statistics(ctx, r.backend.Backend, c, set)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	return s, nil
}

// result is a net with all results there are of it, and the events of the first.
type result struct {
	row   results.Row
	entry models.Entry
	first []run.Event // nil without results
}

// results reads the folder, in the catalog's order.
func (r *reproducer) results() (all []result, err error) {
	for _, e := range models.Catalog {
		paths, err := filepath.Glob(filepath.Join(r.to, e.Name+"-seed*.jsonl"))
		if err != nil {
			return nil, err
		}
		res := result{row: results.Row{Name: e.Name}, entry: e}
		for _, path := range paths {
			events, err := runlog.ReadFile(path)
			if err != nil {
				return nil, err
			}
			run, err := results.Summary(e, events)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			run.File = filepath.Base(path)
			res.row.Runs = append(res.row.Runs, run)
			if first := slices.MinFunc(res.row.Runs, bySeed); first.File == run.File {
				res.first = events
			}
		}
		slices.SortFunc(res.row.Runs, bySeed)
		all = append(all, res)
	}
	return all, nil
}

func bySeed(a, b results.Run) int { return cmp.Compare(a.Seed, b.Seed) }
