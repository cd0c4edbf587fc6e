package finished

import (
	"fmt"
	"math"
	"strings"

	"unpool/core/recipe"
)

// Dots are nets on the same images, with an axis that the accuracies of the course report and of ours lie on.
type Dots struct {
	Title    string // of the images
	From, To float64
	Rows     []DotRow
}

// DotRow is one net: the accuracy of the course report, and ours for each seed and as the mean of those.
type DotRow struct {
	Title          string
	Baseline, Mean float64
	Seeds          []float64
	Reproduced     bool
	Words          string // for those who cannot see it
}

// Dots are the nets of the course report: those on digits, and those on photographs, whose accuracies lie far below.
func (t Table) Dots() []Dots {
	digits, photographs := Dots{Title: "Handwritten digits"}, Dots{Title: "Photographs"}
	for _, g := range t.Groups {
		if g.Beyond {
			continue
		}
		for _, r := range g.Rows {
			d := &photographs
			if r.Entry.Recipe.Dataset == recipe.MNIST {
				d = &digits
			}
			d.add(r)
		}
	}
	var all []Dots
	for _, d := range []Dots{digits, photographs} {
		if len(d.Rows) > 0 {
			all = append(all, d)
		}
	}
	return all
}

// add adds a net, and makes the axis reach to whole points around all that lies on it.
func (d *Dots) add(r Row) {
	row := DotRow{Title: r.Entry.Title, Baseline: r.Baseline, Mean: r.Ours, Reproduced: r.Reproduced}
	for _, one := range r.Runs {
		row.Seeds = append(row.Seeds, one.Figure(r.Entry))
	}
	if len(d.Rows) == 0 {
		d.From, d.To = 1, 0
	}
	var seeds []string
	for _, a := range append([]float64{r.Baseline}, row.Seeds...) {
		d.From = min(d.From, math.Floor(100*a-0.2)/100)
		d.To = min(max(d.To, math.Ceil(100*a+0.2)/100), 1)
		seeds = append(seeds, percent(a))
	}
	row.Words = fmt.Sprintf("%s: course report %s; ours %s", row.Title, seeds[0], percent(r.Ours))
	if len(row.Seeds) > 1 {
		row.Words += ", by seed " + strings.Join(seeds[1:], ", ")
	}
	d.Rows = append(d.Rows, row)
}

// At is where an accuracy lies on the axis, from 0 to 1.
func (d Dots) At(accuracy float64) float64 { return (accuracy - d.From) / (d.To - d.From) }

// Ticks are the whole points of the axis, in few enough steps.
func (d Dots) Ticks() (all []float64) {
	step := 1.0
	for _, larger := range []float64{2, 5, 10} {
		if 100*(d.To-d.From)/step > 8 {
			step = larger
		}
	}
	for at := math.Ceil(100*d.From/step-1e-9) * step; at <= 100*d.To+1e-9; at += step {
		all = append(all, at/100)
	}
	return all
}
