package task_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/task"
)

func digits() task.Task {
	r := recipe.Default()
	r.Exact, r.Steps, r.EvalEvery = true, 20, 10
	return task.Task{Title: "Which rate?", Text: "Find the best rate.\nTrain three times.", Question: "Why <that> one?", Recipe: r,
		Free: []string{"learning_rate", "optimizer"}, Hidden: []string{"seed", "exact"}}
}

func TestTaskComesBack(t *testing.T) {
	want := digits()
	got, err := task.Parse(want.String())
	want.Free = []string{"optimizer", "learning_rate"} // in the order of the table
	if err != nil || !reflect.DeepEqual(got, want) || got.ID() != digits().ID() {
		t.Errorf("got %+v, %v", got, err)
	}
	longest := digits()
	longest.Title, longest.Text, longest.Question = strings.Repeat("界", task.MaxTitle), strings.Repeat("界", task.MaxText), strings.Repeat("界", task.MaxQuestion)
	if _, err := task.Parse(longest.String()); err != nil {
		t.Errorf("the longest task: %v", err)
	}
}

func TestTasksThatNobodyMayGive(t *testing.T) {
	for name, change := range map[string]func(*task.Task){
		"title":        func(x *task.Task) { x.Title = " " },
		"81":           func(x *task.Task) { x.Title = strings.Repeat("a", 161) },
		"control":      func(x *task.Task) { x.Question = "a\nb" },
		"twice":        func(x *task.Task) { x.Free = append(x.Free, "seed") },
		"not a set":    func(x *task.Task) { x.Free = []string{"colours"} },
		"pictures":     func(x *task.Task) { x.Recipe.Dataset = "folder:/etc" },
		"batch":        func(x *task.Task) { x.Recipe.Batch = 0 },
		"characters, ": func(x *task.Task) { x.Text = strings.Repeat("a", task.MaxText+1) },
	} {
		x := digits()
		change(&x)
		if err := x.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := task.Parse(x.String()); err == nil && name != "not a set" { // which String leaves out
			t.Errorf("%s: the link is read", name)
		}
	}
	newer := base64.RawURLEncoding.EncodeToString([]byte(`{"version":2}`))
	if _, err := task.Parse(newer); err == nil || !strings.Contains(err.Error(), "version 2") {
		t.Errorf("a newer task: %v", err)
	}
}

// A student changes what is free, and what depends on it; all else stays the task's.
func TestWithin(t *testing.T) {
	x := digits()
	r := x.Recipe
	r.LearningRate, r.Optimizer, r.Momentum = 0.1, recipe.Momentum, 0.5
	if got := x.Within(r); got != r || len(x.Outside(r)) != 0 {
		t.Errorf("what is free becomes %+v, outside %v", got, x.Outside(r))
	}
	r.Seed, r.Steps = 5, 7
	if got := x.Outside(r); !reflect.DeepEqual(got, []string{"steps", "seed"}) {
		t.Errorf("outside are %v", got)
	}
	if got := x.Within(r); got.Seed != 1 || got.Steps != 20 || got.Momentum != 0.5 {
		t.Errorf("within is %+v", got)
	}
	x.Free = []string{"seed"}
	if got := x.Within(r); got.Optimizer != recipe.Adam || got.Momentum != 0 || got.Seed != 5 || got.Validate() != nil {
		t.Errorf("with the optimiser fixed it is %+v", got)
	}
	if !x.IsFree("seed") || x.IsFree("momentum") || !x.IsHidden("exact") || x.IsHidden("steps") {
		t.Error("a setting is not what the task says")
	}
}

// ended is a run of the task that has ended.
func ended(r recipe.Recipe) *run.View {
	at := func(step int, accuracy float64) *run.Metric {
		m := run.Measure{Loss: 2.3 - accuracy, Accuracy: accuracy, N: 1000}
		return &run.Metric{Step: step, Train: m, Test: m}
	}
	v := &run.View{}
	for _, e := range []run.Event{
		&run.Start{Version: run.Version, ID: "one", Recipe: r, Where: run.Where{Backend: "wasm", Host: "alices-laptop"}},
		at(0, 0.1), at(10, 0.5), at(20, 0.7),
		&run.End{Status: run.Done, Steps: 20, Backend: "wasm", WeightsSHA256: strings.Repeat("ab", 32)},
	} {
		v.Apply(run.Record{Event: e})
	}
	return v
}

func TestHandInComesBack(t *testing.T) {
	x := digits()
	h := task.HandIn{Task: x, Name: "Zoë", Answer: "Because\nof <b>.", Run: ended(x.Recipe)}
	file, err := h.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := task.Decode(file)
	if err != nil || got.Name != h.Name || got.Answer != h.Answer || got.Task.ID() != x.ID() {
		t.Fatalf("got %+v, %v", got, err)
	}
	want, _ := h.Run.Proof()
	if proof, err := got.Run.Proof(); err != nil || proof.String() != want.String() {
		t.Errorf("the proof is %v, %v", proof, err)
	}
	if bytes.Contains(file, []byte("laptop")) {
		t.Error("the file names the student's machine")
	}
}

// What is no hand-in, or is damaged, is refused with the reason; one that was changed on purpose, with a digest to match, is read: see TestAgain.
func TestFilesThatAreNoHandIn(t *testing.T) {
	x := digits()
	file, err := task.HandIn{Task: x, Name: "A", Run: ended(x.Recipe)}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	resealed := func(old, with string) []byte {
		_, body, _ := bytes.Cut(bytes.TrimSuffix(file, []byte("}\n")), []byte(`"body":`))
		body = bytes.Replace(body, []byte(old), []byte(with), 1)
		return fmt.Appendf(nil, `{"format":"unpool hand-in","version":1,"sha256":"%x","body":%s}`, sha256.Sum256(body), body)
	}
	for _, test := range []struct {
		name  string
		file  []byte
		wrong string
	}{
		{"nothing", nil, task.ErrOther.Error()},
		{"a run", []byte("PK\x03\x04"), task.ErrOther.Error()},
		{"cut short", file[:len(file)/2], task.ErrDamaged.Error()},
		{"a changed letter", bytes.Replace(file, []byte(`"accuracy":0.7`), []byte(`"accuracy":0.9`), 1), task.ErrDamaged.Error()},
		{"too large", append(bytes.Clone(file), make([]byte, task.MaxFile)...), task.ErrOther.Error()},
		{"no end", resealed(`"end":{`, `"and":{`), "no run"},
		{"steps out of order", resealed(`"step":10`, `"step":30`), "not in its place"},
		{"an impossible accuracy", resealed(`"accuracy":0.5`, `"accuracy":7`), "that there is not"},
		{"no name", resealed(`"name":"A"`, `"name":""`), "enter a name"},
		{"a folder", resealed(`"dataset":"mnist"`, `"dataset":"folder:/etc"`), "pictures"},
	} {
		if _, err := task.Decode(test.file); err == nil || !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := task.Decode(resealed(`"accuracy":0.7`, `"accuracy":0.9`)); err != nil {
		t.Errorf("a forged file is not read: %v", err)
	}
	for name, h := range map[string]task.HandIn{
		"enter a name": {Task: x, Run: ended(x.Recipe)},
		"has not":      {Task: x, Name: "A", Run: &run.View{}},
		"too many":     {Task: x, Name: "A", Answer: strings.Repeat("a", task.MaxAnswer+1), Run: ended(x.Recipe)},
	} {
		if _, err := h.Encode(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAgain(t *testing.T) {
	r := digits().Recipe
	if d := task.Again(ended(r), ended(r)); d != "" {
		t.Errorf("the same run differs: %s", d)
	}
	for want, change := range map[string]func(*run.View){
		"after step 20 the test accuracy is 70.0": func(v *run.View) { v.Metrics[2].Test.Accuracy = 0.9 },
		"after step 10 the test accuracy":         func(v *run.View) { v.Metrics[1].Train.Loss = 0 },
		"the weights at the end differ":           func(v *run.View) { v.End.WeightsSHA256 = hex.EncodeToString(make([]byte, 32)) },
		"the evaluation after step 20 is missing": func(v *run.View) { v.Metrics = v.Metrics[:2] },
		"there is no evaluation after step 15":    func(v *run.View) { v.Metrics[1].Step = 15 },
	} {
		forged := ended(r)
		end := *forged.End
		forged.End = &end
		change(forged)
		if d := task.Again(forged, ended(r)); !strings.Contains(d, want) {
			t.Errorf("it is said %q, want %q", d, want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, test := range []struct {
		spread  task.Spread
		outside []float64
		inside  []float64
	}{
		{task.Spread{0.970, 0.971, 0.972}, []float64{0.95, 0.99}, []float64{0.965, 0.971, 0.975}},
		{task.Spread{0.970, 0.971, 0.972, 0.970, 0.972}, []float64{0.96, 0.98}, []float64{0.969, 0.974}},
		{task.Spread{0.1, 0.1}, []float64{0.2}, []float64{0.1}},
		{task.Spread{0.5}, nil, []float64{0, 1}},
	} {
		low, high := test.spread.Bounds()
		for _, x := range test.inside {
			if x < low || x > high {
				t.Errorf("of %v, %v is outside %v to %v", test.spread, x, low, high)
			}
		}
		for _, x := range test.outside {
			if x >= low && x <= high {
				t.Errorf("of %v, %v is between %v and %v", test.spread, x, low, high)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(digits().String())
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"version":1,"title":"a","recipe":{"version":1}}`)))
	f.Fuzz(func(t *testing.T, code string) {
		x, err := task.Parse(code)
		if err != nil {
			return
		}
		if again, err := task.Parse(x.String()); err != nil || again.ID() != x.ID() {
			t.Errorf("%q is read, and what it is written as is not: %v", code, err)
		}
		if outside := x.Outside(x.Recipe); len(outside) > 0 {
			t.Errorf("its own recipe is outside it in %v", outside)
		}
	})
}

func FuzzDecode(f *testing.F) {
	x := digits()
	file, err := task.HandIn{Task: x, Name: "A", Answer: "B", Run: ended(x.Recipe)}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	_, body, _ := bytes.Cut(bytes.TrimSuffix(file, []byte("}\n")), []byte(`"body":`))
	f.Add(body)
	f.Fuzz(func(t *testing.T, body []byte) {
		sealed := fmt.Appendf(nil, `{"format":"unpool hand-in","version":1,"sha256":"%x","body":%s}`, sha256.Sum256(body), body)
		h, err := task.Decode(sealed)
		if err != nil {
			if errors.Is(err, task.ErrOther) && len(sealed) <= task.MaxFile {
				t.Errorf("%q is said to be something else", body)
			}
			return
		}
		h.Run.Proof()
		file, err := h.Encode()
		if err != nil {
			t.Fatalf("%q is read, and cannot be written: %v", body, err)
		}
		if _, err := task.Decode(file); err != nil {
			t.Errorf("%q is read, and what it is written as is not: %v", body, err)
		}
	})
}
