package sweep

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
)

const units = `{"base": "mnist-rnn-128", "change": {"holdout": 100}, "grid": {"net.0.kind": ["rnn", "gru"], "units": [64, 32]}, "seeds": 2}`

func parse(t testing.TB, text string) *Plan {
	t.Helper()
	p, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlan(t *testing.T) {
	p := parse(t, units)
	if len(p.Points) != 4 || len(p.Runs) != 8 {
		t.Fatalf("%d points, %d runs", len(p.Points), len(p.Runs))
	}
	ids := map[string]bool{}
	inOrder := true
	for i, r := range p.Runs {
		ids[r.ID] = true
		inOrder = inOrder && r.Point == i/2
		if want := p.Points[r.Point].Recipe; r.Recipe.Net != want.Net || r.Recipe.Holdout != 100 || r.Recipe.Seed < 1 || r.Recipe.Seed > 2 {
			t.Errorf("run %d: %+v", i, r.Recipe)
		}
	}
	if len(ids) != 8 || inOrder {
		t.Errorf("%d ids; in the file's order: %v", len(ids), inOrder)
	}
	if got := p.Label(p.Points[3]); got != "net.0.kind gru, units 32" {
		t.Errorf("the last point is called %q", got)
	}
	for i, r := range parse(t, units).Runs {
		if r != p.Runs[i] {
			t.Errorf("run %d differs the second time", i)
		}
	}
	// An optimiser without momentum is tried once, not for each momentum; units are dropped where the net has none.
	p = parse(t, `{"base": "mnist-cnn", "change": {"holdout": 9}, "grid": {"optimizer": ["sgd", "momentum"], "momentum": [0.5, 0.9]}}`)
	if len(p.Points) != 3 || p.Points[0].Values[1] != "" || p.Points[1].Recipe.Momentum != 0.5 {
		t.Errorf("%d points: %+v", len(p.Points), p.Points)
	}
}

// A limit of filters applies where there are some: a net without any is tried once.
func TestSweepOverTheFilterLimit(t *testing.T) {
	p := parse(t, `{"base": "mnist-cnn", "change": {"holdout": 9}, "grid": {"net": ["conv 3x3x8", "dense 8"], "filter_rms": [0, 0.1, 1]}}`)
	var got []string
	for _, point := range p.Points {
		got = append(got, p.Label(point))
	}
	want := []string{"net conv 3x3x8, filter_rms 0", "net conv 3x3x8, filter_rms 0.1", "net conv 3x3x8, filter_rms 1", "net dense 8"}
	if !slices.Equal(got, want) || p.Points[1].Recipe.FilterRMS != 0.1 || p.Points[3].Recipe.FilterRMS != 0 {
		t.Errorf("%q, want %q", got, want)
	}
}

// Changes are tried one by one; where one does not set a field, the base's value is used.
func TestEach(t *testing.T) {
	p := parse(t, `{"base": "cifar-vgg", "change": {"holdout": 9}, "grid": {"batch": [32, 64]},
		"each": [{}, {"flip": false}, {"shift": 0, "schedule": ""}, {"arch": "bncnn"}]}`)
	var got []string
	for _, point := range p.Points[:4] {
		got = append(got, p.Label(point))
	}
	want := []string{
		"batch 32, flip true, shift 3, schedule cosine", "batch 32, flip false, shift 3, schedule cosine",
		"batch 32, flip true, shift 0, schedule none", "batch 32, flip true, shift 3, schedule cosine, arch bncnn",
	}
	if len(p.Points) != 8 || !slices.Equal(got, want) || p.Points[1].Recipe.Flip || p.Points[7].Recipe.Batch != 64 {
		t.Errorf("%d points: %q", len(p.Points), got)
	}
}

// What is zero, and left out of a recipe's JSON, is shown too; units and momentum are not where there are none.
func TestLabelsOfWhatIsLeftOut(t *testing.T) {
	p := parse(t, `{"base": "mnist-gru-64", "change": {"holdout": 9},
		"each": [{"net": "conv 3x3x8, relu"}, {"schedule": "cosine", "shift": 1, "flip": true}, {"units": 3}]}`)
	var got []string
	for _, point := range p.Points {
		got = append(got, p.Label(point))
	}
	want := []string{
		"net conv 3x3x8, relu, schedule none, shift 0, flip false",
		"net gru 64, schedule cosine, shift 1, flip true, units 64",
		"net gru 3, schedule none, shift 0, flip false, units 3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRandom(t *testing.T) {
	p := parse(t, `{"base": "mnist-rnn-32", "change": {"holdout": 9}, "random": {"points": 200, "seed": 3, "fields": {
		"learning_rate": {"log": [1e-4, 1e-1]}, "net.0.units": {"linear": [8, 16]}, "batch": {"choice": [32, 64]}}}}`)
	low, nets := 0, map[string]bool{}
	for _, point := range p.Points {
		r := point.Recipe
		if r.LearningRate < 1e-4 || r.LearningRate > 1e-1 || r.Batch != 32 && r.Batch != 64 {
			t.Errorf("%+v", r)
		}
		if r.LearningRate < math.Sqrt(1e-4*1e-1) {
			low++
		}
		nets[r.Net] = true
	}
	if len(p.Points) != 200 || low < 70 || low > 130 || len(nets) != 9 || !nets["rnn 8"] || !nets["rnn 16"] {
		t.Errorf("%d points, %d below the middle of the logarithm, nets %v", len(p.Points), low, nets)
	}
}

// Points with the same recipe are one, and it is counted how many are left out.
func TestMerged(t *testing.T) {
	p := parse(t, `{"base": "mnist-rnn-32", "change": {"holdout": 9}, "random": {"points": 50, "seed": 3, "fields": {"batch": {"linear": [8, 11]}}}}`)
	if len(p.Points) != 4 || p.Merged != 46 { // 50 draws of four numbers
		t.Errorf("%d points, and %d more", len(p.Points), p.Merged)
	}
	p = parse(t, `{"base": "mnist-rnn-32", "change": {"holdout": 9}, "grid": {"batch": [8, 9]}}`)
	if len(p.Points) != 2 || p.Merged != 0 {
		t.Errorf("%d points, and %d more", len(p.Points), p.Merged)
	}
}

func TestParseRefuses(t *testing.T) {
	const change = `"base": "mnist-rnn-128", "change": {"holdout": 100}`
	for text, says := range map[string]string{
		``:                         "JSON",
		`[]`:                       "object",
		`{` + change + `} {}`:      "column 55: invalid character '{' after the end of the value",
		`{"grid": {"units": [1]}}`: "base: is missing",
		`{"base": "mnist-rnn-12", "grid": {"units": [1]}}`:                                         "mnist-rnn-128",
		`{"base": 3, "grid": {"units": [1]}}`:                                                      "base: needs the name",
		`{` + change + `, "grid": {"net.3.maps": [8]}}`:                                            `net.3.maps: there is no layer "3"`,
		`{` + change + `, "grid": {"net.0.maps": [8]}}`:                                            `net.0.maps: layer 1, "rnn 128": has no field "maps"; it has kind, units, `,
		`{` + change + `, "grid": {"net": ["alexnet"]}}`:                                           `net: layer 1, "alexnet"`,
		`{` + change + `, "random": {"points": 2, "fields": {"net.1.units": {"linear": [1, 2]}}}}`: "no such field",
		`{` + change + `}`:                                                                                             "grid: is missing",
		`{` + change + `, "grid": {}}`:                                                                                 "grid: is empty",
		`{` + change + `, "grid": {"units": []}}`:                                                                      "units: the list is empty",
		`{` + change + `, "grid": {"units": 3}}`:                                                                       "units: needs a list",
		`{` + change + `, "grid": {"unitz": [3]}}`:                                                                     "unitz: is not a setting of a run; the nearest is",
		`{` + change + `, "grid": {"units": ["many"]}}`:                                                                `units: "many" is not a whole number`,
		`{` + change + `, "grid": {"units": [0]}}`:                                                                     "units must be from 1 to",
		`{` + change + `, "grid": {"units": [1], "units": [2]}}`:                                                       "units: is given twice",
		`{` + change + `, "grid": {"seed": [1]}}`:                                                                      "seeds says",
		`{` + change + `, "grid": {"dataset": ["folder:/etc"]}}`:                                                       "cannot name a folder",
		`{` + change + `, "grid": {"momentum": [0.5]}}`:                                                                "momentum: none of the nets",
		`{` + change + `, "grid": {"filter_rms": [0.1]}}`:                                                              "filter_rms: none of the nets",
		`{` + change + `, "grid": {"units": [1]}, "seeds": 0}`:                                                         "seeds: 0 is not",
		`{` + change + `, "grid": {"units": [1]}, "seeds": 10001}`:                                                     "seeds: 10001 is not",
		`{` + change + `, "grid": {"units": [1, 2], "batch": [1]}, "seeds": 9999}`:                                     "more than 10000 runs",
		`{` + change + `, "gird": {"units": [1]}}`:                                                                     "gird: is not known",
		`{` + change + `, "grid": null}`:                                                                               "grid: is null",
		`{"base": "mnist-rnn-128", "grid": {"units": [1]}}`:                                                            "holdout: is 0",
		`{` + change + `, "random": {"fields": {"units": {"linear": [1, 2]}}}}`:                                        "points: is missing",
		`{` + change + `, "random": {"points": 2}}`:                                                                    "fields: is missing",
		`{` + change + `, "random": {"points": 2, "fields": {"units": {"linear": [2, 1]}}}}`:                           "2 is not below 1",
		`{` + change + `, "random": {"points": 2, "fields": {"learning_rate": {"log": [0, 1]}}}}`:                      "no logarithm",
		`{` + change + `, "random": {"points": 2, "fields": {"units": {"linear": [1.5, 3]}}}}`:                         "whole number",
		`{` + change + `, "random": {"points": 2, "fields": {"optimizer": {"linear": [1, 3]}}}}`:                       "use choice",
		`{` + change + `, "random": {"points": 2, "fields": {"units": {"even": [1, 3]}}}}`:                             "needs one of",
		`{` + change + `, "grid": {"units": [8]}, "random": {"points": 2, "fields": {"units": {"choice": [1, 3]}}}}`:   "in two of grid, random and each",
		`{` + change + `, "grid": {"units": [8]}, "each": [{"units": 3}]}`:                                             "in two of",
		`{` + change + `, "each": {"units": 3}}`:                                                                       "each: needs a list",
		`{` + change + `, "each": []}`:                                                                                 "each: needs a list",
		`{` + change + `, "each": [{"units": 3}, {"seed": 3}]}`:                                                        "change 2: seed: seeds says",
		`{` + change + `, "each": [{"units": 3}, 4]}`:                                                                  "change 2: needs an object",
		`{` + change + `, "each": [{}]}`:                                                                               "grid: is missing",
		`{` + change + `, "grid": {"units": [8]}, "random": {"points": 1e9, "fields": {"batch": {"choice": [1, 3]}}}}`: "points: 1e9 is not",
		`{` + change + `, "random": {"points": 2, "fields": {"batch": {"choice": [1, 3]}}}, "grid": {"version": [1]}}`: "same for all runs",
		strings.Repeat(" ", MaxFile+1):                                                                                 "65537 bytes",
	} {
		if p, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.150s: %v, %v does not say %q", text, p, err, says)
		}
	}
}

// maker gives each run a curve that its units and seed decide; 32 units fail.
type maker struct{ ids []string }

func (m *maker) make(one Run) (*run.View, error) {
	m.ids = append(m.ids, one.ID)
	c := one.Recipe
	v := run.Replay([]run.Record{{Seq: 1, Event: &run.Start{Recipe: c}}})
	seq := uint64(1)
	say := func(e run.Event) {
		seq++
		v.Apply(run.Record{Seq: seq, Event: e})
	}
	switch {
	case c.Net == "gru 32":
		say(&run.End{Status: run.Failed, Error: "it | diverged"})
		return v, nil
	case c.Batch == 1:
		return nil, errors.New("no disk")
	}
	units, _ := c.Value("units")
	best := float64(units.(int))/100 + float64(c.Seed)/10
	for i, accuracy := range []float64{0, best, best - 0.01} {
		say(&run.Metric{Step: 50 * i, Validation: &run.Measure{Accuracy: accuracy, N: 100}})
	}
	say(&run.End{Status: run.Done, Seconds: 2})
	return v, nil
}

func TestRun(t *testing.T) {
	p, r := parse(t, units), &maker{}
	out, err := p.Run(r.make)
	if err != nil || len(r.ids) != 8 {
		t.Fatalf("%v, %d runs", err, len(r.ids))
	}
	var got []string
	for _, o := range out {
		got = append(got, p.Label(o.Point))
	}
	if want := "net.0.kind rnn, units 64; net.0.kind gru, units 64; net.0.kind rnn, units 32; net.0.kind gru, units 32"; strings.Join(got, "; ") != want {
		t.Errorf("in order %q", got)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if o := out[0]; o.Runs != 2 || !near(o.Best, 0.79) || !near(o.Deviation, math.Sqrt(0.005)) || !near(o.Last, 0.78) || o.BestStep != 50 || len(o.Curve) != 3 {
		t.Errorf("%+v", o)
	}
	var md, csv strings.Builder
	if err := errors.Join(p.Markdown(&md, out), p.CSV(&csv, out)); err != nil {
		t.Fatal(err)
	}
	if s := md.String(); !strings.Contains(s, "| 1 | rnn | 64 | 0.7900 | 0.0707 | 50 | 0.7800 | 2 | 2.0 |  |") ||
		!strings.Contains(s, `|  | gru | 32 |  |  |  |  | 0 |  | 2: it \| diverged |`) {
		t.Errorf("%s", s)
	}
	if s := csv.String(); strings.Count(s, "\n") != 5 || !strings.HasPrefix(s, "rank,net.0.kind,units,best,") {
		t.Errorf("%s", s)
	}
	broken := parse(t, `{"base": "mnist-rnn-128", "change": {"holdout": 100}, "grid": {"batch": [1]}}`)
	if _, err := broken.Run(r.make); err == nil || !strings.Contains(err.Error(), "no disk") {
		t.Errorf("a runner that cannot continue: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(units)
	f.Add(`{"base": "cifar-vgg", "change": {"holdout": 100}, "each": [{}, {"flip": false}]}`)
	f.Add(`{"base": {"version": 1, "arch": "rnn", "units": 4}, "random": {"points": 9, "fields": {"units": {"log": [1, 9]}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse([]byte(text))
		if err != nil {
			return
		}
		if len(p.Runs) == 0 || len(p.Runs) > MaxRuns {
			t.Errorf("%d runs", len(p.Runs))
		}
		for _, r := range p.Runs {
			if err := r.Recipe.Validate(); err != nil || r.Recipe.Holdout == 0 {
				t.Errorf("%+v: %v", r.Recipe, err)
			}
		}
	})
}

// The sweeps of this repository, of which some name architectures as version 1 did, and what one of them means.
func TestRepositorysSweeps(t *testing.T) {
	files, err := filepath.Glob("../../../../sweeps/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := parse(t, `{"base": "mnist-rnn-128", "change": {"holdout": 5}, "grid": {"arch": ["rnn", "lstm"], "units": [128, 32]}}`)
	var nets, labels []string
	for _, point := range p.Points {
		nets, labels = append(nets, point.Recipe.Net), append(labels, p.Label(point))
	}
	if want := []string{"rnn 128", "rnn 32", "lstm 128", "lstm 32"}; !slices.Equal(nets, want) || labels[3] != "arch lstm, units 32" {
		t.Errorf("nets %q, labels %q", nets, labels)
	}
	old := parse(t, `{"base": {"version": 1, "arch": "gru", "units": 8, "dataset": "mnist", "optimizer": "adam", "learning_rate": 0.1, "batch": 4,
		"steps": 5, "seed": 1, "eval_every": 5, "eval": "sample", "holdout": 5}, "each": [{}, {"no_dropout": true, "arch": "bncnn"}]}`)
	if r := old.Points[0].Recipe; r.Net != "gru 8" || r.Version != recipe.Version {
		t.Errorf("%+v", r)
	}
	if r := old.Points[1].Recipe; strings.Contains(r.Net, "dropout") || !strings.Contains(r.Net, "batchnorm") {
		t.Errorf("%+v", r)
	}
}

// An error says where in the file it is: at the innermost member that it is about.
func TestPlaces(t *testing.T) {
	const head = "{\n  \"base\": \"mnist-rnn-128\",\n  \"change\": {\"holdout\": 100},\n"
	for text, says := range map[string]string{
		head + "  \"grid\": {\"units\": [1],}\n}":                                   "sweep: is not JSON: line 4, column 25: invalid character '}' where a name",
		head + "  \"grid\": {\"units\": [1]\n}":                                     "ends too early, at line 5, column 2",
		head + "  \"gird\": {\"units\": [1]}\n}":                                    "sweep: line 4, column 3: gird: is not known",
		head + "  \"grid\": {\n    \"units\": [8],\n    \"batch\": 3\n  }\n}":       "sweep: line 6, column 5: grid: batch: needs a list",
		head + "  \"grid\": {\"batch\": [8, 0]}\n}":                                 "sweep: line 4, column 12: batch: 0 is outside",
		head + "  \"each\": [{}, {\"seed\" : 3}]\n}":                                "sweep: line 4, column 17: each: change 2: seed: seeds says",
		head + "  \"grid\": {\"learning_rate\": [\"0,1\"]}\n}":                      "line 4, column 12: learning_rate: \"0,1\" is not a number; write 0.1, with a point",
		"{\"base\": {\"version\": 2,\n\"batch\": 1.5}, \"grid\": {\"units\": [1]}}": "sweep: line 2, column 1: base: batch: 1.5 is not a whole number",
		"{\"base\": \"mnist-rnn-32\",\n \"grid\": {\"units\": [1]}}":                "sweep: holdout: is 0;", // of the base, which is elsewhere
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v does not say %q", text, err, says)
		}
	}
}

// A whole number may be written as one with a point.
func TestWholeNumbers(t *testing.T) {
	p := parse(t, `{"base": "mnist-rnn-32", "change": {"holdout": 100.0, "steps": 9e2}, "seeds": 2.0,
		"grid": {"net.0.units": [8.0], "batch": [16.0]}, "random": {"points": 3.0, "seed": 1e0, "fields": {"shift": {"linear": [0.0, 3.0]}}}, "asha": {"min_steps": 1e2}}`)
	r := p.Points[0].Recipe
	if r.Batch != 16 || r.Net != "rnn 8" || r.Holdout != 100 || r.Steps != 900 || p.Seeds != 2 || p.Ladder.Rungs[0] != 100 {
		t.Errorf("%+v, %d seeds, rungs %v", r, p.Seeds, p.Ladder.Rungs)
	}
}

// A data set in place of the file's may be a folder, which a file may not name.
func TestParseOn(t *testing.T) {
	const file = `{"base": "mnist-rnn-32", "change": {"dataset": "fashion-mnist", "holdout": 9}, "grid": {"batch": [8, 16]}}`
	p, err := ParseOn([]byte(file), recipe.Folder("pets"))
	if err != nil || len(p.Points) != 2 || p.Points[1].Recipe.Dataset != recipe.Folder("pets") {
		t.Errorf("%+v, %v", p, err)
	}
	for set, says := range map[recipe.Dataset]string{"pets": `dataset: "pets" is not known`, recipe.MNIST: "leave out -dataset"} {
		tries := strings.Replace(file, `"batch": [8, 16]`, `"dataset": ["mnist", "fashion-mnist"]`, 1)
		if set == "pets" {
			tries = file
		}
		if _, err := ParseOn([]byte(tries), set); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("on %s: %v does not say %q", set, err, says)
		}
	}
}
