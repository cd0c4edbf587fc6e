package runs

import (
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"unpool/app/ui/words"
	"unpool/core/run"
)

// asCSV is rows for programs, with a header line: accuracies from 0 to 1, times in seconds, all digits.
func asCSV(rows []*row) string {
	exact := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	of := func(m *run.Metric) (accuracy, n, step string) {
		if m == nil {
			return "", "", ""
		}
		return exact(m.Test.Accuracy), strconv.Itoa(m.Test.N), strconv.Itoa(m.Step)
	}
	created := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{ // a strings.Builder never fails
		"id", "name", "note", "state", "net", "dataset", "seed", "test_accuracy", "test_n", "best_accuracy", "best_n", "best_step", "step", "steps", "seconds",
		"created", "differs", "bytes", "machine", "backend", "on",
	})
	for _, r := range rows {
		accuracy, n, _ := of(r.Latest)
		best, bestN, at := of(r.Best)
		w.Write([]string{
			words.ForSheet(r.ID), words.ForSheet(r.name), words.ForSheet(r.Note), string(r.Phase), words.ForSheet(r.Recipe.Net), words.ForSheet(string(r.Recipe.Dataset)), strconv.FormatInt(int64(r.Recipe.Seed), 10), accuracy, n, best, bestN, at,
			strconv.Itoa(r.Step), strconv.Itoa(r.Recipe.Steps), exact(r.Seconds), created(r.Created), r.differs, strconv.FormatInt(r.Bytes, 10),
			words.ForSheet(r.Where.Machine), words.ForSheet(r.Where.Backend), words.ForSheet(strings.TrimPrefix(r.on, "on ")),
		})
	}
	w.Flush()
	return b.String()
}
