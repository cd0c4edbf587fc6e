package look

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// shownTerms is how many terms are shown with their pictures.
const shownTerms = 6

// made is how a number comes about from the layer before.
func (c closeUp) made() app.UI {
	body := []app.UI{app.H2().Text("How it is made")}
	a := c.arithmetic.answer
	if a == nil {
		says := "The layer before, the weights, and what they make."
		if c.arithmetic.failed != nil {
			return app.Div().Class("panel", "unit-made").Body(append(body, problem(c.arithmetic.failed))...)
		}
		return app.Div().Class("panel", "unit-made").Body(append(body, app.P().Class("caption").Text(says))...)
	}
	body = append(body,
		app.P().Class("caption").Text(rule(a)),
		app.P().ID("unit-sum").Class("sum").Text(sum(a)),
	)
	var rows []app.UI
	for i, t := range a.Terms[:min(shownTerms, len(a.Terms))] {
		cells := []app.UI{app.Th().Scope("row").Text(number.Int(t.Map + 1))}
		for _, w := range []struct {
			of  *run.Weights
			alt string
		}{{&a.Inputs, "what goes in"}, {&a.Kernels, "the weights"}, {&a.Products, "their products"}} {
			if w.of.Count > i {
				cells = append(cells, app.Td().Body(thumb(w.of, i, c.dark, w.alt)))
			}
		}
		rows = append(rows, app.Tr().Body(append(cells, app.Td().Class("number").Text(signed(t.Sum)))...))
	}
	heads := []app.UI{app.Th().Scope("col").Text("Map"), app.Th().Scope("col").Text("In")}
	if a.Kernels.Count > 0 {
		heads = append(heads, app.Th().Scope("col").Text("× weights"), app.Th().Scope("col").Text("= products"))
	}
	heads = append(heads, app.Th().Scope("col").Class("number").Text("Sum"))
	body = append(body, app.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", "The terms").Body(
		app.Table().Class("terms").Body(app.THead().Body(app.Tr().Body(heads...)), app.TBody().Body(rows...))))
	return app.Div().Class("panel", "unit-made").Body(body...)
}

// rules say how each kind of layer makes a number.
var rules = map[string]string{
	"conv":      "Each number in the patch times its weight, all added, and the bias.",
	"dense":     "Each number of the layer before times its weight, all added, and the bias.",
	"logits":    "Each number of the layer before times its weight, all added, and the bias.",
	"pool":      "The largest number of the patch.",
	"avgpool":   "The mean of the patch.",
	"mean":      "The mean of the whole map.",
	"relu":      "The number itself where it is above zero, else zero.",
	"tanh":      "The hyperbolic tangent of the number.",
	"sigmoid":   "The logistic function of the number.",
	"batchnorm": "The number times a factor, and a shift: batch normalisation with the averages of training.",
	"layernorm": "The number times a factor, and a shift: layer normalisation over the numbers of the image.",
	"rnn":       "The weighted inputs of this step and the weighted state of the step before, added, and the hyperbolic tangent of that.",
}

func rule(a *protocol.Arithmetic) string {
	from := cmp.Or(a.From, "the image")
	return rules[a.Kind] + " What goes in is the output of " + from + "."
}

// sum writes the arithmetic out.
func sum(a *protocol.Arithmetic) string {
	var parts []string
	total := float64(a.Bias) + float64(a.Rest)
	for _, t := range a.Terms {
		total += float64(t.Sum)
	}
	if a.Kernels.Count > 0 {
		terms := 0.0
		for _, t := range a.Terms {
			terms += float64(t.Sum)
		}
		maps := "1 map"
		if n := len(a.Terms) + a.Others; n != 1 {
			maps = number.Int(n) + " maps"
		}
		parts = append(parts, fmt.Sprintf("%s from %s", signed(float32(terms)+a.Rest), maps))
		if a.Bias != 0 {
			parts = append(parts, signed(a.Bias)+" bias")
		}
	} else {
		parts = append(parts, signed(float32(total)))
	}
	made := strings.Join(parts, ", ")
	if a.Then != "" {
		made = fmt.Sprintf("%s of (%s)", a.Then, made)
	}
	return signed(a.Unit.Value) + " = " + made
}

// signed writes a number with its sign.
func signed(x float32) string {
	text := number.Significant(math.Abs(float64(x)), 3)
	if x < 0 {
		return "−" + text
	}
	return text
}

// thumbRoom is the side of a small picture in the table, in screen pixels.
const thumbRoom = 64

// thumb is one image of some.
func thumb(w *run.Weights, i int, dark bool, alt string) app.UI {
	size := w.Height * w.Width
	one := *w
	one.Count, one.Channels, one.Pixels = 1, 1, w.Pixels[i*size:(i+1)*size]
	grid := filters.Layout(&one, thumbRoom, thumbRoom)
	return app.Img().Class("crisp").Src(filters.DataURL(&one, grid, filters.ColorsOf(dark))).Alt(alt).Width(grid.Width * grid.Scale).Height(grid.Height * grid.Scale)
}
