package web

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Copy puts a text on the clipboard. Browsers allow that after a press of a key or a button; over plain http only with the older method. It
// blocks.
func Copy(text string) error {
	clipboard := app.Window().Get("navigator").Get("clipboard")
	if clipboard.Truthy() {
		_, err := Settled(func(done, failed app.Func) { clipboard.Call("writeText", text).Call("then", done, failed) })
		if err == nil {
			return nil
		}
	}
	copied := false
	err := Try(func() {
		document := app.Window().Get("document")
		had := document.Get("activeElement")
		field := document.Call("createElement", "textarea") // only what is selected can be copied
		field.Set("value", text)
		field.Get("style").Set("position", "fixed") // or the page would scroll to it
		document.Get("documentElement").Call("append", field)
		defer field.Call("remove")
		field.Call("select")
		copied = document.Call("execCommand", "copy").Truthy()
		had.Call("focus")
	})
	if err == nil && !copied {
		err = errors.New("the browser does not allow it")
	}
	return err
}
