package worker

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// keeper takes a run's events, states and snapshots into the store, and says the events to the page once they are there. Where the
// store fails on the way the run continues without it, and the page is told.
type keeper struct {
	w    *Worker
	call int
	log  *store.Recorder
	lost bool
	seq  uint64 // of the last record
}

// keep takes a run in hand that is to be kept: the one of a log, or a new one.
func (w *Worker) keep(ctx context.Context, call int, log *store.Recorder) (*keeper, error) {
	k := &keeper{w: w, call: call, log: log}
	var problem error
	if log == nil {
		if w.Store == nil {
			w.runs = &store.Memory{} // with room for one run
		}
		if k.log, problem = store.Begin(ctx, w.runs, ""); problem != nil {
			var err error
			if k.log, err = store.Begin(ctx, &store.Memory{}, ""); err != nil {
				return nil, err
			}
		}
	}
	w.last = k.log.ID()
	k.log.Heard = k.heard
	w.say(loading)
	switch {
	case problem != nil:
		w.last = ""
		k.tell(problem)
	case w.Store == nil:
		k.tell(errNoStore)
	default:
		w.post(protocol.SayKept, call, "", protocol.Kept{Lasts: true}, nil)
	}
	return k, nil
}

var errNoStore = errors.New("this browser keeps nothing here")

// tell says that the run will not outlive the program, and why.
func (k *keeper) tell(problem error) {
	body := protocol.Kept{Problem: problem.Error(), Hint: "Save the run as a file before you leave."}
	if errors.Is(problem, store.ErrFull) {
		body.Hint = "Delete runs on the Runs page to make room, or save this one as a file before you leave."
	}
	k.w.post(protocol.SayKept, k.call, "", body, nil)
}

// do has something done with the log, unless that failed before.
func (k *keeper) do(f func() error) (done bool) {
	if k.lost {
		return false
	}
	if err := f(); err != nil {
		k.lost, k.w.last = true, ""
		k.tell(err)
		return false
	}
	return true
}

// event is the session's Emit.
func (k *keeper) event(e run.Event) {
	if k.do(func() error { return k.log.Record(e) }) {
		return
	}
	rec := run.Record{Event: e, Time: time.Now()}
	if run.Durable(e) {
		rec.Seq = k.seq + 1
	}
	k.heard(rec)
}

// state is the session's Keep.
func (k *keeper) state(c *checkpoint.Checkpoint) { k.do(func() error { return k.log.Keep(c) }) }

// snapshot is the session's Snapshot.
func (k *keeper) snapshot(s *checkpoint.Snapshot, lost float64, n int) {
	k.do(func() error { return k.log.Snapshot(s, lost, n) })
}

// heard says a record to the page.
func (k *keeper) heard(rec run.Record) {
	k.seq = max(k.seq, rec.Seq)
	line, err := rec.Marshal()
	if err != nil {
		panic(err) // a number that JSON cannot hold
	}
	k.w.post(protocol.SayEvent, k.call, fold(rec.Event), json.RawMessage(line), nil)
	k.w.follow(rec.Event)
}

// fold tells the events apart of which only the latest matters to who draws them.
func fold(e run.Event) string {
	switch e.(type) {
	case *run.State:
		return "state"
	case *run.Progress:
		return "progress"
	case *run.Weights:
		return "weights"
	}
	return ""
}
