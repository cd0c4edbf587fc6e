package models

import (
	"fmt"
	"strings"
	"unicode"

	"unpool/core/recipe"
)

// Of returns the entry that a recipe trains: one with its net and images, whatever else is changed. Of two such the one
// that prepares images and the learning rate alike is taken.
func Of(r recipe.Recipe) (found Entry, ok bool) {
	for _, e := range Catalog {
		if e.Recipe.Net != r.Net || e.Recipe.Dataset != r.Dataset || e.Recipe.Task() != r.Task() {
			continue
		}
		if e.Recipe.Schedule == r.Schedule && e.Recipe.Normalize == r.Normalize && e.Recipe.Augment == r.Augment {
			return e, true
		}
		if !ok {
			found, ok = e, true
		}
	}
	return found, ok
}

// Title is a recipe's net for people: the title of an entry with this net, possibly on other data, or the net's text.
func Title(r recipe.Recipe) string {
	if e, ok := Of(r); ok {
		return e.Title
	}
	for _, e := range Catalog {
		if e.Recipe.Net == r.Net {
			return e.Title
		}
	}
	return r.Net
}

// Describe is Of, or for a recipe that is not of the catalog an entry made for it.
func Describe(r recipe.Recipe) Entry {
	if e, ok := Of(r); ok {
		return e
	}
	e := Entry{Name: plainName(fmt.Sprintf("%s %s", r.Dataset, r.Net)), Title: Title(r), About: "Your own net: " + r.Net + ".", Recipe: r}
	if plan, err := r.Plan(); err == nil {
		e.Parameters = plan.Parameters()
	}
	return e
}

// plainName makes a text one that files and elements of a page can have: small letters, digits and hyphens, not too many.
func plainName(text string) string {
	const most = 60
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	name := strings.Join(words, "-")
	return strings.TrimSuffix(name[:min(most, len(name))], "-")
}
