package look

import (
	"fmt"
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
)

// gateName is what a part of a recurrent layer's weights is called.
func gateName(g *protocol.GateWeights) string {
	if g.Backward {
		return g.Name + ", from the end"
	}
	return g.Name
}

// recurrent are the weights of a recurrent layer: what a unit takes of each step's input, and what of the states before.
func (w *weights) recurrent(f *protocol.Filters, dark bool) []app.UI {
	g := &f.Gates[min(w.gate, len(f.Gates)-1)]
	name, file := gateName(g), g.Name
	if g.Backward {
		file += "-backward"
	}
	strips := fmt.Sprintf("%s units: each strip is what one unit takes of the %s numbers of a step", number.Int(g.Strips.Count), number.Int(g.Strips.Width))
	if !w.byNumber {
		strips += ", the largest first"
	}
	return []app.UI{app.Div().Class("layers-grid", "wide").Body(
		&filters.Filters{
			ID: "weights-strips", Title: "Input weights, " + name, Weights: w.arranged(&g.Strips, g.Order), Dark: dark, Noun: "unit", Says: strips,
			Width: 320, Height: 320, File: w.subject.file("input-" + f.Layer + "-" + file), Numbers: w.numbers(f, protocol.Strips+file),
		},
		&filters.Filters{
			ID: "weights-matrix", Title: "Recurrent weights, " + name, Weights: &g.Matrix, Dark: dark, Noun: "matrix",
			Says:  "How much the unit of a row adds, by its state one step earlier, to the unit of a column.",
			Width: 320, Height: 320, File: w.subject.file("recurrent-" + f.Layer + "-" + file), Numbers: w.numbers(f, protocol.Matrix+file),
		},
		eigenvalues(g),
	)}
}

// eigenvalues are those of the recurrent weights in the complex plane.
func eigenvalues(g *protocol.GateWeights) app.UI {
	const side, margin = 320.0, 16.0
	reach := math.Max(1.1, 1.05*float64(g.Radius))
	at := func(v float64) string { return strconv.FormatFloat(side/2+v/reach*(side/2-margin), 'f', 1, 64) }
	size := func(v float64) string { return strconv.FormatFloat(v/reach*(side/2-margin), 'f', 1, 64) }
	element := func(tag, class string, attrs ...string) app.UI {
		e := app.Elem(tag).XMLNS("http://www.w3.org/2000/svg").Class(class)
		for i := 0; i < len(attrs); i += 2 {
			e = e.Attr(attrs[i], attrs[i+1])
		}
		return e
	}
	marks := []app.UI{
		element("line", "axis", "x1", at(-reach), "x2", at(reach), "y1", at(0), "y2", at(0)),
		element("line", "axis", "x1", at(0), "x2", at(0), "y1", at(-reach), "y2", at(reach)),
		element("circle", "unit-circle", "cx", at(0), "cy", at(0), "r", size(1)),
	}
	outside := 0
	for _, e := range g.Eigenvalues {
		class := "eigenvalue"
		if math.Hypot(float64(e[0]), float64(e[1])) > 1 {
			class = "eigenvalue outside"
			outside++
		}
		marks = append(marks, element("circle", class, "cx", at(float64(e[0])), "cy", at(-float64(e[1])), "r", "3"))
	}
	says := fmt.Sprintf("What lies inside the unit circle fades from step to step, what lies outside grows until the nonlinearity holds it. %s of %s lie outside; the largest magnitude is %s.",
		number.Int(outside), number.Int(len(g.Eigenvalues)), number.Significant(float64(g.Radius), 3))
	text := fmt.Sprintf("%.0f", side)
	return app.Section().ID("weights-eigenvalues").Class("panel", "filters").Aria("labelledby", "eigenvalues-title").Body(
		app.Div().Class("panel-head").Body(app.H2().ID("eigenvalues-title").Text("Eigenvalues, "+gateName(g))),
		app.P().Class("caption").Text(says),
		app.Elem("svg").XMLNS("http://www.w3.org/2000/svg").Class("eigenvalues").Attr("viewBox", "0 0 "+text+" "+text).
			Attr("role", "img").Attr("aria-label", "Eigenvalues of the recurrent weights in the complex plane, with the unit circle").Body(marks...),
	)
}
