package words

import (
	"slices"

	"unpool/app/ui/number"
	"unpool/core/run"
)

// Table returns every evaluation as text for people, the latest first.
func Table(v *run.View) (head []string, rows [][]string) {
	head = []string{"step", "time"}
	for _, split := range v.Splits() {
		head = append(head, split+" accuracy", split+" loss", split+" images")
	}
	for _, m := range slices.Backward(v.Metrics) {
		row := []string{number.Int(m.Step), number.Clock(m.Seconds)}
		for _, part := range v.Measures(m.Metric) {
			row = append(row, number.Percent(part.Accuracy)+number.Thin+"%", number.Loss(part.Loss), number.Int(part.N))
		}
		rows = append(rows, row)
	}
	return head, rows
}
