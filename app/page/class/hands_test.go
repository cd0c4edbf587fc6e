package class

import (
	"errors"
	"strings"
	"testing"

	"unpool/app/shell"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
	"unpool/core/task"
	"unpool/models"
)

// ended is a run of a recipe with an accuracy at its end.
func ended(r recipe.Recipe, accuracy float64, status run.Phase) *run.View {
	v := &run.View{}
	at := func(step int, accuracy float64) *run.Metric {
		m := run.Measure{Loss: 1 - accuracy, Accuracy: accuracy, N: 10000}
		return &run.Metric{Step: step, Train: m, Test: m}
	}
	for _, e := range []run.Event{
		&run.Start{Version: run.Version, Recipe: r, Where: run.Where{Backend: "wasm"}}, at(0, 0.1), at(r.Steps, accuracy),
		&run.End{Status: status, Steps: r.Steps, WeightsSHA256: strings.Repeat("ab", 32), Error: "no memory"},
	} {
		v.Apply(run.Record{Event: e})
	}
	return v
}

func given(t *testing.T) task.Task {
	t.Helper()
	e, err := models.Find(first)
	if err != nil {
		t.Fatal(err)
	}
	x := task.Task{Title: "A rate", Recipe: e.Recipe, Free: []string{"learning_rate", "exact", "minutes"}}
	x.Recipe.Exact = true
	return x
}

// What the check shows depends on what was handed in, and on what was trained again.
func TestJudge(t *testing.T) {
	r := given(t).Recipe
	published := r
	published.Exact = false
	other := published
	other.LearningRate = 0.5
	seeded := func(i uint64) recipe.Recipe {
		r := other
		r.Seed = 1001 + i
		return r
	}
	limited := r
	limited.Minutes = 5
	failing := r
	failing.Seed = 9
	byHand := ended(r, 0.9, run.Done)
	byHand.Rates = []run.Rate{{Step: 1, LearningRate: 1}}
	elsewhere := ended(r, 0.9, run.Done)
	elsewhere.Start.Backend = "go"
	c := newChecker(shell.New([]shell.Page{Entry}))
	c.results = []results.Row{{Name: first, Runs: []results.Run{{Last: results.Point{Accuracy: 0.97}}, {Last: results.Point{Accuracy: 0.971}}, {Last: results.Point{Accuracy: 0.972}}}}}
	for again, accuracy := range map[recipe.Recipe]float64{r: 0.9, seeded(0): 0.5, seeded(1): 0.51, seeded(2): 0.52} {
		c.trained[again] = *ended(again, accuracy, run.Done)
	}
	c.trained[failing] = *ended(failing, 0.9, run.Failed)
	for _, test := range []struct {
		name, state, says string
		v                 *run.View
	}{
		{"honest", "identical", "bit for bit", ended(r, 0.9, run.Done)},
		{"forged", "differs", "the test accuracy is 90.0", ended(r, 0.99, run.Done)},
		{"as published", "within", "from 3 published runs", ended(published, 0.9705, run.Done)},
		{"better than published", "beyond", "outside the spread", ended(published, 0.999, run.Done)},
		{"other settings", "within", "from 3 runs here with other seeds", ended(other, 0.5, run.Done)},
		{"other settings, forged", "beyond", "outside the spread", ended(other, 0.9, run.Done)},
		{"stopped", "uncheckable", "not trained to its end", ended(r, 0.9, run.Stopped)},
		{"changed on the way", "uncheckable", "by hand", byHand},
		{"said to be of another backend", "uncheckable", "a backend whose numbers", elsewhere},
		{"of five minutes", "uncheckable", "how fast", ended(limited, 0.9, run.Done)},
		{"of what fails here", "uncheckable", "no memory", ended(failing, 0.9, run.Done)},
	} {
		if lacks := c.lacks(test.v); lacks != nil {
			t.Errorf("%s: %+v is to be trained", test.name, lacks)
			continue
		}
		if got := c.judge(test.v); got.state != test.state || !strings.Contains(got.says, test.says) {
			t.Errorf("%s: %+v, want %s, %q", test.name, got, test.state, test.says)
		}
	}
	r.LearningRate = 0.25
	if lacks := c.lacks(ended(r, 0.9, run.Done)); lacks == nil || *lacks != r {
		t.Errorf("an exact run lacks %+v", lacks)
	}
	r.Exact = false
	if lacks := c.lacks(ended(r, 0.9, run.Done)); lacks == nil || lacks.Seed != 1001 {
		t.Errorf("one that is not exact lacks %+v", lacks)
	}
}

// The table is about the task of most files; names can be hidden, also in the CSV; a formula is none in a spreadsheet.
func TestPile(t *testing.T) {
	x := given(t)
	another := x
	another.Title = "Another"
	outside := x.Recipe
	outside.Batch = 7
	of := func(name string, x task.Task, r recipe.Recipe) *handed {
		return &handed{file: name + ".json", bytes: name, id: x.ID(), HandIn: task.HandIn{Task: x, Name: name, Answer: "=1", Run: ended(r, 0.9, run.Done)}}
	}
	p := &pile{}
	for range 2 {
		p.add([]*handed{
			of("bea", x, x.Recipe), of("Ann", x, x.Recipe), of("Cem", another, x.Recipe), of("Dan", x, outside),
			{file: "e.json", bytes: "e", problem: task.ErrDamaged}, {file: "f.pdf", bytes: "f", problem: task.ErrOther}, {file: "g.json", bytes: "g", problem: errors.New("of version 9")},
		})
	}
	if got, want := p.summary(p.about()), "7 files: 2 not checked, 1 with other settings, 1 of another task, 1 damaged, 1 not readable, 1 no hand-in."; got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	if got := p.line(p.all[3], p.about()); got.name != "Dan" || got.differs != "batch 7" || !strings.Contains(got.says, "not the task’s settings: batch") {
		t.Errorf("a line is %+v", got)
	}
	if sheet := p.csv(); strings.Count(sheet, "\n") != 8 || !strings.Contains(sheet, "Ann,Ann.json") || strings.Contains(sheet, ",=1") {
		t.Errorf("the CSV is\n%s", sheet)
	}
	p.nameless = true
	if sheet := p.csv(); strings.Contains(sheet, "Ann") || strings.Contains(sheet, "e.json") || !strings.Contains(sheet, "Student 7") {
		t.Errorf("without names the CSV is\n%s", sheet)
	}
	p.task = another.ID()
	if all, given := p.of(); len(all) != 1 || given.Title != "Another" {
		t.Errorf("of the other task there are %d files", len(all))
	}
}
