package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/figure"
	"unpool/cmd/serve/internal/sweep"
	"unpool/core/atomicfile"
	"unpool/core/jsontext"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/folder"
)

// shown is how many of the best points a sweep's figure has: as many as there are colours.
const shown = 6

// SweepFile is a sweep file, whose runs are made here or by a server.
type SweepFile struct {
	Path    string
	Compute backends.Options
	Move    bool           // let interrupted runs be resumed on a backend other than their own
	Runs    string         // folder for the runs that are made here, each in its own
	To      string         // folder for their table and figure
	Name    string         // of the sweep at a server; "" for the file's, without its ending
	Dataset recipe.Dataset // that all runs use; "" for the file's
}

// Run makes the runs here, and prints on stdout where the table is.
func (s SweepFile) Run(ctx context.Context, images *Images, stdout, stderr io.Writer) error {
	plan, _, err := s.read(ctx)
	if err != nil {
		return err
	}
	if len(plan.Ladder.Rungs) > 1 {
		return command.Usage("%s uses asha, which pauses and resumes runs: that needs -queue", s.Path)
	}
	s.Compute.Exact = plan.Points[0].Recipe.Exact
	r, err := newRunner(s.Compute, s.Move, images, stderr)
	if err != nil {
		return err
	}
	defer r.Backend.Finalize()
	if err := r.sweep(ctx, plan, folder.Store{Dir: s.Runs}, s.To); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(s.To, "sweep.md"))
	return err
}

// sweep makes the runs of a plan that are not made yet, each kept in runs by its ID, and writes the outcome of all of them into the
// folder to.
func (r *Runner) sweep(ctx context.Context, plan *sweep.Plan, runs store.Store, to string) error {
	n := 0
	outcomes, err := plan.Run(func(one sweep.Run) (*run.View, error) {
		n++
		said := fmt.Sprintf("run %d of %d: %s, seed %d", n, len(plan.Runs), plan.Label(plan.Points[one.Point]), one.Recipe.Seed)
		return r.Finish(ctx, runs, one.ID, one.Recipe, said)
	})
	if err != nil {
		return err
	}
	if err := writeSweep(to, plan, outcomes); err != nil {
		return err
	}
	if best := outcomes[0]; best.Runs == 0 {
		return fmt.Errorf("every run failed; the first one: %s", best.Failure)
	}
	return nil
}

// read reads the file, and returns its text too.
func (s SweepFile) read(ctx context.Context) (*sweep.Plan, []byte, error) {
	text, err := interruptible(ctx, func() ([]byte, error) {
		f, err := os.Open(s.Path)
		if err != nil {
			return nil, command.UsageError{Err: err}
		}
		defer f.Close() // only read from
		return io.ReadAll(io.LimitReader(f, sweep.MaxFile+1))
	})
	if err != nil {
		return nil, nil, err
	}
	if text, err = jsontext.Text(text); err != nil {
		return nil, nil, command.Usage("%s: %w", s.Path, err)
	}
	plan, err := sweep.ParseOn(text, s.Dataset)
	if err != nil {
		return nil, nil, command.Usage("%s: %w", s.Path, err)
	}
	return plan, text, nil
}

// writeSweep writes the table of outcomes, and the curves of the best.
func writeSweep(to string, plan *sweep.Plan, outcomes []sweep.Outcome) error {
	var page, table bytes.Buffer
	page.WriteString("# Sweep\n\nAccuracy on validation images, which are set aside from the training images: the best evaluation and the last, " +
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
		atomicfile.WriteBytes(filepath.Join(to, "sweep.md"), page.Bytes()),
		atomicfile.WriteBytes(filepath.Join(to, "sweep.csv"), table.Bytes()))
}
