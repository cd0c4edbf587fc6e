package look

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// field is a control of an id with its name above, and what follows it.
func field(id, name string, control ...app.UI) app.UI {
	return app.Div().Class("field").Body(append([]app.UI{app.Label().Class("name").For(id).Text(name)}, control...)...)
}

// choice chooses one of some names; scope is what set depends on, as in app.EventScope.
func choice(id, label string, names []string, chosen int, set func(int), scope ...any) app.UI {
	var options []app.UI
	for i, name := range names {
		options = append(options, app.Option().Value(strconv.Itoa(i)).Selected(i == chosen).Text(name))
	}
	return field(id, label, app.Select().ID(id).OnChange(func(_ app.Context, e app.Event) {
		if i, err := strconv.Atoi(web.Chosen(e)); err == nil && i < len(names) {
			set(i)
		}
	}, app.EventScope(append(scope, len(names))...)).Body(options...))
}

// whole is a field for a whole number; scope is what set depends on, as in app.EventScope.
func whole(id, label string, least, most, value int, set func(int), scope ...any) app.UI {
	return field(id, label, app.Input().ID(id).Type("number").Min(least).Max(most).Step(1).Value(value).OnChange(func(_ app.Context, e app.Event) {
		if n, err := strconv.Atoi(e.Get("target").Get("value").String()); err == nil && n >= least && n <= most {
			set(n)
		}
	}, app.EventScope(append(scope, least, most)...)))
}
