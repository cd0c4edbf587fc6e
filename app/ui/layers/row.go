package layers

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/ui/builder"
	"unpool/core/number"
	"unpool/models/net"
)

// head names the columns, which narrow screens have no room for.
func head() app.UI {
	return app.Elem("li").Class("layer", "columns").Aria("hidden", true).Body(
		app.Span().Text("Layer"), app.Span().Text("Output"), app.Span().Text("Parameters"), app.Span().Text("Receptive field"),
	)
}

// image is what the first layer reads.
func image(t net.Task) app.UI {
	in := net.Shape{t.Height, t.Width, t.Channels}
	return app.Elem("li").Class("layer", "input").Body(
		app.Span().Class("layer-name").Body(app.Span().Class("number"), app.Span().Class("text").Text("image")),
		cell("output ", times(in.String()), ""),
	)
}

// row is a layer; the chosen one is open.
func (b *Builder) row(r builder.Row) app.UI {
	class := []string{"layer"}
	if r.Chosen {
		class = append(class, "open")
	}
	if r.Problem != "" {
		class = append(class, "wrong")
	}
	out, parameters := unknown, unknown
	if r.Out != nil {
		out = times(r.Out.String())
	}
	if r.Parameters > 0 {
		parameters = number.Int(r.Parameters)
	}
	sees := r.Sees
	if sees == "" {
		sees = unknown
	}
	id := layerID(r.Path)
	words := r.Words
	if r.Implied {
		words += ", always there"
	}
	return app.Elem("li").Class(class...).DataSet("depth", len(r.Path)).Body(
		app.Button().ID(id).Type("button").Class("layer-name", "quiet").Aria("expanded", r.Chosen).
			Aria("describedby", id+"-problem").
			OnClick(hand{b}.onChoose(r), app.EventScope(r.Path.String(), r.Chosen)).
			OnKeyDown(hand{b}.onKey(r), app.EventScope(r.Path.String(), b.Fixed)).Body(
			app.Span().Class("number").Text(r.Path.String()),
			app.Span().Class("text").Text(r.Name),
			app.Span().Class("under").Text(words),
		),
		cell("output ", out, ""), cell("", parameters, " parameters"), cell("receptive field ", sees, ""),
		app.P().ID(id+"-problem").Class("problem").Role("alert").Hidden(r.Problem == "").Text(r.Problem),
		app.If(r.Chosen, func() app.UI { return b.panel(r) }),
	)
}

// unknown is shown where there is no number.
const unknown = "–"

// cell is a number of a layer, with words about it for those who cannot see the column's name.
func cell(before, text, after string) app.UI {
	class := "cell"
	if text == unknown {
		class = "cell none"
	}
	return app.Span().Class(class).Body(
		app.If(before != "", func() app.UI { return app.Span().Class("name").Text(before) }),
		app.Text(text),
		app.If(after != "", func() app.UI { return app.Span().Class("name").Text(after) }),
	)
}

// times writes a shape with signs of multiplication.
func times(shape string) string { return strings.ReplaceAll(shape, "x", "×") }

// layerID is the id of a layer's line.
func layerID(path builder.Path) string { return "layer-" + strings.ReplaceAll(path.String(), ".", "-") }
