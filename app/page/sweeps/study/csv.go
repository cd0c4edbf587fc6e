package study

import (
	"encoding/csv"
	"strconv"
	"strings"

	"unpool/app/ui/words"
)

// CSV is points for programs: one line each with its fields, its result and its runs' IDs, accuracies from 0 to 1.
func (t *Study) CSV(points []int) string {
	exact := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(append(append([]string{"rank"}, t.Fields...), // a strings.Builder never fails
		"validation_accuracy", "standard_deviation", "n", "rung", "steps", "state", "runs"))
	for _, i := range points {
		p := &t.All[i]
		line := []string{strconv.Itoa(p.Rank)}
		for f := range t.Fields {
			line = append(line, words.ForSheet(p.Values[f]))
		}
		steps := 0
		var ids []string
		for _, r := range p.Runs {
			steps += r.Step
			ids = append(ids, r.ID)
		}
		accuracy, deviation := "", ""
		if p.N > 0 {
			accuracy = exact(p.Accuracy)
		}
		if p.N > 1 {
			deviation = exact(p.Deviation)
		}
		w.Write(append(line, accuracy, deviation, strconv.Itoa(p.N), strconv.Itoa(p.Rung+1), strconv.Itoa(steps), string(t.state[i]), strings.Join(ids, " ")))
	}
	w.Flush()
	return b.String()
}
