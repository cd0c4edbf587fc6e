// Package app is the page: a go-app program that shows training and talks to the trainer's Web Worker in commands
// (core/control) and events (core/run), and that shows our results beside the course report's. What a run's events mean is
// decided in core/run, how it is put in words in app/ui/words, what finished runs come to in app/page/results/finished, how curves and weights are drawn in app/ui/chart and
// app/ui/filters, what stands in the settings in app/ui/form, how a net is built in app/ui/builder and app/ui/layers; this package puts
// them together.
//
// It never computes a net and never imports GoMLX, so the program stays small.
//
// Ids that tests may rely on: #train, #pause, #continue, #step, #stop, #resume (after the end), #net, #status (the phase in
// data-state), #test-accuracy (the share in data-value), #chart-accuracy, #chart-loss, #weights, #sentence, #error, #lr; on the
// Results page #results (data-state), and for a net NAME of the table #open-NAME, #row-NAME, #chart-accuracy-NAME,
// #chart-loss-NAME, #weights-first-NAME, #weights-last-NAME, #train-NAME. #edit-net opens the net builder,
// whose ids app/ui/layers lists.
package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// title is the Train page's, and that of a page which sets no other.
const title = "Unpool: train small neural networks in this tab"

// Paths are where the pages are.
var Paths = []string{trainPath, resultsPath, reportPath}

// Register registers each page with go-app at its path. Both the browser program and the server call it.
func Register() {
	pages := newPages()
	page := func(path string) func() app.Composer {
		return func() app.Composer {
			if app.IsServer {
				return newPages()[path] // each rendering has its own
			}
			return pages[path] // what a page shows, and its trainer, outlive its being left
		}
	}
	for _, path := range Paths {
		app.Route(path, page(path))
		if path != trainPath {
			app.Route(path+"/", page(path)) // where hosts of static files redirect to
		}
	}
}

// newPages makes the pages of one document.
func newPages() map[string]app.Composer {
	d := &document{theme: themeAuto}
	d.train = newTrainPage(d)
	results := newResultsPage(d)
	return map[string]app.Composer{trainPath: d.train, resultsPath: results, reportPath: results}
}
