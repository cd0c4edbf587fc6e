package app

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// document is what the pages of one tab share: the header, the theme, whether there is a network, and the Train page with
// its trainer. It lives as long as the tab's document, so that training continues while another page is shown.
type document struct {
	ctx   app.Context // of the page on show: an event's is gone with the button that it came from
	ready bool        // the program runs: before, the server's copy of a page has no working buttons
	train *trainPage

	theme       theme
	offline     bool
	updateReady bool

	waiting []func(app.Context) // dispatched, and not yet run
}

// OnMount takes over from the server's copy of the page, or from the page that was on show before.
func (d *document) OnMount(ctx app.Context) {
	d.ctx = ctx
	if d.ready {
		showFromTheTop()
	} else {
		d.ready = true
		d.theme.restore(ctx)
		keepArrowKeys()
		d.offline = app.Window().Get("navigator").Get("onLine").Equal(app.ValueOf(false))
		d.listen(app.Window(), "offline", func() { d.offline = true })
		d.listen(app.Window(), "online", func() { d.offline = false })
		d.listen(app.Window().Call("matchMedia", "(prefers-color-scheme: dark)"), "change", func() {})
	}
	d.runWaiting(ctx)
}

// OnAppUpdate hears that another build has been fetched. On a first visit that is this very build.
func (d *document) OnAppUpdate(app.Context) {
	root := app.Window().Get("document").Get("documentElement")
	d.updateReady = root.Get("dataset").Get("visited").String() == "true"
}

// dispatch runs f on the pages' goroutine, with the page that is on show by then, and redraws that page. What a
// page that is just being left would have run is run by its successor, so nothing is lost.
func (d *document) dispatch(f func(app.Context)) {
	d.waiting = append(d.waiting, f)
	d.ctx.Dispatch(d.runWaiting)
}

func (d *document) runWaiting(ctx app.Context) {
	waiting := d.waiting
	d.waiting = nil
	for _, f := range waiting {
		f(ctx)
	}
}

// listen calls handle, on the pages' goroutine, when target has the event.
func (d *document) listen(target app.Value, name string, handle func()) {
	target.Call("addEventListener", name, app.FuncOf(func(app.Value, []app.Value) any {
		d.dispatch(func(app.Context) { handle() })
		return nil
	}))
}

// showFromTheTop does what a browser does when it loads a page: without it the keyboard's focus would be gone with
// the link that was followed, and a screen reader would not notice that the page is another one.
func showFromTheTop() {
	app.Window().Call("scrollTo", 0, 0)
	if main := app.Window().Get("document").Call("querySelector", "main"); main.Truthy() {
		main.Call("focus", map[string]any{"preventScroll": true})
	}
}

// focus gives the keyboard's focus to the element with an id.
func focus(id string) { app.Window().GetElementByID(id).Call("focus") }

// keepArrowKeys keeps the page from scrolling while the arrow keys move along a chart. go-app handles events after
// the browser has acted on them, too late to prevent anything, so this listener is the browser's own.
func keepArrowKeys() {
	app.Window().Get("document").Call("addEventListener", "keydown", app.FuncOf(func(_ app.Value, args []app.Value) any {
		e := args[0]
		if role := e.Get("target").Call("getAttribute", "role"); !role.Truthy() || role.String() != "slider" {
			return nil
		}
		switch e.Get("key").String() {
		case "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown":
			e.Call("preventDefault")
		}
		return nil
	}))
}
