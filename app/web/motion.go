package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Still reports whether the user has asked the system for less motion.
func Still() bool {
	return app.IsClient && app.Window().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool()
}
