package look

import (
	"cmp"
	"fmt"
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
	body := []app.UI{app.H2().Text("How it is computed")}
	a := c.arithmetic.answer
	if a == nil {
		says := "The inputs, the weights, and the result."
		if c.arithmetic.failed != nil {
			return app.Div().Class("panel", "unit-made").Body(append(body, problem(c.arithmetic.failed))...)
		}
		return app.Div().Class("panel", "unit-made").Body(append(body, app.P().Class("caption").Text(says))...)
	}
	body = append(body,
		app.P().Class("caption").Text(rule(a)),
		app.P().ID("unit-sum").Class("sum").Text(sum(a)),
	)
	if a.Cell != nil {
		body = append(body, scrolled("The gates", gates(a.Cell)), app.P().Class("under").Text(states(a.Cell)), app.P().Class("under").Text(
			fmt.Sprintf("The unit reads step %d. The table shows what each input of that step adds, largest first.", a.Cell.Step+1)))
	}
	var rows []app.UI
	for i, t := range a.Terms[:min(shownTerms, len(a.Terms))] {
		cells := []app.UI{app.Th().Scope("row").Text(number.Int(t.Map + 1))}
		for _, w := range []struct {
			of  *run.Weights
			alt string
		}{{&a.Inputs, "the inputs"}, {&a.Kernels, "the weights"}, {&a.Products, "their products"}} {
			if w.of.Count > i {
				cells = append(cells, app.Td().Body(thumb(w.of, i, c.dark, w.alt)))
			}
		}
		rows = append(rows, app.Tr().Body(append(cells, app.Td().Class("number").Text(signed(t.Sum)))...))
	}
	heads := []app.UI{app.Th().Scope("col").Text("Map"), app.Th().Scope("col").Text("Input")}
	if a.Kernels.Count > 0 {
		heads = append(heads, app.Th().Scope("col").Text("× weights"), app.Th().Scope("col").Text("= products"))
	}
	heads = append(heads, app.Th().Scope("col").Class("number").Text("Sum"))
	body = append(body, scrolled("The terms", app.Table().Class("terms").Body(app.Elem("thead").Body(app.Tr().Body(heads...)), app.Elem("tbody").Body(rows...))))
	body = append(body, app.P().Class("under").Text(termScales(a)))
	if others := len(a.Terms) - len(rows) + a.Others; others > 0 {
		rest := a.Rest
		for _, t := range a.Terms[len(rows):] {
			rest += t.Sum
		}
		body = append(body, app.P().Class("under").Text(fmt.Sprintf("%s more terms add %s in total.", number.Int(others), signed(rest))))
	}
	return app.Div().Class("panel", "unit-made").Body(append(body, c.saveTerms(a))...)
}

// termScales says which numbers the colours of the terms stand for.
func termScales(a *protocol.Arithmetic) string {
	text := "Blue below zero, orange above: inputs " + upTo(a.Inputs.Scale)
	if a.Kernels.Count > 0 {
		text += ", weights " + upTo(a.Kernels.Scale) + ", products " + upTo(a.Products.Scale)
	}
	return text + "."
}

// scrolled is a table that scrolls where the page is narrow.
func scrolled(label string, table app.UI) app.UI {
	return app.Div().Class("terms-box").TabIndex(0).Role("region").Aria("label", label).Body(table)
}

// rules say how each kind of layer makes a number.
var rules = map[string]string{
	"conv":      "The sum of each value in the patch times its weight, plus the bias.",
	"dense":     "The sum of each value of the previous layer times its weight, plus the bias.",
	"logits":    "The sum of each value of the previous layer times its weight, plus the bias.",
	"pool":      "The largest value in the patch.",
	"avgpool":   "The mean of the patch.",
	"mean":      "The mean of the whole map.",
	"relu":      "The value itself if it is above zero, otherwise zero.",
	"leaky":     "The value itself if it is above zero, otherwise a small fraction of it.",
	"tanh":      "The hyperbolic tangent of the value.",
	"sigmoid":   "The logistic function of the value.",
	"gelu":      "The value times the share of a standard normal distribution below it.",
	"batchnorm": "The value times a factor, plus a shift: batch normalisation with the averages from training.",
	"layernorm": "The value times a factor, plus a shift: layer normalisation over the maps at this position.",
	"residual":  "The output of the group’s layers plus the group’s input.",
	"rnn":       "The hyperbolic tangent of this step’s weighted inputs plus the previous step’s weighted states and the bias.",
	"lstm":      "The new state is output · tanh(memory); the new memory is forget · previous memory + input · candidate.",
	"gru":       "The new state is update · previous state + (1 − update) · candidate.",
}

func rule(a *protocol.Arithmetic) string {
	text := strings.TrimSpace(rules[a.Kind] + " It reads " + cmp.Or(a.From, "the image") + ".")
	if a.Won != nil {
		text += fmt.Sprintf(" The largest is in row %d, column %d.", a.Won[0]+1, a.Won[1]+1)
	}
	return text
}

// sum writes the arithmetic out.
func sum(a *protocol.Arithmetic) string {
	value := signed(a.Unit.Value)
	if c := a.Cell; c != nil {
		return value + " = " + cellSum(a.Kind, c)
	}
	total := a.Rest
	for _, t := range a.Terms {
		total += t.Sum
	}
	text := signed(total)
	if a.Kernels.Count > 0 {
		maps := "1 map"
		if n := len(a.Terms) + a.Others; n != 1 {
			maps = number.Int(n) + " maps"
		}
		text += " from " + maps
	}
	if a.Bias != 0 {
		text += plus(a.Bias) + " " + map[bool]string{true: "shift", false: "bias"}[strings.HasSuffix(a.Kind, "norm")]
	}
	if a.Then != "" {
		text = a.Then + "(" + text + ")"
	}
	return value + " = " + text
}

// cellSum writes out how a recurrent layer's unit comes to its state.
func cellSum(kind string, c *protocol.Cell) string {
	gate := map[string]*protocol.Gate{}
	for i := range c.Gates {
		gate[c.Gates[i].Name] = &c.Gates[i]
	}
	switch kind {
	case "lstm":
		return fmt.Sprintf("%s · tanh(%s), with %[2]s = %s · %s%s · %s", signed(gate["output"].Value), signed(c.Memory),
			signed(gate["forget"].Value), signed(c.MemoryBefore), plus(gate["input"].Value), signed(gate["candidate"].Value))
	case "gru":
		z := gate["update"].Value
		return fmt.Sprintf("%s · %s%s · %s", signed(z), signed(c.Before), plus(1-z), signed(gate["candidate"].Value))
	}
	g := c.Gates[0]
	return fmt.Sprintf("%s(%s from the input%s from the previous states%s bias)", g.Then, signed(g.Input), plus(g.State), plus(g.Bias))
}

// gates are what each gate of a recurrent layer's unit adds up.
func gates(c *protocol.Cell) app.UI {
	var rows []app.UI
	for _, g := range c.Gates {
		rows = append(rows, app.Tr().Body(
			app.Th().Scope("row").Text(g.Name), app.Td().Class("number").Text(signed(g.Input)), app.Td().Class("number").Text(signed(g.State)),
			app.Td().Class("number").Text(signed(g.Bias)), app.Td().Text(g.Then), app.Td().Class("number").Text(signed(g.Value)),
		))
	}
	head := func(text, class string) app.UI { return app.Th().Scope("col").Class(class).Text(text) }
	return app.Table().Class("terms").Body(
		app.Elem("thead").Body(app.Tr().Body(head("Gate", ""), head("Input", "number"), head("Previous states", "number"), head("Bias", "number"), head("Function", ""), head("Value", "number"))),
		app.Elem("tbody").Body(rows...),
	)
}

// states are what the units of the step before add most.
func states(c *protocol.Cell) string {
	if c.Step == 0 && !c.Backward {
		return "All states are zero before the first step."
	}
	var parts []string
	most := c.States[:min(3, len(c.States))]
	for _, t := range most {
		parts = append(parts, fmt.Sprintf("unit %d %s", t.Map+1, signed(t.Sum)))
	}
	if others := len(c.States) - len(most) + c.OtherStates; others > 0 {
		rest := c.RestStates
		for _, t := range c.States[len(most):] {
			rest += t.Sum
		}
		parts = append(parts, fmt.Sprintf("and %s more units %s in total", number.Int(others), signed(rest)))
	}
	to := ""
	if len(c.Gates) > 1 {
		to = " to the candidate"
	}
	return "The previous states that add most" + to + ": " + strings.Join(parts, ", ") + "."
}

// plus writes a number to be added.
func plus(x float32) string {
	if x < 0 {
		return " − " + signed(-x)
	}
	return " + " + signed(x)
}

// signed writes a number of the arithmetic.
func signed(x float32) string { return number.Signed(float64(x)) }

// thumbRoom is the side of a small picture in the table, in screen pixels.
const thumbRoom = 64

// thumb is one image of some.
func thumb(w *run.Weights, i int, dark bool, alt string) app.UI {
	one := nth(w, i)
	grid := filters.Layout(one, thumbRoom, thumbRoom)
	return app.Img().Class("crisp").Src(filters.DataURL(one, grid, filters.ColorsOf(dark))).Alt(alt).Width(grid.Width * grid.Scale).Height(grid.Height * grid.Scale)
}
