package net

import "slices"

// Ablation are the nets that changing one layer makes of a net, each nil where it is none for the task.
type Ablation struct {
	At           int    // the layer's place in the net
	Name         string // as its plan has it
	Layer        Layer
	Without      Net // without the layer, see Net.Without
	Half, Double Net // with half and twice as many maps or units
}

// Ablations lists what an ablation can change in n: each layer with weights but the one to the classes, and each group.
func (n Net) Ablations(t Task) (all []Ablation) {
	plan, err := n.Plan(t)
	if err != nil {
		return nil
	}
	valid := func(changed Net) Net {
		if len(changed) == 0 || changed.String() == n.String() {
			return nil
		}
		if _, err := changed.Plan(t); err != nil {
			return nil
		}
		return changed
	}
	scaled := func(i int, by func(width *int)) Net {
		changed := slices.Clone(n)
		switch l := n[i].(type) {
		case Cell:
			by(&l.Units)
			changed[i] = l
		case Conv:
			by(&l.Maps)
			changed[i] = l
		case Dense:
			by(&l.Units)
			changed[i] = l
		}
		return valid(changed)
	}
	for i, l := range n {
		switch l.(type) {
		case Cell, Conv, Dense, Residual:
			all = append(all, Ablation{
				At: i, Name: plan.Layers[i].Name, Layer: l, Without: valid(n.Without(i)),
				Half: scaled(i, func(width *int) { *width /= 2 }), Double: scaled(i, func(width *int) { *width *= 2 }),
			})
		}
	}
	return all
}

// Without returns n without the layers at some places, each with the normalisation, activation functions and dropout that follow it. Pools
// stay, so that the layers after them read images of the same size.
func (n Net) Without(places ...int) (rest Net) {
	leaving := false
	for i, l := range n {
		switch l.(type) {
		case Activation, BatchNorm, LayerNorm, Dropout:
		default:
			leaving = slices.Contains(places, i)
		}
		if !leaving {
			rest = append(rest, l)
		}
	}
	return rest
}

// Changed says in a few words how a net differs from n: "without conv 3x3x64, relu", "conv 3x3x32 in place of conv 3x3x64". Where it
// differs in several places, it is about all from the first to the last.
func (n Net) Changed(other Net) string {
	same := func(a, b Layer) bool { return a.String() == b.String() }
	first := 0
	for first < min(len(n), len(other)) && same(n[first], other[first]) {
		first++
	}
	last := 0
	for last < min(len(n), len(other))-first && same(n[len(n)-1-last], other[len(other)-1-last]) {
		last++
	}
	was, is := n[first:len(n)-last], other[first:len(other)-last]
	switch {
	case len(was)+len(is) == 0:
		return "no change"
	case len(is) == 0:
		return "without " + was.String()
	case len(was) == 0:
		return "with " + is.String() + " added"
	}
	return is.String() + " in place of " + was.String()
}
