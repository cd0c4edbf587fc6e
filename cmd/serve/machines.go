package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"unpool/cmd/serve/internal/command"
	"unpool/core/number"
)

const machinesSynopsis = `serve machines
It lists the devices that train the runs of the queue: the processors and GPUs of the server and of all workers.`

// machines lists what trains.
func (m *Main) machines(ctx context.Context, args []string) (err error) {
	flags := command.New("machines")
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, machinesSynopsis, args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return command.Usage("unexpected %q; serve machines takes no names", names[0])
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
	all, err := c.Machines(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tBACKEND\tDEVICE\tTHREADS\tSINCE\tRUN")
	for _, one := range all {
		threads := ""
		if one.Where.Threads > 0 {
			threads = number.Plain(one.Where.Threads)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", one.Name, one.Where.Backend, cmp.Or(one.Where.Machine, one.Where.Tier), threads,
			one.Since.Local().Format("2006-01-02 15:04"), cmp.Or(one.Run, "none"))
	}
	return w.Flush()
}
