package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/core/api"
	"unpool/core/control"
	"unpool/core/number"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/models"
)

// Telling is a store whose followers can be told of what is not kept.
type Telling interface {
	store.Store
	Tell(id string, r run.Record) error
	// Enlist tells all who have the store of a device that trains.
	Enlist(ctx context.Context, w api.Worker) (store.Enlisted, error)
}

// Queued trains the runs of a queue into a store, one at a time. Backends are opened when the first run needs them, and stay open.
type Queued struct {
	Store   Telling
	Host    string // name of this machine
	Backend backends.Options
	Images  *Images
	Stderr  io.Writer // is notified of each run when it begins and when it ends
	Shared  bool      // other machines have the store, too, and may train what this one cannot
	GPU     bool      // train on a GPU only: another one of this program has the processor

	mu   sync.Mutex
	open map[choice]*backends.Backend

	listed   sync.Mutex     // of what follows
	enlisted store.Enlisted // nil as long as nobody is notified of this device
	training string         // ID of the run in training; "" for none
}

// choice is how the backends of a queue's runs may differ.
type choice struct {
	name        string
	exact, tf32 bool
}

// usual opens what computes new runs that need not be exact.
func (q *Queued) usual() (*backends.Backend, error) {
	return q.backend(choice{q.Backend.Backend, false, q.Backend.TF32})
}

// Enlist tells all who have the store of this device, and which run it trains, until ctx ends.
func (q *Queued) Enlist(ctx context.Context) {
	b, err := q.usual()
	if q.GPU && (err != nil || b.Where.Backend != backends.XLACUDA) {
		return // it trains nothing
	}
	var e store.Enlisted
	if err == nil {
		e, err = q.Store.Enlist(ctx, api.Worker{Name: q.Host, Where: b.Where, Since: time.Now().UTC()})
	}
	if err != nil {
		if ctx.Err() == nil {
			fmt.Fprintf(q.Stderr, "This machine is not listed among those that train: %v\n", err)
		}
		return
	}
	q.listed.Lock()
	q.enlisted = e
	q.listed.Unlock()
	q.tell()
	<-ctx.Done()
	q.listed.Lock()
	q.enlisted = nil // the run that ends now is no longer reported
	q.listed.Unlock()
	e.Leave()
}

// trains notes which run is in training here, "" for none, and tells it.
func (q *Queued) trains(id string) {
	q.listed.Lock()
	q.training = id
	q.listed.Unlock()
	q.tell()
}

// tell tells those who ask for the machines which run is in training here.
func (q *Queued) tell() {
	q.listed.Lock()
	defer q.listed.Unlock()
	if q.enlisted != nil {
		q.enlisted.Trains(q.training) // where that fails, it is told when the place in the list is renewed
	}
}

// Where describes the backend of new runs that need not be exact.
func (q *Queued) Where() (run.Where, error) {
	b, err := q.usual()
	if err != nil {
		return run.Where{}, err
	}
	return b.Where, nil
}

// backend opens a backend, or returns the one that is open.
func (q *Queued) backend(c choice) (*backends.Backend, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if b := q.open[c]; b != nil {
		return b, nil
	}
	o := q.Backend
	o.Backend, o.Exact, o.TF32 = c.name, c.exact, c.tf32
	b, err := command.Open(o)
	if err != nil {
		return nil, err
	}
	b.Where.Host = q.Host
	fmt.Fprintln(q.Stderr, b.Why)
	if q.open == nil {
		q.open = map[choice]*backends.Backend{}
	}
	q.open[c] = b
	return b, nil
}

// Close finalises the backends.
func (q *Queued) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, b := range q.open {
		b.Finalize()
	}
	q.open = nil
}

// Stands is queue.Trainer's.
func (q *Queued) Stands(ctx context.Context, j store.Job) (step int, begun bool, err error) {
	v, err := q.view(ctx, j.ID)
	if err != nil {
		return 0, false, err
	}
	if m, ok := v.Latest(); ok {
		step = m.Step
	}
	return step, v.Start != nil, nil
}

func (q *Queued) view(ctx context.Context, id string) (*run.View, error) {
	log, err := q.Store.Read(ctx, id, 1)
	if err != nil {
		return nil, err
	}
	return run.Replay(log), nil
}

// Takes is queue.Trainer's. Where others have the store, this machine must have the job's data set, and for a run that has begun what computes
// it to the same numbers.
func (q *Queued) Takes(ctx context.Context, j store.Job) (ok bool, why string, err error) {
	if !q.Shared && !q.GPU {
		return true, "", nil // or it fails, and says why
	}
	if name := j.Recipe.Dataset; q.Shared && q.Images.Missing(name) != "" {
		info, _ := name.Info()
		return false, fmt.Sprintf("%s is not here; serve data %s %s", info.Origin, name, gets(info)), nil
	}
	was, err := q.view(ctx, j.ID)
	if err != nil {
		return false, "", err
	}
	b, err := q.backend(q.choice(j, was))
	switch {
	case q.GPU && (err != nil || b.Where.Backend != backends.XLACUDA):
		return false, "", nil
	case err != nil && q.Shared:
		return false, err.Error(), nil
	case err != nil:
		return true, "", nil // or it fails, and says why
	case q.Shared && was.Start != nil && !j.Recipe.Exact && !fromTab(was) && !b.Where.Same(was.Start.Where):
		return false, fmt.Sprintf("it was started with (%s); this machine has (%s), which may round differently", was.Start.Where, b.Where), nil
	}
	return true, "", nil
}

// fromTab reports whether a run was trained in a browser last. No machine here computes what that does, so the run may move.
func fromTab(was *run.View) bool { return was.Start != nil && was.Start.Machine == run.Browser }

// choice is what a job is to be computed with: what computed its run before, unless that was a browser and the run need not be exact.
func (q *Queued) choice(j store.Job, was *run.View) choice {
	c := choice{q.Backend.Backend, j.Recipe.Exact, q.Backend.TF32 && !j.Recipe.Exact}
	if was.Start != nil && was.Start.Backend != "" && (j.Recipe.Exact || !fromTab(was)) {
		c.name, c.tf32 = q.Backend.Again(was.Start.Backend), was.Start.Precision == "tf32"
	}
	return c
}

// Train is queue.Trainer's. What computed a run before computes it further.
func (q *Queued) Train(ctx context.Context, j store.Job, begun func(do func(control.Command))) error {
	was, err := q.view(ctx, j.ID)
	if err != nil {
		return err
	}
	b, err := q.backend(q.choice(j, was))
	if err != nil {
		return err
	}
	r := Runner{Backend: b, Images: q.Images, Stderr: io.Discard, Named: true, Snapshots: snapshots(j), Until: j.Until, Begun: begun,
		Move: fromTab(was), Longer: true, Rate: j.Rate, Answers: j.Sweep == "", Heard: func(rec run.Record) {
			if !run.Durable(rec.Event) {
				q.Store.Tell(j.ID, rec) // a display may miss it
			}
		}}
	q.say(j, "in training")
	q.trains(j.ID)
	defer q.trains("")
	v, err := r.Finish(ctx, q.Store, j.ID, j.Recipe, "")
	switch {
	case errors.Is(err, command.ErrStopped):
		q.say(j, "stopped")
		return ctx.Err() // nil where the user stopped it
	case err != nil:
		return err
	case v.Start == nil: // it could not begin, and says why in its end only
		return errors.New(v.End.Error)
	}
	how := string(v.Phase)
	if v.End == nil {
		how = "parked"
	}
	q.say(j, "%s after step %s", how, number.Plain(v.Step))
	return nil
}

// snapshots bounds the bytes of weights that a job's run keeps for looking inside: none for one of the many of a sweep, which keep their checkpoints.
func snapshots(j store.Job) int64 {
	if j.Sweep != "" {
		return 0
	}
	return store.SnapshotBytes
}

// Fail is queue.Trainer's. Clients read what it writes, so only the terminal has the paths of files.
func (q *Queued) Fail(ctx context.Context, j store.Job, why error) error {
	q.say(j, "failed: %v", why)
	w, err := q.Store.Open(ctx, j.ID)
	if err != nil {
		return err
	}
	defer w.Close()
	v, err := q.view(ctx, j.ID)
	if err != nil {
		return err
	}
	events := []run.Event{&run.End{Status: run.Failed, Steps: v.Step, Error: withoutFolders(why.Error()), Hint: "Fix that, then train it again."}}
	if w.Last() == 0 {
		start := &run.Start{Version: run.Version, ID: j.ID, Created: j.Queued, Recipe: j.Recipe}
		events = append([]run.Event{start}, events...)
	}
	var records []run.Record
	for i, e := range events {
		records = append(records, run.Record{Seq: w.Last() + uint64(i) + 1, Time: time.Now(), Event: e})
	}
	return w.Append(records...)
}

// say says a line about a run.
func (q *Queued) say(j store.Job, format string, args ...any) {
	fmt.Fprintf(q.Stderr, "run %s, %s on %s: %s\n", j.ID, models.Title(j.Recipe), j.Recipe.Dataset, fmt.Sprintf(format, args...))
}
