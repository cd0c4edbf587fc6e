package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Calm reports whether the user has asked for as little motion as possible.
func Calm() bool {
	return app.IsClient && app.Window().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool()
}
