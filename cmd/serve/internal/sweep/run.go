package sweep

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"unpool/core/markdown"
	"unpool/core/run"
)

// Accuracy is the share of the validation images that are classified correctly after a step, from 0 to 1.
type Accuracy struct {
	Step     int
	Accuracy float64
}

// Outcome is the result of a point: means over its runs that did not fail.
type Outcome struct {
	Point
	Runs      int // that did not fail
	Failed    int
	Failure   string  // of the first run that failed
	Best      float64 // accuracy
	Deviation float64 // standard, of Best, for a sample; NaN for fewer than two runs
	BestStep  float64
	Last      float64
	Seconds   float64
	Curve     []Accuracy
	Rung      int // the highest that all runs have reached, from 0; -1 before the first. Not looked at where the ladder has one
}

// Run has all runs made by make, which may read one that was made before, and returns the points in order of their best accuracy.
// Those with failed runs come last: what a point reaches does not count if it does not always.
func (p *Plan) Run(make func(Run) (*run.View, error)) ([]Outcome, error) {
	results := map[int][]*run.View{}
	for _, one := range p.Runs {
		v, err := make(one)
		if err != nil {
			return nil, err
		}
		results[one.Point] = append(results[one.Point], v)
	}
	var all []Outcome
	for i, point := range p.Points {
		all = append(all, outcome(point, results[i]))
	}
	slices.SortStableFunc(all, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Failed, b.Failed), cmp.Compare(b.Best, a.Best))
	})
	return all, nil
}

func outcome(p Point, results []*run.View) Outcome {
	o := Outcome{Point: p, Deviation: math.NaN()}
	var ok []run.Summary
	var curves [][]Accuracy
	for _, v := range results {
		c := curve(v)
		if failure := failure(v, c); failure == "" {
			ok, curves = append(ok, v.Summary()), append(curves, c)
		} else if o.Failed++; o.Failed == 1 {
			o.Failure = failure
		}
	}
	o.Runs = len(ok)
	if o.Runs == 0 {
		return o
	}
	n := float64(o.Runs)
	var best []float64
	for _, r := range ok {
		best = append(best, r.Best.Validation.Accuracy)
		o.BestStep += float64(r.Best.Step) / n
		o.Last += r.Latest.Validation.Accuracy / n
		o.Seconds += r.Seconds / n
	}
	o.Best, o.Deviation = Spread(best)
	for i, a := range curves[0] { // one recipe but for the seed: evaluated at the same steps
		mean := Accuracy{Step: a.Step}
		for _, c := range curves {
			mean.Accuracy += c[i].Accuracy / n
		}
		o.Curve = append(o.Curve, mean)
	}
	return o
}

// Spread is the mean of numbers, and their standard deviation, of a sample: NaN for fewer than two.
func Spread(xs []float64) (mean, deviation float64) {
	n := float64(len(xs))
	for _, x := range xs {
		mean += x / n
	}
	squares := 0.0
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(squares / (n - 1)) // 0/0 for one
}

// curve are a run's accuracies on validation images.
func curve(v *run.View) (all []Accuracy) {
	for _, m := range v.Metrics {
		if m.Validation != nil {
			all = append(all, Accuracy{m.Step, m.Validation.Accuracy})
		}
	}
	return all
}

// failure says why a run does not count; "" if it does.
func failure(v *run.View, curve []Accuracy) string {
	switch {
	case v.Phase == run.Failed:
		return v.End.Error
	case len(curve) == 0:
		return "it was not evaluated"
	}
	return ""
}

// Label names a point by its values, such as "units 64, optimizer adam".
func (p *Plan) Label(point Point) string {
	var parts []string
	for i, name := range p.Fields {
		if point.Values[i] != "" {
			parts = append(parts, name+" "+point.Values[i])
		}
	}
	return strings.Join(parts, ", ")
}

// table are the rows of outcomes, the first with the columns' names.
func (p *Plan) table(outcomes []Outcome) [][]string {
	head := slices.Concat([]string{"rank"}, p.Fields, []string{"best", "deviation", "at step", "last", "runs", "seconds", "failed"})
	rungs := len(p.Ladder.Rungs) > 1
	if rungs {
		head = append(head, "rung")
	}
	rows := [][]string{head}
	number := func(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	for i, o := range outcomes {
		row := slices.Concat([]string{strconv.Itoa(i + 1)}, o.Values)
		if o.Runs == 0 {
			row[0] = ""
			row = append(row, "", "", "", "", "0", "")
		} else {
			deviation := ""
			if o.Runs > 1 {
				deviation = number(o.Deviation, 4)
			}
			row = append(row, number(o.Best, 4), deviation, number(o.BestStep, 0), number(o.Last, 4),
				strconv.Itoa(o.Runs), number(o.Seconds, 1))
		}
		failed := ""
		if o.Failed > 0 {
			failed = fmt.Sprintf("%d: %s", o.Failed, o.Failure)
		}
		row = append(row, failed)
		if rungs {
			row = append(row, fmt.Sprintf("%d of %d", o.Rung+1, len(p.Ladder.Rungs)))
		}
		rows = append(rows, row)
	}
	return rows
}

// CSV writes the table of outcomes.
func (p *Plan) CSV(w io.Writer, outcomes []Outcome) error {
	return csv.NewWriter(w).WriteAll(p.table(outcomes))
}

// Markdown writes the table of outcomes.
func (p *Plan) Markdown(w io.Writer, outcomes []Outcome) error {
	rows := p.table(outcomes)
	_, err := io.WriteString(w, markdown.Table(rows[0], rows[1:]))
	return err
}
