package console

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"unpool/core/api"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/models"
)

// Runs lists runs, in the order in which they come.
func Runs(to io.Writer, all []run.Summary) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tNET\tDATA\tSTATE\tSTEP\tTEST ACCURACY\tBEGUN")
	for _, r := range all {
		accuracy := ""
		if r.Latest != nil {
			accuracy = percent(r.Latest.Test.Accuracy)
		}
		state := string(r.Phase)
		if r.Worker != "" {
			state += " on " + r.Worker
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s of %s\t%s\t%s\n", r.ID, r.Name, models.Title(r.Recipe), r.Recipe.Dataset, state,
			number.Plain(r.Step), number.Plain(r.Recipe.Steps), accuracy, minute(r.Created))
	}
	return w.Flush()
}

// Sweeps lists sweeps, in the order in which they come.
func Sweeps(to io.Writer, all []api.SweepSummary) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSTATE\tRUNS\tPARKED\tENDED\tSTEPS\tBEST VALIDATION\tBEGUN")
	for _, s := range all {
		best := ""
		if s.Best != nil {
			best = percent(s.Best.Accuracy)
		}
		ended := s.Runs[run.Done] + s.Runs[run.Stopped] + s.Runs[run.Failed]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s of %s\t%s\t%s\n", s.ID, s.Name, s.State, number.Plain(s.Points*s.Seeds), number.Plain(s.Runs[run.Parked]),
			number.Plain(ended), number.Plain(s.Steps), number.Plain(s.Whole), best, minute(s.Created))
	}
	return w.Flush()
}

// Machines lists the devices that train, in the order in which they come.
func Machines(to io.Writer, all []api.Worker) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tBACKEND\tDEVICE\tTHREADS\tSINCE\tRUN")
	for _, one := range all {
		threads := ""
		if one.Where.Threads > 0 {
			threads = number.Plain(one.Where.Threads)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", one.Name, one.Where.Backend, cmp.Or(one.Where.Machine, one.Where.Tier), threads,
			minute(one.Since), cmp.Or(one.Run, "none"))
	}
	return w.Flush()
}

// minute is a time as the clock of this machine's user shows it.
func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
