package run

import (
	"encoding/csv"
	"strconv"
	"strings"

	"unpool/app/number"
	"unpool/core/event"
)

// Table returns every evaluation as text for people, oldest first.
func (v *View) Table() (head []string, rows [][]string) {
	head = []string{"step", "time"}
	for _, split := range v.splits() {
		head = append(head, split+" accuracy", split+" loss", split+" images")
	}
	for _, m := range v.Metrics {
		row := []string{number.Int(m.Step), number.Clock(m.Seconds)}
		for _, part := range v.measures(m) {
			row = append(row, number.Percent(part.Accuracy)+number.Thin+"%", number.Loss(part.Loss), number.Int(part.N))
		}
		rows = append(rows, row)
	}
	return head, rows
}

// CSV returns every evaluation for programs, with a header line: accuracies from 0 to 1, losses in nats, all digits.
func (v *View) CSV() string {
	exact := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := []string{"step", "seconds"}
	for _, split := range v.splits() {
		head = append(head, split+"_loss", split+"_accuracy", split+"_n")
	}
	w.Write(head) // a strings.Builder takes every write
	for _, m := range v.Metrics {
		row := []string{strconv.Itoa(m.Step), exact(m.Seconds)}
		for _, part := range v.measures(m) {
			row = append(row, exact(part.Loss), exact(part.Accuracy), strconv.Itoa(part.N))
		}
		w.Write(row)
	}
	w.Flush()
	return b.String()
}

// splits names the parts of the data that evaluations are about: validation only with a holdout.
func (v *View) splits() []string {
	for _, m := range v.Metrics {
		if m.Validation != nil {
			return []string{"train", "test", "validation"}
		}
	}
	return []string{"train", "test"}
}

// measures returns m's measures in the order of splits.
func (v *View) measures(m event.Metric) []event.Measure {
	all := []event.Measure{m.Train, m.Test}
	if len(v.splits()) == 3 {
		if m.Validation == nil {
			m.Validation = &event.Measure{}
		}
		all = append(all, *m.Validation)
	}
	return all
}
