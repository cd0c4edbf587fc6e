package sweep

import (
	"errors"
	"fmt"

	"unpool/core/recipe"
)

// asha is what a sweep file says of it: min_steps or rungs, and eta.
type asha struct {
	least int // steps of the first rung; 0 where rungs says it
	rungs int // how many there are; 0 where least says it
	eta   int
}

// Bounds of what a file may say of ASHA. Two is the least that stops any; more than ten would stop nearly all at the first rung.
const (
	usualEta = 3
	minEta   = 2
	maxEta   = 10
	maxRungs = 20
)

func readASHA(text []byte) (*asha, error) {
	a := &asha{eta: usualEta}
	fields, err := object(text)
	if err != nil {
		return nil, err
	}
	for _, part := range fields {
		switch part.name {
		case "min_steps":
			a.least, err = whole(part.value, 1, recipe.MaxSteps)
		case "rungs":
			a.rungs, err = whole(part.value, 2, maxRungs)
		case "eta":
			a.eta, err = whole(part.value, minEta, maxEta)
		default:
			err = errors.New("is not known; asha has min_steps, rungs and eta")
		}
		if err != nil {
			return nil, within(part.name, err)
		}
	}
	if (a.least == 0) == (a.rungs == 0) {
		return nil, errors.New("needs either min_steps, after how many steps runs are compared first, or rungs, how often they are compared")
	}
	return a, nil
}

// ladder is that of the file: rungs at min_steps, eta times that, and so on below the recipe's steps, and those.
func (f *file) ladder(points []Point) (Ladder, error) {
	steps := 0
	for i, p := range points {
		if f.asha != nil && i > 0 && p.Recipe.Steps != steps {
			return Ladder{}, errors.New("asha: the points differ in steps; runs can only be compared after the same number of them")
		}
		steps = max(steps, p.Recipe.Steps)
	}
	if f.asha == nil {
		return Ladder{Rungs: []int{steps}}, nil
	}
	l := Ladder{Eta: f.asha.eta}
	least := f.asha.least
	if least == 0 {
		least = steps
		for range f.asha.rungs - 1 {
			least /= l.Eta
		}
		if least == 0 {
			return Ladder{}, fmt.Errorf("asha: rungs: %d rungs, each with %d times the steps of the one below, need more than the run's %d steps", f.asha.rungs, l.Eta, steps)
		}
	}
	if least >= steps {
		return Ladder{}, fmt.Errorf("asha: min_steps: %d is not below the run's %d steps, so no run could be stopped early", least, steps)
	}
	for at := least; at < steps && (f.asha.rungs == 0 || len(l.Rungs) < f.asha.rungs-1); at *= l.Eta {
		l.Rungs = append(l.Rungs, at)
	}
	l.Rungs = append(l.Rungs, steps)
	return l, nil
}
