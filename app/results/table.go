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
		t.Groups = append(t.Groups, Group{Head: head("The report"), Rows: theirs})
	}
	if len(beyond) > 0 {
		t.Groups = append(t.Groups, Group{Beyond: true, Head: head("The report’s best"), Rows: beyond})
	}
	return t, nil
}

func head(theirs string) []string {
	return []string{"Net", "Data", theirs, "Ours", "Difference", "Best", "Last", "Steps to " + percent(report.Mark), "Seeds"}
}

// row makes a net's row, and notes what is to be known about the report's number.
func (t *Table) row(e models.Entry, r report.Row) Row {
	mean, deviation := r.Figure(e)
	row := Row{Entry: e, Runs: r.Runs, Ours: mean, Reproduced: true}
	theirs, difference := Cell{Text: "–"}, Cell{Text: "–"}
	if row.Theirs = compared(e); row.Theirs > 0 {
		theirs.Text = percent(row.Theirs)
		difference.Text = number.Difference(mean - row.Theirs)
	}
	if e.Report != nil {
		if e.Report.AtStep > 0 {
			theirs.Soft = at(e.Report.AtStep)
		}
		if e.Report.Note != "" {
			t.Notes = append(t.Notes, sentence(e.Report.Note))
			theirs.Note = len(t.Notes)
		}
		if row.Reproduced = r.Reproduced(e); !row.Reproduced {
			difference.Wrong = "not reproduced"
		}
	}
	ours := Cell{Text: percent(mean)}
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
	row.Cells = []Cell{
		{Text: Data(e.Recipe.Dataset)}, theirs, ours, difference, point(first.Best), point(first.Last), mark,
		{Text: number.Int(len(r.Runs))},
	}
	return row
}

// compared is the report's number to compare a net with: its own, or for a net that the report does not have, the best
// of the same kind, recurrent or not, on the same data; 0 if there is none.
func compared(e models.Entry) (best float64) {
	if e.Report != nil {
		return report.Theirs(e)
	}
	for _, other := range models.Catalog {
		same := other.Recipe.Dataset == e.Recipe.Dataset && other.Recipe.Arch.Recurrent() == e.Recipe.Arch.Recurrent()
		if same && other.Report != nil {
			best = max(best, report.Theirs(other))
		}
	}
	return best
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
		return "CIFAR-10 subset"
	case recipe.CIFAR10:
		return "CIFAR-10"
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

// sentence gives a remark a capital and a full stop.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] + "." }
