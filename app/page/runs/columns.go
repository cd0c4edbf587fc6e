package runs

import (
	"cmp"
	"strings"
	"time"

	"unpool/core/number"
	"unpool/core/run"
)

// column is one of the table's.
type column struct {
	id, head string
	cell     func(*row) (text, soft string)
	compare  func(a, b *row) int
	down     bool // the largest comes first when the table is first sorted by it
	wide     bool // its text may be long
}

// columns are the table's. The name comes first: it opens a run.
var columns = []column{
	{"name", "Name", func(r *row) (string, string) { return r.name, "" }, by(func(r *row) string { return strings.ToLower(r.name) }), false, false},
	{"state", "State", state, by(func(r *row) string { return string(r.Phase) }), false, false},
	{"net", "Net", func(r *row) (string, string) { return r.Recipe.Net, "" }, by(func(r *row) string { return r.Recipe.Net }), false, true},
	{"dataset", "Data", func(r *row) (string, string) { return r.data, "" }, by(func(r *row) string { return r.data }), false, true},
	{"accuracy", "Test accuracy", func(r *row) (string, string) { return measured(r.Latest, false) }, by(func(r *row) float64 { return tested(r.Latest) }), true, false},
	{"best", "Best", func(r *row) (string, string) { return measured(r.Best, true) }, by(func(r *row) float64 { return tested(r.Best) }), true, false},
	{"step", "Step", steps, by(func(r *row) int { return r.Step }), true, false},
	{"time", "Time", func(r *row) (string, string) { return number.Clock(r.Seconds), "" }, by(func(r *row) float64 { return r.Seconds }), true, false},
	{"created", "Begun", func(r *row) (string, string) { return when(r.Created), "" }, func(a, b *row) int { return a.Created.Compare(b.Created) }, true, false},
	{"differs", "Differs in", func(r *row) (string, string) { return r.differs, "" }, by(func(r *row) string { return r.differs }), false, true},
	{"size", "Size", func(r *row) (string, string) { return number.Bytes(r.Bytes), "" }, by(func(r *row) int64 { return r.Bytes }), true, false},
}

// state is a run's phase, and which machine trains it where that is another one than keeps it.
func state(r *row) (text, soft string) {
	if on := "on " + r.Worker; r.Worker != "" && on != r.on {
		soft = on
	}
	return string(r.Phase), soft
}

// find returns a column by its id.
func find(id string) column {
	for _, c := range columns {
		if c.id == id {
			return c
		}
	}
	return columns[0]
}

// by compares rows by a value.
func by[T cmp.Ordered](of func(*row) T) func(a, b *row) int {
	return func(a, b *row) int { return cmp.Compare(of(a), of(b)) }
}

// tested is an evaluation's test accuracy; one that has not arrived is less than any.
func tested(m *run.Metric) float64 {
	if m == nil {
		return -1
	}
	return m.Test.Accuracy
}

// measured is an evaluation in words, with how many images it is of.
func measured(m *run.Metric, atStep bool) (text, soft string) {
	switch {
	case m == nil:
		return "–", ""
	case atStep:
		return accuracy(m.Test), "of " + number.Int(m.Test.N) + " at " + number.Int(m.Step)
	}
	return accuracy(m.Test), "of " + number.Int(m.Test.N)
}

func steps(r *row) (text, soft string) { return number.Int(r.Step), "/ " + number.Int(r.Recipe.Steps) }

// when is a time by the clock of this machine.
func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04")
}
