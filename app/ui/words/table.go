package words

import (
	"fmt"
	"slices"

	"unpool/core/number"
	"unpool/core/run"
)

// mostRows bounds a table, which is redrawn with each evaluation.
const mostRows = 200

// Table returns the evaluations as text for people, the latest first, and a note where those are not all.
func Table(v *run.View) (head []string, rows [][]string, note string) {
	head = []string{"step", "time"}
	splits := v.Splits()
	for _, split := range splits {
		head = append(head, split+" accuracy", split+" loss", split+" images")
	}
	metrics := v.Metrics
	if n := len(metrics); n > mostRows {
		metrics = metrics[n-mostRows:]
		note = fmt.Sprintf("The latest %s of %s evaluations. The CSV file of the curves has all of them.", number.Int(mostRows), number.Int(n))
	}
	for _, m := range slices.Backward(metrics) {
		row := []string{number.Int(m.Step), number.Clock(m.Seconds)}
		for _, part := range m.Measures(splits) {
			row = append(row, number.Share(part.Accuracy), number.Loss(part.Loss), number.Int(part.N))
		}
		rows = append(rows, row)
	}
	return head, rows, note
}
