package draft

import (
	"encoding/json"
	"fmt"

	"unpool/app/ui/form"
	"unpool/core/jsontext"
	"unpool/core/recipe"
)

// file is a sweep file, as docs/sweeps.md describes it.
type file struct {
	Base   json.RawMessage            `json:"base"`
	Grid   map[string]json.RawMessage `json:"grid,omitempty"`
	Random *random                    `json:"random,omitempty"`
	Each   []map[string]any           `json:"each,omitempty"`
	ASHA   *asha                      `json:"asha,omitempty"`
	Seeds  jsontext.Int               `json:"seeds"`
}

type random struct {
	Points jsontext.Int               `json:"points"`
	Fields map[string]json.RawMessage `json:"fields"`
}

type asha struct {
	MinSteps jsontext.Int `json:"min_steps,omitempty"`
	Rungs    jsontext.Int `json:"rungs,omitempty"`
	Eta      jsontext.Int `json:"eta,omitempty"`
}

// What is wrong besides the fields is under these names.
const (
	OfPoints   = "sweep.points"
	OfSeeds    = "sweep.seeds"
	OfMinSteps = "sweep.min_steps"
	OfEta      = "sweep.eta"
	OfNothing  = "sweep.nothing" // no field is tried
)

// File is the sweep file, and what is wrong, by field; nil when nothing is.
func (d *Draft) File() (json.RawMessage, map[string]string) {
	r, problems := d.Recipe()
	wrong := func(name, problem string) {
		if problem != "" && problems[name] == "" {
			problems[name] = problem
		}
	}
	f := file{}
	tried := map[string]json.RawMessage{}
	each := []map[string]any{{}} // the recipe as it is
	for i := range recipe.Fields {
		field := &recipe.Fields[i]
		mode := d.Mode(field.Name)
		if mode == Fixed || !Open(field) || !d.Applies(field) || d.Strategy == Each && !field.Applies(r) {
			continue
		}
		if d.Strategy == Each {
			values, problem := choices(r, field, d.try(field.Name).choices)
			wrong(field.Name, problem)
			usual, _ := r.Value(field.Name)
			for _, value := range values {
				if value != usual {
					each = append(each, map[string]any{field.Name: value})
				}
			}
			continue
		}
		value, problem := d.tried(r, field, mode)
		delete(problems, field.Name) // of a value that no point has
		wrong(field.Name, problem)
		tried[field.Name] = value
	}
	switch {
	case d.Strategy == Each && len(each) == 1:
		wrong(OfNothing, "Give at least one field a choice that is not its own value.")
	case d.Strategy != Each && len(tried) == 0:
		wrong(OfNothing, "Give at least one field choices or a range.")
	}
	var problem string
	f.Seeds, problem = whole(d.Seeds, 1)
	wrong(OfSeeds, problem)
	switch {
	case d.Strategy == Each:
		f.Each = each
	case !d.Strategy.Draws():
		f.Grid = tried
	default:
		f.Random = &random{Fields: tried}
		f.Random.Points, problem = whole(d.Points, 1)
		wrong(OfPoints, problem)
	}
	if d.Strategy.Stops() {
		f.ASHA = &asha{}
		f.ASHA.MinSteps, problem = whole(d.MinSteps, 1)
		if problem == "" && int(f.ASHA.MinSteps) >= r.Steps {
			problem = fmt.Sprintf("is not below the run’s %d steps, so no run could be stopped early", r.Steps)
		}
		wrong(OfMinSteps, problem)
		f.ASHA.Eta, problem = whole(d.Eta, 2)
		wrong(OfEta, problem)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	f.Base = raw(r)
	return raw(f), nil
}

// tried is what a field is to be, in the form of the file, and what is wrong with it.
func (d *Draft) tried(r recipe.Recipe, f *recipe.Field, mode Mode) (value json.RawMessage, problem string) {
	if mode == Choices {
		choices, problem := choices(r, f, d.try(f.Name).choices)
		if !d.Strategy.Draws() {
			return raw(choices), problem
		}
		return raw(map[string]any{"choice": choices}), problem
	}
	t := d.try(f.Name)
	low, err := form.Number(t.low)
	high, other := form.Number(t.high)
	switch {
	case err != nil || other != nil:
		return nil, "must have two numbers, from and to"
	case low >= high:
		return nil, "the first number must be below the second"
	case mode == LogRange && low <= 0:
		return nil, "0 has no logarithm: start above 0, or use the plain range"
	}
	for _, text := range []string{t.low, t.high} {
		if _, problem := set(r, f, text); problem != "" {
			return nil, problem
		}
	}
	return raw(map[string]any{string(mode): []float64{low, high}}), ""
}

// choices are the values of a field that are typed as text.
func choices(r recipe.Recipe, f *recipe.Field, text string) (values []any, problem string) {
	seen := map[string]bool{}
	for _, text := range split(f, text) {
		changed, problem := set(r, f, text)
		if problem != "" {
			return nil, "“" + text + "”: " + problem
		}
		if text = f.Text(changed); seen[text] {
			continue
		}
		seen[text] = true
		value, _ := changed.Value(f.Name)
		values = append(values, value)
	}
	if len(values) == 0 {
		return nil, "must have at least one value"
	}
	return values, ""
}

// set is a recipe with a field set, and what is wrong with that field.
func set(r recipe.Recipe, f *recipe.Field, text string) (recipe.Recipe, string) {
	if err := f.Set(&r, text); err != nil {
		return r, form.Problem(err)
	}
	if !f.Applies(r) { // with other values of the field that decides
		return r, ""
	}
	r.Settle(f.Name)
	_, problems := form.New(r).Recipe()
	return r, problems[f.Name]
}
