package shell

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// Focus gives the keyboard's focus to the element with an id, if there is one.
func Focus(id string) { web.With(web.ID(id), func(e app.Value) { e.Call("focus") }) }

// KeepFocus gives the focus to the first of the elements with these ids that is there, should the one that has it disappear with the
// next drawing. Without it the focus would be the document's, and keyboard users would begin at the top of the page.
func (s *Shell) KeepFocus(ids ...string) {
	if !app.IsClient || !focused() {
		return
	}
	s.AfterDrawing(func() {
		for _, id := range ids {
			if focused() {
				return
			}
			Focus(id)
		}
	})
}

// focused reports whether any element has the focus.
func focused() bool {
	document := app.Window().Get("document")
	return !document.Get("activeElement").Equal(document.Get("body"))
}

// showFromTheTop does what a browser does when it loads a page: without it the keyboard's focus would be gone with
// the link that was followed, and a screen reader would not notice that the page is another one.
func showFromTheTop() {
	app.Window().Call("scrollTo", 0, 0)
	web.With("main", func(main app.Value) { main.Call("focus", map[string]any{"preventScroll": true}) })
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
