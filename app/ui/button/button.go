// Package button makes buttons that keep the keyboard's focus.
package button

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// New returns a button that does something when it is pressed. One that is off does nothing, and says so, but keeps the keyboard's focus,
// which a disabled one loses: pressing it may be what turns it off. scope is what do depends on, as in app.EventScope.
func New(id string, off bool, do app.EventHandler, scope ...any) app.HTMLButton {
	press := func(ctx app.Context, e app.Event) {
		if !off {
			do(ctx, e)
		}
	}
	return app.Button().ID(id).Type("button").Aria("disabled", off).OnClick(press, app.EventScope(append(scope, id, off)...))
}
