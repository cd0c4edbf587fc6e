package look

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/figure"
	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/plane"
	"unpool/core/protocol"
	"unpool/core/svg"
)

// gateName is what a part of a recurrent layer's weights is called.
func gateName(g *protocol.GateWeights) string {
	if g.Backward {
		return g.Name + ", reading from the end"
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
	strips := fmt.Sprintf("%s units: each strip is one unit’s weights for the %s inputs of a step", number.Int(g.Strips.Count), number.Int(g.Strips.Width))
	if !w.byNumber {
		strips += ", largest first"
	}
	return []app.UI{app.Div().Class("layers-grid", "wide").Body(
		&filters.Filters{
			ID: "weights-strips", Title: "Input weights, " + name, Weights: filters.Arranged(&g.Strips, w.order(g.Order)), Order: w.order(g.Order), Dark: dark, Noun: "unit", Says: strips,
			Width: 320, Height: 320, File: w.subject.file("input-" + f.Layer + "-" + file), Numbers: w.numbers(f, protocol.Strips+file),
		},
		&filters.Filters{
			ID: "weights-matrix", Title: "Recurrent weights, " + name, Weights: &g.Matrix, Dark: dark, Noun: "matrix",
			Says:  "The weight from the row’s unit, one step earlier, to the column’s unit.",
			Width: 320, Height: 320, File: w.subject.file("recurrent-" + f.Layer + "-" + file), Numbers: w.numbers(f, protocol.Matrix+file),
		},
		eigenvalues(w, f, g, file),
	)}
}

// eigenvalues are those of the recurrent weights in the complex plane.
func eigenvalues(w *weights, f *protocol.Filters, g *protocol.GateWeights, file string) app.UI {
	outside := 0
	for _, e := range g.Eigenvalues {
		if plane.Outside(e) {
			outside++
		}
	}
	title := "Eigenvalues, " + gateName(g)
	says := fmt.Sprintf("A pattern whose eigenvalue lies inside the unit circle fades from step to step; one outside grows until the activation function limits it. %s of %s eigenvalues lie outside; the largest magnitude is %s.",
		number.Int(outside), number.Int(len(g.Eigenvalues)), number.Significant(float64(g.Radius), 3))
	return app.Elem("section").ID("weights-eigenvalues").Class("panel", "filters").Aria("labelledby", "eigenvalues-title").Body(
		app.Div().Class("panel-head").Body(app.H2().ID("eigenvalues-title").Text(title)),
		app.P().Class("caption").Text(says),
		app.Raw(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="eigenvalues" viewBox="0 0 %d %[1]d" role="img" aria-label="Eigenvalues of the recurrent weights in the complex plane, with the unit circle">%s</svg>`,
			plane.Side, plane.Draw(g.Eigenvalues))),
		&figure.Save{
			Title: title, File: w.subject.file("eigenvalues-" + f.Layer + "-" + file), Numbers: w.numbers(f, protocol.Eigenvalues+file),
			Figure: func() (string, error) {
				d := svg.Document{Width: plane.Side, Height: plane.Side, Title: title, Says: says}
				d.Add("%s", plane.Draw(g.Eigenvalues))
				return d.String(), nil
			},
		},
	)
}
