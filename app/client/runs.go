package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/run"
	"unpool/core/store"
)

// Runs are the runs that this browser keeps. They are read side by side with the trainer, which writes them. All of it is used on
// the pages' goroutine, which waits for nothing: what takes time calls back.
type Runs struct {
	All     []run.Summary // the newest first
	Version int           // of All: it grows with each list, and is 0 before the first
	Failed  error         // why there is none; nil while there is hope
	Shown   func() bool   // whether the page that lists them is the one on show

	open     func() (store.Changing, error)
	dispatch func(func(app.Context))
	store    store.Changing // nil until it is open
	opening  bool
	waiting  []func()      // for it to be open
	asked    chan struct{} // has a token when they are to be listed even without a change
}

// NewRuns returns the runs of a store that is opened when it is first needed. dispatch runs a function on the pages' goroutine.
func NewRuns(open func() (store.Changing, error), dispatch func(func(app.Context))) *Runs {
	return &Runs{open: open, dispatch: dispatch, Shown: func() bool { return false }, asked: make(chan struct{}, 1)}
}

// Follow lists the runs, and from then on whenever they change while they are shown.
func (r *Runs) Follow() {
	switch {
	case r.opening:
	case r.store != nil:
		select {
		case r.asked <- struct{}{}:
		default: // they are about to be listed
		}
	default:
		r.opening, r.Failed = true, nil
		go r.follow()
	}
}

// Open calls do when the runs have been listed.
func (r *Runs) Open(do func()) {
	if r.store != nil {
		do()
		return
	}
	r.waiting = append(r.waiting, do)
}

const (
	// listEvery bounds how often the runs are listed while one trains.
	listEvery = 500 * time.Millisecond
	// lookAnyway is when a run under way is looked for without a change: nobody tells when a program with a run in hand dies.
	lookAnyway = 10 * time.Second
)

// follow opens the store and lists the runs, until that fails.
func (r *Runs) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := r.open()
	var changed <-chan struct{}
	if err == nil {
		changed = s.Changes(ctx)
	}
	for err == nil {
		var all []run.Summary
		if all, err = s.List(ctx); err != nil {
			break
		}
		r.dispatch(func(app.Context) {
			r.store, r.opening = s, false
			r.All = all
			r.Version++
			waiting := r.waiting
			r.waiting = nil
			for _, do := range waiting {
				do()
			}
		})
		time.Sleep(listEvery)
		r.wait(changed, slices.ContainsFunc(all, func(s run.Summary) bool { return s.Phase.Active() }))
	}
	r.dispatch(func(app.Context) { r.store, r.opening, r.Failed = nil, false, err })
}

// wait waits until the runs are to be listed again.
func (r *Runs) wait(changed <-chan struct{}, underWay bool) {
	var look <-chan time.Time
	if underWay {
		look = time.Tick(lookAnyway)
	}
	for {
		select {
		case <-r.asked:
			return
		case <-changed:
		case <-look:
		}
		if r.Shown() {
			return
		}
	}
}

// Kept is a run as it lies in the store.
type Kept struct {
	View      *run.View
	Artifacts []store.Artifact
}

// Has reports whether an artifact is there.
func (k *Kept) Has(name string) bool {
	return slices.ContainsFunc(k.Artifacts, func(a store.Artifact) bool { return a.Name == name })
}

// Read reads a run.
func (r *Runs) Read(id string, done func(*Kept, error)) {
	do(r, func(s store.Store) (*Kept, error) {
		log, err := s.Read(context.Background(), id, 1)
		if err != nil {
			return nil, err
		}
		artifacts, err := s.Artifacts(context.Background(), id)
		return &Kept{run.Replay(log), artifacts}, err
	}, done)
}

// Label gives a run the user's name and note.
func (r *Runs) Label(id string, l run.Label, done func(error)) {
	do(r, func(s store.Store) (any, error) { return nil, s.Label(context.Background(), id, l) },
		func(_ any, err error) { done(err) })
}

// Delete removes runs. What a program has in hand stays, and the error says so.
func (r *Runs) Delete(ids []string, done func(error)) {
	do(r, func(s store.Store) (any, error) {
		var errs []error
		for _, id := range ids {
			if err := s.Delete(context.Background(), id); !errors.Is(err, store.ErrNotFound) { // another tab was faster
				errs = append(errs, err)
			}
		}
		return nil, errors.Join(errs...)
	}, func(_ any, err error) {
		if err == nil { // the next list comes in a moment
			r.All = slices.DeleteFunc(slices.Clone(r.All), func(s run.Summary) bool { return slices.Contains(ids, s.ID) })
			r.Version++
		}
		done(err)
	})
}

// Export makes a run one file.
func (r *Runs) Export(id string, done func(file []byte, err error)) {
	do(r, func(s store.Store) ([]byte, error) {
		var b bytes.Buffer
		err := store.Export(context.Background(), s, id, &b)
		return b.Bytes(), err
	}, done)
}

// Import takes in a run that is one file, which read gets.
func (r *Runs) Import(read func() ([]byte, error), done func(id string, err error)) {
	do(r, func(s store.Store) (string, error) {
		file, err := read()
		if err != nil {
			return "", fmt.Errorf("the file cannot be read: %w", err)
		}
		return store.Import(context.Background(), s, bytes.NewReader(file), int64(len(file)))
	}, done)
}

// errNotOpen is for what is asked of a store that has failed meanwhile.
var errNotOpen = errors.New("the browser’s storage is not open; try again")

// do has a goroutine of its own do something with the store, and hands what comes of it to done on the pages' goroutine.
func do[T any](r *Runs, what func(store.Store) (T, error), done func(T, error)) {
	s := r.store
	go func() {
		var got T
		err := errNotOpen
		if s != nil {
			got, err = what(s)
		}
		r.dispatch(func(app.Context) { done(got, err) })
	}()
}
