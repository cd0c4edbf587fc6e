package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/number"
	"unpool/core/store"
	"unpool/core/store/folder"
	"unpool/models"
)

const runsSynopsis = `serve runs, serve runs rm ID..., or serve runs import DIR|ZIP...
It lists the runs of the store, deletes runs, or imports runs that serve train -out or the Runs page wrote.`

// runs lists the runs of the store, or changes which there are.
func (m *Main) runs(ctx context.Context, args []string) (err error) {
	flags := command.New("runs")
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, runsSynopsis, args)
	if err != nil {
		return err
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
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
	at := place{m: m, ctx: ctx}
	defer func() { err = errors.Join(err, at.close()) }()
	c, err := at.runs()
	if err != nil {
		return err
	}
	switch what {
	case "rm":
		return each(names, func(id string) error { return c.Delete(ctx, id) })
	case "import":
		return each(names, func(path string) error { return m.importRun(ctx, c, path) })
	}
	return m.listRuns(ctx, c)
}

// each does something with all names, and says which it could not do it with.
func each(names []string, do func(string) error) error {
	var failed []error
	for _, name := range names {
		if err := do(name); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return command.UsageError{Err: errors.Join(failed...)}
	}
	return nil
}

// importRun has the store take in a run's folder or file.
func (m *Main) importRun(ctx context.Context, c *remote.Client, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	var file io.Reader
	if info.IsDir() {
		s, name, err := folder.Of(path)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		err = store.Export(ctx, s, name, &packed)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s is not the folder of a run: it has no %s", path, store.LogFile)
		}
		if err != nil {
			return err
		}
		file = &packed
	} else {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close() // only read from
		file = f
	}
	id, err := c.Import(ctx, file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	_, err = fmt.Fprintln(m.Stdout, id)
	return err
}

// listRuns lists the runs of a server, the newest first.
func (m *Main) listRuns(ctx context.Context, c *remote.Client) error {
	all, err := c.List(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tNET\tDATA\tSTATE\tSTEP\tTEST ACCURACY\tBEGUN")
	for _, r := range all {
		accuracy := ""
		if r.Latest != nil {
			accuracy = number.Percent(r.Latest.Test.Accuracy) + " %"
		}
		state := string(r.Phase)
		if r.Worker != "" {
			state += " on " + r.Worker
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s of %s\t%s\t%s\n", r.ID, r.Name, models.Title(r.Recipe), r.Recipe.Dataset, state,
			number.Plain(r.Step), number.Plain(r.Recipe.Steps), accuracy, r.Created.Local().Format("2006-01-02 15:04"))
	}
	return w.Flush()
}

// hand has a run trained by the server that has the store, by the workers of a cluster, or in this program, on some devices.
func (m *Main) hand(ctx context.Context, h jobs.Handed, on []backends.Options) (err error) {
	at := place{m: m, ctx: ctx}
	defer func() { err = errors.Join(err, at.close()) }()
	c, here, err := at.trains(on)
	if err != nil {
		return err
	}
	h.Here = here
	return h.Follow(ctx, c, m.Stdout, m.Stderr)
}
