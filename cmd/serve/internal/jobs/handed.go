package jobs

import (
	"context"
	"fmt"
	"io"
	"strings"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Handed is a run that a server trains.
type Handed struct {
	Recipe recipe.Recipe
	JSON   bool // write the records on standard output
}

// Follow puts the run into a server's queue, and reports its progress until it ends. When ctx ends earlier, the run continues there, unless the server
// is a part of this program, which here says.
func (h Handed) Follow(ctx context.Context, c *remote.Client, here bool, stdout, stderr io.Writer) error {
	streaming, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.Follow(streaming) // first, so that nothing happens before
	if err != nil {
		return command.Stopped(ctx, err)
	}
	id, err := c.Create(ctx, h.Recipe)
	if err != nil {
		return command.Stopped(ctx, command.UsageError{Err: err})
	}
	fmt.Fprintf(stderr, "run %s is in the queue of %s\n", id, c.Name)
	said := console.New(stderr)
	for {
		e, err := stream.Next(streaming)
		switch {
		case ctx.Err() != nil:
			says := "\nThe run %s continues at %s\n"
			if here {
				says = "\nThe run %s waits in %s: serve continues it\n"
			}
			fmt.Fprintf(stderr, says, id, c.Name)
			return command.ErrStopped
		case err != nil:
			return fmt.Errorf("the connection to the server was lost; the run %s continues there if the server is running: %w", id, err)
		case e.Run != id:
			continue
		case e.Deleted:
			return fmt.Errorf("the run %s was deleted on the server", id)
		}
		line := e.Record
		if line == nil {
			line = e.Passing
		}
		if line == nil {
			continue // it has changed otherwise
		}
		r, err := run.UnmarshalRecord(line)
		if err != nil {
			return err
		}
		said.Show(r.Event)
		if h.JSON && e.Record != nil {
			if _, err := fmt.Fprintf(stdout, "%s\n", line); err != nil {
				return err
			}
		}
		if end, ok := r.Event.(*run.End); ok {
			return h.ended(end, said, stdout, stderr)
		}
	}
}

// ended reports the run's outcome.
func (h Handed) ended(end *run.End, said *console.Progress, stdout, stderr io.Writer) error {
	if h.JSON {
		stdout = stderr
	}
	if end.Status == run.Failed {
		return fmt.Errorf("%s. %s", strings.TrimSuffix(end.Error, "."), end.Hint)
	}
	if err := said.Summary(stdout); err != nil {
		return err
	}
	if end.Status == run.Stopped {
		return command.ErrStopped
	}
	return nil
}
