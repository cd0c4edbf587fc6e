package worker

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
)

// keeper takes a run's events, states and snapshots into the store, and says the events to the page once they are there. It works
// beside the training, which does not wait for the store as long as that keeps up. Where the store fails on the way the run continues
// without it, and the page is told.
type keeper struct {
	w    *Worker
	call int
	log  *store.Recorder

	mu     sync.Mutex
	queue  []any         // events, states and snapshots, in order
	closed bool          // nothing more comes
	change chan struct{} // closed and replaced when any of these changes
	done   chan struct{} // closed when all is kept

	// These are the keeper's goroutine's.

	lost bool
	seq  uint64 // of the last record
}

// snapshot is one in the queue.
type snapshot struct {
	*checkpoint.Snapshot
	lost float64
	n    int
}

// queueMost is how many things may wait to be kept before the training waits for the store.
const queueMost = 64

// keep takes a run in hand that is to be kept: the one of a log, or a new one.
func (w *Worker) keep(ctx context.Context, call int, log *store.Recorder) (*keeper, error) {
	k := &keeper{w: w, call: call, log: log, change: make(chan struct{}), done: make(chan struct{})}
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
	switch {
	case problem != nil:
		w.last = ""
		k.tell(problem)
	case w.Store == nil:
		k.tell(errNoStore)
	default:
		w.post(protocol.SayKept, call, "", protocol.Kept{Lasts: true}, nil)
	}
	go k.work()
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

// event is the session's Emit, state its Keep, and snapshot its Snapshot.
func (k *keeper) event(e run.Event) {
	k.w.follow(e)
	k.put(e)
}

func (k *keeper) state(c *checkpoint.Checkpoint) { k.put(c) }

func (k *keeper) snapshot(s *checkpoint.Snapshot, lost float64, n int) { k.put(snapshot{s, lost, n}) }

// put puts something into the queue, and waits while that is full.
func (k *keeper) put(what any) {
	k.mu.Lock()
	for len(k.queue) >= queueMost {
		changed := k.change
		k.mu.Unlock()
		<-changed
		k.mu.Lock()
	}
	k.queue = append(k.queue, what)
	k.changed()
	k.mu.Unlock()
}

// changed wakes who waits for a change; k is locked.
func (k *keeper) changed() {
	close(k.change)
	k.change = make(chan struct{})
}

// close waits until all is kept, and leaves the run to others.
func (k *keeper) close() {
	k.mu.Lock()
	k.closed = true
	k.changed()
	k.mu.Unlock()
	<-k.done
	k.log.Close() // whatever is wrong has been told
}

// work keeps what comes, until the keeper is closed.
func (k *keeper) work() {
	defer close(k.done)
	for {
		k.mu.Lock()
		some, closed, changed := k.queue, k.closed, k.change
		k.queue = nil
		if len(some) > 0 {
			k.changed()
		}
		k.mu.Unlock()
		switch {
		case len(some) > 0:
			k.keep(some)
		case closed:
			return
		default:
			<-changed
		}
	}
}

// keep keeps a part of the queue: events that come together are written together, and of states only those that matter.
func (k *keeper) keep(queue []any) {
	var events []run.Event
	flush := func() {
		k.events(events)
		events = nil
	}
	for i, item := range queue {
		switch item := item.(type) {
		case run.Event:
			events = append(events, item)
		case *checkpoint.Checkpoint:
			if !superseded(item, queue[i+1:]) {
				flush()
				k.do(func() error { return k.log.Keep(item) })
			}
		case snapshot:
			flush()
			k.do(func() error { return k.log.Snapshot(item.Snapshot, item.lost, item.n) })
		}
	}
	flush()
}

// superseded reports whether a later state is as good a one to resume from, and no worse.
func superseded(c *checkpoint.Checkpoint, later []any) bool {
	for _, item := range later {
		if l, ok := item.(*checkpoint.Checkpoint); ok && (l.IsBest() || !c.IsBest()) {
			return true
		}
	}
	return false
}

// events records events. Where they cannot be kept they are said all the same.
func (k *keeper) events(all []run.Event) {
	if len(all) == 0 || k.do(func() error { return k.log.Record(all...) }) {
		return
	}
	for _, e := range all {
		rec := run.Record{Event: e, Time: time.Now()}
		if run.Durable(e) {
			rec.Seq = k.seq + 1
		}
		k.heard(rec)
	}
}

// do has something done with the log, unless that failed before.
func (k *keeper) do(f func() error) (done bool) {
	if k.lost {
		return false
	}
	if err := f(); err != nil {
		k.lost = true
		k.tell(err)
		return false
	}
	return true
}

// heard says a record to the page.
func (k *keeper) heard(rec run.Record) {
	k.seq = max(k.seq, rec.Seq)
	line, err := rec.Marshal()
	if err != nil {
		panic(err) // a number that JSON cannot hold
	}
	k.w.post(protocol.SayEvent, k.call, fold(rec.Event), json.RawMessage(line), nil)
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
