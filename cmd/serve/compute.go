package main

// The commands that compute on this machine, or have a server compute.

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/service"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/store"
)

// train trains one net and reports its progress: a named net, one given by its layers, or that of a run to resume.
func (m *Main) train(ctx context.Context, l *command.Line) error {
	// The flags' defaults are the named net's or the run's, and either may come after the flags: so the line is read twice.
	job := jobs.Train{Recipe: recipe.Default(), Snapshots: store.SnapshotBytes}
	defer job.Close()
	queue := m.trainFlags(l, &job)
	names, err := l.Names()
	switch {
	case err != nil:
		return err
	case *queue && (job.Resumed != "" || job.Out != ""):
		return command.Usage("-queue lets a server train and store a new run: leave out -resume and -out")
	case *queue && job.Snapshots != store.SnapshotBytes:
		return command.Usage("-snapshots does not work with -queue: a server stores at most %d MiB of them per run", store.SnapshotBytes>>20)
	}
	if err := job.Begin(ctx, names, slices.Contains(l.Fields(), "net")); err != nil {
		return err
	}
	l = l.Again()
	m.trainFlags(l, &job)
	if _, err := l.Names(); err != nil {
		return err
	}
	if err := job.Complete(l.Fields()); err != nil {
		return err
	}
	if *queue {
		return service.HandOver(ctx, m.service(l), job.Backend, jobs.Handed{Recipe: job.Recipe, JSON: job.JSON}, m.Stdout)
	}
	return job.Run(ctx, m.images(), m.Stdout, m.Stderr)
}

const snapshotsHelp = "at most this many `MiB` of weight snapshots per run, for looking inside later; 0 for none"

// trainFlags defines the flags of train, set to write into m and a job, with their values as defaults, and returns -queue.
func (m *Main) trainFlags(l *command.Line, job *jobs.Train) (queue *bool) {
	command.RecipeFlags(l.Flags, &job.Recipe)
	l.Flags.StringVar(&job.Units, "units", "", "`number` of units of each layer of a recurrent net")
	command.BackendFlags(l.Flags, &job.Backend)
	l.Flags.BoolVar(&job.Move, "move", false, "with -resume: allow a different backend, precision or machine; the run's log records the change")
	m.dataFlag(l)
	l.Flags.StringVar(&job.Out, "out", "", "new `folder` for the run's events, its last and best checkpoint, and snapshots of its weights")
	l.Flags.StringVar(&job.Resumed, "resume", "", "`folder` of a run to resume from its last checkpoint, with more -steps if you like")
	command.MiB(l.Flags, &job.Snapshots, "snapshots", snapshotsHelp)
	queue = l.Flags.Bool("queue", false, "put it into the store's queue, and follow it here: the running server trains it, and continues after Ctrl-C; without a server, this command does")
	m.Store.Flags(l.Flags)
	l.Flags.BoolVar(&job.JSON, "json", false, "write one event per line to standard output")
	return queue
}

// reproduce trains the catalog's nets.
func (m *Main) reproduce(ctx context.Context, l *command.Line) error {
	job := jobs.Reproduce{Snapshots: store.SnapshotBytes}
	l.Flags.StringVar(&job.Runs, "runs", filepath.Join("runs", "reproduce"), "`folder` for the runs, each in its own subfolder; interrupted runs are resumed")
	l.Flags.StringVar(&job.To, "to", "results", "`folder` for the results: tables, curves and figures; existing results are skipped")
	l.Flags.StringVar(&job.Only, "only", "", "`names` of nets to train, separated by commas; otherwise the whole catalog")
	l.Flags.IntVar(&job.Seeds, "seeds", 1, "`number` of runs of each net, with the seeds 1 to this number")
	command.MiB(l.Flags, &job.Snapshots, "snapshots", snapshotsHelp)
	command.BackendFlags(l.Flags, &job.Compute)
	l.Flags.BoolVar(&job.Move, "move", false, command.MoveHelp)
	m.dataFlag(l)
	names, err := l.Names()
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return command.Usage("reproduce takes no names, but got %q; choose nets with -only", names[0])
	}
	return job.Run(ctx, m.images(), m.Stdout, m.Stderr)
}

// sweep searches over recipes: here and now, or by a server's queue.
func (m *Main) sweep(ctx context.Context, l *command.Line) error {
	var job jobs.SweepFile
	l.Flags.StringVar(&job.Runs, "runs", filepath.Join("runs", "sweep"), "`folder` for the runs, each in its own subfolder; finished runs are skipped")
	l.Flags.StringVar(&job.To, "to", "sweep", "`folder` for the table and the figure")
	command.BackendFlags(l.Flags, &job.Compute)
	l.Flags.BoolVar(&job.Move, "move", false, command.MoveHelp)
	m.dataFlag(l)
	queue := l.Flags.Bool("queue", false, "put it into the store: the running server does it when its queue has room, and serve sweeps shows the progress; without a server, this command does it")
	l.Flags.StringVar(&job.Name, "name", "", "with -queue: `name` of the sweep; otherwise that of its file")
	command.DatasetFlag(l.Flags, "dataset", &job.Dataset, "the data set to use in place of the file's: one that serve data lists"+command.OwnPictures)
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	switch {
	case err != nil:
		return err
	case *queue && job.Dataset != "":
		return command.Usage("-dataset does not work with -queue, where the file alone says what is trained: set dataset in its change")
	case len(names) != 1:
		return command.Usage("sweep takes one file, but got %d; there are examples in sweeps/", len(names))
	}
	job.Path = names[0]
	if *queue {
		return service.HandOver(ctx, m.service(l), job.Compute, job, m.Stdout)
	}
	return job.Run(ctx, m.images(), m.Stdout, m.Stderr)
}

// look looks inside the net of a run.
func (m *Main) look(ctx context.Context, l *command.Line) error {
	var compute backends.Options
	job := jobs.Look{Step: "last", Among: "test", Stride: 1, Seeds: 3}
	l.Flags.StringVar(&job.Out, "o", "", "new `folder` for pictures, arrays (.npy) and a page about them")
	l.Flags.StringVar(&job.Step, "step", job.Step, "`step` after which to look: last, best, or one whose weights the run has stored")
	l.Flags.StringVar(&job.Layer, "layer", "", "`name` of the layer to look at; without it, every suitable layer")
	l.Flags.Func("map", "`number` of the only map of -layer to look at, from 0 (deconv, occlusion), or unit (rows)", command.Optional(&job.Map))
	l.Flags.StringVar(&job.Image, "image", "0", "`number` of a test image, from 0, or a picture file (maps, deconv, occlusion, rows)")
	l.Flags.IntVar(&job.Cover, "cover", 0, "`pixels` of a side of the square that covers a part of the image, or rows (occlusion); otherwise a quarter of its height")
	l.Flags.IntVar(&job.Stride, "stride", job.Stride, "`pixels` by which the square moves (occlusion)")
	l.Flags.BoolVar(&job.Rows, "rows", false, "cover whole rows and not squares (occlusion)")
	l.Flags.Func("part", "`IMAGE:TOP.LEFT.HEIGHT.WIDTH`: a part of a test image, in pixels counted from 0; once for each of 2 to 8 images (correspondence, report); otherwise the middles of -image and the next four of its class", func(text string) error {
		mark, ok := protocol.MarkOf(text)
		if !ok {
			return errors.New("not IMAGE:TOP.LEFT.HEIGHT.WIDTH, such as 17:0.4.6.20")
		}
		job.Parts = append(job.Parts, mark)
		return nil
	})
	l.Flags.IntVar(&job.Images, "images", 1000, "maximum `number` of images to search for the nine that activate a map most (deconv), to lay out (embedding), or to train linear classifiers on (probes, transfer)")
	l.Flags.StringVar(&job.Among, "among", job.Among, "`which` images to search: test or train (deconv)")
	l.Flags.StringVar(&job.Against, "against", "", "`run` to compare with (maps, deconv, stats, rows): a folder or ID, optionally followed by @STEP; or @STEP for another step of RUN")
	l.Flags.StringVar(&job.AgainstImage, "against-image", "", "`number` of a second test image to compare with, or a file (maps, deconv)")
	command.DatasetFlag(l.Flags, "dataset", &job.Dataset, "the place where the run's own pictures are now, such as folder:PATH, if they have been moved")
	command.DatasetFlag(l.Flags, "to", &job.To, "another data set, for which the net's features are tried (transfer, report): one that serve data lists"+command.OwnPictures)
	l.Flags.IntVar(&job.Seeds, "seeds", job.Seeds, "`number` of times that images of it are drawn (transfer)")
	command.BackendFlags(l.Flags, &compute)
	m.dataFlag(l)
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	if err != nil {
		return err
	}
	return service.With(m.service(l), func(a *service.Access) error {
		job.Find = a.Find
		return job.Do(ctx, names, compute, m.images(), m.Stdout, m.Stderr)
	})
}

// bench times training steps on this machine.
func (m *Main) bench(ctx context.Context, l *command.Line) error {
	job := jobs.Bench{Compute: backends.Options{Backend: backends.Wasm}}
	l.Flags.IntVar(&job.Steps, "steps", 20, "training `steps` to time for each row")
	l.Flags.BoolVar(&job.JSON, "json", false, "print one row per line as JSON")
	l.Flags.BoolVar(&job.First, "first", false, "instead of the speed of steps, show how the time to each net's first step is spent")
	command.BackendFlags(l.Flags, &job.Compute)
	if err := l.NoNames(); err != nil {
		return err
	}
	return job.Run(ctx, m.Stdout)
}

// gpu reports which GPUs there are, and whether they can be used.
func (m *Main) gpu(ctx context.Context, l *command.Line) error {
	o := backends.Options{Backend: backends.XLA}
	command.BackendFlags(l.Flags, &o)
	if err := l.NoNames(); err != nil {
		return err
	}
	return jobs.GPU(ctx, m.Stdout, o)
}
