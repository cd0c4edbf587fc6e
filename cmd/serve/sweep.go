package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/figure"
	"unpool/cmd/serve/internal/runlog"
	"unpool/cmd/serve/internal/sweep"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
)

// shown is how many of the best points a sweep's figure has: as many as there are colours.
const shown = 6

// sweep makes the runs of a sweep file that are not made yet, and writes what came of all of them.
func (m *Main) sweep(ctx context.Context, args []string) error {
	var runs, to string
	var compute backends.Options
	var move bool
	dataDir := m.Data
	flags := newFlags("sweep")
	flags.StringVar(&runs, "runs", filepath.Join("runs", "sweep"), "`folder` for the runs, each in one of its own; those that are finished are not done again")
	flags.StringVar(&to, "to", "sweep", "`folder` for the table and the figure")
	backendFlags(flags, &compute)
	flags.BoolVar(&move, "move", false, moveHelp)
	flags.StringVar(&dataDir, "data", dataDir, "`folder` of data sets; else UNPOOL_DATA, the cache, and a download")
	names, err := m.parse(flags, "serve sweep FILE [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) != 1:
		return usage("sweep takes one file, and was given %d; sweeps/ has some", len(names))
	}
	plan, err := readSweep(names[0])
	if err != nil {
		return usageError{err}
	}
	compute.Exact = plan.Points[0].Recipe.Exact
	backend, err := openBackend(compute)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	fmt.Fprintln(m.Stderr, backend.Why)
	here := &sweeper{Main: m, runs: runs, data: dataDir, backend: backend, move: move, plan: plan, sets: images{}}
	outcomes, err := plan.Run(ctx, here)
	if err != nil {
		return err
	}
	if err := writeSweep(to, plan, outcomes); err != nil {
		return err
	}
	fmt.Fprintln(m.Stdout, filepath.Join(to, "sweep.md"))
	if best := outcomes[0]; best.Runs == 0 {
		return fmt.Errorf("every run failed, the first because: %s", best.Failure)
	}
	return nil
}

func readSweep(path string) (*sweep.Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, sweep.MaxFile+1))
	if err != nil {
		return nil, err
	}
	plan, err := sweep.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return plan, nil
}

// sweeper makes a sweep's runs on this machine, one after the other.
type sweeper struct {
	*Main
	runs, data string
	backend    *backends.Backend
	move       bool
	plan       *sweep.Plan
	sets       images
}

// Run trains a net in a folder named by id, from where an earlier call was interrupted if there was one. What is
// finished or failed there is read.
func (w *sweeper) Run(ctx context.Context, id string, r recipe.Recipe) (sweep.Result, error) {
	dir := filepath.Join(w.runs, id)
	if events, err := runlog.Events(dir); err == nil && settled(events) {
		return sweepResult(events), nil
	}
	set, err := w.openImages(ctx, w.sets, &r, w.data)
	if err != nil {
		return sweep.Result{}, err
	}
	log, from, err := open(dir)
	if err != nil {
		return sweep.Result{}, err
	}
	i := slices.IndexFunc(w.plan.Runs, func(run sweep.Run) bool { return run.ID == id })
	label := w.plan.Label(w.plan.Points[w.plan.Runs[i].Point])
	fmt.Fprintf(w.Stderr, "run %d of %d: %s, seed %d\n", i+1, len(w.plan.Runs), label, r.Seed)
	s := sink{progress: console.New(w.Stderr), log: log}
	session, err := train.New(on(w.backend, train.Options{
		Recipe: r, Data: set, Emit: s.take, From: from, Move: w.move, Keep: s.keep,
	}))
	if moved := (*train.MoveError)(nil); errors.As(err, &moved) {
		return sweep.Result{}, errors.Join(moveHint(err), log.Close())
	}
	if err != nil {
		return sweep.Result{Failure: err.Error()}, log.Close()
	}
	defer session.Close()
	err = s.follow(ctx, session)
	switch {
	case err != nil && (s.end.Status != run.Failed || s.err != nil):
		return sweep.Result{}, err
	case s.end.Status == run.Stopped:
		return sweep.Result{}, errStopped
	}
	events, err := runlog.Events(dir)
	return sweepResult(events), err
}

// settled reports whether a run came to its end by itself. One that failed would fail again.
func settled(events []run.Event) bool {
	if len(events) == 0 {
		return false
	}
	end, ok := events[len(events)-1].(*run.End)
	return ok && end.Status != run.Stopped
}

// sweepResult reads a run's log.
func sweepResult(events []run.Event) (r sweep.Result) {
	for _, e := range events {
		switch e := e.(type) {
		case *run.Metric:
			if e.Validation != nil {
				r.Curve = append(r.Curve, sweep.Accuracy{Step: e.Step, Accuracy: e.Validation.Accuracy})
			}
		case *run.End:
			r.Seconds = e.Seconds
			if e.Status == run.Failed {
				r.Failure = e.Error
			}
		}
	}
	return r
}

// writeSweep writes the table of outcomes, and the curves of the best.
func writeSweep(to string, plan *sweep.Plan, outcomes []sweep.Outcome) error {
	var page, table bytes.Buffer
	page.WriteString("# Sweep\n\nAccuracy on validation images that are kept back from training: the best evaluation and the last, " +
		"means over the runs of a point, with the standard deviation of the best.\n\n")
	err := errors.Join(os.MkdirAll(to, 0o755), plan.Markdown(&page, outcomes), plan.CSV(&table, outcomes))
	if err != nil {
		return err
	}
	c := figure.Curves{X: "training steps", Y: "validation accuracy"}
	for _, o := range outcomes[:min(shown, len(outcomes))] {
		if o.Runs == 0 {
			continue
		}
		s := figure.Series{Label: plan.Label(o.Point)}
		for _, a := range o.Curve {
			s.Points = append(s.Points, figure.Point{X: float64(a.Step), Y: a.Accuracy})
		}
		c.Series = append(c.Series, s)
	}
	if len(c.Series) > 0 {
		page.WriteString("\n![validation accuracy of the best points](sweep.svg)\n")
		err = drawBoth(c, to, "sweep")
	}
	return errors.Join(err,
		os.WriteFile(filepath.Join(to, "sweep.md"), page.Bytes(), 0o644),
		os.WriteFile(filepath.Join(to, "sweep.csv"), table.Bytes(), 0o644))
}
