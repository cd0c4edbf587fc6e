package web

import (
	"html"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// idle is what means nothing on a page that does nothing: what can be pressed or set. A button that is a picture, an entry of a list or a cell of a
// table is kept, as that.
const idle = "button:not(:has(img, svg), li *, td *, th *), select, input, textarea, label, [hidden]"

// Page is the element of an ID as a page of its own, with the style of this one and without what can be pressed.
func Page(id, title string) string {
	w := app.Window()
	document := w.Get("document")
	root := document.Get("documentElement")
	page := w.GetElementByID(id).Call("cloneNode", true)
	each(page.Call("querySelectorAll", idle), func(e app.Value) { e.Call("remove") })
	each(page.Call("querySelectorAll", "button"), func(e app.Value) {
		span := document.Call("createElement", "span")
		span.Set("className", e.Get("className"))
		span.Get("classList").Call("remove", "disclosure")
		span.Set("innerHTML", e.Get("innerHTML"))
		e.Call("replaceWith", span)
	})
	var style strings.Builder
	each(document.Get("styleSheets"), func(sheet app.Value) {
		each(sheet.Get("cssRules"), func(rule app.Value) { style.WriteString(rule.Get("cssText").String() + "\n") })
	})
	theme := ""
	if t := root.Get("dataset").Get("theme"); t.Truthy() {
		theme = ` data-theme="` + html.EscapeString(t.String()) + `"`
	}
	return `<!doctype html><html lang="en"` + theme + `><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>` + html.EscapeString(title) +
		"</title><style>" + style.String() + "</style><body><main><h1>" + html.EscapeString(title) + "</h1>" + page.Get("outerHTML").String() + "</main></body></html>\n"
}

// each goes through a list of the browser's.
func each(list app.Value, do func(app.Value)) {
	for i := range list.Length() {
		do(list.Index(i))
	}
}

// Print opens the browser's dialog for printing, which also saves as PDF.
func Print() { app.Window().Call("print") }
