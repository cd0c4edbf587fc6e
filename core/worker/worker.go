// Package worker is the trainer of a page as a program that knows no browser: it follows the requests of core/protocol,
// one piece of work at a time, and trains with core/train. What it needs of the machine it runs on is passed to it as Ports.
//
// It may not know who asks, how messages travel, where data sets are, or which backend computes.
package worker

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/gomlx/compute"

	"unpool/core/data"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// Ports are what the trainer needs of the machine it runs on. An error may be a *protocol.Error, which says what to do.
type Ports struct {
	// Post sends a message to the page, with a file unless that is nil. It is called by one goroutine at a time, and must not
	// call Handle.
	Post func(m protocol.Message, file *File)
	// Fetch gets a data set that has a name everywhere.
	Fetch func(ctx context.Context, name recipe.Dataset, progress Progress) (*data.Dataset, error)
	// Files are those that came with a request, as Handle was given them.
	Files func(ctx context.Context, attached any) []data.File
	// Open opens a backend for one run, so that whatever happens to its memory and threads ends with the run.
	Open func(recipe.Recipe) (compute.Backend, run.Where, error)
	// Measure says how fast a new backend is.
	Measure func() (protocol.Engine, error)
	// Get opens a file of a run that is not in Store but at another place.
	Get func(ctx context.Context, place protocol.Place, run, file string) (io.ReadCloser, error)
	// Store is where runs are kept beyond this program's life; nil where nothing can be kept.
	Store store.Store
	// Copies has what is kept here of the server's runs; nil where nothing is.
	Copies func() store.Store
	// Yield lets messages come in; nil where nothing waits for the thread.
	Yield func()
}

// File is a file for the page.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Progress is told how far a port has got.
type Progress func(done, total int64, unit string)

// Worker is a trainer. Handle may be called from any goroutine while Run runs.
type Worker struct {
	Ports
	posting sync.Mutex // held while posting

	mu    sync.Mutex
	wake  chan struct{} // holds a token when there is something for Run to do
	work  []*job        // under way: one, or runs that take turns, see whose
	queue []*job        // to be done after it
	asked []*question   // not yet answered
	doing protocol.Alive

	// These are Run's goroutine's.

	net     *net          // that can be asked: of the run under way, or the one before; of runs that take turns the first; nil for none
	runs    store.Store   // where runs are kept: in memory, where Ports has no other
	last    string        // the ID of the run under way, or before; "" for none that is kept
	latest  *data.Dataset // with a name everywhere; the machine has the others in a cache of its own
	chosen  chosen
	insides []*inside       // that are looked into, at most two: the one asked about, and one it was compared with
	small   compute.Backend // of questions about stated numbers; nil before any
	users   int             // questions between two turns that need them

	msPerStep float64 // of the run under way, lately
}

// chosen are the files that the user chose.
type chosen struct {
	name     string
	attached any          // as Handle was given them: they may have to be read again
	split    float64      // the share of each class that is set aside to test on
	own      *data.Chosen // what they are; nil before any
}

// New returns a trainer. Run it.
func New(p Ports) *Worker {
	w := &Worker{Ports: p, wake: make(chan struct{}, 1), doing: idle, runs: p.Store}
	if p.Store == nil {
		w.runs = &store.Memory{}
	}
	return w
}

// heartbeat is how often the trainer says that it is alive.
const heartbeat = time.Second

// Run does what is asked for, until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	go w.beat(ctx)
	defer context.AfterFunc(ctx, w.stopQuestions)()
	w.say(idle)
	for {
		switch {
		case w.next(), w.turn(ctx):
		case w.answer(ctx):
		default:
			select {
			case <-w.wake:
			case <-ctx.Done():
				w.dropQuestions()
				w.closeNet()
				w.closeInsides()
				w.closeSmall()
				return
			}
		}
	}
}

// next takes the next piece of work from the queue, and reports whether there was any that may begin.
func (w *Worker) next() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.canBegin() {
		return false
	}
	w.work, w.queue = append(w.work, w.queue[0]), w.queue[1:]
	return true
}

func (w *Worker) poke() {
	select {
	case w.wake <- struct{}{}:
	default: // it will check anyway
	}
}

// beat says that the trainer is alive. On a machine with one thread it gets there only when that waits.
func (w *Worker) beat(ctx context.Context) {
	ticks := time.NewTicker(heartbeat)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			w.mu.Lock()
			now := w.doing
			w.mu.Unlock()
			w.post(protocol.SayAlive, 0, "alive", now, nil)
		case <-ctx.Done():
			return
		}
	}
}

// say changes what the trainer says it does, and sends it at once: the next thing may take long.
func (w *Worker) say(doing protocol.Alive) {
	w.mu.Lock()
	changed := doing != w.doing
	w.doing = doing
	w.mu.Unlock()
	if changed {
		w.post(protocol.SayAlive, 0, "alive", doing, nil)
	}
}

// post sends a message.
func (w *Worker) post(kind protocol.Kind, call int, fold string, body any, file *File) {
	m := protocol.Write(protocol.Head{Kind: kind, Call: call, Fold: fold}, body)
	w.posting.Lock()
	defer w.posting.Unlock()
	w.Post(m, file)
}

// progress reports how far a call is.
func (w *Worker) progress(call int) Progress {
	return func(done, total int64, unit string) {
		w.post(protocol.SayProgress, call, "progress", protocol.Progress{Done: done, Total: total, Unit: unit}, nil)
	}
}

// fail ends a call.
func (w *Worker) fail(call int, e *protocol.Error) { w.post(protocol.SayFailure, call, "", e, nil) }

// succeed ends a call.
func (w *Worker) succeed(call int, result any, file *File) {
	w.post(protocol.SayResult, call, "", result, file)
}

// yield lets messages come in.
func (w *Worker) yield() {
	if w.Yield != nil {
		w.Yield()
	}
}
