package run

import (
	"encoding/csv"
	"strconv"
	"strings"
)

// CSV returns every evaluation for programs, with a header line: accuracies from 0 to 1, losses in nats, all digits.
func (v *View) CSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	head := []string{"step", "seconds"}
	splits := v.Splits()
	for _, split := range splits {
		head = append(head, split+"_loss", split+"_accuracy", split+"_n")
	}
	w.Write(head) // a strings.Builder never fails
	for _, m := range v.Metrics {
		row := []string{strconv.Itoa(m.Step), exact(m.Seconds)}
		for _, part := range m.Measures(splits) {
			row = append(row, exact(part.Loss), exact(part.Accuracy), strconv.Itoa(part.N))
		}
		w.Write(row)
	}
	w.Flush()
	return b.String()
}

// Splits names the parts of the data that evaluations are about: validation only with a holdout.
func (v *View) Splits() []string {
	for _, m := range v.Metrics {
		if m.Validation != nil {
			return []string{"train", "test", "validation"}
		}
	}
	return []string{"train", "test"}
}

// Measures returns m's measures of splits, which are a view's.
func (m Metric) Measures(splits []string) []Measure {
	all := []Measure{m.Train, m.Test}
	if len(splits) == 3 {
		if m.Validation == nil {
			m.Validation = &Measure{}
		}
		all = append(all, *m.Validation)
	}
	return all
}
