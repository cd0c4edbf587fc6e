package look

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/filters"
	"unpool/core/number"
	"unpool/core/protocol"
	"unpool/core/run"
)

// layers are what each layer outputs, from the image to the classes, beside what they are compared with.
type layers struct {
	*compare
	unit *unit
	lead func(view) // leads to another view
}

func (l *layers) ask() {
	l.compare.ask()
	l.scene.scales.ask()
}

func (l *layers) render() []app.UI {
	if l.with == nothing {
		return []app.UI{l.menu(), l.all()}
	}
	return []app.UI{l.menu(), l.second(), l.compare.layers(l.subject.shell.Dark())}
}

// all are the layers of the image alone.
func (l *layers) all() app.UI {
	m := l.scene.maps()
	panels := []app.UI{&filters.Filters{
		ID: "look-first", Title: "Weights of " + m.First.Layer, Weights: l.scene.scales.first(&m.First), Dark: l.subject.shell.Dark(),
		File: l.subject.file("weights"), Numbers: l.subject.numbers(protocol.LookMaps, l.scene.image.want, protocol.FirstWeights),
	}}
	for i := range m.Layers {
		panels = append(panels, l.layer(&m.Layers[i]))
	}
	return app.Elem("section").Aria("labelledby", "layers-title").Body(
		app.H2().ID("layers-title").Class("large-title").Text("Layer outputs"),
		app.P().Class("under").Text("Each small image is one map: what one filter or unit outputs for this image. All maps of a layer share one scale. Layers are numbered by kind: relu2 is the second ReLU. Press a map to see which pixels contribute."),
		l.scene.scales.render(),
		app.Div().Class("layers-grid").Body(panels...),
	)
}

// layer is a layer's maps.
func (l *layers) layer(w *run.Weights) app.UI {
	name, vector := w.Layer, w.Count == 1
	f := &filters.Filters{
		ID: "layer-" + name, Title: name, Weights: l.scene.scales.layer(w), Dark: l.subject.shell.Dark(), Noun: "map", Says: says(w),
		File: l.subject.file(name), Numbers: l.subject.numbers(protocol.LookMaps, l.scene.image.want, name),
		Choose: func(m int) {
			if vector {
				m = largest(w)
			}
			l.unit.choose(name, m)
			l.lead(viewOrigin)
		},
	}
	if !vector {
		f.Marked = func() int { return l.unit.marked(name) }
	}
	return f
}

// largest is the feature of a vector, or of a sequence's last step, that has the largest number.
func largest(l *run.Weights) int {
	last := l.Pixels[len(l.Pixels)-l.Width:]
	return slices.Index(last, slices.Max(last))
}

// says is a layer's shape in words.
func says(l *run.Weights) string {
	switch {
	case l.Count > 1:
		return number.Int(l.Count) + " maps of " + number.Int(l.Height) + "×" + number.Int(l.Width)
	case l.Height > 1:
		return number.Int(l.Height) + " steps of " + number.Int(l.Width) + " numbers"
	}
	return number.Int(l.Width) + " numbers"
}
