package sweeps

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	ui "unpool/app/ui/button"
)

// What the page is composed of. Each is written once: a chain of calls for each element would take a third of the page's program.

func div(class string, body ...app.UI) app.HTMLDiv { return app.Div().Class(class).Body(body...) }

// under is a line of small letters.
func under(text string) app.HTMLP { return app.P().Class("under").Text(text) }

func button(id, text string, do func()) app.HTMLButton { return switched(id, text, false, do) }

// switched is a button that may be off. scope is what do depends on.
func switched(id, text string, off bool, do func(), scope ...any) app.HTMLButton {
	return ui.New(id, off, func(app.Context, app.Event) { do() }, scope...).Text(text)
}

func link(id, href, text string) app.HTMLA { return app.A().ID(id).Href(href).Text(text) }

// panel is a part of the page with a title, and what is beside that.
func panel(id, class, title string, aside app.UI, body ...app.UI) app.HTMLElem {
	head := []app.UI{app.H2().ID(id + "-title").Text(title)}
	if aside != nil {
		head = append(head, aside)
	}
	return app.Elem("section").ID(id).Class("panel", class).Aria("labelledby", id+"-title").Body(append([]app.UI{div("panel-head", head...)}, body...)...)
}

// entry is an input for a text. set is notified of what is typed when that is done.
func entry(id, value string, wrong bool, set func(text string)) app.HTMLInput {
	return app.Input().ID(id).Type("text").AutoComplete(false).Value(value).Aria("invalid", wrong).Aria("describedby", id+"-help").
		OnChange(typed(set), app.EventScope(id, value))
}

func typed(set func(text string)) app.EventHandler {
	return func(_ app.Context, e app.Event) { set(e.Get("target").Get("value").String()) }
}

// option is one of a choice: a value and its words.
type option struct{ value, text string }

// choose is a choice of one of several.
func choose(id, now string, of []option, set func(value string)) app.HTMLSelect {
	var options []app.UI
	for _, o := range of {
		options = append(options, app.Option().Value(o.value).Selected(o.value == now).Text(o.text))
	}
	return app.Select().ID(id).OnChange(typed(set), app.EventScope(id)).Body(options...)
}

// field is an input with its label, and below it its help or what is wrong with it.
func field(id, label, help, problem string, input app.UI) app.HTMLDiv {
	return div("field", div("name", app.Label().For(id).Text(label)), input, note(id, help, problem))
}

func note(id, help, problem string) app.UI {
	if problem != "" {
		return app.P().ID(id + "-help").Class("problem").Role("alert").Text(problem)
	}
	return under(help).ID(id + "-help")
}
