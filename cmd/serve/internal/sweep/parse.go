// Package sweep searches over recipes: it reads a sweep file, plans its runs, has a Runner make them, and ranks
// the results by validation accuracy. It knows neither how a run is made nor where it is kept.
package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"unpool/core/api"
	"unpool/core/jsontext"
	"unpool/core/recipe"
	"unpool/models"
)

// Limits of a sweep file. A search beyond them would not end on one machine.
const (
	MaxFile = api.MaxSweepFile // bytes
	MaxRuns = 10_000           // points times seeds
)

// file is a sweep file, read but not planned.
type file struct {
	base   recipe.Recipe
	own    recipe.Dataset // of all runs, in place of the file's; "" for the file's
	change []field        // of all runs
	grid   []axis         // each value with each of the others
	random []axis         // drawn together
	points int            // draws
	seed   uint64         // of the draws
	each   [][]field      // changes, each of them tried
	seeds  int            // runs of each point, with the seeds 1 to this
	asha   *asha          // nil where all runs are trained to the end
}

// field is one member of a JSON object.
type field struct {
	name  string
	value json.RawMessage
}

// axis is a recipe's field and what it may be: one of values, or in a range.
type axis struct {
	name     string
	like     any // its value in the base, nil where that has none
	values   []json.RawMessage
	low, top float64 // without values: both included
	log      bool    // the logarithm is drawn evenly, not the number
	whole    bool
}

// Parse reads a sweep file and plans its runs; docs/sweeps.md describes the form. An error names the field, and its line and column.
func Parse(text []byte) (*Plan, error) { return ParseOn(text, "") }

// ParseOn is Parse with another data set than the file says, which may be a folder of this machine; "" for the file's.
func ParseOn(text []byte, set recipe.Dataset) (*Plan, error) {
	f, err := read(text)
	if err == nil {
		f.on(set)
		var p *Plan
		if p, err = f.plan(); err == nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("sweep: %w", located(text, err))
}

// on has all runs use a data set; "" for the file's.
func (f *file) on(set recipe.Dataset) {
	if f.own = set; set != "" {
		f.base.Dataset = set
		f.change = slices.DeleteFunc(f.change, func(c field) bool { return c.name == "dataset" })
	}
}

func read(text []byte) (file, error) {
	f := file{seeds: 1}
	if len(text) > MaxFile {
		return f, fmt.Errorf("the file has %d bytes; %d are allowed", len(text), MaxFile)
	}
	if err := jsontext.Check(text); err != nil {
		return f, err
	}
	fields, err := object(text)
	if err != nil {
		return f, err
	}
	// The base is read first, wherever it stands: it says which layers there are.
	base := slices.IndexFunc(fields, func(part field) bool { return part.name == "base" })
	if base < 0 {
		return f, errors.New("base: is missing; it is the name of a net of the catalog, or an object with all settings of a run")
	}
	if f.base, err = readBase(fields[base].value); err != nil {
		return f, within("base", err)
	}
	for _, part := range slices.Delete(fields, base, base+1) {
		switch part.name {
		case "change":
			f.change, err = object(part.value)
			for i := 0; err == nil && i < len(f.change); i++ {
				err = within(f.change[i].name, mayChange(f.change[i].name, "seed"))
			}
		case "grid":
			f.grid, err = f.axes(part.value, list)
		case "random":
			err = f.readRandom(part.value)
		case "each":
			err = f.readEach(part.value)
		case "seeds":
			f.seeds, err = count(part.value)
		case "asha":
			f.asha, err = readASHA(part.value)
		default:
			err = errors.New("is not known; a sweep has base, change, grid, random, each, seeds and asha")
		}
		if err != nil {
			return f, within(part.name, err)
		}
	}
	names := f.names()
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return f, fmt.Errorf("%s: is in two of grid, random and each; leave it in one", name)
		}
	}
	if len(names) == 0 {
		return f, errors.New("grid: is missing, and random and each too; one of them must say what to try")
	}
	return f, nil
}

// readBase reads the name of a net, or a recipe.
func readBase(text json.RawMessage) (recipe.Recipe, error) {
	var name string
	if json.Unmarshal(text, &name) == nil {
		e, err := models.Find(name)
		return e.Recipe, err
	}
	if _, err := object(text); err != nil { // which is stricter
		return recipe.Recipe{}, fmt.Errorf("needs the name of a net, or an object with all settings of a run: %w", err)
	}
	return recipe.Decode(text)
}

// readEach reads a list of changes.
func (f *file) readEach(text json.RawMessage) error {
	var changes []json.RawMessage
	if json.Unmarshal(text, &changes) != nil || len(changes) == 0 || len(changes) > MaxRuns {
		return fmt.Errorf("needs a list of 1 to %d changes, such as [{}, {\"flip\": false}]", MaxRuns)
	}
	for i, text := range changes {
		change, err := object(text)
		for k := 0; err == nil && k < len(change); k++ {
			err = within(change[k].name, mayChange(change[k].name, fixed...))
		}
		if err != nil {
			return within(fmt.Sprintf("change %d", i+1), err)
		}
		f.each = append(f.each, change)
	}
	return nil
}

// fixed are the fields that all runs of a sweep have in common, but for the seed, which seeds counts.
var fixed = []string{"seed", "holdout", "exact"}

func (f *file) readRandom(text json.RawMessage) error {
	fields, err := object(text)
	if err != nil {
		return err
	}
	for _, part := range fields {
		switch part.name {
		case "points":
			f.points, err = count(part.value)
		case "seed":
			var seed int
			seed, err = whole(part.value, 0, recipe.MaxSeed)
			f.seed = uint64(seed)
		case "fields":
			f.random, err = f.axes(part.value, chance)
		default:
			err = errors.New("is not known; random has points, seed and fields")
		}
		if err != nil {
			return within(part.name, err)
		}
	}
	switch {
	case f.points == 0:
		return errors.New("points: is missing; it is how many to draw")
	case len(f.random) == 0:
		return errors.New("fields: is missing; it says what to draw")
	}
	return nil
}

// axes reads an object whose members are fields of a recipe.
func (f *file) axes(text json.RawMessage, read func(*axis, json.RawMessage) error) ([]axis, error) {
	fields, err := object(text)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, errors.New("is empty; name a setting, or leave it out")
	}
	var all []axis
	for _, part := range fields {
		value, _ := f.base.Value(part.name)
		a := axis{name: part.name, like: value}
		err := mayChange(part.name, fixed...)
		if err == nil {
			err = read(&a, part.value)
		}
		if err != nil {
			return nil, within(part.name, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// list reads the values of an axis.
func list(a *axis, text json.RawMessage) error {
	if json.Unmarshal(text, &a.values) != nil || a.values == nil {
		return errors.New("needs a list of values, such as [1, 2]")
	}
	switch {
	case len(a.values) == 0:
		return errors.New("the list is empty; give at least one value")
	case len(a.values) > MaxRuns:
		return fmt.Errorf("%d values; at most %d runs are allowed", len(a.values), MaxRuns)
	}
	return nil
}

// chance reads what an axis is drawn from.
func chance(a *axis, text json.RawMessage) error {
	const want = `needs one of {"log": [low, high]}, {"linear": [low, high]} and {"choice": [values]}`
	fields, err := object(text)
	if err != nil || len(fields) != 1 {
		return errors.New(want)
	}
	switch f := fields[0]; f.name {
	case "choice":
		return within(f.name, list(a, f.value))
	case "log", "linear":
		a.log = f.name == "log"
		return within(f.name, a.readRange(f.value))
	}
	return errors.New(want)
}

func (a *axis) readRange(text json.RawMessage) error {
	switch a.like.(type) {
	case int:
		a.whole = true
	case float64:
	case nil:
		return errors.New("the base has no such field; use choice")
	default:
		return errors.New("the field is not a number; use choice")
	}
	var ends []*float64
	if json.Unmarshal(text, &ends) != nil || len(ends) != 2 || ends[0] == nil || ends[1] == nil {
		return errors.New("needs two numbers, [low, high]")
	}
	a.low, a.top = *ends[0], *ends[1]
	switch {
	case a.low >= a.top:
		return fmt.Errorf("%v is not below %v", a.low, a.top)
	case math.Abs(a.low) > 1e9 || math.Abs(a.top) > 1e9:
		return errors.New("the numbers are beyond 1e9, which is too large for any field")
	case a.log && a.low <= 0:
		return fmt.Errorf("%v has no logarithm; begin above 0, or use linear", a.low)
	case a.whole && (a.low != math.Trunc(a.low) || a.top != math.Trunc(a.top)):
		return errors.New("the field is a whole number, and so must be low and high")
	}
	return nil
}

func count(text json.RawMessage) (int, error) { return whole(text, 1, MaxRuns) }

// whole reads a whole number from low to high.
func whole(text json.RawMessage, low, high int) (int, error) {
	n, ok := jsontext.Whole(text)
	if !ok || n < int64(low) || n > int64(high) {
		return 0, fmt.Errorf("%.40s is not a whole number from %d to %d", text, low, high)
	}
	return int(n), nil
}

// object reads a JSON object in its order. Unlike encoding/json it refuses a name given twice, and null as a value:
// either would be ignored silently.
func object(text []byte) (fields []field, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("needs an object, {…}")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, jsontext.Explain(text, err)
		}
		f := field{name: t.(string)} // where More is true within an object, Token gives a name or an error
		if err := d.Decode(&f.value); err != nil {
			return nil, within(f.name, jsontext.Explain(text, err))
		}
		if slices.ContainsFunc(fields, func(g field) bool { return g.name == f.name }) {
			return nil, within(f.name, errors.New("is given twice"))
		}
		if string(f.value) == "null" {
			return nil, within(f.name, errors.New("is null; leave it out"))
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// set returns fields with one of them replaced or added.
func set(fields []field, name string, value json.RawMessage) []field {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f field) bool { return f.name == name })
	return append(fields, field{name, value})
}

// mayChange reports whether name is a field of a recipe, and none of those that a part of the file may not set.
func mayChange(name string, not ...string) error {
	switch {
	case name == "version":
		return errors.New("is the same for all runs of a sweep")
	case !recipe.MayChange(name):
		return fmt.Errorf("is not a setting of a run; the nearest is %s", recipe.Nearest(name))
	case !slices.Contains(not, name):
		return nil
	case name == "seed":
		return errors.New("seeds says how many runs a point has, and they have the seeds 1 to that")
	}
	return errors.New("is the same for all runs of a sweep")
}
