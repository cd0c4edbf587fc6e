package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/api"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store/folder"
)

// sweep searches over recipes: here and now, or by a server's queue.
func (m *Main) sweep(ctx context.Context, args []string) error {
	var compute backends.Options
	flags := command.New("sweep")
	runs := flags.String("runs", filepath.Join("runs", "sweep"), "`folder` for the runs, each in its own subfolder; finished runs are skipped")
	to := flags.String("to", "sweep", "`folder` for the table and the figure")
	command.BackendFlags(flags, &compute)
	move := flags.Bool("move", false, command.MoveHelp)
	data := flags.String("data", m.Data, dataHelp)
	queue := flags.Bool("queue", false, "put it into the store: the running server does it when its queue has room, and serve sweeps shows the progress; without a server, this command does it")
	name := flags.String("name", "", "with -queue: `name` of the sweep; otherwise that of its file")
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, "serve sweep FILE [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) != 1:
		return command.Usage("sweep takes one file, but got %d; there are examples in sweeps/", len(names))
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	plan, text, err := jobs.ReadSweep(names[0])
	if err != nil {
		return err
	}
	if *queue {
		if *name == "" {
			*name = nameOf(names[0])
		}
		on, err := devices(flags, compute)
		if err != nil {
			return err
		}
		m.Data = *data
		return m.handSweep(ctx, api.NewSweep{File: text, Name: *name}, on)
	}
	if len(plan.Ladder.Rungs) > 1 {
		return command.Usage("%s uses asha, which pauses and resumes runs: that needs -queue", names[0])
	}
	compute.Exact = plan.Points[0].Recipe.Exact
	r, err := m.runner(compute, *move, *data)
	if err != nil {
		return err
	}
	defer r.Backend.Finalize()
	if err := r.Sweep(ctx, plan, folder.Store{Dir: *runs}, *to); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, filepath.Join(*to, "sweep.md"))
	return err
}

// nameOf is what a sweep is called that nobody named: as its file, without the ending.
func nameOf(path string) string {
	base := filepath.Base(path)
	return base[:len(base)-len(filepath.Ext(base))]
}

// handSweep has the server that has the store do a sweep, or the workers of a cluster, or does it in this program, on some devices.
func (m *Main) handSweep(ctx context.Context, n api.NewSweep, on []backends.Options) (err error) {
	at := place{m: m, ctx: ctx}
	defer func() { err = errors.Join(err, at.close()) }()
	c, here, err := at.trains(on)
	if err != nil {
		return err
	}
	id, err := c.CreateSweep(ctx, n)
	if err != nil {
		return command.Stopped(ctx, command.UsageError{Err: err})
	}
	if here {
		return m.waitForSweep(ctx, c, id)
	}
	fmt.Fprintf(m.Stderr, "The sweep is at %s; serve sweeps %s shows its progress.\n", c.Name, id)
	_, err = fmt.Fprintln(m.Stdout, id)
	return err
}

// lookEvery is how often it is looked whether a sweep is over.
const lookEvery = time.Second

// waitForSweep waits until a sweep is over that this program does, and shows what it has come to.
func (m *Main) waitForSweep(ctx context.Context, c *remote.Client, id string) error {
	for {
		one, err := c.Sweep(ctx, id)
		switch {
		case ctx.Err() != nil:
			fmt.Fprintf(m.Stderr, "\nThe sweep %s waits in %s: serve continues it\n", id, c.Name)
			return command.ErrStopped
		case err != nil:
			return err
		case !one.Ended.IsZero():
			return jobs.SaySweep(m.Stdout, one)
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
	}
}

const sweepsSynopsis = `serve sweeps, serve sweeps ID [-to DIR], serve sweeps pause|continue|stop|rm ID..., or serve sweeps add ID [flags]
It lists the sweeps of the store, shows the table of one, or controls them. Stopping a sweep is final and keeps its runs; rm deletes them too.`

// sweeps lists the sweeps of the store, shows one, or changes some.
func (m *Main) sweeps(ctx context.Context, args []string) (err error) {
	flags := command.New("sweeps")
	to := flags.String("to", "", "with an ID: `folder` for the table, as sweep.md and sweep.csv")
	points := flags.Int("points", 0, "with add: total number of points drawn at random")
	seeds := flags.Int("seeds", 0, "with add: total number of runs of each point")
	workers := flags.Int("workers", 0, "with add: number of its runs trained at the same time, 0 for as many as the server trains")
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, sweepsSynopsis, args)
	if err != nil {
		return err
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	at := place{m: m, ctx: ctx}
	defer func() { err = errors.Join(err, at.close()) }()
	c, err := at.runs()
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return m.listSweeps(ctx, c)
	}
	var do func(id string) error
	switch what := names[0]; what {
	case "pause", "continue", "stop":
		do = func(id string) error { return c.CommandSweep(ctx, id, api.SweepVerb(what)) }
	case "rm":
		do = func(id string) error { return c.DeleteSweep(ctx, id) }
	case "add":
		change := api.SweepChange{}
		for _, f := range command.Given(flags) {
			switch f {
			case "points":
				change.Points = points
			case "seeds":
				change.Seeds = seeds
			case "workers":
				change.Workers = workers
			}
		}
		if change == (api.SweepChange{}) {
			return command.Usage("serve sweeps add: say what to add with -points, -seeds or -workers")
		}
		do = func(id string) error { return c.ChangeSweep(ctx, id, change) }
	default:
		if len(names) > 1 {
			return command.Usage("serve sweeps shows one sweep at a time: %q is one too many", names[1])
		}
		return m.showSweep(ctx, c, names[0], *to)
	}
	if len(names) == 1 {
		return command.Usage("serve sweeps %s: which? serve sweeps lists them", names[0])
	}
	return each(names[1:], do)
}

// showSweep says what a sweep has come to, on standard output or in a folder.
func (m *Main) showSweep(ctx context.Context, c *remote.Client, id, to string) error {
	one, err := c.Sweep(ctx, id)
	if err != nil {
		return command.UsageError{Err: err}
	}
	if to == "" {
		return jobs.SaySweep(m.Stdout, one)
	}
	if err := jobs.WriteSweep(to, one); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, filepath.Join(to, "sweep.md"))
	return err
}

// listSweeps lists the sweeps of a server, the newest first.
func (m *Main) listSweeps(ctx context.Context, c *remote.Client) error {
	all, err := c.Sweeps(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSTATE\tRUNS\tPARKED\tENDED\tSTEPS\tBEST VALIDATION\tBEGUN")
	for _, s := range all {
		best := ""
		if s.Best != nil {
			best = number.Percent(s.Best.Accuracy) + " %"
		}
		ended := s.Runs[run.Done] + s.Runs[run.Stopped] + s.Runs[run.Failed]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s of %s\t%s\t%s\n", s.ID, s.Name, s.State, number.Plain(s.Points*s.Seeds), number.Plain(s.Runs[run.Parked]),
			number.Plain(ended), number.Plain(s.Steps), number.Plain(s.Whole), best, s.Created.Local().Format("2006-01-02 15:04"))
	}
	return w.Flush()
}
