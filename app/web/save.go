package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Download passes text to the browser as a file to save.
func Download(name, mime, text string) {
	Save(app.Window().Get("Blob").New([]any{text}, map[string]any{"type": mime}), name)
}

// Save passes a Blob to the browser as a file to save.
func Save(blob app.Value, name string) {
	w := app.Window()
	url := w.Get("URL").Call("createObjectURL", blob)
	a := w.Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	a.Call("click")
	w.Call("setTimeout", w.Get("URL").Get("revokeObjectURL").Call("bind", w.Get("URL"), url), 10_000)
}
