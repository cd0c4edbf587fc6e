package jobs

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"unpool/cmd/serve/internal/sweep"
	wire "unpool/core/api"
	"unpool/core/atomicfile"
	"unpool/core/number"
	"unpool/core/run"
)

// saySweep writes the outcome of a server's sweep as Markdown: what it is, and the table of its points, the best first.
func saySweep(w io.Writer, one wire.Sweep) error {
	if one.Error != "" {
		return errors.New(one.Error)
	}
	plan, outcomes := outcomesOf(one)
	name := cmp.Or(one.Name, one.ID)
	merged := ""
	if one.Merged > 0 {
		merged = fmt.Sprintf(" (%s more have the same settings as one of these)", number.Plain(one.Merged))
	}
	fmt.Fprintf(w, "# Sweep %s\n\n%s: %s points%s, %d of each; %s of %s steps taken.\n", name, one.State, number.Plain(one.Points), merged, one.Seeds, number.Plain(one.Steps), number.Plain(one.Whole))
	if one.Best != nil {
		fmt.Fprintf(w, "The best is %s: %s %% of the validation images.\n", plan.Label(outcomes[0].Point), number.Percent(one.Best.Accuracy))
		if one.Best.Test != nil {
			fmt.Fprintf(w, "Its test accuracy, which was not used in any choice: %s %% of %s test images.\n", number.Percent(*one.Best.Test), number.Plain(one.Best.TestN))
		}
	}
	fmt.Fprintln(w)
	return plan.Markdown(w, outcomes)
}

// writeTables writes the tables of a server's sweep into a folder.
func writeTables(to string, one wire.Sweep) error {
	plan, outcomes := outcomesOf(one)
	var page, table bytes.Buffer
	err := errors.Join(saySweep(&page, one), plan.CSV(&table, outcomes), os.MkdirAll(to, 0o755))
	if err != nil {
		return err
	}
	return errors.Join(
		atomicfile.WriteBytes(filepath.Join(to, "sweep.md"), page.Bytes()),
		atomicfile.WriteBytes(filepath.Join(to, "sweep.csv"), table.Bytes()))
}

// outcomesOf are a sweep's points as a table has them, in order of rank, and those without one last.
func outcomesOf(one wire.Sweep) (*sweep.Plan, []sweep.Outcome) {
	plan := &sweep.Plan{Fields: one.Fields, Ladder: sweep.Ladder{Rungs: one.Rungs, Eta: one.Eta}}
	points := slices.Clone(one.All)
	slices.SortStableFunc(points, func(a, b wire.SweepPoint) int {
		return cmp.Compare(uint(a.Rank-1), uint(b.Rank-1)) // 0 is the last
	})
	var outcomes []sweep.Outcome
	for _, p := range points {
		o := sweep.Outcome{Point: sweep.Point{Values: p.Values}, Runs: p.N, Best: p.Accuracy, Deviation: math.NaN(), Rung: p.Rung}
		if p.N > 1 {
			o.Deviation = p.Deviation
		}
		for _, r := range p.Runs {
			switch {
			case r.Phase == run.Failed || r.Phase == run.Unreadable:
				if o.Failed++; o.Failed == 1 {
					o.Failure = r.Why
				}
			case r.Best != nil:
				n := float64(p.N)
				o.BestStep += float64(r.Best.Step) / n
				o.Last += r.Last.Accuracy / n
				o.Seconds += r.Seconds / n
			}
		}
		outcomes = append(outcomes, o)
	}
	return plan, outcomes
}
