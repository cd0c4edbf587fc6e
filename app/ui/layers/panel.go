package layers

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/app/ui/button"
	"unpool/models/net"
)

// panel is what can be done to the layer that is open.
func (b *Builder) panel(r builder.Row) app.UI {
	h := hand{b}
	var fields []app.UI
	for _, o := range net.Options(r.Layer) {
		fields = append(fields, b.field(r.Layer, o))
	}
	return app.Div().Class("layer-panel").Role("group").Aria("label", "Layer "+r.Path.String()+", "+r.Name).Body(
		app.If(len(fields) > 0, func() app.UI { return app.Div().Class("layer-fields").Body(fields...) }),
		app.If(!r.Implied, func() app.UI {
			return app.Div().Class("layer-actions").Body(
				b.action("up", "Move up", "move "+r.Name+" up", b.Editor.CanMove(-1), h.moving(-1, "layer-up")),
				b.action("down", "Move down", "move "+r.Name+" down", b.Editor.CanMove(1), h.moving(1, "layer-down")),
				b.action("duplicate", "Duplicate", "duplicate "+r.Name, true, h.adding(b.Editor.Duplicate)),
				b.action("remove", "Remove", "remove "+r.Name, true, h.onRemove),
			)
		}),
	)
}

func (b *Builder) action(id, text, label string, can bool, do app.EventHandler) app.UI {
	return button.New("layer-"+id, b.Fixed || !can, do).Aria("label", label).Text(text)
}

// field is an option of the layer that is open.
func (b *Builder) field(l net.Layer, o net.Option) app.UI {
	id := "option-" + o.Name
	text, problem := b.Editor.Field(o)
	help := o.Help
	var input app.UI
	scope := app.EventScope(o.Name)
	switch o.Sort(l) {
	case net.Truth:
		return app.Div().Class("field", "truth").Body(
			app.Label().Class("name").Body(
				app.Input().ID(id).Type("checkbox").Checked(text == "true").Disabled(b.Fixed).
					OnChange(hand{b}.onTruth(o), scope).Aria("describedby", id+"-help"),
				app.Text(o.Label),
			),
			app.P().ID(id+"-help").Class("under").Text(help),
		)
	case net.Word:
		var options []app.UI
		for _, c := range o.Choices {
			words := c
			if c == "" {
				words = "default: " + o.Usual
			}
			options = append(options, app.Option().Value(c).Selected(c == text).Text(words))
		}
		if !slices.Contains(o.Choices, text) {
			options = append(options, app.Option().Value(text).Selected(true).Text(text))
		}
		input = app.Select().ID(id).Disabled(b.Fixed).OnChange(hand{b}.onOption(o), scope).
			Aria("describedby", id+"-help").Body(options...)
	default:
		step := "1"
		if o.Sort(l) == net.Real {
			step = "any"
		}
		if help == "" {
			help = fmt.Sprintf("%v to %v", o.Low, o.High)
		}
		input = app.Input().ID(id).Type("number").Attr("min", bound(o.Low)).Attr("max", bound(o.High)).Attr("step", step).
			Attr("inputmode", "decimal").AutoComplete(false).Value(text).Disabled(b.Fixed).OnChange(hand{b}.onOption(o), scope).
			Aria("invalid", problem != "").Aria("describedby", id+"-help")
	}
	under := app.P().ID(id + "-help").Class("under").Text(help)
	if problem != "" {
		under = app.P().ID(id + "-help").Class("problem").Role("alert").Text(problem)
	}
	return app.Div().Class("field").Body(app.Div().Class("name").Body(app.Label().For(id).Text(o.Label)), input, under)
}

func bound(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
