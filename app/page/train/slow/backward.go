package slow

import (
	"fmt"
	"math"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
)

// backward are the gradients that arrive at each layer on the way back, and those of its weights.
func (s Step) backward() []app.UI {
	scale := s.scale()
	var rows []app.UI
	for _, l := range slices.Backward(s.Layers) {
		rows = append(rows, scale.row("slow-output", app.Text(l.Output.Layer), "output", l.Gradient))
		for _, u := range s.Updates {
			if u.Layer == l.Output.Layer {
				rows = append(rows, scale.row("slow-weights", app.Span().Class("unseen").Text(u.Layer), u.Name, u.Gradient))
			}
		}
	}
	head := app.Elem("thead").Body(app.Tr().Body(
		app.Th().Scope("col").Text("layer"), app.Th().Scope("col").Text("gradient of"), app.Th().Scope("col").Text("mean size"),
		app.Td().Class("slow-axis").Aria("hidden", true).Body(app.Span().Text(power(scale.from)), app.Span().Text(power(scale.to))),
	))
	return []app.UI{
		says("The gradient says how the loss changes when a number changes a little. Backpropagation computes it from the last layer back to the first: of what each "+
			"layer gives, and of its weights. %s", s.shrinks()),
		app.Div().Class("table", "slow-gradients").TabIndex(0).Role("region").Aria("label", "The gradients, from the last layer back to the first").Body(
			app.Table().Body(head, app.Elem("tbody").Body(rows...))),
		app.P().Class("under").Text("Mean magnitudes, on a logarithmic scale: each line stands for ten times the one before."),
	}
}

// shrinks says what becomes of the gradient on its way.
func (s Step) shrinks() string {
	first, last := s.Layers[0], s.Layers[len(s.Layers)-1]
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

// scale is the one that all gradients of the step fit on.
func (s Step) scale() scale {
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
func (s scale) row(class string, layer app.UI, of string, g float64) app.UI {
	width := 0.0
	if g > 0 {
		width = (math.Log10(g) - float64(s.from)) / float64(s.to-s.from)
	}
	ticks := fmt.Sprintf("%.3f%%", 100/float64(s.to-s.from))
	return app.Tr().Class(class).Body(
		app.Th().Scope("row").Body(layer), app.Td().Text(of), app.Td().Text(number.Signed(g)),
		app.Td().Class("slow-track").Style("--tick", ticks).Body(app.Span().Class("bar").Hidden(g <= 0).Style("width", fmt.Sprintf("%.1f%%", 100*width))),
	)
}

// power writes a power of ten.
func power(exponent int) string {
	if exponent >= -2 && exponent <= 2 {
		return number.Significant(math.Pow10(exponent), 1)
	}
	return fmt.Sprintf("1e%d", exponent)
}
