package jobs

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/api"
)

// lookEvery is how often to check whether a sweep is over.
const lookEvery = time.Second

// Follow has a server begin the sweep, and prints its ID. If the server is a part of this program, which here says, it waits until the
// sweep is over, and shows its outcome.
func (s SweepFile) Follow(ctx context.Context, c *remote.Client, here bool, stdout, stderr io.Writer) error {
	_, text, err := s.read(ctx)
	if err != nil {
		return err
	}
	base := filepath.Base(s.Path)
	id, err := c.CreateSweep(ctx, api.NewSweep{File: text, Name: cmp.Or(s.Name, strings.TrimSuffix(base, filepath.Ext(base)))})
	if err != nil {
		return command.Stopped(ctx, command.UsageError{Err: err})
	}
	if !here {
		fmt.Fprintf(stderr, "The sweep is at %s; serve sweeps %s shows its progress.\n", c.Name, id)
		_, err = fmt.Fprintln(stdout, id)
		return err
	}
	for {
		one, err := c.Sweep(ctx, id)
		switch {
		case ctx.Err() != nil:
			fmt.Fprintf(stderr, "\nThe sweep %s waits in %s: serve continues it\n", id, c.Name)
			return command.ErrStopped
		case err != nil:
			return err
		case !one.Ended.IsZero():
			return saySweep(stdout, one)
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
		}
	}
}
