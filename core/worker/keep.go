package worker

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"unpool/core/checkpoint"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/train"
)

// keeper takes a run's events, states and snapshots into the store, and says the events to the page once they are there. It works
// beside the training, which does not wait for the store as long as that keeps up. Where the store fails on the way the run continues
// without it, and the page is told.
type keeper struct {
	w    *Worker
	ctx  context.Context // of the run
	call int
	log  *store.Recorder
	from *checkpoint.Checkpoint // of a new run that begins at a state, which is kept when the run has begun; else nil

	mu     sync.Mutex
	queue  []any         // events, states and snapshots, in order
	closed bool          // nothing more comes
	change chan struct{} // closed and replaced when any of these changes
	done   chan struct{} // closed when all is kept

	// These are the keeper's goroutine's.

	lost     bool
	pictured bool // the first picture of weights has been said
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
func (w *Worker) keep(ctx context.Context, call int, p plan) (*keeper, error) {
	k := &keeper{w: w, ctx: ctx, call: call, log: p.log, change: make(chan struct{}), done: make(chan struct{})}
	var problem error
	if p.log == nil {
		k.from = p.from
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

// event is the session's Emit, state its Keep, and snapshot its Snapshot. What no log keeps is said at once.
func (k *keeper) event(e run.Event) {
	k.w.follow(e)
	if !run.Durable(e) {
		k.say(run.Record{Event: e, Time: time.Now()}, fold(e))
		return
	}
	if _, ok := e.(*run.Start); !ok {
		k.put(e)
		return
	}
	// The first event is kept at once, while nothing is in the queue: what the run does is said after it, and would be forgotten before.
	first := []any{e}
	if k.from != nil {
		first = append(first, k.from) // or a kill before the first evaluation would lose what the run began with
	}
	k.guarded(first)
}

func (k *keeper) state(c *checkpoint.Checkpoint) { k.put(c) }

func (k *keeper) snapshot(s *checkpoint.Snapshot, lost float64, n int) { k.put(snapshot{s, lost, n}) }

// put puts something into the queue, and waits while that is full. A state takes the place of those that it supersedes, so that not
// many of them wait.
func (k *keeper) put(what any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.queue) >= queueMost {
		changed := k.change
		k.mu.Unlock()
		select {
		case <-changed:
		case <-k.ctx.Done(): // the run is being stopped, and takes no heed of the store
			changed = nil
		}
		k.mu.Lock()
		if changed == nil {
			break
		}
	}
	if c, ok := what.(*checkpoint.Checkpoint); ok {
		k.queue = slices.DeleteFunc(k.queue, func(waiting any) bool {
			w, ok := waiting.(*checkpoint.Checkpoint)
			return ok && (c.IsBest() || !w.IsBest())
		})
	}
	k.queue = append(k.queue, what)
	k.changed()
}

// changed wakes who waits for a change; k is locked.
func (k *keeper) changed() {
	close(k.change)
	k.change = make(chan struct{})
}

// close waits until all is kept, and leaves the run to others. It reports whether the run can be resumed.
func (k *keeper) close() (kept bool) {
	k.mu.Lock()
	k.closed = true
	k.changed()
	k.mu.Unlock()
	var late <-chan time.Time
	select {
	case <-k.done:
	case <-k.ctx.Done():
		late = time.After(storePatience)
	}
	select {
	case <-k.done:
		k.log.Close() // whatever is wrong has been told
		return !k.lost
	case <-late:
		k.tell(errors.New("the browser's storage does not answer"))
		return false
	}
}

// storePatience is how long a run that is being stopped waits for the store.
const storePatience = 30 * time.Second

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
			k.guarded(some)
		case closed:
			return
		default:
			<-changed
		}
	}
}

// guarded is keep, of which a panic costs the keeping and no more.
func (k *keeper) guarded(some []any) {
	k.lose(train.Protect(func() error { k.keep(some); return nil }))
}

// keep keeps a part of the queue: events that come together are written together.
func (k *keeper) keep(queue []any) {
	var events []run.Event
	flush := func() {
		if len(events) > 0 {
			k.lose(k.log.Record(events...))
			events = nil
		}
	}
	for _, item := range queue {
		switch item := item.(type) {
		case run.Event:
			events = append(events, item)
		case *checkpoint.Checkpoint:
			flush()
			k.lose(k.log.Keep(item))
		case snapshot:
			flush()
			k.lose(k.log.Snapshot(item.Snapshot, item.lost, item.n))
		}
	}
	flush()
}

// lose tells, once, that something could not be kept.
func (k *keeper) lose(err error) {
	if err != nil && !k.lost {
		k.lost = true
		k.tell(err)
	}
}

// heard says a record to the page. The first picture of weights is one that a page keeps.
func (k *keeper) heard(rec run.Record) {
	row := fold(rec.Event)
	if _, ok := rec.Event.(*run.Weights); ok && !k.pictured {
		k.pictured, row = true, ""
	}
	k.say(rec, row)
}

func (k *keeper) say(rec run.Record, row string) {
	line, err := rec.Marshal()
	if err != nil {
		panic(err) // a number that JSON cannot hold
	}
	k.w.post(protocol.SayEvent, k.call, row, json.RawMessage(line), nil)
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
