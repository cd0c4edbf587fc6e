package main

import (
	"context"
	"fmt"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
)

const exportSynopsis = `serve export RUN -to DIR, or serve export RUN... -tensorboard -o DIR
It writes a run's curves, weights and checkpoints as CSV, SVG, PNG and .npy; or several runs for TensorBoard, each into its own folder in DIR.`

// export writes runs in forms that other programs read.
func (m *Main) export(ctx context.Context, args []string) error {
	flags := command.New("export")
	to := flags.String("to", "", "new `folder` for the files")
	flags.StringVar(to, "o", "", "the `folder`, like -to")
	board := flags.Bool("tensorboard", false, "write event files that TensorBoard opens")
	m.storeFlags(flags)
	names, err := command.Parse(m.Stdout, flags, exportSynopsis, args)
	switch {
	case err != nil:
		return err
	case *board && (len(names) == 0 || *to == ""):
		return command.Usage("serve export -tensorboard needs runs (their folders or IDs in the store) and a folder after -o")
	case !*board && (len(names) != 1 || *to == ""):
		return command.Usage("serve export needs one run (its folder or ID in the store) and a new folder after -to")
	}
	if err := settleNATS(flags, &m.NATS); err != nil {
		return err
	}
	at := place{m: m, ctx: ctx}
	defer at.close()
	for _, name := range names {
		from, id, err := at.find(name)
		if err != nil {
			return command.UsageError{Err: err}
		}
		written := *to
		if *board {
			written, err = jobs.TensorBoard(ctx, from, id, *to)
		} else {
			err = jobs.Export(ctx, from, id, *to)
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(m.Stdout, written)
	}
	return nil
}
