package recipe

// GoOn returns the recipe by which a run of r goes on after so many steps: r while it has steps left, then one with as
// many steps again. ok is false where a run cannot go on: when its schedule of the learning rate is over, since that
// has a length, and at MaxSteps.
func (r Recipe) GoOn(done int) (on Recipe, ok bool) {
	if done < r.Steps {
		return r, true
	}
	if r.Schedule != Constant || done >= MaxSteps {
		return r, false
	}
	r.Steps = min(done+r.Steps, MaxSteps)
	return r, true
}
