package words

import (
	"strings"

	"unpool/core/recipe"
)

// Value is a field of a recipe with its value, such as "momentum 0.9" or "no momentum".
func Value(f *recipe.Field, r recipe.Recipe) string {
	name := strings.ToLower(f.Label)
	switch {
	case f.IsZero(r):
		return "no " + name
	case f.Kind() == recipe.Truth:
		return name
	}
	return name + " " + f.Words(r)
}

// Differing are the fields in which recipes differ.
func Differing(all []recipe.Recipe) (fields []*recipe.Field) {
	for i := range recipe.Fields {
		f := &recipe.Fields[i]
		for _, r := range all[1:] {
			if f.Text(r) != f.Text(all[0]) {
				fields = append(fields, f)
				break
			}
		}
	}
	return fields
}

// Apart adds to equal names what differs between their recipes.
func Apart(names []string, all []recipe.Recipe) []string {
	of := map[string][]recipe.Recipe{}
	for i, name := range names {
		of[name] = append(of[name], all[i])
	}
	apart := make([]string, len(names))
	for i, name := range names {
		apart[i] = name
		for _, f := range Differing(of[name]) {
			apart[i] += ", " + Value(f, all[i])
		}
	}
	return apart
}
