package slow

import (
	"fmt"
	"math"
	"slices"

	"unpool/app/ui/markup"
	"unpool/core/number"
)

// backward are the gradients that arrive at each layer on the way back, and those of its weights.
func (s *Step) backward(m *markup.Markup) {
	scale := s.scale()
	says(m, "The gradient says how the loss changes when a number changes a little. Backpropagation computes it from the last layer back to the "+
		"first, for the outputs of each layer and for its weights. %s", s.shrinks())
	m.Add(`<div class="table slow-gradients" tabindex="0" role="region" aria-label="The gradients, from the last layer back to the first"><table><thead><tr>`+
		`<th scope="col">layer</th><th scope="col">gradient of</th><th scope="col">mean size</th>`+
		`<td class="slow-axis" aria-hidden="true"><span>%s</span><span>%s</span></td></tr></thead><tbody>`, power(scale.from), power(scale.to))
	for i := len(s.Layers) - 1; i >= 0; i-- {
		layer := s.Layers[i].Output.Layer
		scale.row(m, "slow-output", layer, "output", s.Layers[i].Gradient)
		for j := range s.Updates {
			if u := &s.Updates[j]; u.Layer == layer {
				scale.row(m, "slow-weights", layer, u.Name, u.Gradient)
			}
		}
	}
	m.WriteString(`</tbody></table></div><p class="under">Mean magnitudes, on a logarithmic scale: each line stands for ten times the one before.</p>`)
}

// shrinks says how the gradient changes on its way.
func (s *Step) shrinks() string {
	first, last := &s.Layers[0], &s.Layers[len(s.Layers)-1]
	if first.Output.Layer == last.Output.Layer {
		return "This net has a single layer."
	}
	between := fmt.Sprintf(" between %s and %s", last.Output.Layer, first.Output.Layer)
	switch factor := last.Gradient / first.Gradient; {
	case first.Gradient == 0:
		return "Nothing of it arrives at " + first.Output.Layer + ": its weights learn nothing from this batch."
	case factor >= 1000:
		return "Here it vanishes: it becomes " + number.Significant(factor, 2) + " times smaller" + between + ", so the first layers hardly learn."
	case factor >= 2:
		return "Here it becomes " + number.Significant(factor, 2) + " times smaller" + between + "."
	case factor <= 0.5:
		return "Here it becomes " + number.Significant(1/factor, 2) + " times larger" + between + "."
	}
	return "Here it stays about as large" + between + "."
}

// scale is a logarithmic one between two powers of ten.
type scale struct{ from, to int }

// scale is one that all gradients of the step fit on.
func (s *Step) scale() scale {
	var all []float64
	for _, l := range s.Layers {
		all = append(all, l.Gradient)
	}
	for _, u := range s.Updates {
		all = append(all, u.Gradient)
	}
	all = slices.DeleteFunc(all, func(g float64) bool { return g <= 0 })
	if len(all) == 0 {
		return scale{-1, 0}
	}
	from, to := int(math.Floor(math.Log10(slices.Min(all)))), int(math.Ceil(math.Log10(slices.Max(all))))
	return scale{from, max(to, from+1)}
}

// row is a gradient with its bar.
func (s scale) row(m *markup.Markup, class, layer, of string, g float64) {
	width := 0.0
	if g > 0 {
		width = 100 * (math.Log10(g) - float64(s.from)) / float64(s.to-s.from)
	}
	m.Add(`<tr class="%s"><th scope="row"><span>%s</span></th><td>%s</td><td>%s</td><td class="slow-track" style="--tick: %.3f%%">`+
		`<span class="bar" style="width: %.1f%%"></span></td></tr>`, class, layer, of, number.Signed(g), 100/float64(s.to-s.from), width)
}

// power writes a power of ten.
func power(exponent int) string {
	if exponent >= -2 && exponent <= 2 {
		return number.Significant(math.Pow10(exponent), 1)
	}
	return fmt.Sprintf("1e%d", exponent)
}
