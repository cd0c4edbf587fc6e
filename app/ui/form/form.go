// Package form holds a recipe while a person edits it: the text in each field, and what is wrong with it.
// It knows recipes, not the page.
package form

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"unpool/core/recipe"
)

// Form is a recipe being edited. Make one with New.
type Form struct{ text map[string]string }

// New returns a form filled in from r.
func New(r recipe.Recipe) Form {
	f := Form{map[string]string{}}
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		f.text[field.Name] = field.Text(r)
	}
	return f
}

// Text returns the text in a field.
func (f Form) Text(name string) string { return f.text[name] }

// Set puts text into a field. A field that has a meaning only now, and is zero, gets its default.
func (f Form) Set(name, text string) {
	f.text[name] = text
	r, _ := f.read()
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		if field.Depends(name) && field.Applies(r) && field.IsZero(r) {
			f.text[field.Name] = field.Default
		}
	}
}

// Recipe returns the recipe as edited, and what is wrong by field name; nil when nothing is.
func (f Form) Recipe() (recipe.Recipe, map[string]string) {
	return f.RecipeOn(func(*recipe.Recipe) {})
}

// RecipeOn is Recipe on other data than the form's: on sets them.
func (f Form) RecipeOn(on func(*recipe.Recipe)) (recipe.Recipe, map[string]string) {
	r, problems := f.read()
	on(&r)
	for _, e := range fieldErrors(r.Validate()) {
		if _, has := problems[e.Field]; !has {
			problems[e.Field] = e.Problem
		}
	}
	if len(problems) == 0 {
		return r, nil
	}
	return r, problems
}

// read returns the recipe as edited, and what in it could not be read. What has no meaning is left at zero.
func (f Form) read() (recipe.Recipe, map[string]string) {
	r := recipe.Recipe{Version: recipe.Version}
	problems := map[string]string{}
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		if !field.Applies(r) { // the fields that decide come first
			continue
		}
		text := f.text[field.Name]
		if kind := field.Kind(); kind == recipe.Whole || kind == recipe.Real {
			text = plain(text)
		}
		for _, e := range fieldErrors(field.Set(&r, text)) {
			problems[field.Name] = e.Problem
		}
	}
	return r, problems
}

// fieldErrors takes a joined error apart.
func fieldErrors(err error) []*recipe.FieldError {
	var field *recipe.FieldError
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
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

// plain removes the spaces that a person may copy along. A comma is kept and refused: it is ambiguous.
func plain(text string) string {
	return strings.NewReplacer(" ", "", "\u202f", "", "\u00a0", "").Replace(text)
}

// Problems returns what is wrong with a recipe from elsewhere: the first field of which something is, by its label, and how many more.
func Problems(err error) string {
	all := fieldErrors(err)
	if len(all) == 0 {
		return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "recipe link: "), "recipe: ")
	}
	label := "Version"
	if field, ok := recipe.Lookup(all[0].Field); ok {
		label = field.Label
	}
	first := label + ": " + all[0].Problem
	switch more := len(all) - 1; more {
	case 0:
		return first
	case 1:
		return first + ". One more setting is wrong"
	default:
		return fmt.Sprintf("%s. %d more settings are wrong", first, more)
	}
}

// Unknown names what in a link or preset is not a setting, and what may be meant; "" where all is.
func Unknown(all []*recipe.FieldError) string {
	var names []string
	for _, e := range all[:min(len(all), unknowns)] {
		names = append(names, fmt.Sprintf("“%.40s” %s.", e.Field, e.Problem))
	}
	if more := len(all) - unknowns; more > 0 {
		names = append(names, fmt.Sprintf("%d more are none.", more))
	}
	return strings.Join(names, " ")
}

// unknowns is how many unknown names are shown.
const unknowns = 3

// Problem returns what is wrong, without the field's name, which is beside it on the page.
func Problem(err error) string {
	if field := fieldErrors(err); len(field) > 0 {
		return field[0].Problem
	}
	return err.Error()
}
