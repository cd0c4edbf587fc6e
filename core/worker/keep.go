package worker

import (
	"context"
	"encoding/json"
	"errors"

	"unpool/core/checkpoint"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// keeper takes a run's events, states and snapshots into the store, and sends the events to the page. If the store fails on the way,
// the run continues without it, and the page is told.
type keeper struct {
	w    *Worker
	job  *job
	log  *store.Recorder
	from *checkpoint.Checkpoint // of a new run that begins at a state, which is kept when the run has begun; else nil

	lost     bool
	pictured bool // the first picture of weights has been sent
}

// keep acquires a run that is to be kept: the one of a log, or a new one.
func (w *Worker) keep(ctx context.Context, j *job, p plan) (*keeper, error) {
	k := &keeper{w: w, job: j, log: p.log}
	var problem error
	if j.trial {
		log, err := store.Begin(ctx, &store.Memory{}, "")
		if err != nil {
			return nil, err
		}
		k.log, log.Heard = log, k.heard
		return k, nil
	}
	if p.log == nil {
		k.from = p.from
		if w.Store == nil && !j.beside {
			w.runs = &store.Memory{} // with room for one run, or those that take turns
		}
		if k.log, problem = store.Begin(ctx, store.Behind(ctx, w.runs), ""); problem != nil {
			var err error
			if k.log, err = store.Begin(ctx, &store.Memory{}, ""); err != nil {
				return nil, err
			}
		}
	}
	if !j.beside {
		w.last = k.log.ID()
	}
	k.log.Heard = k.heard
	switch {
	case problem != nil:
		k.lost = true
		k.tell(problem)
	case w.Store == nil:
		k.tell(errNoStore)
	default:
		w.post(protocol.SayKept, j.call, "", protocol.Kept{Lasts: true}, nil)
	}
	return k, nil
}

var errNoStore = errors.New("this browser cannot store runs here")

// tell says that the run will not survive the program, and why.
func (k *keeper) tell(problem error) {
	body := protocol.Kept{Problem: problem.Error(), Hint: "Save the run as a file before you leave."}
	if errors.Is(problem, store.ErrFull) {
		body.Hint = "Delete runs on the Runs page to make room, or save this one as a file before you leave."
	}
	k.w.post(protocol.SayKept, k.job.call, "", body, nil)
}

// event is the session's Emit, state its Keep, and snapshot its Snapshot.
func (k *keeper) event(e run.Event) {
	k.w.follow(e)
	k.lose(k.log.Record(e))
	if _, ok := e.(*run.Start); ok && k.from != nil {
		k.state(k.from) // or a kill before the first evaluation would lose what the run began with
		k.from = nil
	}
}

func (k *keeper) state(c *checkpoint.Checkpoint) { k.lose(k.log.Keep(c)) }

func (k *keeper) snapshot(s *checkpoint.Snapshot, lost float64, n int) {
	k.lose(k.log.Snapshot(s, lost, n))
}

// lose reports, once, that something could not be kept.
func (k *keeper) lose(err error) {
	if err != nil && !k.lost {
		k.lost = true
		k.tell(err)
	}
}

// close waits until all is kept, and leaves the run to others. It reports whether the run can be resumed.
func (k *keeper) close() (kept bool) {
	k.lose(k.log.Close())
	return !k.lost
}

// heard sends a record to the page: that the run is over when all of it is kept. The first picture of weights is one that a page keeps.
func (k *keeper) heard(rec run.Record) {
	if _, ok := rec.Event.(*run.End); ok {
		k.close()
		k.w.ending(k.job.call)
	}
	line, err := rec.Marshal()
	if err != nil {
		panic(err) // a number that JSON cannot hold
	}
	row := fold(rec.Event)
	if _, ok := rec.Event.(*run.Weights); ok && !k.pictured {
		k.pictured, row = true, ""
	}
	k.w.post(protocol.SayEvent, k.job.call, row, json.RawMessage(line), nil)
}

// fold distinguishes the events of which only the latest matters to whoever draws them.
func fold(e run.Event) string {
	switch e.(type) {
	case *run.State:
		return "state"
	case *run.Progress:
		return "progress"
	case *run.Answers:
		return "answers"
	case *run.Weights:
		return "weights"
	}
	return ""
}
