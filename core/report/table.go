package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
	"unpool/models"
)

// Markdown writes the tables of finished runs. Rows without runs are left out.
func Markdown(w io.Writer, rows []Row) error {
	var b strings.Builder
	if err := Table(&b, rows, ""); err != nil {
		return err
	}
	units(&b, rows)
	statistics(&b, rows)
	_, err := io.WriteString(w, b.String())
	return err
}

// Table writes the report's table alone. What it links to lies in a folder, "" or with a slash behind it.
func Table(w io.Writer, rows []Row, folder string) error {
	var b strings.Builder
	b.WriteString("| net | data | the report | ours | difference | best, at step | last, at step | steps to 97.27 % | seeds |\n")
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	var notes []string
	for _, r := range rows {
		e, err := models.Find(r.Name)
		if err != nil {
			return err
		}
		if len(r.Runs) == 0 || e.Report == nil {
			continue
		}
		mean, deviation := r.Figure(e)
		ours := percent(mean)
		if len(r.Runs) > 1 {
			ours += " ± " + strconv.FormatFloat(100*deviation, 'f', 2, 64)
		}
		difference := fmt.Sprintf("%+.2f", 100*(mean-Theirs(e)))
		if !r.Reproduced(e) {
			difference += ", **not reproduced**"
		}
		theirs := percent(Theirs(e))
		if e.Report.AtStep > 0 {
			theirs += fmt.Sprintf(" at %s", whole(e.Report.AtStep))
		}
		if e.Report.Note != "" {
			notes = append(notes, e.Report.Note)
			theirs += fmt.Sprintf(" (%d)", len(notes))
		}
		first := r.Runs[0]
		mark := ""
		if e.Recipe.Dataset == recipe.MNIST {
			if mark = "never"; first.Mark > 0 {
				mark = whole(first.Mark)
			}
		}
		var seeds []string
		for _, run := range r.Runs {
			seeds = append(seeds, strconv.FormatUint(run.Seed, 10))
		}
		fmt.Fprintf(&b, "| [%s](%s%s) | %s | %s | %s | %s | %s, %s | %s, %s | %s | %s |\n", e.Name, folder, first.File, e.Recipe.Dataset, theirs, ours,
			difference, percent(first.Best.Accuracy), whole(first.Best.Step), percent(first.Last.Accuracy), whole(first.Last.Step),
			mark, strings.Join(seeds, ", "))
	}
	b.WriteString("\nTest accuracies, on all test images. Ours is the accuracy at the report's step, or where it names none, the best of all\n" +
		"evaluations, as the mean over the seeds; best, last and steps to 97.27 % are the first seed's. The difference is in points.\n")
	for i, n := range notes {
		fmt.Fprintf(&b, "\n(%d) %s.\n", i+1, strings.ToUpper(n[:1])+n[1:])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// units writes what 64 and 32 units cost against 128.
func units(b *strings.Builder, rows []Row) {
	runs := map[string]Run{}
	for _, r := range rows {
		if len(r.Runs) > 0 {
			runs[r.Name] = r.Runs[0]
		}
	}
	var lines []string
	for _, arch := range []recipe.Arch{recipe.RNN, recipe.LSTM, recipe.GRU} {
		cells := []string{strings.ToUpper(string(arch))}
		for _, n := range []int{128, 64, 32} {
			run, ok := runs[fmt.Sprintf("mnist-%s-%d", arch, n)]
			if !ok {
				cells = append(cells, "")
				continue
			}
			to := "never"
			if run.Near > 0 {
				to = whole(run.Near)
			}
			cells = append(cells, fmt.Sprintf("%s; %s at %s", to, percent(run.Best.Accuracy), whole(run.Best.Step)))
		}
		if slices.ContainsFunc(cells[1:], func(c string) bool { return c != "" }) {
			lines = append(lines, "| "+strings.Join(cells, " | ")+" |\n")
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\nSteps to 97 %, and the best with its step, by hidden units (first seed):\n\n| | 128 | 64 | 32 |\n| --- | --- | --- | --- |\n")
	b.WriteString(strings.Join(lines, ""))
}

// statistics writes what the convolutional layers put out.
func statistics(b *strings.Builder, rows []Row) {
	for _, r := range rows {
		if len(r.Runs) == 0 || r.Runs[0].Statistics == nil {
			continue
		}
		s := r.Runs[0].Statistics
		fmt.Fprintf(b, "\nActivations of %s after each convolution's ReLU, on %s test images, after %s steps:\n\n", r.Name, whole(s.Images), whole(s.Step))
		b.WriteString("| layer | mean | standard deviation | min | max | share of zeros | dead maps |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, l := range s.Layers {
			fmt.Fprintf(b, "| %s | %.4f | %.4f | %.4g | %.4g | %s | %d of %d |\n", l.Layer, l.Mean, l.Deviation, l.Min, l.Max, percent(l.Zeros), l.Dead, l.Maps)
		}
	}
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 2, 64) + " %" }

// whole writes a number with commas between thousands.
func whole(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
