package learn

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
)

// Symbols of an equation and parts of a figure that mean the same have the same data-part. Where the pointer or the focus is on one, all of
// them are lit. Much of a step is the chapter's own HTML, so this is done to the document itself.

// light lights the parts of what the pointer or the focus is on.
func light(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	on := e.Get("target").Call("closest", "[data-part]")
	if !on.Truthy() {
		lit("")
		return
	}
	lit(on.Call("getAttribute", "data-part").String())
}

func unlight(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	lit("")
}

// lit lights the parts of a name, and no others.
func lit(part string) {
	err := web.Try(func() {
		all := app.Window().Get("document").Call("querySelectorAll", ".step [data-part]")
		for i := range all.Length() {
			one := all.Index(i)
			one.Call("toggleAttribute", "data-lit", one.Call("getAttribute", "data-part").String() == part)
		}
	})
	if err != nil {
		app.Log(err.Error())
	}
}
