package filters

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/run"
)

// FirstAndLast are the weights of a run's first layer at its beginning and at its end, on one scale, so that they can be compared. name distinguishes
// the elements of several runs.
func FirstAndLast(name string, v *run.View, dark bool) (panels []app.UI) {
	scale := 0.0
	for _, w := range []*run.Weights{v.First, v.Weights} {
		if w != nil {
			scale = max(scale, w.Scale)
		}
	}
	for _, w := range []struct {
		when    string
		weights *run.Weights
	}{{"first", v.First}, {"last", v.Weights}} {
		if w.weights != nil && (w.when == "first" || w.weights != v.First) {
			panels = append(panels, &Filters{
				ID: "weights-" + w.when + "-" + name, Weights: OnScale(w.weights, scale), Dark: dark, Sortable: true,
				Title: "First-layer weights, step " + number.Int(w.weights.Step),
			})
		}
	}
	return panels
}
