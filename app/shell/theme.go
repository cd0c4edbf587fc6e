package shell

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// theme is light, dark, or the system's.
type theme string

const (
	themeAuto  theme = "auto"
	themeLight theme = "light"
	themeDark  theme = "dark"
)

// next is the theme that the button changes to.
func (t theme) next() theme {
	switch t {
	case themeAuto:
		return themeLight
	case themeLight:
		return themeDark
	}
	return themeAuto
}

// restore takes the remembered theme.
func (t *theme) restore(ctx app.Context) {
	*t = themeAuto
	var kept theme
	if ctx.LocalStorage().Get("theme", &kept) == nil && (kept == themeLight || kept == themeDark) {
		*t = kept
	}
}

// set shows t and remembers it.
func (t *theme) set(ctx app.Context, to theme) {
	*t = to
	app.Window().Get("document").Get("documentElement").Get("dataset").Set("theme", string(to))
	if err := ctx.LocalStorage().Set("theme", to); err != nil {
		app.Log("the theme cannot be remembered: ", err) // it still lasts for this visit
	}
}

// dark reports whether the page is dark now.
func (t theme) dark() bool {
	if t == themeAuto && app.IsClient {
		return app.Window().Call("matchMedia", "(prefers-color-scheme: dark)").Get("matches").Bool()
	}
	return t == themeDark
}
