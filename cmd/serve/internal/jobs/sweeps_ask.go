package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/api"
)

// AskSweeps is what a user asks of a server's sweeps.
type AskSweeps struct {
	To     string          // folder for the table of the one that is shown; "" for stdout
	Change api.SweepChange // what is added
}

// Do lists the sweeps, or shows the one that is named, or does with several what the first name says: pause, continue, stop, rm or add.
func (a AskSweeps) Do(ctx context.Context, c *remote.Client, names []string, stdout io.Writer) error {
	if len(names) == 0 {
		all, err := c.Sweeps(ctx)
		if err != nil {
			return err
		}
		return console.Sweeps(stdout, all)
	}
	var do func(id string) error
	switch what := names[0]; what {
	case "pause", "continue", "stop":
		do = func(id string) error { return c.CommandSweep(ctx, id, api.SweepVerb(what)) }
	case "rm":
		do = func(id string) error { return c.DeleteSweep(ctx, id) }
	case "add":
		if a.Change == (api.SweepChange{}) {
			return command.Usage("serve sweeps add: say what to add with -points, -seeds or -workers")
		}
		do = func(id string) error { return c.ChangeSweep(ctx, id, a.Change) }
	default:
		if len(names) > 1 {
			return command.Usage("serve sweeps shows one sweep at a time: %q is one too many", names[1])
		}
		return a.show(ctx, c, what, stdout)
	}
	if len(names) == 1 {
		return command.Usage("serve sweeps %s: which? serve sweeps lists them", names[0])
	}
	return command.Each(names[1:], do)
}

// show says what a sweep has come to.
func (a AskSweeps) show(ctx context.Context, c *remote.Client, id string, stdout io.Writer) error {
	one, err := c.Sweep(ctx, id)
	if err != nil {
		return command.UsageError{Err: err}
	}
	if a.To == "" {
		return saySweep(stdout, one)
	}
	if err := writeTables(a.To, one); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, filepath.Join(a.To, "sweep.md"))
	return err
}
