package main

import (
	"errors"
	"io/fs"

	"unpool/cmd/serve/internal/runlog"
	"unpool/core/checkpoint"
	"unpool/core/run"
)

// open returns the log of a run to begin or to resume, and where that stands; nil if the run is finished.
func open(dir string) (*runlog.Log, *checkpoint.Checkpoint, error) {
	events, err := runlog.Events(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		log, err := runlog.Create(dir)
		return log, nil, err
	case err != nil:
		return nil, nil, err
	case len(events) == 0: // it was killed before it began
		log, err := runlog.Create(dir)
		return log, nil, err
	}
	if finished(events) {
		return nil, nil, nil
	}
	log, _, from, err := runlog.Resume(dir)
	return log, from, err
}

func finished(events []run.Event) bool {
	if len(events) == 0 {
		return false
	}
	end, ok := events[len(events)-1].(*run.End)
	return ok && end.Status == run.Done
}
