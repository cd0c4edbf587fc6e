package main

import (
	"fmt"
	"text/tabwriter"

	"unpool/cmd/serve/internal/console"
	"unpool/models"
)

// recipes lists the catalog.
func (m *Main) recipes(args []string) error {
	names, err := m.parse(newFlags("recipes"), "serve recipes", args)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return usage("unexpected %q; serve recipes takes no names", names[0])
	}
	w := tabwriter.NewWriter(m.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tNET\tDATA\tPARAMETERS\tSETTINGS")
	for _, e := range models.Catalog {
		r := e.Recipe
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s %g, batch %d, %s steps, evaluated every %d\n", e.Name, e.Title, r.Dataset,
			console.Whole(e.Parameters), r.Optimizer, r.LearningRate, r.Batch, console.Whole(r.Steps), r.EvalEvery)
	}
	return w.Flush()
}
