package worker

import (
	"unpool/core/protocol"
	"unpool/core/run"
)

// What the trainer does, in words, and for how many seconds it may be silent meanwhile. Patience is generous, since a page
// that loses it ends the run: phones are ten times slower than what these stretches were measured on.
var (
	idle       = protocol.Alive{Doing: "waiting", Patience: 20}
	loading    = protocol.Alive{Doing: "loading images", Patience: 60}
	starting   = protocol.Alive{Doing: protocol.StartingThreads, Patience: 20}
	compiling  = protocol.Alive{Doing: "compiling the training step", Patience: 180}
	training   = protocol.Alive{Doing: "training", Patience: 60}
	evaluating = protocol.Alive{Doing: "evaluating", Patience: 60}
	paused     = protocol.Alive{Doing: "paused", Patience: 20}
	answering  = protocol.Alive{Doing: "answering a question about the net", Patience: 120}
)

// stepsOfSilence is how many training steps the trainer may be silent for, where those take long.
const stepsOfSilence = 50

// follow takes up from an event what the run does next.
func (w *Worker) follow(e run.Event) {
	switch e := e.(type) {
	case *run.State:
		switch e.Phase {
		case run.Compiling:
			w.say(compiling)
		case run.Training:
			w.say(w.inSteps(training))
		case run.Evaluating:
			w.say(w.inSteps(evaluating))
		case run.Paused:
			w.say(paused)
		}
	case *run.Progress:
		w.msPerStep = e.MsPerStep
	case *run.Start:
		w.msPerStep = 0
	}
}

// inSteps stretches patience for slow steps.
func (w *Worker) inSteps(a protocol.Alive) protocol.Alive {
	a.Patience = max(a.Patience, stepsOfSilence*w.msPerStep/1000)
	return a
}
