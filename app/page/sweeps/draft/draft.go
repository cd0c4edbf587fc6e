// Package draft holds a sweep while a person puts it together: which fields of a recipe are tried, with what, and by which strategy. The result
// is a sweep file, just as serve sweep reads it. It knows nothing of the page.
package draft

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"unpool/app/ui/form"
	"unpool/core/jsontext"
	"unpool/core/recipe"
)

// Mode is how a field of the recipe is set.
type Mode string

// The modes.
const (
	Fixed    Mode = ""        // the same for all points
	Choices  Mode = "choices" // each of several values
	LogRange Mode = "log"     // drawn from a range, its logarithm evenly
	Range    Mode = "linear"  // drawn from a range, evenly
)

// Strategy is how points are found, and how far they are trained.
type Strategy string

// The strategies.
const (
	Grid     Strategy = "grid"      // every combination of the choices
	GridASHA Strategy = "grid-asha" // likewise, poor ones stopped early
	Each     Strategy = "each"      // the recipe as it is, and with each of the choices alone
	Random   Strategy = "random"    // points drawn at random
	ASHA     Strategy = "asha"      // likewise, poor ones stopped early
)

// Draws reports whether points are drawn at random.
func (s Strategy) Draws() bool { return s == Random || s == ASHA }

// Stops reports whether poor points are stopped early.
func (s Strategy) Stops() bool { return s == ASHA || s == GridASHA }

// Draft is a sweep being put together. Make one with New.
type Draft struct {
	Form     form.Form // the recipe that all points begin from
	Name     string    // the user's
	Strategy Strategy
	// How many points and seeds, after how many steps ASHA compares first, and of how many it promotes one: as typed.
	Points, Seeds, MinSteps, Eta string

	tries map[string]*try // by field
}

// try is what is tried of a field.
type try struct {
	mode      Mode
	choices   string // one per line, or between commas where they are numbers
	low, high string
}

// usualHoldout is how many training images are set aside where the recipe sets none aside: sweeps are ranked on them.
const usualHoldout = 5000

// New is a draft about a recipe, which tries learning rates about its own.
func New(r recipe.Recipe) *Draft {
	if r.Holdout == 0 {
		r.Holdout = usualHoldout
	}
	d := &Draft{Form: form.New(r), Strategy: ASHA, Points: "27", Seeds: "1", Eta: "3", tries: map[string]*try{}}
	d.MinSteps = strconv.Itoa(max(1, r.Steps/27))
	d.SetMode("learning_rate", LogRange)
	return d
}

// Open reports whether a field can be tried: what all runs of a sweep have in common cannot.
func Open(f *recipe.Field) bool {
	return !slices.Contains([]string{"seed", "holdout", "exact"}, f.Name)
}

// Modes are those that a field can have.
func (d *Draft) Modes(f *recipe.Field) []Mode {
	if kind := f.Kind(); d.Strategy.Draws() && (kind == recipe.Whole || kind == recipe.Real) {
		return []Mode{Fixed, Choices, LogRange, Range}
	}
	return []Mode{Fixed, Choices}
}

// Applies reports whether a field has a meaning for some of the points.
func (d *Draft) Applies(f *recipe.Field) bool {
	r, _ := d.Form.Recipe()
	if f.Applies(r) {
		return true
	}
	for name, t := range d.tries {
		if t.mode != Fixed && f.Depends(name) {
			return true
		}
	}
	return false
}

func (d *Draft) try(field string) *try {
	t := d.tries[field]
	if t == nil {
		t = &try{}
		d.tries[field] = t
	}
	return t
}

// Mode is that of a field.
func (d *Draft) Mode(field string) Mode {
	if t := d.tries[field]; t != nil {
		if t.mode != Choices && !d.Strategy.Draws() { // then there are no ranges
			return Fixed
		}
		return t.mode
	}
	return Fixed
}

// SetMode sets the mode of a field, which begins with its value.
func (d *Draft) SetMode(field string, m Mode) {
	t := d.try(field)
	t.mode = m
	f, ok := recipe.Lookup(field)
	if !ok {
		return
	}
	text := d.Form.Text(field)
	if t.choices == "" {
		t.choices = text
		if f.Kind() == recipe.Truth {
			t.choices = "false\ntrue"
		}
	}
	if x, err := form.Number(text); err == nil && t.low == "" && (m == Range || m == LogRange) {
		t.low, t.high = around(f, x, m)
	}
}

// around is a range to begin with: a tenth to ten times a number, or up to twice it, within the field's own.
func around(f *recipe.Field, x float64, m Mode) (low, high string) {
	lo, hi := 0.0, max(2*x, 1)
	if m == LogRange {
		lo, hi = x/10, x*10
		if x <= 0 {
			lo, hi = max(f.Low, 1), f.High
		}
	}
	if f.Kind() == recipe.Whole {
		lo = max(lo, f.Low)
		if m == LogRange {
			lo = max(1, float64(int(lo)))
		}
		hi = float64(int(hi))
	}
	if f.High > 0 {
		hi = min(hi, f.High)
	}
	write := func(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
	if f.Kind() == recipe.Whole {
		write = func(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }
	}
	return write(max(lo, f.Low)), write(hi)
}

// Choices is what is typed as the choices of a field, one per line.
func (d *Draft) Choices(field string) string { return d.try(field).choices }

// SetChoices takes what is typed as the choices.
func (d *Draft) SetChoices(field, text string) { d.try(field).choices = text }

// Ends are what is typed as the ends of a field's range.
func (d *Draft) Ends(field string) (low, high string) {
	t := d.try(field)
	return t.low, t.high
}

// SetEnd takes what is typed as an end of a range.
func (d *Draft) SetEnd(field string, high bool, text string) {
	if high {
		d.try(field).high = text
	} else {
		d.try(field).low = text
	}
}

// Toggle adds a choice to those of a field, or takes it out, and leaves them in the order of the table.
func (d *Draft) Toggle(f *recipe.Field, value string, on bool) {
	t := d.try(f.Name)
	has := map[string]bool{}
	for _, c := range split(f, t.choices) {
		has[c] = true
	}
	has[value] = on
	var kept []string
	for _, c := range Values(f) {
		if has[c.Value] {
			kept = append(kept, written(c.Value))
		}
	}
	t.choices = strings.Join(kept, "\n")
}

// Has reports whether a value is one of a field's choices.
func (d *Draft) Has(f *recipe.Field, value string) bool {
	return slices.Contains(split(f, d.try(f.Name).choices), value)
}

// Values are all that a field can be, nil for one that can be anything.
func Values(f *recipe.Field) []recipe.Choice {
	if f.Kind() == recipe.Truth {
		return []recipe.Choice{{Value: "false", Label: "no"}, {Value: "true", Label: "yes"}}
	}
	return f.Choices
}

// empty stands for the empty value, which a line of its own could not.
const empty = "none"

func written(value string) string {
	if value == "" {
		return empty
	}
	return value
}

// split is what is typed as choices, one by one.
func split(f *recipe.Field, text string) (all []string) {
	apart := func(c rune) bool { return c == '\n' }
	if kind := f.Kind(); kind == recipe.Whole || kind == recipe.Real {
		apart = func(c rune) bool { return strings.ContainsRune("\n,; ", c) }
	}
	if text == "" && f.Kind() == recipe.One {
		return nil
	}
	for _, part := range strings.FieldsFunc(text, apart) {
		if part = strings.TrimSpace(part); part == empty && f.Kind() == recipe.One {
			part = ""
		} else if part == "" {
			continue
		}
		all = append(all, part)
	}
	return all
}

// Recipe is the recipe that all points begin from, and what is wrong with it by field.
func (d *Draft) Recipe() (recipe.Recipe, map[string]string) {
	r, problems := d.Form.Recipe()
	problems = maps.Clone(problems)
	if problems == nil {
		problems = map[string]string{}
	}
	if r.Holdout == 0 && problems["holdout"] == "" {
		problems["holdout"] = "Set aside some training images: the sweep ranks its points by them."
	}
	return r, problems
}

// whole reads a whole number of at least low.
func whole(text string, low int) (jsontext.Int, string) {
	x, err := form.Number(text)
	if n := int(x); err == nil && float64(n) == x && n >= low {
		return jsontext.Int(n), ""
	}
	return 0, fmt.Sprintf("must be a whole number of at least %d", low)
}

// raw is a JSON value of the draft's own.
func raw(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // numbers, texts and recipes marshal
	}
	return text
}
