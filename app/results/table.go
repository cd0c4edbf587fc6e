// Package results turns finished runs (core/report) into what the Report page shows of them: the cells of its table, the
// curves of a row, sentences. It knows runs and words, but neither the browser nor the page's components.
package results

import (
	"encoding/json"
	"fmt"
	"strings"

	"unpool/app/number"
	"unpool/core/recipe"
	"unpool/core/report"
	"unpool/models"
)

// Table is what there is to show of all finished runs.
type Table struct {
	Groups  []Group  // the report's nets, then those beyond it; none without rows
	Notes   []string // what Cell.Note counts, from 1
	Unknown []string // rows of nets that this build does not know
}

// Group is rows that have the same columns.
type Group struct {
	Beyond bool     // of nets that the report does not have
	Head   []string // the columns' names
	Rows   []Row
}

// Row is one net, and how its runs compare.
type Row struct {
	Entry models.Entry
	Runs  []report.Run // in order of their seeds; at least one
	Cells []Cell       // as the columns after the first, which is the net

	// Theirs is what Ours, the runs' mean, is compared with; 0 where there is nothing.
	Theirs, Ours float64
	Reproduced   bool // of a net that the report has
}

// Cell is one cell's text.
type Cell struct {
	Text  string
	Soft  string // what comes after it and matters less
	Note  int    // the number of a note; 0 for none
	Wrong string // a remark that something is not as it should be
}

// Read reads report.json.
func Read(text string) (Table, error) {
	var rows []report.Row
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return Table{}, fmt.Errorf("report.json: %w", err)
	}
	t := Table{}
	var theirs, beyond []Row
	for _, r := range rows {
		e, err := models.Find(r.Name)
		switch {
		case err != nil:
			t.Unknown = append(t.Unknown, r.Name)
		case len(r.Runs) == 0: // not finished yet
		case e.Report == nil:
			beyond = append(beyond, t.row(e, r))
		default:
			theirs = append(theirs, t.row(e, r))
		}
	}
	if len(theirs) > 0 {
		t.Groups = append(t.Groups, Group{Rows: theirs, Head: []string{
			"Net", "Data", "The report", "Ours", "Difference", "Best", "Last", passing, "Seeds"}})
	}
	if len(beyond) > 0 {
		t.Groups = append(t.Groups, Group{Beyond: true, Rows: beyond, Head: []string{
			"Net", "Data", "The report’s best", "Ours, at the end", "Difference", passing, "Steps", "Time", "Seeds"}})
	}
	return t, nil
}

// passing names the column of the steps to the report's mark.
var passing = "Steps to " + percent(report.Mark)

// row makes a net's row.
func (t *Table) row(e models.Entry, r report.Row) Row {
	mean, deviation := r.Figure(e)
	row := Row{Entry: e, Runs: r.Runs, Ours: mean, Reproduced: true}
	theirs, ours, difference := Cell{Text: "–"}, Cell{Text: percent(mean)}, Cell{Text: "–"}
	if e.Report != nil {
		row.Theirs = report.Theirs(e)
		row.Reproduced = r.Reproduced(e)
	} else {
		_, row.Theirs = report.BestOn(e.Recipe.Dataset, e.Recipe.Recurrent())
	}
	if row.Theirs > 0 {
		theirs.Text = percent(row.Theirs)
		difference.Text = number.Difference(mean - row.Theirs)
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
	data, seeds := Cell{Text: Data(e.Recipe.Dataset)}, Cell{Text: number.Int(len(r.Runs))}
	if e.Report == nil {
		row.Cells = []Cell{data, theirs, ours, difference, mark, {Text: number.Int(e.Recipe.Steps)}, {Text: number.Duration(first.Seconds)}, seeds}
		return row
	}
	if e.Report.AtStep > 0 {
		theirs.Soft = at(e.Report.AtStep)
	}
	theirs.Note = t.note(e.Report.Note)
	if !row.Reproduced {
		difference.Wrong, difference.Note = "not reproduced", t.note(e.Report.Tried)
	}
	row.Cells = []Cell{data, theirs, ours, difference, point(first.Best), point(first.Last), mark, seeds}
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

// Verdict says how many of the report's nets are reproduced, and which are not.
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
			return fmt.Sprintf("All %d come up to the report: none is more than one point below it.", n)
		}
		return fmt.Sprintf("%d of %d come up to the report: at most one point below it, or above. More than a point below: %s.",
			n-len(missed), n, list(missed))
	}
	return ""
}

// Data names a data set so that the report's subset of CIFAR-10 is not taken for all of it.
func Data(d recipe.Dataset) string {
	switch d {
	case recipe.MNIST:
		return "MNIST"
	case recipe.CIFAR10Report:
		return "CIFAR-10, a fifth"
	case recipe.CIFAR10:
		return "CIFAR-10"
	case recipe.CIFAR10RGB:
		return "CIFAR-10 in colour"
	}
	return string(d)
}

func point(p report.Point) Cell { return Cell{Text: percent(p.Accuracy), Soft: at(p.Step)} }

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
