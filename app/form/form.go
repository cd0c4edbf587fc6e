// Package form holds a recipe while a person edits it: what stands in each field, and what is wrong with it.
// It knows recipes, not the page.
package form

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// Field is one setting. Its name is the recipe's JSON name, as in a recipe.FieldError.
type Field struct {
	Name    string
	Label   string
	Help    string
	Choices []Choice // of a menu; nil for a number
}

// Choice is one line of a menu.
type Choice struct{ Value, Label string }

// Fields lists the settings in the order of the page.
var Fields = []Field{
	{Name: "learning_rate", Label: "Learning rate", Help: "how far each step moves the weights"},
	{Name: "batch", Label: "Batch", Help: "images a step"},
	{Name: "steps", Label: "Steps", Help: "training steps in all"},
	{Name: "seed", Label: "Seed", Help: "for initial weights and the order of images"},
	{Name: "optimizer", Label: "Optimiser", Help: "how gradients become steps", Choices: []Choice{
		{string(recipe.Adam), "Adam"}, {string(recipe.SGD), "SGD"},
		{string(recipe.Momentum), "SGD with momentum"}, {string(recipe.RMSProp), "RMSProp"},
	}},
	{Name: "momentum", Label: "Momentum", Help: "share of the last step kept"},
	{Name: "eval", Label: "Evaluation", Help: "test images looked at each time; the last time all", Choices: []Choice{
		{string(recipe.EvalSample), "a sample of 1\u202f000"}, {string(recipe.EvalFull), "all test images"},
	}},
	{Name: "eval_every", Label: "Evaluate every", Help: "steps"},
	{Name: "holdout", Label: "Holdout", Help: "training images kept back for validation"},
}

// Form is a recipe being edited. Make one with New.
type Form struct {
	base recipe.Recipe
	text map[string]string
}

// New returns a form filled in from r.
func New(r recipe.Recipe) Form {
	return Form{r, map[string]string{
		"learning_rate": strconv.FormatFloat(r.LearningRate, 'g', -1, 64),
		"batch":         strconv.Itoa(r.Batch),
		"steps":         strconv.Itoa(r.Steps),
		"seed":          strconv.FormatUint(r.Seed, 10),
		"optimizer":     string(r.Optimizer),
		"momentum":      strconv.FormatFloat(r.Momentum, 'g', -1, 64),
		"eval":          string(r.Eval),
		"eval_every":    strconv.Itoa(r.EvalEvery),
		"holdout":       strconv.Itoa(r.Holdout),
	}}
}

// Text returns what stands in a field.
func (f Form) Text(name string) string { return f.text[name] }

// Set puts text into a field.
func (f Form) Set(name, text string) {
	f.text[name] = text
	if name == "optimizer" && f.text["momentum"] == "0" && text == string(recipe.Momentum) {
		f.text["momentum"] = "0.9" // the customary value; 0 would be plain SGD
	}
}

// Shows reports whether a field has a meaning with the others as they stand.
func (f Form) Shows(name string) bool {
	return name != "momentum" || f.text["optimizer"] == string(recipe.Momentum)
}

// Recipe returns the recipe as edited, and what is wrong by field name; nil when nothing is.
func (f Form) Recipe() (recipe.Recipe, map[string]string) {
	r := f.base
	problems := map[string]string{}
	whole := func(name string, to *int) {
		n, err := strconv.Atoi(plain(f.text[name]))
		if err != nil {
			problems[name] = fmt.Sprintf("%q is not a whole number", f.text[name])
		}
		*to = n
	}
	real := func(name string, to *float64) {
		x, err := strconv.ParseFloat(plain(f.text[name]), 64)
		if err != nil {
			problems[name] = fmt.Sprintf("%q is not a number", f.text[name])
		}
		*to = x
	}
	real("learning_rate", &r.LearningRate)
	whole("batch", &r.Batch)
	whole("steps", &r.Steps)
	whole("eval_every", &r.EvalEvery)
	whole("holdout", &r.Holdout)
	seed, err := strconv.ParseUint(plain(f.text["seed"]), 10, 64)
	if err != nil {
		problems["seed"] = fmt.Sprintf("%q is not a whole number of at least 0", f.text["seed"])
	}
	r.Seed = seed
	r.Optimizer = recipe.Optimizer(f.text["optimizer"])
	r.Eval = recipe.Eval(f.text["eval"])
	r.Momentum = 0
	if f.Shows("momentum") {
		real("momentum", &r.Momentum)
	}
	for _, e := range fieldErrors(r.Validate()) {
		if _, told := problems[e.Field]; !told {
			problems[e.Field] = e.Problem
		}
	}
	if len(problems) == 0 {
		return r, nil
	}
	return r, problems
}

// fieldErrors takes a joined error apart.
func fieldErrors(err error) []*recipe.FieldError {
	var field *recipe.FieldError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*recipe.FieldError
		for _, e := range joined.Unwrap() {
			all = append(all, fieldErrors(e)...)
		}
		return all
	}
	if errors.As(err, &field) {
		return []*recipe.FieldError{field}
	}
	return nil
}

// Number reads a number as a person writes it.
func Number(text string) (float64, error) { return strconv.ParseFloat(plain(text), 64) }

// plain removes the spaces that a person may copy along. A comma stays and is refused: it can mean two things.
func plain(text string) string {
	return strings.NewReplacer(" ", "", "\u202f", "", "\u00a0", "").Replace(text)
}

// Problem returns what is wrong, without the field's name, which stands beside it on the page.
func Problem(err error) string {
	if field := fieldErrors(err); len(field) > 0 {
		return field[0].Problem
	}
	return err.Error()
}
