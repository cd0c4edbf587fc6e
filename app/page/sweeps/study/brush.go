package study

// Range is a part of an axis, from 0 to 1.
type Range struct{ From, To float64 }

// Whole is all of an axis.
var Whole = Range{0, 1}

// Brushes are the parts of axes that points must lie in to be chosen, by the axis's name. All is chosen of an axis without one.
type Brushes map[string]Range

// Of is the part of an axis that is chosen.
func (b Brushes) Of(axis string) Range {
	if r, ok := b[axis]; ok {
		return r
	}
	return Whole
}

// Set chooses a part of an axis, whichever end is given first; the whole axis is no choice.
func (b Brushes) Set(axis string, from, to float64) {
	r := Range{max(0, min(from, to)), min(1, max(from, to))}
	if r == Whole {
		delete(b, axis)
		return
	}
	b[axis] = r
}

// Chosen are which points lie in all brushes. One without a value on a brushed axis does not.
func (t *Study) Chosen(b Brushes) (chosen []bool, n int) {
	chosen = make([]bool, len(t.All))
	for i := range chosen {
		chosen[i] = true
		for name, r := range b {
			if at := t.Axis(name).At(i); !(at >= r.From && at <= r.To) {
				chosen[i] = false
				break
			}
		}
		if chosen[i] {
			n++
		}
	}
	return chosen, n
}

// Shown are the points that are not hidden, by rank: stopped ones are, where hide is set.
func (t *Study) Shown(hide bool) (shown []int) {
	for _, p := range t.Order {
		if !hide || t.state[p] != Stopped {
			shown = append(shown, p)
		}
	}
	return shown
}
