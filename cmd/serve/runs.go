package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/core/store"
	"unpool/core/store/folder"
)

// runner opens what computes, and says what that is. The runner's backend is the caller's to finalise.
func (m *Main) runner(o backends.Options, move bool, data string) (*jobs.Runner, error) {
	backend, err := command.Open(o)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(m.Stderr, backend.Why)
	return &jobs.Runner{Backend: backend, Images: m.images(data), Move: move, Stderr: m.Stderr}, nil
}

// report is the name that reproduce had. It keeps its folders, so that an interrupted command is resumed.
func (m *Main) report(ctx context.Context, args []string) error {
	fmt.Fprintln(m.Stderr, `"serve report" is now called "serve reproduce"`)
	return m.reproduce(ctx, append([]string{"-runs", filepath.Join("runs", "report"), "-to", "report"}, args...))
}

// reproduce trains the catalog's nets.
func (m *Main) reproduce(ctx context.Context, args []string) error {
	var compute backends.Options
	flags := command.New("reproduce")
	runs := flags.String("runs", filepath.Join("runs", "reproduce"), "`folder` for the runs, each in its own subfolder; interrupted runs are resumed")
	to := flags.String("to", "results", "`folder` for the results: tables, curves and figures; existing results are skipped")
	only := flags.String("only", "", "`names` of nets to train, separated by commas; otherwise the whole catalog")
	seeds := flags.Int("seeds", 1, "`number` of runs of each net, with the seeds 1 to this number")
	snapshots := flags.Int64("snapshots", store.SnapshotBytes>>20, snapshotsHelp)
	command.BackendFlags(flags, &compute)
	move := flags.Bool("move", false, command.MoveHelp)
	data := flags.String("data", m.Data, dataHelp)
	names, err := command.Parse(m.Stdout, flags, "serve reproduce [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return command.Usage("reproduce takes no names, but got %q; choose nets with -only", names[0])
	case *seeds < 1:
		return command.Usage("-seeds: %d is less than 1", *seeds)
	}
	nets, err := jobs.Picked(*only)
	if err != nil {
		return err
	}
	r, err := m.runner(compute, *move, *data)
	if err != nil {
		return err
	}
	defer r.Backend.Finalize()
	r.Snapshots = *snapshots << 20
	job := jobs.Reproduce{Runner: r, Runs: folder.Store{Dir: *runs}, To: *to, Nets: nets, Seeds: *seeds}
	if err := job.Run(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(m.Stdout, filepath.Join(*to, "README.md"))
	return err
}

// recipes lists the nets by name.
func (m *Main) recipes(args []string) error {
	names, err := command.Parse(m.Stdout, command.New("recipes"), "serve recipes", args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return command.Usage("unexpected %q; serve recipes takes no names", names[0])
	}
	return command.Catalog(m.Stdout)
}

// gpu says what there is to compute on a GPU.
func (m *Main) gpu(ctx context.Context, args []string) error {
	flags := command.New("gpu")
	o := backends.Options{Backend: backends.XLA}
	command.BackendFlags(flags, &o)
	names, err := command.Parse(m.Stdout, flags, "serve gpu [flags]", args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return command.Usage("gpu takes no names, but got %q", names[0])
	case !strings.HasPrefix(o.Backend, backends.XLA):
		return command.Usage("gpu is about XLA: -backend is one of %s, %s, %s", backends.XLA, backends.XLACUDA, backends.XLACPU)
	}
	if err := o.Check(); err != nil {
		return command.UsageError{Err: err}
	}
	return jobs.GPU(ctx, m.Stdout, o)
}
