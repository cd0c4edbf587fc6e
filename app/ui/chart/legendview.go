package chart

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// legend shows what the curves are and their values. An entry shows and hides its curves, and highlights them under the
// pointer and with the focus.
type legend struct {
	plot  Plot
	chart *Chart // whose it is
}

func (l *legend) render() app.UI {
	g := l.chart.group()
	var items []app.UI
	entries := l.plot.Legend(g.at, !g.showing)
	for _, e := range entries {
		if e.Kind != kindCurve {
			items = append(items, app.Elem("li").Body(
				app.Span().Class("entry").Body(
					sample(e.Kind, Look{Ink: Black}), app.Span().Class("name").Text(e.Name), app.Span().Class("value").Text(e.Value),
				)))
			continue
		}
		items = append(items, app.Elem("li").Body(l.entry(e)))
	}
	list := app.Elem("ul").Class("legend").Aria("label", "Curves")
	if len(entries) > 8 {
		list = list.Class("many").TabIndex(0)
		if len(entries[0].Lines) > 1 {
			list = list.Class("wide")
		}
	}
	return list.Body(items...)
}

func (l *legend) entry(e Entry) app.UI {
	name := app.Span().Class("name").Title(e.Name).Text(e.Name)
	var parts []app.UI
	if len(e.Lines) > 1 {
		parts = append(parts, name)
	}
	for _, line := range e.Lines {
		kind := kindCurve
		if line.Faint {
			kind = kindFaint
		}
		parts = append(parts, app.Span().Class("line").Body(
			sample(kind, line.Look),
			app.If(len(e.Lines) == 1, func() app.UI { return name }),
			app.Span().Class("part").Hidden(line.Part == "").Text(line.Part),
			app.Span().Class("value").Text(line.Value),
		))
	}
	stand := func(name string) app.EventHandler {
		return func(app.Context, app.Event) { l.chart.group().stand(name, l.chart) }
	}
	scope := app.EventScope(e.Name)
	return app.Button().Type("button").Class("entry", "quiet").Aria("pressed", !e.Hidden).
		OnClick(func(app.Context, app.Event) { l.chart.group().toggle(e.Name, l.chart) }, scope).
		OnMouseEnter(stand(e.Name), scope).OnMouseLeave(stand(""), scope).
		OnFocus(stand(e.Name), scope).OnBlur(stand(""), scope).
		Body(parts...)
}

// sample is a short piece of line as it is drawn, a curve's with its marker.
func sample(kind Kind, look Look) app.UI {
	return element("svg").Attr("class", "sample").Attr("viewBox", "0 0 24 10").Aria("hidden", true).Body(
		element("path").Attr("class", spaced(string(kind), look.class())).Attr("d", sampled(kind, xy{0, 5})),
		app.If(kind == kindCurve, func() app.UI {
			return element("path").Attr("class", spaced(string(kindMarker), look.class())).Attr("d", "M12 5"+look.Marker.shape())
		}),
	)
}
