package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"unpool/core/api"
	"unpool/core/jsontext"
	"unpool/core/recipe"
	"unpool/models"
)

// Size is how much a sweep file asks for. It is an upper bound: points with the same recipe are one.
type Size struct {
	Base          recipe.Recipe
	Points, Seeds int
	Steps         int   // of a run that is trained to its end
	Rungs         []int // at which runs are compared; nil for a sweep that trains all to the end
	Eta           int
}

// Runs is how many runs there are at most.
func (s Size) Runs() int { return s.Points * s.Seeds }

// Whole is how many training steps it takes to train all runs to the end.
func (s Size) Whole() int64 { return int64(s.Runs()) * int64(s.Steps) }

// Expected is about how many training steps it takes: at each rung one point in Eta continues.
func (s Size) Expected() int64 {
	if s.Rungs == nil {
		return s.Whole()
	}
	total, before, points := int64(0), 0, s.Points
	for _, rung := range s.Rungs {
		total += int64(points*s.Seeds) * int64(rung-before)
		before, points = rung, points/s.Eta
	}
	return total
}

// Measure reads how much a sweep file asks for. It does not check the rest: the server reports what is wrong inside.
func Measure(text []byte) (Size, error) {
	if len(text) > api.MaxSweepFile {
		return Size{}, fmt.Errorf("the file has %d bytes; the limit is %d", len(text), api.MaxSweepFile)
	}
	var f struct {
		file
		Change map[string]json.RawMessage `json:"change"`
		Seeds  *jsontext.Int              `json:"seeds"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return Size{}, fmt.Errorf("the sweep file %w", jsontext.Explain(text, err))
	}
	s := Size{Points: 1, Seeds: 1}
	if f.Seeds != nil {
		s.Seeds = int(*f.Seeds)
	}
	var err error
	if s.Base, err = base(f.Base); err != nil {
		return Size{}, err
	}
	for name, value := range f.Change {
		if err := s.Base.Change(name, value); err != nil {
			return Size{}, fmt.Errorf("change: %w", err)
		}
	}
	steps := []json.RawMessage{}
	for name, values := range f.Grid {
		var list []json.RawMessage
		if err := json.Unmarshal(values, &list); err != nil {
			return Size{}, fmt.Errorf("grid: %s: must be a list of values", name)
		}
		if s.Points *= len(list); s.Points > mostPoints {
			break
		}
		if name == "steps" {
			steps = list
		}
	}
	if f.Random != nil {
		s.Points *= min(max(int(f.Random.Points), 0), mostPoints+1)
	}
	s.Points *= max(1, len(f.Each))
	if s.Points < 1 || s.Seeds < 1 || s.Points > mostPoints || s.Seeds > mostPoints || s.Runs() > mostPoints {
		return Size{}, fmt.Errorf("points times seeds must be from 1 to %d", mostPoints)
	}
	s.Steps = s.Base.Steps
	for _, value := range steps {
		other := s.Base
		if other.Change("steps", value) == nil {
			s.Steps = max(s.Steps, other.Steps)
		}
	}
	if f.ASHA != nil {
		s.ladder(*f.ASHA)
	}
	return s, nil
}

// mostPoints is how many runs a server takes.
const mostPoints = 10_000

func base(text json.RawMessage) (recipe.Recipe, error) {
	var name string
	switch {
	case len(text) == 0:
		return recipe.Recipe{}, errors.New("base is missing: give the name of a net, or an object with all settings of a run")
	case json.Unmarshal(text, &name) == nil:
		e, err := models.Find(name)
		if err != nil {
			return recipe.Recipe{}, fmt.Errorf("base: %w", err)
		}
		return e.Recipe, nil
	}
	r, err := recipe.Decode(text)
	if err != nil {
		return r, fmt.Errorf("base: %w", err)
	}
	return r, nil
}

// ladder computes the rungs: min_steps, eta times that, and so on below the steps, and those.
func (s *Size) ladder(a asha) {
	const usualEta = 3
	if s.Eta = int(a.Eta); s.Eta < 2 {
		s.Eta = usualEta
	}
	least, rungs := int(a.MinSteps), int(a.Rungs)
	if least < 1 {
		least = max(1, int(float64(s.Steps)/math.Pow(float64(s.Eta), float64(max(rungs, 1)-1))))
	}
	for at := least; at < s.Steps && (rungs < 1 || len(s.Rungs) < rungs-1); at *= s.Eta {
		s.Rungs = append(s.Rungs, at)
	}
	s.Rungs = append(s.Rungs, s.Steps)
}
