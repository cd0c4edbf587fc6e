package draft

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/models"
)

func drafted(t *testing.T, net string) *Draft {
	t.Helper()
	e, err := models.Find(net)
	if err != nil {
		t.Fatal(err)
	}
	return New(e.Recipe)
}

// members are those of a JSON object, of one of its members if a name is given.
func members(t *testing.T, text json.RawMessage, names ...string) map[string]json.RawMessage {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, name := range names {
		return members(t, all[name], names[1:]...)
	}
	return all
}

func names(all map[string]json.RawMessage) string {
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}

// The result is a sweep file with each of its strategies.
func TestFile(t *testing.T) {
	d := drafted(t, "mnist-gru-32")
	d.SetMode("batch", Choices)
	d.SetChoices("batch", "32, 64;128\n64")
	d.SetMode("optimizer", Choices)
	opt, _ := recipe.Lookup("optimizer")
	d.Toggle(opt, "momentum", true)
	text, problems := d.File()
	if problems != nil {
		t.Fatal(problems)
	}
	if got := names(members(t, text)); got != "asha base random seeds" {
		t.Errorf("ASHA has %s", got)
	}
	fields := members(t, text, "random", "fields")
	for name, want := range map[string]string{
		"learning_rate": `{"log":[0.0001,0.01]}`, "batch": `{"choice":[32,64,128]}`, "optimizer": `{"choice":["adam","momentum"]}`,
	} {
		if string(fields[name]) != want {
			t.Errorf("%s is %s, want %s", name, fields[name], want)
		}
	}
	if got := string(members(t, text)["asha"]); got != `{"min_steps":203,"eta":3}` { // 5,500 / 27
		t.Errorf("asha is %s", got)
	}
	momentum, _ := recipe.Lookup("momentum")
	if !d.Applies(momentum) {
		t.Error("momentum cannot be tried though one of the optimisers has it")
	}

	d.Strategy = Grid
	if text, problems = d.File(); problems != nil {
		t.Fatal(problems)
	}
	if got := names(members(t, text)); got != "base grid seeds" {
		t.Errorf("the grid has %s", got)
	}
	if got := names(members(t, text, "grid")); got != "batch optimizer" { // a grid has no ranges
		t.Errorf("the grid is over %s", got)
	}
	d.Strategy = GridASHA
	stopped, problems := d.File()
	if problems != nil {
		t.Fatal(problems)
	}
	if got := members(t, stopped); names(got) != "asha base grid seeds" || string(got["asha"]) != `{"min_steps":203,"eta":3}` || string(got["grid"]) != string(members(t, text)["grid"]) {
		t.Errorf("the grid with ASHA is %s", stopped)
	}
	d.Strategy = Each
	single, problems := d.File()
	if problems != nil {
		t.Fatal(problems)
	}
	// The recipe's own batch of 128 and optimiser, Adam, are in the first point.
	if got := members(t, single); names(got) != "base each seeds" || string(got["each"]) != `[{},{"optimizer":"momentum"},{"batch":32},{"batch":64}]` {
		t.Errorf("one change at a time is %s", single)
	}
	if size, err := Measure(single); err != nil || size.Points != 4 || size.Expected() != 4*5500 {
		t.Errorf("one change at a time asks for %+v, %v", size, err)
	}
	if got := string(members(t, text, "base")["holdout"]); got != "5000" {
		t.Errorf("the base keeps back %s images", got)
	}
}

// What is wrong is reported by field.
func TestProblems(t *testing.T) {
	d := drafted(t, "mnist-cnn")
	d.SetEnd("learning_rate", false, "0")
	d.Points, d.Seeds, d.MinSteps, d.Eta = "0", "1.5", "100000", "one"
	d.SetMode("batch", Choices)
	d.SetChoices("batch", "64, many")
	d.SetMode("flip", Choices)
	flip, _ := recipe.Lookup("flip")
	d.Toggle(flip, "true", false)
	d.Toggle(flip, "false", false)
	d.Form.Set("holdout", "0")
	_, problems := d.File()
	for name, want := range map[string]string{
		"learning_rate": "no logarithm", "batch": "“many”", "flip": "one value", "holdout": "Set aside",
		OfPoints: "at least 1", OfSeeds: "whole number", OfMinSteps: "not below", OfEta: "at least 2",
	} {
		if !strings.Contains(problems[name], want) {
			t.Errorf("%s: %q does not say %q", name, problems[name], want)
		}
	}
	d = drafted(t, "mnist-cnn")
	d.SetMode("learning_rate", Fixed)
	if _, problems := d.File(); problems[OfNothing] == "" {
		t.Error("nothing is tried, and nothing is said")
	}
	d.Strategy = Each
	d.SetMode("batch", Choices) // of which there is only the recipe's own
	if _, problems := d.File(); problems[OfNothing] == "" {
		t.Error("there is no change, and nothing is said")
	}
}

// Sizes are those computed by hand.
func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		text            string
		points, seeds   int
		whole, expected int64
	}{
		{`{"base":"mnist-rnn-32","grid":{"batch":[32,64,128],"schedule":["","cosine"]},"seeds":2}`, 6, 2, 12 * 5500, 12 * 5500},
		{`{"base":"mnist-rnn-32","change":{"steps":100},"each":[{},{"flip":true}],"random":{"points":5,"fields":{}}}`, 10, 1, 1000, 1000},
		// 9 points to 100 steps, 3 on to 300, 1 on to 900: 900 + 600 + 600.
		{`{"base":"mnist-rnn-32","change":{"steps":900},"random":{"points":9,"fields":{}},"asha":{"min_steps":100,"eta":3}}`, 9, 1, 8100, 2100},
		{`{"base":"mnist-rnn-32","change":{"steps":900},"random":{"points":9,"fields":{}},"asha":{"rungs":3}}`, 9, 1, 8100, 2100},
		{`{"base":"mnist-rnn-32","grid":{"steps":[100,9000]}}`, 2, 1, 18000, 18000},
		{`{"base":"mnist-rnn-32","change":{"steps":1e2},"random":{"points":5.0,"fields":{}},"seeds":2.0}`, 5, 2, 1000, 1000},
	} {
		s, err := Measure([]byte(c.text))
		if err != nil || s.Points != c.points || s.Seeds != c.seeds || s.Whole() != c.whole || s.Expected() != c.expected {
			t.Errorf("%s: %d points, %d seeds, %d steps, about %d, %v", c.text, s.Points, s.Seeds, s.Whole(), s.Expected(), err)
		}
	}
	for text, want := range map[string]string{
		`{`: "is not JSON: it ends too early, at column 2", `[]`: "column 1: needs an object", `{"seeds": 1.5}`: "seeds: needs a whole number, not 1.5",
		`{}`: "base is missing", `{"base":"alexnet"}`: "alexnet", `{"base":"mnist-cnn","grid":{"batch":3}}`: "must be a list",
		`{"base":"mnist-cnn","random":{"points":20000}}`: "from 1 to", `{"base":"mnist-cnn","change":{"colour":3}}`: "change: colour",
	} {
		if _, err := Measure([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", text, err, want)
		}
	}
}

// An ablation is a sweep of one change at a time, made by ticks.
func TestAblation(t *testing.T) {
	d := drafted(t, "cifar-bn")
	d.Strategy = Each
	a := NewAblation(d)
	all := a.Layers
	if len(all) != 4 || all[2].Name != "conv3" {
		t.Fatalf("%d layers", len(all))
	}
	a.Try(all[1].Without, true)
	if a.Together() != nil {
		t.Error("one layer is left out together")
	}
	a.Try(all[2].Without, true)
	together := a.Together()
	a.Try(together, true)
	a.Try(all[3].Double, true)
	if n := len(a.tried()); n != 5 || !a.Tries(together) { // with the net as it is
		t.Fatalf("%d nets are tried", n)
	}
	a.Try(all[3].Without, true)
	if a.Tries(together) || !a.Tries(a.Together()) || len(a.tried()) != 6 {
		t.Errorf("what is left out together does not follow: %q", a.tried())
	}
	a.Try(all[1].Without, false)
	a.Try(all[2].Without, false)
	if len(a.tried()) != 3 {
		t.Errorf("%q", a.tried())
	}
	text, problems := d.File()
	if problems != nil {
		t.Fatal(problems)
	}
	var file struct{ Each []map[string]string }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Each) != 3 || file.Each[1]["net"] != all[3].Double.String() {
		t.Errorf("%s, %v", text, err)
	}
}
