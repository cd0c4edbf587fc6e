package main

// The commands that only ask for what is in the store.

import (
	"context"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/remote"
	"unpool/cmd/serve/internal/service"
)

// runs lists the runs of the store, or changes which there are.
func (m *Main) runs(ctx context.Context, l *command.Line) error {
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	if err != nil {
		return err
	}
	what := ""
	if len(names) > 0 {
		what, names = names[0], names[1:]
	}
	switch {
	case what != "" && what != "rm" && what != "import":
		return command.Usage("serve runs knows rm and import, not %q; without either it lists the runs", what)
	case what != "" && len(names) == 0:
		return command.Usage("serve runs %s: which runs? See serve runs -h", what)
	}
	return service.WithRuns(ctx, m.service(l), func(c *remote.Client) error {
		switch what {
		case "rm":
			return command.Each(names, func(id string) error { return c.Delete(ctx, id) })
		case "import":
			return command.Each(names, func(path string) error { return jobs.Import(ctx, c, path, m.Stdout) })
		}
		all, err := c.List(ctx)
		if err != nil {
			return err
		}
		return console.Runs(m.Stdout, all)
	})
}

// machines lists what trains.
func (m *Main) machines(ctx context.Context, l *command.Line) error {
	m.Store.Flags(l.Flags)
	if err := l.NoNames(); err != nil {
		return err
	}
	return service.WithRuns(ctx, m.service(l), func(c *remote.Client) error {
		all, err := c.Machines(ctx)
		if err != nil {
			return err
		}
		return console.Machines(m.Stdout, all)
	})
}

// export writes runs in forms that other programs read.
func (m *Main) export(ctx context.Context, l *command.Line) error {
	var job jobs.Export
	l.Flags.StringVar(&job.To, "to", "", "new `folder` for the files")
	l.Flags.StringVar(&job.To, "o", "", "the `folder`, like -to")
	l.Flags.BoolVar(&job.TensorBoard, "tensorboard", false, "write event files that TensorBoard opens")
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	if err != nil {
		return err
	}
	return service.With(m.service(l), func(a *service.Access) error {
		job.Find = a.Find
		return job.Do(ctx, names, m.Stdout)
	})
}

// sweeps lists the sweeps of the store, shows one, or changes some.
func (m *Main) sweeps(ctx context.Context, l *command.Line) error {
	var job jobs.AskSweeps
	l.Flags.StringVar(&job.To, "to", "", "with an ID: `folder` for the table, as sweep.md and sweep.csv")
	l.Flags.Func("points", "with add: total `number` of points drawn at random", command.Optional(&job.Change.Points))
	l.Flags.Func("seeds", "with add: total `number` of runs of each point", command.Optional(&job.Change.Seeds))
	l.Flags.Func("workers", "with add: `number` of its runs trained at the same time, 0 for as many as the server trains", command.Optional(&job.Change.Workers))
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	if err != nil {
		return err
	}
	return service.WithRuns(ctx, m.service(l), func(c *remote.Client) error { return job.Do(ctx, c, names, m.Stdout) })
}
