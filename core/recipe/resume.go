package recipe

// Resume returns the recipe by which a run of r is resumed after so many steps: r while it has steps left, then one with as
// many steps again. ok is false where that cannot be: when the schedule of the learning rate is over, since it has a
// length, and at MaxSteps.
func (r Recipe) Resume(done int) (resumed Recipe, ok bool) {
	if done < r.Steps {
		return r, true
	}
	if r.Schedule != Constant || done >= MaxSteps {
		return r, false
	}
	r.Steps = min(done+r.Steps, MaxSteps)
	return r, true
}

// Lifted returns r without the conditions that end a run before its last step. A run that has met one continues without them.
func (r Recipe) Lifted() Recipe {
	r.StopAt, r.Patience, r.Minutes = 0, 0, 0
	return r
}
