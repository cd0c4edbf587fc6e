package sweep

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// Runner makes one run, or reads it where it was made before. An error ends the sweep; a run that fails by itself is a
// Result with a Failure.
type Runner interface {
	Run(ctx context.Context, id string, r recipe.Recipe) (Result, error)
}

// Accuracy is the share of the validation images that are classified correctly after a step, from 0 to 1.
type Accuracy struct {
	Step     int
	Accuracy float64
}

// Result is what came of a run.
type Result struct {
	Curve   []Accuracy // in order of steps
	Seconds float64
	Failure string // why there is no result; "" if there is
}

// Last is the last evaluation.
func (r Result) Last() Accuracy { return r.Curve[len(r.Curve)-1] }

// Best is the best evaluation, the earliest of equals.
func (r Result) Best() Accuracy {
	return slices.MaxFunc(r.Curve, func(a, b Accuracy) int { return cmp.Compare(a.Accuracy, b.Accuracy) })
}

// Outcome is what came of a point: means over its runs that did not fail.
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
}

// Run has all runs made, and returns the points in order of their best accuracy. Those with failed runs come last:
// what a point reaches does not count if it does not always.
func (p *Plan) Run(ctx context.Context, runner Runner) ([]Outcome, error) {
	results := make([][]Result, len(p.Points))
	for _, run := range p.Runs {
		r, err := runner.Run(ctx, run.ID, run.Recipe)
		if err != nil {
			return nil, err
		}
		if r.Failure == "" && len(r.Curve) == 0 {
			r.Failure = "it was not evaluated"
		}
		results[run.Point] = append(results[run.Point], r)
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

func outcome(p Point, results []Result) Outcome {
	o := Outcome{Point: p, Deviation: math.NaN()}
	var ok []Result
	for _, r := range results {
		if r.Failure == "" {
			ok = append(ok, r)
		} else if o.Failed++; o.Failed == 1 {
			o.Failure = r.Failure
		}
	}
	o.Runs = len(ok)
	if o.Runs == 0 {
		return o
	}
	n := float64(o.Runs)
	for _, r := range ok {
		o.Best += r.Best().Accuracy / n
		o.BestStep += float64(r.Best().Step) / n
		o.Last += r.Last().Accuracy / n
		o.Seconds += r.Seconds / n
	}
	if o.Runs > 1 {
		squares := 0.0
		for _, r := range ok {
			squares += (r.Best().Accuracy - o.Best) * (r.Best().Accuracy - o.Best)
		}
		o.Deviation = math.Sqrt(squares / (n - 1))
	}
	for i, a := range ok[0].Curve { // one recipe but for the seed: evaluated at the same steps
		mean := Accuracy{Step: a.Step}
		for _, r := range ok {
			mean.Accuracy += r.Curve[i].Accuracy / n
		}
		o.Curve = append(o.Curve, mean)
	}
	return o
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
	rows := [][]string{slices.Concat([]string{"rank"}, p.Fields,
		[]string{"best", "deviation", "at step", "last", "runs", "seconds", "failed"})}
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
		rows = append(rows, append(row, failed))
	}
	return rows
}

// CSV writes the table of outcomes.
func (p *Plan) CSV(w io.Writer, outcomes []Outcome) error {
	return csv.NewWriter(w).WriteAll(p.table(outcomes))
}

// Markdown writes the table of outcomes.
func (p *Plan) Markdown(w io.Writer, outcomes []Outcome) error {
	safe := strings.NewReplacer("|", `\|`, "\n", " ")
	for i, row := range p.table(outcomes) {
		for k := range row {
			row[k] = safe.Replace(row[k])
		}
		line := "| " + strings.Join(row, " | ") + " |\n"
		if i == 0 {
			line += strings.Repeat("|---", len(row)) + "|\n"
		}
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}
