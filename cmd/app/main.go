// Command app is the page's program, run in the browser; package app does the work.
package main

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app"
)

func main() {
	app.Register()
	goapp.RunWhenOnBrowser()
}
