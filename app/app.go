// Package app is the page: a go-app program that shows training and talks to the trainer's Web Worker in commands
// (core/control) and events (core/event). What a run's events mean is decided in app/run, how curves and weights
// are drawn in app/chart and app/filters, what stands in the settings in app/form; this package puts them together.
//
// It never computes a net and never imports GoMLX, so the program stays small.
//
// Ids that tests may rely on: #train, #pause, #resume, #step, #stop, #arch, #status (the phase in data-state),
// #test-accuracy (the share in data-value), #chart-accuracy, #chart-loss, #weights, #sentence, #error, #lr.
package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Register tells go-app which page is at which path. Both the browser program and the server call it.
func Register() {
	app.Route("/", func() app.Composer { return newTrainPage() })
}
