package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/runlog"
	"unpool/cmd/serve/internal/site"
	"unpool/core/data"
	"unpool/core/event"
	"unpool/core/look"
	"unpool/core/recipe"
	"unpool/core/report"
	"unpool/core/train"
	"unpool/models"
)

// reportOptions is what a report command says.
type reportOptions struct {
	runs, to, only, data, backend string
	seeds, threads                int
}

// reportRecipe is a net's recipe for the report: the catalog's, measured on all test images every time. A variable so
// that a test can train for less long.
var reportRecipe = func(e models.Entry) recipe.Recipe {
	r := e.Recipe
	r.Eval = recipe.EvalFull
	return r
}

// report trains those of the report's nets that are not trained yet, and writes what came of all of them.
func (m *Main) report(ctx context.Context, args []string) error {
	o := reportOptions{data: m.Data, to: "report"}
	if root, err := site.Root("."); err == nil {
		o.to = filepath.Join(root, "public", "report")
	}
	flags := newFlags("report")
	flags.StringVar(&o.runs, "runs", filepath.Join("runs", "report"), "`folder` for the runs, each in one of its own; those that are finished are not done again")
	flags.StringVar(&o.to, "to", o.to, "`folder` for the tables, curves and figures")
	flags.StringVar(&o.only, "only", "", "`names` of nets to train, with commas between; else all twelve")
	flags.IntVar(&o.seeds, "seeds", 1, "runs of each net, with the seeds 1 to this `number`")
	flags.StringVar(&o.backend, "backend", "auto", "`name` of the compute backend")
	flags.IntVar(&o.threads, "threads", 0, "`number` of threads at most; 0 for as many as the machine has (wasm backend)")
	flags.StringVar(&o.data, "data", o.data, "`folder` of data sets; else UNPOOL_DATA, the cache, and a download")
	names, err := m.parse(flags, "serve report [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return usage("report takes no names, and was given %q; -only picks nets", names[0])
	case o.seeds < 1:
		return usage("-seeds: %d is less than 1", o.seeds)
	case o.threads < 0:
		return usage("-threads: %d is negative", o.threads)
	}
	entries, err := picked(o.only)
	if err != nil {
		return err
	}
	backend, tier, why, err := openBackend(o.backend, engineOptions{threads: o.threads})
	if err != nil {
		return err
	}
	defer backend.Finalize()
	fmt.Fprintln(m.Stderr, why)
	r := reporter{Main: m, reportOptions: o, backend: backend, tier: tier, sets: map[recipe.Dataset]*data.Dataset{}}
	// One seed of every net before the second of any: a table of all of them comes first.
	for seed := range o.seeds {
		for _, e := range entries {
			if err := r.run(ctx, e, uint64(seed+1)); err != nil {
				return err
			}
			if err := r.write(ctx); err != nil { // so that a kill later loses no result
				return err
			}
		}
	}
	fmt.Fprintln(m.Stdout, filepath.Join(o.to, "README.md"))
	return nil
}

// picked are the nets of the report, or those of them that are named.
func picked(only string) (entries []models.Entry, err error) {
	for _, e := range models.Catalog {
		if e.Report != nil {
			entries = append(entries, e)
		}
	}
	if only == "" {
		return entries, nil
	}
	names := strings.Split(only, ",")
	for _, name := range names {
		if !slices.ContainsFunc(entries, func(e models.Entry) bool { return e.Name == name }) {
			return nil, usage("-only: the report has no net %q; serve recipes lists the nets", name)
		}
	}
	return slices.DeleteFunc(entries, func(e models.Entry) bool { return !slices.Contains(names, e.Name) }), nil
}

// reporter makes the report's runs.
type reporter struct {
	*Main
	reportOptions
	backend compute.Backend
	tier    string
	sets    map[recipe.Dataset]*data.Dataset
}

// set opens a data set once.
func (r *reporter) set(ctx context.Context, name recipe.Dataset) (*data.Dataset, error) {
	if s := r.sets[name]; s != nil {
		return s, nil
	}
	s, err := r.openData(ctx, name, r.data)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	r.sets[name] = s
	return s, nil
}

// dir is where a run is kept.
func (r *reporter) dir(e models.Entry, seed uint64) string {
	return filepath.Join(r.runs, fmt.Sprintf("%s-seed%d", e.Name, seed))
}

// run trains a net, from where an earlier call was interrupted if there was one.
func (r *reporter) run(ctx context.Context, e models.Entry, seed uint64) error {
	rec := reportRecipe(e)
	rec.Seed = seed
	dir := r.dir(e, seed)
	log, from, err := open(dir)
	if log == nil || err != nil {
		return err
	}
	set, err := r.set(ctx, rec.Dataset)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Stderr, "%s, seed %d\n", e.Name, seed)
	s := sink{progress: console.New(r.Stderr), log: log}
	session, err := train.New(train.Options{
		Backend: r.backend, Tier: r.tier, Recipe: rec, Data: set, Emit: s.take, From: from, Keep: s.keep,
	})
	if err != nil {
		return errors.Join(err, log.Close())
	}
	defer session.Close()
	if err := s.follow(ctx, session); err != nil {
		return err
	}
	if s.end.Status == event.StatusStopped {
		return errStopped
	}
	return nil
}

// write writes the tables, the curves and the figures of all runs that are finished.
func (r *reporter) write(ctx context.Context) error {
	if err := os.MkdirAll(r.to, 0o755); err != nil {
		return err
	}
	var rows []report.Row
	for _, e := range models.Catalog {
		if e.Report == nil {
			continue
		}
		row := report.Row{Name: e.Name}
		for seed := uint64(1); seed <= uint64(r.seeds); seed++ {
			run, err := r.result(ctx, e, seed)
			if err != nil {
				return err
			}
			if run != nil {
				row.Runs = append(row.Runs, *run)
			}
		}
		rows = append(rows, row)
	}
	table, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		return err
	}
	var page strings.Builder
	page.WriteString("# The report's runs, made again\n\n`go run ./cmd/serve report` makes the runs and writes this folder: " +
		"the tables below, each run's events (`.jsonl`), and the figures.\n\n")
	if err := report.Markdown(&page, rows); err != nil {
		return err
	}
	if err := r.figures(&page, rows); err != nil {
		return err
	}
	if err := r.readme(rows); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(r.to, "report.json"), append(table, '\n'), 0o644),
		os.WriteFile(filepath.Join(r.to, "README.md"), []byte(page.String()), 0o644))
}

// The table in the source tree's README stands between these lines.
const (
	tableBegins = "<!-- the report's table, written by serve report -->\n"
	tableEnds   = "<!-- end of the report's table -->\n"
)

// readme puts the table into the README of the source tree, if the results go there.
func (r *reporter) readme(rows []report.Row) error {
	root, err := site.Root(".")
	if err != nil || filepath.Join(root, "public", "report") != r.to {
		return nil
	}
	path := filepath.Join(root, "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), tableBegins)
	_, after, closed := strings.Cut(rest, tableEnds)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the table: the lines %q and %q", path, tableBegins, tableEnds)
	}
	var table strings.Builder
	if err := report.Table(&table, rows, "public/report/"); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(before+tableBegins+table.String()+tableEnds+after), 0o644)
}

// result keeps what is worth it of a finished run, and summarises it; nil if it is not finished.
func (r *reporter) result(ctx context.Context, e models.Entry, seed uint64) (*report.Run, error) {
	dir := r.dir(e, seed)
	events, err := runlog.Events(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !finished(events) {
		return nil, nil
	}
	statistics, err := r.statistics(ctx, dir, e)
	if err != nil {
		return nil, err
	}
	kept := report.Compact(events)
	if statistics != nil {
		kept = slices.Insert(kept, len(kept)-1, event.Event(statistics)) // the End stays last
	}
	run, err := report.Summary(e, kept)
	if err != nil {
		return nil, err
	}
	run.File = filepath.Base(dir) + ".jsonl"
	var lines []byte
	for _, k := range kept {
		line, err := event.Marshal(k)
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, line...), '\n')
	}
	return &run, os.WriteFile(filepath.Join(r.to, run.File), lines, 0o644)
}

// statistics are those of a finished run's last checkpoint, measured once and kept beside it; nil for a net without
// convolutions.
func (r *reporter) statistics(ctx context.Context, dir string, e models.Entry) (*event.Statistics, error) {
	if e.Recipe.Arch.Recurrent() {
		return nil, nil
	}
	file := filepath.Join(dir, "statistics.json")
	if line, err := os.ReadFile(file); err == nil {
		var s event.Statistics
		return &s, json.Unmarshal(line, &s)
	}
	c, err := runlog.Load(dir, runlog.Last)
	if err != nil {
		return nil, err
	}
	set, err := r.set(ctx, c.Recipe.Dataset)
	if err != nil {
		return nil, err
	}
	s, err := look.Statistics(ctx, r.backend, c, set)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	line, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return s, os.WriteFile(file, line, 0o644)
}
