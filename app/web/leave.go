package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// AskBeforeLeaving has the browser ask before the tab is closed, reloaded or led elsewhere, whenever lose says that something would
// be lost.
func AskBeforeLeaving(lose func() bool) {
	app.Window().Call("addEventListener", "beforeunload", app.FuncOf(func(_ app.Value, args []app.Value) any {
		if lose() {
			args[0].Call("preventDefault")
			args[0].Set("returnValue", true) // for older browsers
		}
		return nil
	}))
}
