package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/command"
	"unpool/core/atomicfile"
	"unpool/core/look"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/models"
)

// The results are the compact logs of finished runs in the folder -to. Everything else there is made from them, so several
// commands may add to one folder, and a fresh clone can add to the results that are committed.

// file is the name of a run's compact log.
func (r *reproduction) file(e models.Entry, seed uint64) string {
	return filepath.Join(r.to, name(e, seed)+".jsonl")
}

// has reports whether the folder has the result of a recipe. A result of another recipe is an error: it may be that of
// an older version of the net, which must not be lost unnoticed.
func (r *reproduction) has(e models.Entry, rec recipe.Recipe) (bool, error) {
	path := r.file(e, rec.Seed)
	log, err := folder.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	view := run.Replay(log)
	if view.Phase != run.Done {
		return false, fmt.Errorf("%s is not the log of a finished run; remove it to train the net again", path)
	}
	if was, ok := view.Recipe(); !ok || was != rec {
		return false, fmt.Errorf("the settings of %s differ from the catalog's %s; remove it to train the net again, or choose another folder with -to",
			path, e.Name)
	}
	return true, nil
}

// keep writes the parts of a finished run that are worth keeping into the results.
func (r *reproduction) keep(ctx context.Context, e models.Entry, seed uint64) error {
	log, err := r.runs.Read(ctx, name(e, seed), 1)
	if err != nil {
		return err
	}
	var statistics *run.Statistics
	if !e.Recipe.Recurrent() {
		if statistics, err = r.statistics(ctx, name(e, seed)); err != nil {
			return err
		}
	}
	var snapshots []run.Snapshot
	if seed == 1 { // one run of each net is enough to look inside
		snapshots = results.Snapshots(run.Replay(log).Snapshots)
	}
	for _, s := range snapshots {
		if err := r.copy(ctx, name(e, seed), s.Name); err != nil {
			return err
		}
	}
	var lines []byte
	for _, k := range results.Compact(log, snapshots, statistics) {
		line, err := k.Marshal()
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.MkdirAll(r.to, 0o755); err != nil {
		return err
	}
	return atomicfile.WriteBytes(r.file(e, seed), lines)
}

// copy copies an artifact of a run into the results, in a folder beside the run's log.
func (r *reproduction) copy(ctx context.Context, run, artifact string) error {
	from, err := r.runs.Get(ctx, run, artifact)
	if err != nil {
		return err
	}
	defer from.Close() // only read from
	to := filepath.Join(r.to, run)
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(to, artifact), func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	})
}

// statistics are of the activations of a CNN's last checkpoint.
func (r *reproduction) statistics(ctx context.Context, name string) (*run.Statistics, error) {
	c, err := store.Load(ctx, r.runs, name, store.Last)
	if err != nil {
		return nil, err
	}
	set, err := r.Images.For(ctx, &c.Recipe)
	if err != nil {
		return nil, err
	}
	net, err := look.Open(r.Backend.Backend, c, set)
	if err != nil {
		return nil, err
	}
	defer net.Close()
	s, err := net.Statistics(ctx, set, nil)
	return s, command.Stopped(ctx, err)
}

// result is a net with all results there are of it, and the first of them.
type result struct {
	row   results.Row
	entry models.Entry
	first *run.View // nil without results
}

// results reads the folder, in the catalog's order.
func (r *reproduction) results() (all []result, err error) {
	for _, e := range models.Catalog {
		paths, err := filepath.Glob(filepath.Join(r.to, e.Name+"-seed*.jsonl"))
		if err != nil {
			return nil, err
		}
		res := result{row: results.Row{Name: e.Name}, entry: e}
		for _, path := range paths {
			log, err := folder.ReadFile(path)
			if err != nil {
				return nil, err
			}
			view := run.Replay(log)
			one, err := results.Of(e, view)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			one.File = filepath.Base(path)
			res.row.Runs = append(res.row.Runs, one)
			if first := slices.MinFunc(res.row.Runs, bySeed); first.File == one.File {
				res.first = view
			}
		}
		slices.SortFunc(res.row.Runs, bySeed)
		all = append(all, res)
	}
	return all, nil
}

func bySeed(a, b results.Run) int { return cmp.Compare(a.Seed, b.Seed) }
