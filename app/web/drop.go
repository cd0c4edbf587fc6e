package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Drops is notified of files that are held over the page, or no longer, and of those that are dropped on it, while wanted.
//
// These listeners are the browser's own: go-app handles events after the browser has acted on them, and it would leave the page
// for the file.
func Drops(wanted func() bool, over func(bool), dropped func(transfer app.Value)) {
	for name, handle := range map[string]func(transfer app.Value){
		"dragenter": func(app.Value) { over(true) },
		"dragover":  func(app.Value) {},
		"drop":      dropped,
	} {
		app.Window().Call("addEventListener", name, app.FuncOf(func(_ app.Value, args []app.Value) any {
			transfer := args[0].Get("dataTransfer")
			if wanted() && transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool() {
				args[0].Call("preventDefault")
				handle(transfer)
			}
			return nil
		}))
	}
	app.Window().Call("addEventListener", "dragleave", app.FuncOf(func(_ app.Value, args []app.Value) any {
		if !args[0].Get("relatedTarget").Truthy() { // out of the window, and not into another part of the page
			over(false)
		}
		return nil
	}))
}
