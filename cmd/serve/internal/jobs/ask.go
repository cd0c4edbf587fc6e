package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/console"
	"unpool/cmd/serve/internal/remote"
	"unpool/core/api"
)

// Server returns the client of whoever has the store.
type Server func(context.Context) (*remote.Client, error)

// AskRuns lists a server's runs, or does with those after the first name what that says: rm deletes them, import takes in folders and files.
func AskRuns(ctx context.Context, s Server, names []string, stdout io.Writer) error {
	what := ""
	if len(names) > 0 {
		what, names = names[0], names[1:]
	}
	switch {
	case what != "" && what != "rm" && what != "import":
		return command.Usage("serve runs takes rm or import, not %q; without either it lists the runs", what)
	case what != "" && len(names) == 0:
		return command.Usage("serve runs %s: which runs? See serve runs -h", what)
	}
	c, err := s(ctx)
	if err != nil {
		return err
	}
	switch what {
	case "rm":
		return command.Each(names, func(id string) error { return c.Delete(ctx, id) })
	case "import":
		return command.Each(names, func(path string) error { return importRun(ctx, c, path, stdout) })
	}
	all, err := c.List(ctx)
	if err != nil {
		return err
	}
	return console.Runs(stdout, all)
}

// AskMachines lists the devices that train a server's runs.
func AskMachines(ctx context.Context, s Server, stdout io.Writer) error {
	c, err := s(ctx)
	if err != nil {
		return err
	}
	all, err := c.Machines(ctx)
	if err != nil {
		return err
	}
	return console.Machines(stdout, all)
}

// AskSweeps is what a user asks of a server's sweeps.
type AskSweeps struct {
	To     string          // folder for the table of the one that is shown; "" for stdout
	Change api.SweepChange // what is added
}

// Do lists the sweeps, or shows the one that is named, or does with those after the first name what that says: pause, continue, stop, rm or add.
func (a AskSweeps) Do(ctx context.Context, s Server, names []string, stdout io.Writer) error {
	what, several := "", false
	if len(names) > 0 {
		what = names[0]
		several = slices.Contains([]string{"pause", "continue", "stop", "rm", "add"}, what)
	}
	switch {
	case several && len(names) == 1:
		return command.Usage("serve sweeps %s: which? serve sweeps lists them", what)
	case what == "add" && a.Change == (api.SweepChange{}):
		return command.Usage("serve sweeps add: say what to add with -points, -seeds or -workers")
	case !several && len(names) > 1:
		return command.Usage("serve sweeps shows one sweep at a time: %q is one too many", names[1])
	}
	c, err := s(ctx)
	if err != nil {
		return err
	}
	switch {
	case several:
		return command.Each(names[1:], func(id string) error { return a.tell(ctx, c, what, id) })
	case what != "":
		return a.show(ctx, c, what, stdout)
	}
	all, err := c.Sweeps(ctx)
	if err != nil {
		return err
	}
	return console.Sweeps(stdout, all)
}

// tell sends a sweep a command.
func (a AskSweeps) tell(ctx context.Context, c *remote.Client, what, id string) error {
	switch what {
	case "rm":
		return c.DeleteSweep(ctx, id)
	case "add":
		return c.ChangeSweep(ctx, id, a.Change)
	}
	return c.CommandSweep(ctx, id, api.SweepVerb(what))
}

// show prints a sweep's outcome.
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
