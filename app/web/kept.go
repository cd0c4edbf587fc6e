package web

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// keeperPatience is how long the service worker may take to be installed.
const keeperPatience = 20 * time.Second

// Kept waits until the page's service worker is in charge of what it fetches, and reports whether it is. It is not where the browser
// allows none, or where its files do not arrive. It blocks.
func Kept() bool {
	for until := time.Now().Add(keeperPatience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		switch app.Window().Call("keeper").String() { // guard.js
		case "here":
			return true
		case "none":
			return false
		}
	}
	return false
}

// SavesData reports whether the user has told the browser to load no more than is asked for.
func SavesData() bool {
	connection := app.Window().Get("navigator").Get("connection")
	return connection.Truthy() && connection.Get("saveData").Truthy()
}

// ReloadOnce reloads the page, unless that has been done in this tab before.
func ReloadOnce(why string) {
	kept := app.Window().Get("sessionStorage")
	if kept.Call("getItem", why).Truthy() {
		return
	}
	if Try(func() { kept.Call("setItem", why, "done") }) == nil { // else it might reload forever
		app.Window().Get("location").Call("reload")
	}
}
