package main

// The commands that only ask for what is in the store.

import (
	"context"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/service"
)

// runs lists the runs of the store, or changes which there are.
func (m *Main) runs(ctx context.Context, l *command.Line) error {
	m.Store.Flags(l.Flags)
	names, err := l.Names()
	if err != nil {
		return err
	}
	return service.With(m.service(l), func(a *service.Access) error { return jobs.AskRuns(ctx, a.Server, names, m.Stdout) })
}

// machines lists what trains.
func (m *Main) machines(ctx context.Context, l *command.Line) error {
	m.Store.Flags(l.Flags)
	if err := l.NoNames(); err != nil {
		return err
	}
	return service.With(m.service(l), func(a *service.Access) error { return jobs.AskMachines(ctx, a.Server, m.Stdout) })
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
	return service.With(m.service(l), func(a *service.Access) error { return job.Do(ctx, a.Server, names, m.Stdout) })
}
