package statistics

import (
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/run"
)

// Measured is the statistics of a net, and a short name for them.
type Measured struct {
	Name string
	*run.Activations
}

// Layers is the table of a net's layers, each of which opens to its histogram and the table of its maps. Beside another net each layer
// has the figures of both and their difference.
type Layers struct {
	app.Compo

	ID      string
	File    string // what the files of pictures are called, before the layer's name
	Of      Measured
	Against Measured // without Activations there is none

	open map[string]bool // by layer
	log  bool            // of all histograms
}

// Render draws the table.
func (l *Layers) Render() app.UI {
	head := []app.UI{column("layer")}
	if l.compares() {
		head = append(head, app.Th().Scope("col").Class("of").Text("net"))
	}
	for _, f := range figures {
		head = append(head, column(f.head))
	}
	head = append(head, column("dead maps"))
	var bodies []app.UI
	for i := range l.Of.Layers {
		bodies = append(bodies, app.Elem("tbody").Body(l.layer(&l.Of.Layers[i], len(head))...))
	}
	missing := l.missing()
	return app.Div().ID(l.ID).Class("activations").Body(
		app.Div().Class("activations-table").TabIndex(0).Role("region").Aria("label", "Statistics of activations by layer").Body(
			app.Table().Aria("label", "Statistics of activations by layer").Body(append([]app.UI{app.Elem("thead").Body(app.Tr().Body(head...))}, bodies...)...),
		),
		app.P().Class("under").Hidden(missing == "").Text(missing),
	)
}

func (l *Layers) compares() bool { return l.Against.Activations != nil }

func column(head string) app.UI { return app.Th().Scope("col").Text(head) }

// other is a layer of the other net, nil if it has none of that name, or there is none.
func (l *Layers) other(name string) *run.LayerActivations {
	if !l.compares() {
		return nil
	}
	return l.Against.Layer(name)
}

// layer are a layer's rows, of so many columns.
func (l *Layers) layer(of *run.LayerActivations, columns int) []app.UI {
	id, open := l.ID+"-"+of.Layer, l.open[of.Layer]
	other := l.other(of.Layer)
	name := app.Th().Scope("row").Body(
		app.Button().ID(id).Type("button").Class("quiet", "disclosure").Aria("expanded", open).Aria("controls", id+"-detail").
			OnClick(func(app.Context, app.Event) { l.toggle(of.Layer) }, app.EventScope(of.Layer)).Text(of.Layer),
	)
	var rows []app.UI
	add := func(class, label string, cells []string) {
		var line []app.UI
		if len(rows) == 0 {
			line = append(line, name)
		}
		if l.compares() {
			line = append(line, app.Td().Class("of").Text(label))
		}
		for _, c := range cells {
			line = append(line, app.Td().Text(c))
		}
		rows = append(rows, app.Tr().Class(class).Body(line...))
	}
	if other != nil {
		name = name.Rowspan(3)
	}
	add("", l.Of.Name, append(texts(of.Spread), fmt.Sprintf("%d of %d", of.Dead(), len(of.Maps))))
	if other != nil {
		add("", l.Against.Name, append(texts(other.Spread), fmt.Sprintf("%d of %d", other.Dead(), len(other.Maps))))
		add("difference", "difference", append(differences(of.Spread, other.Spread), withSign(float64(of.Dead()-other.Dead()), number.Round)))
	}
	return append(rows, app.Tr().ID(id+"-detail").Class("detail").Hidden(!open).Body(
		app.Td().ColSpan(columns).Body(app.If(open, func() app.UI {
			return app.Div().Class("activations-detail").Body(
				(&histogram{layer: of.Layer, of: of.Histogram, name: l.Of.Name, other: other, otherName: l.Against.Name, file: l.File + "-" + of.Layer, log: &l.log}).render(),
				&Maps{ID: id + "-maps", Layer: of},
			)
		})),
	))
}

func (l *Layers) toggle(layer string) {
	if l.open == nil {
		l.open = map[string]bool{}
	}
	l.open[layer] = !l.open[layer]
}

// missing says which layers only one of the nets has.
func (l *Layers) missing() string {
	if !l.compares() {
		return ""
	}
	var says []string
	only := func(a, b Measured) {
		var names []string
		for _, layer := range a.Layers {
			if b.Layer(layer.Layer) == nil {
				names = append(names, layer.Layer)
			}
		}
		if len(names) > 0 {
			says = append(says, "Only in "+a.Name+": "+strings.Join(names, ", ")+".")
		}
	}
	only(l.Of, l.Against)
	only(l.Against, l.Of)
	return strings.Join(says, " ")
}
