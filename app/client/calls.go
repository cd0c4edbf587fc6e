package client

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/run"
)

const (
	// takeEvery bounds how often the page redraws, whatever the program's pace: it is a quarter of a second behind at most, with
	// the time that drawing takes.
	takeEvery = 100 * time.Millisecond
	// takeUnseen is the pace while another page is shown, which says no more of a run than how far it is.
	takeUnseen = time.Second
	// lookEvery is how often a silent program is checked.
	lookEvery = time.Second
	// startPatience is how long a program may be silent before it has said anything.
	startPatience = 30 * time.Second
	// beingLoaded is what a program does before it runs; trainer.js says the same.
	beingLoaded = "being loaded"
)

// calls is the page's side of core/protocol: what it has asked one program for, and what it has received and not yet taken in.
// However the program ends, every call ends, too.
//
// Messages may come faster than a page can be drawn. They are taken in all at once, at the page's pace; of those of which only
// the latest matters only that is kept until then, so that what waits does not grow with time.
type calls struct {
	post     func(text string, files *Files) // to the program
	dispatch func(func(app.Context))         // runs a function on the pages' goroutine, and redraws
	seen     func() bool                     // whether the page that shows all of a run is the one on show
	lost     func()                          // called when the program has ended, before the calls are notified of it

	pending map[int]*call // by number
	last    int           // call
	told    map[string]bool

	mu      sync.Mutex // of what follows: messages come on goroutines of their own
	inbox   []answer   // one without a kind has been folded into a later one
	rows    map[row]int
	waiting bool // for inbox to be taken in
	ended   bool

	doing    string        // by the program
	patience time.Duration // with its silence
	silent   time.Duration // until looked
	looked   time.Time
}

// call is what happens when a call is answered. Any of the functions may be nil.
type call struct {
	progress func(protocol.Progress)
	event    func(run.Record)
	kept     func(protocol.Kept)
	done     func(answer, *protocol.Error) // called exactly once, last
}

// answer is a message from the program, with the File that came with it, if any.
type answer struct {
	protocol.Message
	file app.Value
}

// row is what messages have in common if only the latest of them matters.
type row struct {
	call int
	fold string
}

// begin makes c ready; the first four fields are set.
func (c *calls) begin() {
	c.pending, c.rows, c.told = map[int]*call{}, map[row]int{}, map[string]bool{}
	c.doing, c.patience, c.looked = beingLoaded, startPatience, time.Now()
	c.watch()
}

// ask sends a request, and returns its number.
func (c *calls) ask(kind protocol.Kind, body any, files *Files, answered call) int {
	c.last++
	c.pending[c.last] = &answered
	c.post(protocol.Write(protocol.Head{Kind: kind, Call: c.last}, body).String(), files)
	return c.last
}

// cancel asks to end a call, which then fails, or has been done meanwhile.
func (c *calls) cancel(number int) {
	c.ask(protocol.AskCancel, protocol.Cancel{Call: number}, nil, call{})
}

// receive takes a message from the program. It only keeps it.
func (c *calls) receive(text string, file app.Value) {
	m, err := protocol.Parse(text)
	if err != nil {
		m = protocol.Message{Head: protocol.Head{Kind: "unreadable"}}
	}
	if m.Kind == protocol.SayGone {
		e, err := protocol.Read[protocol.Error](m)
		if err != nil {
			e = protocol.Error{Code: protocol.Gone, Message: "The training program has ended.", Hint: "Train again: it restarts."}
		}
		c.fail(&e)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.silent = 0
	if m.Kind == protocol.SayAlive {
		alive, err := protocol.Read[protocol.Alive](m)
		if err == nil {
			c.doing, c.patience = alive.Doing, time.Duration(alive.Patience*float64(time.Second))
		}
		if alive.Progress == (protocol.Progress{}) {
			return // which is nothing to show
		}
	}
	if m.Fold != "" {
		r := row{m.Call, m.Fold}
		if i, ok := c.rows[r]; ok {
			c.inbox[i] = answer{}
		}
		c.rows[r] = len(c.inbox)
	}
	c.inbox = append(c.inbox, answer{m, file})
	if c.waiting {
		return
	}
	c.waiting = true
	pace := takeEvery
	if !c.seen() {
		pace = takeUnseen
	}
	time.AfterFunc(pace, func() { c.dispatch(c.takeIn) })
}

// takeIn takes in all that has been heard.
func (c *calls) takeIn(app.Context) {
	c.mu.Lock()
	heard := c.inbox
	c.inbox, c.waiting = nil, false
	clear(c.rows)
	c.mu.Unlock()
	for _, a := range heard {
		if a.Kind != "" {
			if err := c.hear(a); err != nil {
				c.tell(fmt.Sprintf("skipped a message from the training program: %v", err))
			}
		}
	}
}

// hear takes in one message. Those that it does not know it skips.
func (c *calls) hear(a answer) error {
	asked := c.pending[a.Call]
	if asked == nil {
		asked = &call{} // it is over: late messages are of no interest
	}
	switch a.Kind {
	case protocol.SayAccepted:
	case protocol.SayAlive: // how far the program has been loaded, which all calls wait for
		alive, err := protocol.Read[protocol.Alive](a.Message)
		if err != nil {
			return err
		}
		for _, number := range slices.Sorted(maps.Keys(c.pending)) {
			if p := c.pending[number]; p.progress != nil {
				p.progress(alive.Progress)
			}
		}
	case protocol.SayProgress:
		progress, err := protocol.Read[protocol.Progress](a.Message)
		if err == nil && asked.progress != nil {
			asked.progress(progress)
		}
		return err
	case protocol.SayEvent:
		record, err := run.UnmarshalRecord(a.Body)
		if err == nil && asked.event != nil {
			asked.event(record)
		}
		return err
	case protocol.SayKept:
		kept, err := protocol.Read[protocol.Kept](a.Message)
		if err == nil && asked.kept != nil {
			asked.kept(kept)
		}
		return err
	case protocol.SayResult:
		c.done(a.Call, a, nil)
	case protocol.SayFailure:
		e, err := protocol.Read[protocol.Error](a.Message)
		if err != nil {
			e = protocol.Error{Code: protocol.Broken, Message: "the training program failed, and its error message cannot be read", Hint: "Reload the page."}
		}
		if a.Call == 0 {
			return &e
		}
		c.done(a.Call, a, &e)
		return err
	default:
		return fmt.Errorf("unknown kind %q", a.Kind)
	}
	return nil
}

func (c *calls) done(number int, a answer, err *protocol.Error) {
	asked := c.pending[number]
	delete(c.pending, number)
	if asked != nil && asked.done != nil {
		asked.done(a, err)
	}
}

// tell writes something to the console, once.
func (c *calls) tell(what string) {
	if !c.told[what] {
		c.told[what] = true
		app.Log(what)
	}
}

// watch ends a program that has been silent for longer than what it does can take. It counts the time in which messages could
// have come: while a machine sleeps none do.
func (c *calls) watch() {
	time.AfterFunc(lookEvery, func() {
		c.mu.Lock()
		c.silent += min(time.Since(c.looked), 2*lookEvery)
		c.looked = time.Now()
		ended, hangs, doing, patience := c.ended, c.silent > c.patience, c.doing, c.patience
		c.mu.Unlock()
		switch {
		case ended:
		case hangs:
			c.fail(silence(doing, patience))
		default:
			c.watch()
		}
	})
}

// silence is the failure of a program that has said nothing for longer than it may while it does something.
func silence(doing string, patience time.Duration) *protocol.Error {
	e := &protocol.Error{
		Code:    protocol.Gone,
		Message: fmt.Sprintf("The training program does not answer: while %s, it has been silent for %s.", doing, patience),
		Hint:    "Train again: it restarts.",
	}
	switch doing {
	case protocol.StartingThreads:
		e.Code = protocol.Stuck
	case beingLoaded:
		e.Message = fmt.Sprintf("The download of the training program has stalled: nothing has arrived for %s.", patience)
		e.Hint = "Check the connection, then train again."
	}
	return e
}

// fail ends all calls, when what was heard before has been taken in.
func (c *calls) fail(e *protocol.Error) {
	c.mu.Lock()
	ended := c.ended
	c.ended = true
	c.mu.Unlock()
	if ended {
		return
	}
	c.dispatch(func(ctx app.Context) {
		c.takeIn(ctx)
		c.reject(e)
	})
}

// close ends all calls at once, of a program that is no longer listened to.
func (c *calls) close() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.reject(&protocol.Error{Code: protocol.Gone, Message: "The training program was ended.", Hint: "Train again: it restarts."})
}

func (c *calls) reject(e *protocol.Error) {
	c.lost()
	for _, number := range slices.Sorted(maps.Keys(c.pending)) {
		c.done(number, answer{}, e)
	}
}
