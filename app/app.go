// Package app is the page: a go-app program that shows training and talks to the trainer's Web Worker in the
// requests and answers of core/protocol, and that shows our results beside the course report's. This package lists the pages and
// the handler that serves them. Each is a package of app/page, in the frame of app/shell, made of the parts in app/ui; the trainer is
// app/client. What a run's events mean is decided in core/run, and how that is put in words in app/ui/words.
//
// It never computes a net and never imports GoMLX, so the program stays small.
//
// Ids that tests may rely on: #train, #pause, #continue, #step, #stop, #resume (after the end), #net, #status (the phase in
// data-state), #test-accuracy (the share in data-value), #chart-accuracy, #chart-loss, #weights (of a recurrent net #reading), #sentence, #announcement (its words for a live region), #error, #lr; on the
// Results page #results (data-state), and for a net NAME of the table #open-NAME, #row-NAME, #chart-accuracy-NAME,
// #chart-loss-NAME, #weights-first-NAME, #weights-last-NAME, #train-NAME; on the Runs page #runs (data-state), #filter, #sort,
// #ticks, #compare, #export, #delete, #untick, #undo, #import-file, #empty, #comparison with #chart-accuracy-compared, and for a run
// ID #row-ID, #open-ID, #tick-ID, #run-ID, #name-ID, #note-ID, #export-ID, #save-ID, #delete-ID, #onward, and what #open-NAME opens. #edit-net opens the net builder,
// whose ids app/ui/layers lists. On the Sweeps page #sweeps (data-state), #sweep-ID, #compose with #begin, #sweep-pause, #sweep-stop, #best-accuracy (the
// share in data-value), #parallel, #scatter, #rungs, #importance, #hide-stopped, #points, for a point N #point-N, and its axes #brush-N. On the page Learn #learn (data-state), #chapter-NAME, #step-title, #step-back, #step-next, and of the figure that is part I of step N of a chapter #NAME-N-I, with
// -number, -choice-1, -value and -grid-1 after it. On the page Look inside: #look (data-state), #look-run, #look-step, #image-before, #image-next, #image-class,
// #look-answer, for a layer NAME #layer-NAME, #unit with #method-NAME for each method, #strongest and #strongest-found, #view-NAME for
// the tab of a view, #occlusion with #cover-layer, #cover-map, #cover-size, #cover-stride and #cover-rows, #mistakes with #mistaken-class, #mistaken-answer and
// #mistaken-order, #parts with #part-I for image I, #parts-compare, #parts-class and #parts-count. On the Class page #class (data-state), #class-address, #class-open, #class-kit, #task-title, #task-text,
// #task-question, #task-copy, for a setting NAME #task-NAME, #hands-files, #hands-table (data-state of its rows), #hands-check, #hands-csv, #hands-nameless, #hands-answers; on the Train page
// with a task #task, #task-leave, #hand-in with #hand-in-name, #hand-in-answer and #hand-in-save.
package app

import (
	"unpool/app/page/class"
	"unpool/app/page/learn"
	"unpool/app/page/look"
	"unpool/app/page/results"
	"unpool/app/page/runs"
	"unpool/app/page/sweeps"
	"unpool/app/page/train"
	"unpool/app/shell"
)

// pages are the site's, in the order of the navigation.
var pages = []shell.Page{train.Entry, look.Entry, learn.Entry, runs.Entry, sweeps.Entry, results.Entry, class.Entry}

// Register registers each page with go-app at its path. Both the browser program and the server call it.
func Register() { shell.Register(pages) }

// Paths are where the pages are, from the root of the site.
func Paths() []string { return shell.Paths(pages) }
