package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Secure reports whether the browser trusts the connection, by https or to this very machine. Elsewhere it shares no memory between
// threads, and has no service workers.
func Secure() bool { return app.Window().Get("isSecureContext").Truthy() }

// Isolated reports whether the browser lets threads of this page share memory.
func Isolated() bool { return app.Window().Get("crossOriginIsolated").Truthy() }

// Used reports whether the user has pressed or typed anything since the page was loaded.
func Used() bool {
	activation := app.Window().Get("navigator").Get("userActivation")
	return activation.Truthy() && activation.Get("hasBeenActive").Truthy()
}

// Threads is how many the browser lets a program of this page have: as many as the machine runs at once, where the page is isolated.
func Threads() int {
	n := app.Window().Get("navigator").Get("hardwareConcurrency")
	if !Isolated() || n.Type() != app.TypeNumber {
		return 1
	}
	return n.Int()
}
