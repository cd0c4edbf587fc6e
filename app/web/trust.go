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

// sharesMemory reports whether the page has the objects for memory that threads share. WebKit's port to GTK isolates pages, but leaves them out.
func sharesMemory() bool { return app.Window().Get("SharedArrayBuffer").Truthy() }

// Threads is how many the browser lets a program of this page have: as many as the machine runs at once, where they can share memory.
func Threads() int {
	n := app.Window().Get("navigator").Get("hardwareConcurrency")
	if !Isolated() || !sharesMemory() || n.Type() != app.TypeNumber {
		return 1
	}
	return n.Int()
}

// OneThread says why a reload does not bring this page several threads either; "" if the browser gives them.
func OneThread() string {
	switch {
	case !Secure():
		return "This page came over plain http from another machine, so nets train here on one thread, which is slower, the page does not open offline, " +
			"and the browser may drop stored runs."
	case Isolated() && !sharesMemory():
		return "This browser does not let threads share memory, so nets train here on one thread, which is slower."
	}
	return ""
}
