package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// With calls f with the first element that a CSS selector selects, if there is one, and logs what f throws. A page may have
// been redrawn between an event and its handler, and then an element is gone, or a pointer that was on it.
func With(selector string, f func(element app.Value)) {
	err := Try(func() {
		if e := app.Window().Get("document").Call("querySelector", selector); e.Truthy() {
			f(e)
		}
	})
	if err != nil {
		app.Log(selector + ": " + err.Error())
	}
}

// ID is the selector of the element with an id, whatever characters that has.
func ID(id string) string { return `[id="` + id + `"]` }
