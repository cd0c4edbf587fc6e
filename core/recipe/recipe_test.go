package recipe

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func valid() Recipe {
	return Recipe{
		Version: Version, Arch: RNN, Units: 128, Dataset: MNIST, Optimizer: Adam, LearningRate: 1e-3,
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
			"version", "arch", "dataset", "optimizer", "eval", "learning_rate", "batch", "steps", "eval_every"}},
		{"a later version", with(func(r *Recipe) { r.Version = 2 }), []string{"version"}},
		{"an unknown net", with(func(r *Recipe) { r.Arch = "alexnet"; r.Units = 0 }), []string{"arch"}},
		{"an unknown dataset", with(func(r *Recipe) { r.Dataset = "MNIST" }), []string{"dataset"}},
		{"an unknown optimiser", with(func(r *Recipe) { r.Optimizer = "adamw" }), []string{"optimizer"}},
		{"an unknown evaluation", with(func(r *Recipe) { r.Eval = "half" }), []string{"eval"}},
		{"no units", with(func(r *Recipe) { r.Units = 0 }), []string{"units"}},
		{"the most units", with(func(r *Recipe) { r.Units = MaxUnits }), nil},
		{"too many units", with(func(r *Recipe) { r.Units = MaxUnits + 1 }), []string{"units"}},
		{"a CNN", with(func(r *Recipe) { r.Arch = LeNet5; r.Units = 0 }), nil},
		{"a CNN with units", with(func(r *Recipe) { r.Arch = BNCNN }), []string{"units"}},
		{"no rate", with(func(r *Recipe) { r.LearningRate = 0 }), []string{"learning_rate"}},
		{"the highest rate", with(func(r *Recipe) { r.LearningRate = 10 }), nil},
		{"a rate too high", with(func(r *Recipe) { r.LearningRate = 10.5 }), []string{"learning_rate"}},
		{"a rate that is no number", with(func(r *Recipe) { r.LearningRate = math.NaN() }), []string{"learning_rate"}},
		{"momentum", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = 0.9 }), nil},
		{"momentum without any", with(func(r *Recipe) { r.Optimizer = Momentum }), nil},
		{"momentum of one", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = 1 }), []string{"momentum"}},
		{"momentum that is no number", with(func(r *Recipe) { r.Optimizer = Momentum; r.Momentum = math.NaN() }), []string{"momentum"}},
		{"momentum with Adam", with(func(r *Recipe) { r.Momentum = 0.9 }), []string{"momentum"}},
		{"no batch", with(func(r *Recipe) { r.Batch = 0 }), []string{"batch"}},
		{"too large a batch", with(func(r *Recipe) { r.Batch = MaxBatch + 1 }), []string{"batch"}},
		{"no steps", with(func(r *Recipe) { r.Steps = 0 }), []string{"steps"}},
		{"too many steps", with(func(r *Recipe) { r.Steps = MaxSteps + 1 }), []string{"steps"}},
		{"no evaluation", with(func(r *Recipe) { r.EvalEvery = 0 }), []string{"eval_every"}},
		{"a negative holdout", with(func(r *Recipe) { r.Holdout = -1 }), []string{"holdout"}},
		{"the largest seed", with(func(r *Recipe) { r.Seed = MaxSeed }), nil},
		{"too large a seed", with(func(r *Recipe) { r.Seed = MaxSeed + 1 }), []string{"seed"}},
		{"all of CIFAR-10", with(func(r *Recipe) { r.Dataset = CIFAR10 }), nil},
		{"a folder", with(func(r *Recipe) { r.Dataset = Folder("my/birds.zip") }), nil},
		{"a folder without a path", with(func(r *Recipe) { r.Dataset = Folder("") }), []string{"dataset"}},
		{"augmentation", with(func(r *Recipe) { r.Augment = Augment{MaxShift, true, MaxCutout} }), nil},
		{"a negative shift", with(func(r *Recipe) { r.Shift = -1 }), []string{"shift"}},
		{"too far a shift", with(func(r *Recipe) { r.Shift = MaxShift + 1 }), []string{"shift"}},
		{"a negative cutout", with(func(r *Recipe) { r.Cutout = -1 }), []string{"cutout"}},
		{"too large a cutout", with(func(r *Recipe) { r.Cutout = MaxCutout + 1 }), []string{"cutout"}},
		{"no dropout where there is some", with(func(r *Recipe) { r.Arch, r.Units, r.NoDropout = VGG, 0, true }), nil},
		{"no dropout where there is none", with(func(r *Recipe) { r.NoDropout = true }), []string{"no_dropout"}},
		{"two mistakes", with(func(r *Recipe) { r.Batch, r.Holdout = -1, -1 }), []string{"batch", "holdout"}},
	} {
		if got := wrong(c.recipe.Validate()); !slices.Equal(got, c.fields) {
			t.Errorf("%s: wrong fields %v, want %v", c.name, got, c.fields)
		}
	}
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

// A FieldError's name must lead to a field, or a form cannot show the message beside it.
func TestFieldErrorsNameJSONFields(t *testing.T) {
	names := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Recipe]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names[name] = true
	}
	bad := Recipe{Units: 3, Momentum: 2, Holdout: -1, Seed: 1 << 60, NoDropout: true, Augment: Augment{Shift: -1, Cutout: -1}}
	for _, field := range wrong(bad.Validate()) {
		if !names[field] {
			t.Errorf("no field %q", field)
		}
	}
}

// forms are recipes that use every field.
func forms() []Recipe {
	return []Recipe{
		valid(),
		with(func(r *Recipe) { r.Arch, r.Units, r.Seed, r.Exact = LeNet5, 0, MaxSeed, true }),
		with(func(r *Recipe) { r.Optimizer, r.Momentum, r.Holdout, r.LearningRate = Momentum, 0.95, 5000, 1.0/3 }),
		with(func(r *Recipe) { r.Arch, r.Units, r.Dataset, r.Eval = BNCNN, 0, CIFAR10Report, EvalFull }),
		with(func(r *Recipe) { r.Normalize, r.Augment = true, Augment{2, true, 8} }),
		with(func(r *Recipe) { r.Arch, r.Units, r.NoDropout = VGG, 0, true }),
	}
}

func TestRoundTrips(t *testing.T) {
	for _, r := range forms() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Unmarshal(b); err != nil || got != r {
			t.Errorf("JSON %s: %+v, %v", b, got, err)
		}
		q := r.Query()
		if got, err := ParseQuery(q); err != nil || got != r {
			t.Errorf("link %s: %+v, %v", q, got, err)
		}
	}
}

// A link is shared and kept, so its form may not change under a version.
func TestQueryGolden(t *testing.T) {
	const want = "arch=rnn&batch=128&dataset=mnist&eval=sample&eval_every=50&learning_rate=0.001&" +
		"optimizer=adam&seed=1&steps=5500&units=128&version=1"
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
		"nothing":          {"", "EOF"},
		"not JSON":         {"{", "EOF"},
		"another type":     {"[]", "cannot unmarshal"},
		"null":             {"null", "version"},
		"a misspelt field": {strings.Replace(good, `"seed"`, `"sede"`, 1), "sede"},
		"two values":       {good + good, "more than one"},
		"trailing text":    {good + "x", "more than one"},
		"a fraction":       {strings.Replace(good, `"batch":128`, `"batch":1.5`, 1), "batch"},
		"a folder":         {strings.Replace(good, `"mnist"`, `"folder:/etc"`, 1), "dataset"},
		"an invalid value": {strings.Replace(good, `"batch":128`, `"batch":0`, 1), "batch"},
	} {
		if _, err := Unmarshal([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

func TestParseQueryRefuses(t *testing.T) {
	good := valid().Query()
	for name, c := range map[string]struct{ query, says string }{
		"nothing":                            {"", "version"},
		"a parameter twice in other letters": {good + "&Seed=2", "Seed is not known"},
		"null":                               {good + "&holdout=null", "holdout"},
		"a bad escape":                       {"arch=%zz", "escape"},
		"a repeated parameter":               {good + "&seed=2", "seed is given 2 times"},
		"an unknown parameter":               {good + "&colour=red", "colour"},
		"a word for a number":                {strings.Replace(good, "seed=1", "seed=one", 1), "seed"},
		"an empty number":                    {strings.Replace(good, "seed=1", "seed=", 1), "seed"},
		"a number for a word":                {strings.Replace(good, "arch=rnn", "arch=1", 1), "arch"},
		"a folder":                           {strings.Replace(good, "mnist", "folder%3A%2Fetc", 1), "dataset"},
		"not a number":                       {strings.Replace(good, "learning_rate=0.001", "learning_rate=NaN", 1), "learning_rate"},
	} {
		if _, err := ParseQuery(c.query); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %q", name, err, c.says)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, r := range forms() {
		b, _ := json.Marshal(r)
		f.Add(b)
	}
	f.Add([]byte(`{"version":1,"units":1e3}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := Unmarshal(b); err == nil {
			same(t, r)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, r := range forms() {
		f.Add(r.Query())
	}
	f.Add("version=1&arch=null&seed= 1&units=01&steps=1e2&exact=true")
	f.Fuzz(func(t *testing.T, query string) {
		if r, err := ParseQuery(query); err == nil {
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
	if got, err := Unmarshal(b); err != nil || got != r {
		t.Errorf("%+v by JSON: %+v, %v", r, got, err)
	}
	if got, err := ParseQuery(r.Query()); err != nil || got != r {
		t.Errorf("%+v by link: %+v, %v", r, got, err)
	}
}
