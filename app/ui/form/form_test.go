package form_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/form"
	"unpool/core/recipe"
	"unpool/models"
	"unpool/models/net"
)

func TestEveryCatalogRecipeComesBackUnchanged(t *testing.T) {
	for _, e := range models.Catalog {
		got, problems := form.New(e.Recipe).Recipe()
		if problems != nil || got != e.Recipe {
			t.Errorf("%s: got %+v with problems %v", e.Name, got, problems)
		}
	}
}

// Every valid value can be put into a field and is read back.
func TestEveryField(t *testing.T) {
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		texts := []string{field.Default}
		for _, c := range field.Choices {
			texts = append(texts, c.Value)
		}
		switch field.Kind() {
		case recipe.Truth:
			texts = append(texts, "true", "false")
		case recipe.Whole:
			texts = append(texts, strconv.Itoa(int(field.Low)), strconv.Itoa(int(field.High)))
		}
		for _, text := range texts {
			r := recipe.Default()
			r.Size = net.MaxSide // which leaves room for the largest shift and cutout
			f := form.New(r)
			if field.Depends("dataset") {
				f.Set("dataset", "folder:pets")
				r.Dataset = recipe.Folder("pets")
			}
			if field.Depends("optimizer") {
				f.Set("optimizer", string(recipe.Momentum))
				r.Optimizer = recipe.Momentum
			}
			if err := field.Set(&r, text); err != nil {
				t.Fatal(err)
			}
			r.Settle()
			if f.Set(field.Name, text); f.Text(field.Name) != text {
				t.Errorf("%s = %q shows %q", field.Name, text, f.Text(field.Name))
			}
			if got, problems := f.Recipe(); got != r || problems != nil {
				t.Errorf("%s = %q: %+v, %v, want %+v", field.Name, text, got, problems, r)
			}
		}
	}
}

func TestUnknown(t *testing.T) {
	link, err := recipe.ParseLink("lr=1&a=1&b=1&c=1&d=1")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{
		0: "",
		1: "“a” is not a setting; the nearest is net.",
		5: "“a” is not a setting; the nearest is net. “b” is not a setting; the nearest is net. “c” is not a setting; the nearest is net. 2 more are none.",
	} {
		if got := form.Unknown(link.Unknown[:n]); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestProblemsStandWithTheirFields(t *testing.T) {
	for _, c := range []struct {
		field, text string
		wrong       []string
	}{
		{"learning_rate", "0.01", nil},
		{"learning_rate", "1e-4", nil},
		{"learning_rate", "0,01", []string{"learning_rate"}}, // two readings: refused
		{"learning_rate", "0", []string{"learning_rate"}},
		{"learning_rate", "NaN", []string{"learning_rate"}},
		{"batch", "0", []string{"batch"}},
		{"batch", "a few", []string{"batch"}},
		{"steps", "5\u202f500", nil},
		{"steps", "", []string{"steps"}},
		{"seed", "-1", []string{"seed"}},
		{"seed", "9007199254740992", []string{"seed"}},
		{"eval_every", "0", []string{"eval_every"}},
		{"holdout", "-5", []string{"holdout"}},
		{"optimizer", "wishful", []string{"optimizer"}},
		{"optimizer", "momentum", nil},
		{"eval", "full", nil},
		{"net", "Conv 3x3x4, relu", nil},
		{"net", "conv 3x3x4, relo", []string{"net"}},
		{"net", "conv 30x30x4 valid", []string{"net"}},
		{"dataset", "mnist", nil},
		{"normalize", "true", nil},
		{"flip", "perhaps", []string{"flip"}},
		{"shift", "15", []string{"shift"}},
		{"cutout", "8", nil},
		{"schedule", "cosine", nil},
		{"exact", "true", nil},
		{"filter_rms", "0.1", nil}, // which the net has no use for
	} {
		f := form.New(models.Catalog[0].Recipe)
		f.Set(c.field, c.text)
		_, problems := f.Recipe()
		if got := slices.Sorted(maps.Keys(problems)); !slices.Equal(got, c.wrong) {
			t.Errorf("%s = %q: problems %v, want with %v", c.field, c.text, problems, c.wrong)
		}
	}
}

func TestMomentumBelongsToItsOptimiser(t *testing.T) {
	f := form.New(models.Catalog[0].Recipe)
	momentum, _ := recipe.Lookup("momentum")
	if r, _ := f.Recipe(); momentum.Applies(r) {
		t.Error("Adam shows a momentum")
	}
	f.Set("optimizer", string(recipe.Momentum))
	if r, problems := f.Recipe(); !momentum.Applies(r) || r.Momentum != 0.9 || problems != nil {
		t.Errorf("momentum is %v, problems %v", r.Momentum, problems)
	}
	f.Set("optimizer", string(recipe.SGD))
	if r, problems := f.Recipe(); r.Momentum != 0 || problems != nil {
		t.Errorf("SGD has momentum %v, problems %v", r.Momentum, problems)
	}
}

func TestTheLimitOfFiltersBelongsToConvolutions(t *testing.T) {
	f := form.New(recipe.Default())
	f.Set("filter_rms", "0.1")
	if r, problems := f.Recipe(); r.FilterRMS != 0.1 || problems != nil {
		t.Errorf("the limit is %v, problems %v", r.FilterRMS, problems)
	}
	f.Set("net", "gru 8")
	if r, problems := f.Recipe(); r.FilterRMS != 0 || problems != nil {
		t.Errorf("a net without filters has the limit %v, problems %v", r.FilterRMS, problems)
	}
	f.Set("net", "conv 3x3x8")
	for text, want := range map[string]string{"0.1": "", "0": "", "-1": "-1 is outside 0, or 0.001 to 10", "NaN": "NaN is outside 0, or 0.001 to 10",
		"99": "99 is outside 0, or 0.001 to 10", "small": `"small" is not a number`} {
		f.Set("filter_rms", text)
		if _, problems := f.Recipe(); problems["filter_rms"] != want {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
}

// Every option of a choice has a value of its own: without one a browser uses the option's text, which no field understands.
func TestOptionsHaveValues(t *testing.T) {
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		if field.Kind() != recipe.One {
			continue
		}
		html := app.HTMLString(form.Input{Field: field, ID: "it", Text: field.Default}.Render())
		values := map[string]bool{}
		for _, match := range regexp.MustCompile(`<option[^>]* value="([^"]+)"`).FindAllStringSubmatch(html, -1) {
			values[match[1]] = true
		}
		if len(values) != len(field.Choices) {
			t.Errorf("%s has %d choices and the values %v: %s", field.Name, len(field.Choices), values, html)
		}
	}
}
