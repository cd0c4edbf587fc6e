package results

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"unpool/core/markdown"
	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

// Markdown writes the tables of finished runs. Rows without runs are left out.
func Markdown(w io.Writer, rows []Row) error {
	var b strings.Builder
	if err := Tables(&b, rows, ""); err != nil {
		return err
	}
	units(&b, rows)
	statistics(&b, rows)
	_, err := io.WriteString(w, b.String())
	return err
}

// Tables writes the table of the nets with a baseline and that of the others. What they link to lies in a folder, "" or
// with a slash at its end.
func Tables(w io.Writer, rows []Row, folder string) error {
	var compared, beyond []entryRow
	for _, r := range rows {
		e, err := models.Find(r.Name)
		switch {
		case err != nil:
			return err
		case len(r.Runs) == 0:
		case e.Baseline != nil:
			compared = append(compared, entryRow{e, r})
		default:
			beyond = append(beyond, entryRow{e, r})
		}
	}
	var b strings.Builder
	reproduced(&b, compared, folder)
	if len(beyond) > 0 {
		further(&b, beyond, folder)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// entryRow is a row with its net.
type entryRow struct {
	models.Entry
	Row
}

// figure is the mean of a row's figures with their standard deviation, in percent.
func (r entryRow) figure() string {
	mean, deviation := r.Figure(r.Entry)
	if len(r.Runs) < 2 {
		return percent(mean)
	}
	return fmt.Sprintf("%s ± %.2f", percent(mean), 100*deviation)
}

func (r entryRow) seeds() string {
	var seeds []string
	for _, run := range r.Runs {
		seeds = append(seeds, strconv.FormatUint(run.Seed, 10))
	}
	return strings.Join(seeds, ", ")
}

func (r entryRow) link(folder string) string {
	return fmt.Sprintf("[%s](%s%s)", r.Entry.Name, folder, r.Runs[0].File)
}

// reproduced writes the table of the nets with a baseline.
func reproduced(b *strings.Builder, rows []entryRow, folder string) {
	var notes []string
	var cells [][]string
	for _, r := range rows {
		note := func(text string) string {
			notes = append(notes, text)
			return fmt.Sprintf(" (%d)", len(notes))
		}
		baseline := percent(Baseline(r.Entry))
		if r.Baseline.AtStep > 0 {
			baseline += " at " + number.Plain(r.Baseline.AtStep)
		}
		if r.Baseline.Note != "" {
			baseline += note(r.Baseline.Note)
		}
		mean, _ := r.Figure(r.Entry)
		difference := fmt.Sprintf("%+.2f", 100*(mean-Baseline(r.Entry)))
		if !r.Reproduced(r.Entry) {
			difference += ", **not reproduced**"
			if r.Baseline.Tried != "" {
				difference += note(r.Baseline.Tried)
			}
		}
		first := r.Runs[0]
		mark := ""
		if r.Recipe.Dataset == recipe.MNIST {
			if mark = "never"; first.Mark > 0 {
				mark = number.Plain(first.Mark)
			}
		}
		cells = append(cells, []string{r.link(folder), r.Recipe.Dataset.Title(), baseline, r.figure(), difference,
			at(first.Best), at(first.Last), mark, r.seeds()})
	}
	b.WriteString(markdown.Table([]string{"net", "data", "course report", "ours", "difference", "best, at step", "last, at step",
		"steps to 97.27 %", "seeds"}, cells))
	b.WriteString("\nTest accuracies are measured on all test images. Ours is the accuracy at the step that the course report names or, if it names none, the\n" +
		"best of all evaluations, as the mean over the seeds; best, last and steps to 97.27 % are those of the first seed. Differences are in percentage points.\n")
	for i, n := range notes {
		fmt.Fprintf(b, "\n(%d) %s.\n", i+1, strings.ToUpper(n[:1])+n[1:])
	}
}

// further writes the table of the nets without a baseline.
func further(b *strings.Builder, rows []entryRow, folder string) {
	var cells [][]string
	for _, r := range rows {
		baseline, difference := "", ""
		if net, best := BestOn(r.Recipe.Dataset, r.Recipe.Recurrent()); best > 0 {
			mean, _ := r.Figure(r.Entry)
			baseline = percent(best) + ", " + net
			difference = fmt.Sprintf("%+.2f", 100*(mean-best))
		}
		cells = append(cells, []string{r.link(folder), r.Recipe.Dataset.Title(), baseline, r.figure(), difference,
			number.Plain(r.Recipe.Steps), fmt.Sprintf("%.0f min", r.Runs[0].Seconds/60), r.seeds()})
	}
	b.WriteString("\n" + markdown.Table([]string{"beyond the course report", "data", "its best of the kind", "ours, at the end", "difference",
		"steps", "time", "seeds"}, cells))
	b.WriteString("\nTest accuracies after the last step, on all test images. The settings were chosen on validation images, which are\n" +
		"training images set aside. Time is that of the first seed, on two cores that did other work too.\n")
}

// BestOn is the net with the best baseline on a data set, recurrent or not, and that baseline; 0 if there is none.
func BestOn(set recipe.Dataset, recurrent bool) (net string, best float64) {
	for _, e := range models.Catalog {
		if e.Baseline != nil && e.Recipe.Dataset == set && e.Recipe.Recurrent() == recurrent && Baseline(e) > best {
			net, best = e.Name, Baseline(e)
		}
	}
	return net, best
}

// units writes how 64 and 32 units compare with 128.
func units(b *strings.Builder, rows []Row) {
	runs := map[string]Run{}
	for _, r := range rows {
		if len(r.Runs) > 0 {
			runs[r.Name] = r.Runs[0]
		}
	}
	var table [][]string
	for _, kind := range net.CellKinds {
		cells := []string{strings.ToUpper(string(kind))}
		for _, n := range []int{128, 64, 32} {
			run, ok := runs[fmt.Sprintf("mnist-%s-%d", kind, n)]
			if !ok {
				cells = append(cells, "")
				continue
			}
			to := "never"
			if run.Near > 0 {
				to = number.Plain(run.Near)
			}
			cells = append(cells, fmt.Sprintf("%s; %s at %s", to, percent(run.Best.Accuracy), number.Plain(run.Best.Step)))
		}
		if slices.ContainsFunc(cells[1:], func(c string) bool { return c != "" }) {
			table = append(table, cells)
		}
	}
	if len(table) == 0 {
		return
	}
	b.WriteString("\nSteps to 97 %, and the best with its step, by hidden units (first seed):\n\n" +
		markdown.Table([]string{"", "128", "64", "32"}, table))
}

// statistics writes the convolutional layers' activations.
func statistics(b *strings.Builder, rows []Row) {
	for _, r := range rows {
		if len(r.Runs) == 0 || r.Runs[0].Statistics == nil {
			continue
		}
		s := r.Runs[0].Statistics
		fmt.Fprintf(b, "\nActivations of %s after each convolution's ReLU, on %s test images, after %s steps:\n\n", r.Name, number.Plain(s.Images), number.Plain(s.Step))
		var cells [][]string
		for _, l := range s.Layers {
			cells = append(cells, []string{l.Layer, fmt.Sprintf("%.4f", l.Mean), fmt.Sprintf("%.4f", l.Deviation), fmt.Sprintf("%.4g", l.Min),
				fmt.Sprintf("%.4g", l.Max), percent(l.Zeros), fmt.Sprintf("%d of %d", l.Dead, l.Maps)})
		}
		b.WriteString(markdown.Table([]string{"layer", "mean", "standard deviation", "min", "max", "share of zeros", "dead maps"}, cells))
	}
}

func at(p Point) string { return percent(p.Accuracy) + ", " + number.Plain(p.Step) }

func percent(share float64) string { return number.Hundredths(share) + " %" }
