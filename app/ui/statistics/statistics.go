// Package statistics shows the statistics of a net's activations.
package statistics

import (
	"fmt"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/table"
	"unpool/core/number"
	"unpool/core/run"
)

// Panel is the table of the convolutional layers' activations.
func Panel(name string, s *run.Statistics) app.UI {
	var rows [][]string
	for _, l := range s.Layers {
		rows = append(rows, []string{
			l.Layer, number.Loss(l.Mean), number.Loss(l.Deviation), number.Loss(l.Min), number.Loss(l.Max),
			number.Share(l.Zeros), fmt.Sprintf("%d of %d", l.Dead, l.Maps),
		})
	}
	id := "statistics-" + name
	return app.Elem("section").ID(id).Class("panel", "statistics").Aria("labelledby", id+"-title").Body(
		app.Div().Class("panel-head").Body(app.H2().ID(id+"-title").Text("Activations of the convolutions")),
		app.P().Class("caption").Text(fmt.Sprintf(
			"Activations after each convolution’s ReLU, on %s test images, after %s steps. relu2 is the second ReLU. A dead map is 0 everywhere for every image.",
			number.Int(s.Images), number.Int(s.Step))),
		table.Table("Statistics of activations", []string{"layer", "mean", "std. deviation", "min", "max", "share of zeros", "dead maps"}, rows),
	)
}
