// Package finished turns finished runs (core/results) into what the Results page shows of them: the cells of its table, the
// curves of a row, sentences. It knows runs and words, but neither the browser nor the page's components.
package finished

import (
	"encoding/json"
	"fmt"
	"strings"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/models"
)

// Table is what there is to show of all finished runs.
type Table struct {
	Groups  []Group  // the nets of the course report, then those beyond it; none without rows
	Notes   []string // what Cell.Note counts, from 1
	Unknown []string // rows of nets that this build does not know
}

// Group is rows that have the same columns.
type Group struct {
	Beyond bool     // of nets that the course report does not have
	Head   []string // the columns' names
	Rows   []Row
}

// Row is one net, and how its runs compare.
type Row struct {
	Entry models.Entry
	Runs  []results.Run // in order of their seeds; at least one
	Cells []Cell        // as the columns after the first, which is the net

	// Baseline is what Ours, the runs' mean, is compared with; 0 where there is nothing.
	Baseline, Ours float64
	Reproduced     bool // of a net that has a baseline of its own
}

// Cell is one cell's text.
type Cell struct {
	Text  string
	Soft  string // what comes after it and matters less
	Note  int    // the number of a note; 0 for none
	Wrong string // a remark that something is wrong
}

// Read reads results.json.
func Read(text string) (Table, error) {
	var rows []results.Row
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return Table{}, fmt.Errorf("results.json: %w", err)
	}
	t := Table{}
	var compared, beyond []Row
	for _, r := range rows {
		e, err := models.Find(r.Name)
		switch {
		case err != nil:
			t.Unknown = append(t.Unknown, r.Name)
		case len(r.Runs) == 0: // not finished yet
		case e.Baseline == nil:
			beyond = append(beyond, t.row(e, r))
		default:
			compared = append(compared, t.row(e, r))
		}
	}
	if len(compared) > 0 {
		t.Groups = append(t.Groups, Group{Rows: compared, Head: []string{
			"Net", "Data", "Course report", "Ours", "Difference", "Reproduced", "Best", "Last", passing, "Seeds"}})
	}
	if len(beyond) > 0 {
		t.Groups = append(t.Groups, Group{Beyond: true, Rows: beyond, Head: []string{
			"Net", "Data", "Course report’s best", "Ours, at the end", "Difference", passing, "Steps", "Time", "Seeds"}})
	}
	return t, nil
}

// passing names the column of the steps to results.Mark.
var passing = "Steps to " + percent(results.Mark)

// row makes a net's row.
func (t *Table) row(e models.Entry, r results.Row) Row {
	mean, deviation := r.Figure(e)
	row := Row{Entry: e, Runs: r.Runs, Ours: mean, Reproduced: true}
	baseline, ours, difference := Cell{Text: "–"}, Cell{Text: percent(mean)}, Cell{Text: "–"}
	if e.Baseline != nil {
		row.Baseline = results.Baseline(e)
		row.Reproduced = r.Reproduced(e)
	} else {
		_, row.Baseline = results.BestOn(e.Recipe.Dataset, e.Recipe.Recurrent())
	}
	if row.Baseline > 0 {
		baseline.Text = percent(row.Baseline)
		difference.Text = number.Difference(mean - row.Baseline)
	}
	if len(r.Runs) > 1 {
		ours.Soft = "± " + number.Hundredths(deviation)
	}
	first := r.Runs[0]
	mark := Cell{Text: "–"}
	if e.Recipe.Dataset == recipe.MNIST {
		if mark.Text = "never"; first.Mark > 0 {
			mark.Text = number.Int(first.Mark)
		}
	}
	data, seeds := Cell{Text: e.Recipe.Dataset.Title()}, Cell{Text: number.Int(len(r.Runs))}
	if e.Baseline == nil {
		row.Cells = []Cell{data, baseline, ours, difference, mark, {Text: number.Int(e.Recipe.Steps)}, {Text: number.Duration(first.Seconds)}, seeds}
		return row
	}
	if e.Baseline.AtStep > 0 {
		baseline.Soft = at(e.Baseline.AtStep)
	}
	baseline.Note = t.note(e.Baseline.Note)
	reproduced := Cell{Text: "yes"}
	if !row.Reproduced {
		reproduced = Cell{Wrong: "no", Note: t.note(e.Baseline.Tried)}
	}
	row.Cells = []Cell{data, baseline, ours, difference, reproduced, point(first.Best), point(first.Last), mark, seeds}
	return row
}

// note adds a note and returns its number, or 0 for none.
func (t *Table) note(text string) int {
	if text == "" {
		return 0
	}
	t.Notes = append(t.Notes, Sentenced(text))
	return len(t.Notes)
}

// Verdict says how many of the course report's nets are reproduced, and which are not.
func (t Table) Verdict() string {
	for _, g := range t.Groups {
		if g.Beyond {
			continue
		}
		var missed []string
		for _, r := range g.Rows {
			if !r.Reproduced {
				missed = append(missed, r.Entry.Title)
			}
		}
		n := len(g.Rows)
		if len(missed) == 0 {
			return fmt.Sprintf("All %d reproduce the course report: none is more than one point below it.", n)
		}
		return fmt.Sprintf("%d of %d reproduce the course report: at most one point below it, or above. More than a point below: %s.",
			n-len(missed), n, list(missed))
	}
	return ""
}

func point(p results.Point) Cell { return Cell{Text: percent(p.Accuracy), Soft: at(p.Step)} }

func at(step int) string { return "at " + number.Int(step) }

func percent(share float64) string { return number.Hundredths(share) + number.Thin + "%" }

// list joins words as a sentence does.
func list(words []string) string {
	if n := len(words); n > 2 {
		return strings.Join(words[:n-1], ", ") + ", and " + words[n-1]
	}
	return strings.Join(words, " and ")
}

// Sentenced gives a remark a capital and a full stop.
func Sentenced(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
