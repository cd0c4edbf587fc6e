package web

import (
	"cmp"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// none is the value of an option that has none: go-app leaves an empty value out, and browsers then use the option's text instead.
const none = "-"

// Option is an option of a choice, with a value that may be empty.
func Option(value string) app.HTMLOption { return app.Option().Value(cmp.Or(value, none)) }

// Chosen is the value of the option that the user has chosen; e is the choice's change.
func Chosen(e app.Event) string {
	if value := e.Get("target").Get("value").String(); value != none {
		return value
	}
	return ""
}
