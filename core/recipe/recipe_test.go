package recipe

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func valid() Recipe {
	return Recipe{
		Version: Version, Net: "rnn 128", Dataset: MNIST, Optimizer: Adam, LearningRate: 1e-3,
		Batch: 128, Steps: 5500, Seed: 1, EvalEvery: 50, Eval: EvalSample,
	}
}

// with returns a valid recipe with changes.
func with(change func(*Recipe)) Recipe {
	r := valid()
	change(&r)
	return r
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		recipe Recipe
		fields []string // that are wrong
	}{
		{"valid", valid(), nil},
		{"the zero value", Recipe{}, []string{
			"version", "net", "dataset", "optimizer", "learning_rate", "batch", "steps", "eval_every", "eval"}},
		{"a later version", with(func(r *Recipe) { r.Version = 3 }), []string{"version"}},
		{"an earlier version", with(func(r *Recipe) { r.Version = 1 }), []string{"version"}},
		{"an unknown net", with(func(r *Recipe) { r.Net = "alexnet" }), []string{"net"}},
		{"an unknown dataset", with(func(r *Recipe) { r.Dataset = "MNIST" }), []string{"dataset"}},
		{"an unknown optimiser", with(func(r *Recipe) { r.Optimizer = "adamw" }), []string{"optimizer"}},
		{"an unknown evaluation", with(func(r *Recipe) { r.Eval = "half" }), []string{"eval"}},
		{"no units", with(func(r *Recipe) { r.Net = "rnn 0" }), []string{"net"}},
		{"the most units", with(func(r *Recipe) { r.Net = "rnn 1024" }), nil},
		{"too many units", with(func(r *Recipe) { r.Net = "rnn 1025" }), []string{"net"}},
		{"a CNN", with(func(r *Recipe) { r.Net = "conv 3x3x8, relu, pool 2" }), nil},
		{"a net that does not fit its images", with(func(r *Recipe) { r.Net = "conv 30x30x8 valid" }), []string{"net"}},
		{"the same for larger ones", with(func(r *Recipe) { r.Net, r.Dataset = "conv 30x30x8 valid", CIFAR10RGB }), nil},
		{"layers that do not fit each other", with(func(r *Recipe) { r.Net = "dense 8, lstm 8" }), []string{"net"}},
		{"no rate", with(func(r *Recipe) { r.LearningRate = 0 }), []string{"learning_rate"}},
		{"a rate that is 0 in float32", with(func(r *Recipe) { r.LearningRate = 1e-46 }), []string{"learning_rate"}},
		{"the highest rate", with(func(r *Recipe) { r.LearningRate = 10 }), nil},
		{"a rate too high", with(func(r *Recipe) { r.LearningRate = 10.5 }), []string{"learning_rate"}},
		{"a rate that is no number", with(func(r *Recipe) { r.LearningRate = math.NaN() }), []string{"learning_rate"}},
		{"momentum", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = 0.9 }), nil},
		{"momentum without any", with(func(r *Recipe) { r.Optimizer = Momentum }), nil},
		{"momentum of one", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = 1 }), []string{"momentum"}},
		{"momentum that is no number", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = math.NaN() }), []string{"momentum"}},
		{"momentum with Adam", with(func(r *Recipe) { r.Momentum = 0.9 }), []string{"momentum"}},
		{"a limit of filters", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8, relu", 0.1 }), nil},
		{"the same in a group", with(func(r *Recipe) { r.Net, r.FilterRMS = "residual(conv 3x3x1)", 10 }), nil},
		{"the same without filters", with(func(r *Recipe) { r.FilterRMS = 0.1 }), []string{"filter_rms"}},
		{"the same with a net that cannot be read", with(func(r *Recipe) { r.Net, r.FilterRMS = "alexnet", 0.1 }), []string{"net"}},
		{"a negative limit", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", -0.1 }), []string{"filter_rms"}},
		{"too low a limit", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", 1e-9 }), []string{"filter_rms"}},
		{"too high a limit", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", 1e30 }), []string{"filter_rms"}},
		{"an infinite limit", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", math.Inf(1) }), []string{"filter_rms"}},
		{"a limit that is no number", with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", math.NaN() }), []string{"filter_rms"}},
		{"no batch", with(func(r *Recipe) { r.Batch = 0 }), []string{"batch"}},
		{"too large a batch", with(func(r *Recipe) { r.Batch = most("batch") + 1 }), []string{"batch"}},
		{"no steps", with(func(r *Recipe) { r.Steps = 0 }), []string{"steps"}},
		{"too many steps", with(func(r *Recipe) { r.Steps = MaxSteps + 1 }), []string{"steps"}},
		{"no evaluation", with(func(r *Recipe) { r.EvalEvery = 0 }), []string{"eval_every"}},
		{"a negative holdout", with(func(r *Recipe) { r.Holdout = -1 }), []string{"holdout"}},
		{"the largest seed", with(func(r *Recipe) { r.Seed = MaxSeed }), nil},
		{"too large a seed", with(func(r *Recipe) { r.Seed = MaxSeed + 1 }), []string{"seed"}},
		{"all of CIFAR-10", with(func(r *Recipe) { r.Dataset = CIFAR10 }), nil},
		{"a folder", with(func(r *Recipe) { r.Dataset = Folder("my/birds.zip") }), nil},
		{"a folder without a path", with(func(r *Recipe) { r.Dataset = Folder("") }), []string{"dataset"}},
		{"augmentation", with(func(r *Recipe) { r.Augment = Augment{14, true, 28} }), nil},
		{"more of it for larger images", with(func(r *Recipe) { r.Size, r.Augment = 96, Augment{most("shift"), true, most("cutout")} }), nil},
		{"too much of it for these", with(func(r *Recipe) { r.Size, r.Augment = 16, Augment{9, true, 17} }), []string{"shift", "cutout"}},
		{"the smallest images", with(func(r *Recipe) { r.Size = 8 }), nil},
		{"too small ones", with(func(r *Recipe) { r.Size = 7 }), []string{"size"}},
		{"too large ones", with(func(r *Recipe) { r.Size = 97 }), []string{"size"}},
		{"an unknown colour", with(func(r *Recipe) { r.Colour = "sepia" }), []string{"colour"}},
		{"classes of a folder", with(func(r *Recipe) { r.Dataset, r.Classes = Folder("pets"), 256 }), nil},
		{"one class", with(func(r *Recipe) { r.Dataset, r.Classes = Folder("pets"), 1 }), []string{"classes"}},
		{"classes of a set that has its own", with(func(r *Recipe) { r.Classes = 10 }), []string{"classes"}},
		{"a negative shift", with(func(r *Recipe) { r.Shift = -1 }), []string{"shift"}},
		{"too far a shift", with(func(r *Recipe) { r.Shift = most("shift") + 1 }), []string{"shift"}},
		{"a negative cutout", with(func(r *Recipe) { r.Cutout = -1 }), []string{"cutout"}},
		{"too large a cutout", with(func(r *Recipe) { r.Cutout = most("cutout") + 1 }), []string{"cutout"}},
		{"two mistakes", with(func(r *Recipe) { r.Batch, r.Holdout = -1, -1 }), []string{"holdout", "batch"}},
	} {
		if got := wrong(c.recipe.Validate()); !slices.Equal(got, c.fields) {
			t.Errorf("%s: wrong fields %v, want %v", c.name, got, c.fields)
		}
	}
}

// most is the end of a field's range.
func most(name string) int {
	f, _ := Lookup(name)
	return int(f.High)
}

// wrong lists the fields that an error of Validate names.
func wrong(err error) (fields []string) {
	if err == nil {
		return nil
	}
	for _, part := range err.(interface{ Unwrap() []error }).Unwrap() {
		var f *FieldError
		if !errors.As(part, &f) || f.Problem == "" {
			return []string{"not a FieldError: " + part.Error()}
		}
		fields = append(fields, f.Field)
	}
	return fields
}

// forms are recipes that use every field.
func forms() []Recipe {
	return []Recipe{
		valid(),
		with(func(r *Recipe) {
			r.Net, r.Seed, r.Exact = "conv 5x5x32 starter, relu, pool 2, logits starter", MaxSeed, true
		}),
		with(func(r *Recipe) { r.Optimizer, r.Momentum, r.Holdout, r.LearningRate = Momentum, 0.95, 5000, 1.0/3 }),
		with(func(r *Recipe) { r.Net, r.Dataset, r.Eval = "residual(conv 3x3x3), dropout 0.25", CIFAR10RGB, EvalFull }),
		with(func(r *Recipe) { r.Normalize, r.Schedule, r.Augment = true, Cosine, Augment{2, true, 8} }),
		with(func(r *Recipe) { r.Net, r.FilterRMS = "conv 3x3x8", 0.1 }),
		with(func(r *Recipe) { r.Seed = 0 }),
	}
}

func TestRoundTrips(t *testing.T) {
	for _, r := range forms() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Dataset.Folder(); ok { // it stays on its machine
			if got, err := Decode(b); err != nil || got != r {
				t.Errorf("%+v by JSON: %+v, %v", r, got, err)
			}
			return
		}
		if got, err := Unmarshal(b); err != nil || got != r {
			t.Errorf("JSON %s: %+v, %v", b, got, err)
		}
		q := r.Query()
		if got, err := parseLink(q); err != nil || got != r {
			t.Errorf("link %s: %+v, %v", q, got, err)
		}
	}
}

// A link is shared and kept, so its form may not change under a version.
func TestQueryGolden(t *testing.T) {
	const want = "batch=128&dataset=mnist&eval=sample&eval_every=50&learning_rate=0.001&net=rnn+128&" +
		"optimizer=adam&seed=1&steps=5500&version=2"
	if got := valid().Query(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFolder(t *testing.T) {
	if path, ok := Folder("C:\\birds").Folder(); !ok || path != "C:\\birds" {
		t.Errorf("the path comes back as %q, %v", path, ok)
	}
	if path, ok := CIFAR10.Folder(); ok {
		t.Errorf("%s is the folder %q", CIFAR10, path)
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	b, _ := json.Marshal(valid())
	good := string(b)
	for name, c := range map[string]struct{ text, says string }{
		"nothing":          {"", "ends too early"},
		"not JSON":         {"{", "ends too early, at column 2"},
		"another type":     {"[]", "needs an object, {…}, not a list"},
		"null":             {"null", "version"},
		"a misspelt field": {strings.Replace(good, `"seed"`, `"sede"`, 1), "sede"},
		"two values":       {good + good, "after the end of the value"},
		"trailing text":    {good + "x", "after the end of the value"},
		"a fraction":       {strings.Replace(good, `"batch":128`, `"batch":1.5`, 1), "batch"},
		"a folder":         {strings.Replace(good, `"mnist"`, `"folder:/etc"`, 1), "dataset"},
		"an invalid value": {strings.Replace(good, `"batch":128`, `"batch":0`, 1), "batch"},
	} {
		if _, err := Unmarshal([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

// parseLink is ParseLink for a link of one recipe without anything else.
func parseLink(query string) (Recipe, error) {
	link, err := ParseLink(query)
	if err == nil && (len(link.Recipes) != 1 || link.Unknown != nil) {
		err = fmt.Errorf("%+v", link)
	}
	return append(link.Recipes, Recipe{})[0], err
}

// Numbers are read as people and other programs write them, and refused with what to write instead.
func TestNumbers(t *testing.T) {
	for _, c := range []struct{ field, text, says string }{
		{"batch", "16", ""}, {"batch", "16.0", ""}, {"batch", "1.6e1", ""}, {"batch", "+016", ""},
		{"batch", "16.5", `"16.5" is not a whole number of at least 1`}, {"batch", "1e99", "not a whole number"}, {"batch", "0x10", "not a whole number"},
		{"learning_rate", "1e-3", ""}, {"learning_rate", "0,001", "write 0.001, with a point"}, {"learning_rate", "1,000,000", "is not a number"},
	} {
		r := valid()
		f, _ := Lookup(c.field)
		err := f.Set(&r, c.text)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s %s: %v does not say %q", c.field, c.text, err, c.says)
			}
		} else if err != nil || r.Batch != 16 && r.Batch != 128 || r.LearningRate != 0.001 {
			t.Errorf("%s %s: %+v, %v", c.field, c.text, r, err)
		}
		if err := r.Change(c.field, json.RawMessage(c.text)); c.says == "" && c.text != "+016" && err != nil {
			t.Errorf("%s %s in JSON: %v", c.field, c.text, err)
		}
	}
	r := valid()
	if err := r.Change("units", json.RawMessage("32.0")); err != nil || r.Net != "rnn 32" {
		t.Errorf("%s, %v", r.Net, err)
	}
	if err := r.Change("net.0.units", json.RawMessage("1.6e1")); err != nil || r.Net != "rnn 16" {
		t.Errorf("%s, %v", r.Net, err)
	}
}

func TestParseLinkRefuses(t *testing.T) {
	good := valid().Query()
	for name, c := range map[string]struct{ query, says string }{
		"no version":           {"net=rnn+128", "version"},
		"null":                 {good + "&holdout=null", "holdout"},
		"a bad escape":         {"net=%zz", "escape"},
		"a repeated parameter": {good + "&seed=2", "seed is given 2 times"},
		"an unknown colour":    {good + "&colour=red", "colour"},
		"a word for a number":  {strings.Replace(good, "seed=1", "seed=one", 1), "seed"},
		"an empty number":      {strings.Replace(good, "seed=1", "seed=", 1), "seed"},
		"a number for a word":  {strings.Replace(good, "net=rnn+128", "net=1", 1), "net"},
		"a folder":             {strings.Replace(good, "mnist", "folder%3A%2Fetc", 1), "dataset"},
		"not a number":         {strings.Replace(good, "learning_rate=0.001", "learning_rate=NaN", 1), "learning_rate"},
	} {
		if _, err := parseLink(c.query); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, r := range forms() {
		b, _ := json.Marshal(r)
		f.Add(b)
	}
	f.Add([]byte(`{"version":2,"batch":1e3}`))
	for _, text := range old {
		f.Add([]byte(text.json))
	}
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Unmarshal(b); err == nil {
			same(t, r)
		}
	})
}

func FuzzParseLink(f *testing.F) {
	for _, r := range forms() {
		f.Add(r.Query())
	}
	f.Add("version=2&net=null&seed= 1&batch=01&steps=1e2&exact=true")
	for _, text := range old {
		f.Add(text.link)
	}
	f.Fuzz(func(t *testing.T, query string) {
		if r, err := parseLink(query); err == nil {
			same(t, r)
		}
	})
}

// same checks that an accepted recipe keeps its meaning in both forms.
func same(t *testing.T, r Recipe) {
	if err := r.Validate(); err != nil {
		t.Errorf("accepted, but invalid: %v", err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Dataset.Folder(); ok { // it stays on its machine
		if got, err := Decode(b); err != nil || got != r {
			t.Errorf("%+v by JSON: %+v, %v", r, got, err)
		}
		return
	}
	if got, err := Unmarshal(b); err != nil || got != r {
		t.Errorf("%+v by JSON: %+v, %v", r, got, err)
	}
	if got, err := parseLink(r.Query()); err != nil || got != r {
		t.Errorf("%+v by link: %+v, %v", r, got, err)
	}
}
