package words

import (
	"fmt"
	"strconv"
	"strings"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Setting is one line about how a run was made.
type Setting struct{ Name, Text string }

// Settings say how a run was made: the fields of its recipe by their purposes, and what it was computed with in so many seconds.
func Settings(start *run.Start, seconds float64) []Setting {
	r := start.Recipe
	var all []Setting
	for _, g := range recipe.Groups() {
		var words []string
		for _, f := range g.Fields {
			switch {
			case f.Name == "net":
				words = append(words, layers(r), number.Int(start.Parameters)+" parameters")
			case f.Name == "dataset":
				words = append(words, fmt.Sprintf("%s: %s images to train on, %s to test on", f.Words(r),
					number.Int(start.TrainSize), number.Int(start.TestSize)))
			case !f.IsZero(r):
				words = append(words, inWords(f, r))
			}
		}
		all = append(all, Setting{g.Name, strings.Join(words, "; ")})
	}
	if len(start.Reading) > 0 {
		all = append(all, Setting{"Files", strings.Join(start.Reading, " ")})
	}
	return append(all, Setting{"Computed by", fmt.Sprintf("%s backend, %s; %s", start.Backend, start.Tier, number.Duration(seconds))})
}

// Labels are the names of settings as people know them, separated by commas.
func Labels(names []string) string {
	var labels []string
	for _, name := range names {
		if f, ok := recipe.Lookup(name); ok {
			labels = append(labels, strings.ToLower(f.Label))
		}
	}
	return strings.Join(labels, ", ")
}

// inWords is a field and its value, such as "batch 128 images".
func inWords(f *recipe.Field, r recipe.Recipe) string {
	words := []string{strings.ToLower(f.Label)}
	value := f.Words(r)
	if n, err := strconv.Atoi(value); err == nil {
		value = number.Int(n)
	}
	if f.Kind() != recipe.Truth { // which is true here
		words = append(words, value)
	}
	if f.Unit != "" {
		words = append(words, f.Unit)
	}
	return strings.Join(words, " ")
}

// layers says what a recipe's net is made of.
func layers(r recipe.Recipe) string {
	plan, err := r.Plan()
	if err != nil {
		return err.Error()
	}
	var words []string
	for _, l := range plan.Layers {
		words = append(words, l.Layer.Words())
	}
	return strings.Join(words, " → ")
}
