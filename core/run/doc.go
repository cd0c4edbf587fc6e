// Package run says what a run is: an append-only log of numbered events, which alone is enough to redraw the run, and artifacts
// beside it. The same form goes from the trainer's worker to the page, to standard output, and into stores. It is the only code
// that knows what a log means: View is the state that its events lead to, Summary a short form of that, and Verdict what its
// evaluations show.
//
// One event does not come from a training session: Statistics are added to the log of a finished run, before its End.
//
// It imports the standard library and core/recipe only. It knows nothing of how training works, nor of where logs are stored.
package run
