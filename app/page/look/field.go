package look

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// field is a control of an id with its name above, and what follows it.
func field(id, name string, control ...app.UI) app.UI {
	return app.Div().Class("field").Body(append([]app.UI{app.Label().Class("name").For(id).Text(name)}, control...)...)
}
