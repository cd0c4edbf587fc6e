package client

import (
	"unpool/core/control"
	"unpool/core/run"
)

// Hear takes in what the trainer says, and hands it on.
func (t *Trainer) Hear(events ...run.Event) {
	for _, e := range events {
		if t.take(e) {
			t.tell(e)
		}
	}
}

func (t *Trainer) tell(e run.Event) {
	for _, hear := range t.listeners {
		hear(e)
	}
}

// take takes in an event, and reports whether it is for the listeners, too.
func (t *Trainer) take(e run.Event) bool {
	switch e := e.(type) {
	case *run.State:
		if !t.View.Phase.Active() {
			return false // the program is being loaded for the user's files, or to be measured, and there is no run
		}
		t.Asked = ""
	case *run.Progress:
		if t.Asked == control.Step {
			t.Asked = ""
		}
	case *run.Engine:
		t.measuring = false
	case *run.Data:
		return t.Data.take(e)
	case *run.End:
		return t.end(e)
	}
	t.View.Apply(run.Record{Event: e})
	return true
}

// end takes in the end of a run, or of a program that did something else, which is no event of a run.
func (t *Trainer) end(e *run.End) bool {
	alone := t.Data.lost(e) || t.measuring
	if t.measuring {
		t.measuring = false
		t.tell(&run.Engine{})
	}
	if alone || e.Status == run.Failed && e.Backend == "" { // nothing was computed: it is the program that failed
		t.leave()
	}
	if alone && !t.View.Phase.Active() {
		return false
	}
	t.Asked = ""
	t.View.Apply(run.Record{Event: e})
	return true
}
