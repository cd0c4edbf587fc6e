package web

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Secure reports whether the browser trusts the connection, by https or to this very machine. Elsewhere it shares no memory between
// threads, and has no service workers.
func Secure() bool { return app.Window().Get("isSecureContext").Truthy() }

// Threads is how many the browser lets a program of this page have: as many as the machine runs at once, where the page is isolated.
func Threads() int {
	n := app.Window().Get("navigator").Get("hardwareConcurrency")
	if !app.Window().Get("crossOriginIsolated").Truthy() || n.Type() != app.TypeNumber {
		return 1
	}
	return n.Int()
}
