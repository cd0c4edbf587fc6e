package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
)

const workerSynopsis = `serve worker -nats URL [flags]
It trains the runs that wait in the queue of a NATS cluster on this machine: one at a time or, with several GPUs, one on each. Ctrl-C stops those in
training, and other workers resume them.`

// worker trains the runs of a cluster until the user ends it.
func (m *Main) worker(ctx context.Context, args []string) (err error) {
	flags := command.New("worker")
	natsFlags(flags, &m.NATS)
	flags.StringVar(&m.Data, "data", m.Data, dataHelp)
	var compute backends.Options
	command.BackendFlags(flags, &compute)
	names, err := command.Parse(m.Stdout, flags, workerSynopsis, args)
	switch {
	case err != nil:
		return err
	case len(names) > 0:
		return command.Usage("worker takes no names, but got %q", names[0])
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	if m.NATS.URL == "" {
		return command.Usage("serve worker trains the runs of a cluster: name the cluster with -nats or UNPOOL_NATS")
	}
	on, err := devices(flags, compute)
	if err != nil {
		return err
	}
	s, err := m.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	k := m.keeper(s, on...)
	k.work(ctx)
	fmt.Fprintf(m.Stdout, "%s trains the runs that wait at %s. Ctrl-C ends it.\n", machineName(), m.NATS.Name())
	if m.Ready != nil {
		m.Ready("")
	}
	k.rest()
	return nil
}

// devices are the options of every device to train on: those of -gpu, if that is given, or of all GPUs.
func devices(flags *flag.FlagSet, o backends.Options) ([]backends.Options, error) {
	if err := o.Check(); err != nil {
		return nil, command.UsageError{Err: err}
	}
	all := o.Devices()
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "gpu" {
			all = []backends.Options{o}
		}
	})
	return all, nil
}
