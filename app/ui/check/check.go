// Package check makes boxes to tick, and buttons of which one is pressed.
package check

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// New returns a box to tick with its label. set is told whether it is ticked; a box that is off cannot be pressed. scope is what set depends
// on, as in app.EventScope.
func New(id, label string, on, off bool, set func(on bool), scope ...any) app.HTMLLabel {
	return app.Label().Class("check").Body(
		app.Input().ID(id).Type("checkbox").Checked(on).Disabled(off).
			OnChange(func(_ app.Context, e app.Event) { set(e.Get("target").Get("checked").Bool()) }, app.EventScope(append(scope, id)...)),
		app.Text(label),
	)
}

// Of returns a box for a variable of the page's.
func Of(id, label string, on *bool) app.HTMLLabel {
	return New(id, label, *on, false, func(now bool) { *on = now }, on)
}

// Choice returns one of the choices that have a name in common, with its label. choose is told that it is chosen; scope is what choose depends
// on, as in app.EventScope.
func Choice(id, name, label string, on bool, choose func(), scope ...any) app.HTMLLabel {
	return app.Label().Class("check").Body(
		app.Input().ID(id).Type("radio").Name(name).Checked(on).OnChange(func(app.Context, app.Event) { choose() }, app.EventScope(append(scope, id)...)),
		app.Text(label),
	)
}
