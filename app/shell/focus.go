package shell

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Focus gives the keyboard's focus to the element with an id.
func Focus(id string) { app.Window().GetElementByID(id).Call("focus") }

// showFromTheTop does what a browser does when it loads a page: without it the keyboard's focus would be gone with
// the link that was followed, and a screen reader would not notice that the page is another one.
func showFromTheTop() {
	app.Window().Call("scrollTo", 0, 0)
	if main := app.Window().Get("document").Call("querySelector", "main"); main.Truthy() {
		main.Call("focus", map[string]any{"preventScroll": true})
	}
}

// keepArrowKeys keeps the page from scrolling while the arrow keys move along a chart or a pad. go-app handles events after
// the browser has acted on them, too late to prevent anything, so this listener is the browser's own.
func keepArrowKeys() {
	app.Window().Get("document").Call("addEventListener", "keydown", app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		role := e.Get("target").Call("getAttribute", "role")
		if !role.Truthy() || role.String() != "slider" && role.String() != "application" {
			return nil
		}
		switch e.Get("key").String() {
		case " ", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown":
			e.Call("preventDefault")
		}
		return nil
	}))
}
