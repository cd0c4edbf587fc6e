package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

// Runs are the runs that this browser keeps, and those that the site's server keeps. This browser's are read side by side with the trainer,
// which writes them. All of it is used on the pages' goroutine, which waits for nothing: what takes time calls back.
type Runs struct {
	All     []Run       // of both, the newest first
	Version int         // of All: it grows with each list, and is 0 before the first
	Failed  error       // why this browser keeps none; nil while it may
	Shown   func() bool // whether the page that lists them is the one on show
	Server  *Server

	dispatch func(func(app.Context))
	lists    map[protocol.Place]*listing
}

// Run is a run that is kept somewhere.
type Run struct {
	run.Summary
	Place protocol.Place
}

// Ref names the run.
func (r Run) Ref() Ref { return Ref{r.Place, r.ID} }

// NewRuns returns the runs of a store that is opened when it is first needed, and of a server likewise, nil for none. dispatch runs a
// function on the pages' goroutine.
func NewRuns(open func() (store.Changing, error), server OpenServer, dispatch func(func(app.Context))) *Runs {
	r := &Runs{dispatch: dispatch, Shown: func() bool { return false }, Server: &Server{connect: server, dispatch: dispatch}}
	r.lists = map[protocol.Place]*listing{
		protocol.InBrowser: {asked: make(chan struct{}, 1), open: func(context.Context) (store.Changing, error) { return open() }},
		protocol.OnServer:  {asked: make(chan struct{}, 1), open: r.Server.open},
	}
	return r
}

// Here are the runs that this browser keeps, the newest first, and whether they have been listed.
func (r *Runs) Here() ([]run.Summary, bool) {
	l := r.lists[protocol.InBrowser]
	return l.all, l.store != nil
}

// Follow lists the runs, and from then on whenever they change while they are shown.
func (r *Runs) Follow() {
	for place, l := range r.lists {
		switch {
		case l.opening || place == protocol.OnServer && r.Server.none:
		case l.store != nil:
			l.ask()
		default:
			l.opening = true
			if place == protocol.InBrowser {
				r.Failed = nil
			}
			go r.follow(place, l)
		}
	}
}

// Open calls do when the runs of a place have been listed.
func (r *Runs) Open(of protocol.Place, do func()) {
	if l := r.lists[of]; l.store == nil {
		l.waiting = append(l.waiting, do)
		return
	}
	do()
}

// take takes in the runs of a place.
func (r *Runs) take(l *listing, all []run.Summary) {
	l.all = all
	r.All = nil
	for place, l := range r.lists {
		for _, s := range l.all {
			r.All = append(r.All, Run{s, place})
		}
	}
	slices.SortFunc(r.All, func(a, b Run) int { return run.Newer(a.Summary, b.Summary) })
	r.Version++
}

// Kept is a run as it is in the store.
type Kept struct {
	View      *run.View
	Artifacts []store.Artifact
	last      uint64 // number of the last record that View has
}

// Has reports whether an artifact is there.
func (k *Kept) Has(name string) bool {
	return slices.ContainsFunc(k.Artifacts, func(a store.Artifact) bool { return a.Name == name })
}

// Read reads a run; before is what was read of it already, nil for nothing. Its log must be the one that it was then, or have grown.
func (r *Runs) Read(of Ref, before *Kept, done func(*Kept, error)) {
	do(r, of.Place, func(s store.Store) (*Kept, error) { return before.and(s, of.ID) }, done)
}

// and reads what is new in a store of a run.
func (k *Kept) and(s store.Store, id string) (*Kept, error) {
	if k == nil {
		k = &Kept{View: &run.View{}}
	}
	log, err := s.Read(context.Background(), id, k.last+1)
	if err != nil {
		return nil, err
	}
	artifacts, err := s.Artifacts(context.Background(), id)
	return &Kept{k.View.And(log), artifacts, k.last + uint64(len(log))}, err
}

// Label gives a run the user's name and note.
func (r *Runs) Label(of Ref, l run.Label, done func(error)) {
	do(r, of.Place, func(s store.Store) (any, error) { return nil, s.Label(context.Background(), of.ID, l) },
		func(_ any, err error) { done(err) })
}

// Delete removes runs of a place. A run that a program holds stays, and the error says so.
func (r *Runs) Delete(of protocol.Place, ids []string, done func(error)) {
	do(r, of, func(s store.Store) (any, error) {
		var errs []error
		for _, id := range ids {
			if err := s.Delete(context.Background(), id); !errors.Is(err, store.ErrNotFound) { // another tab was faster
				errs = append(errs, err)
			}
		}
		return nil, errors.Join(errs...)
	}, func(_ any, err error) {
		if err == nil { // the next list comes in a moment
			l := r.lists[of]
			r.take(l, slices.DeleteFunc(slices.Clone(l.all), func(s run.Summary) bool { return slices.Contains(ids, s.ID) }))
		}
		done(err)
	})
}

// Export makes a run one file, which the browser saves.
func (r *Runs) Export(of Ref, done func(file []byte, err error)) {
	do(r, of.Place, func(s store.Store) ([]byte, error) {
		var b bytes.Buffer
		err := store.Export(context.Background(), s, of.ID, &b)
		return b.Bytes(), err
	}, func(file []byte, err error) {
		if err == nil {
			web.DownloadBytes(of.File(), store.FileType, file)
		}
		done(file, err)
	})
}

// Import takes in a run that is one file, which read gets.
func (r *Runs) Import(read func() ([]byte, error), done func(id string, err error)) {
	do(r, protocol.InBrowser, func(s store.Store) (string, error) {
		file, err := read()
		if err != nil {
			return "", fmt.Errorf("the file cannot be read: %w", err)
		}
		return store.Import(context.Background(), s, bytes.NewReader(file), int64(len(file)))
	}, done)
}

// KeepHere makes a run of this browser of what is kept of one that was deleted on the server.
func (r *Runs) KeepHere(of Ref, done func(error)) {
	here := r.lists[protocol.InBrowser].store
	do(r, of.Place, func(there store.Store) (any, error) {
		if here == nil {
			return nil, r.notOpen(protocol.InBrowser)
		}
		if err := carry(there, here, of.ID, into(here)); err != nil {
			return nil, err
		}
		return nil, there.Delete(context.Background(), of.ID)
	}, func(_ any, err error) { done(err) })
}

// do has a goroutine of its own do something with the store of a place, and passes the outcome to done on the pages' goroutine.
func do[T any](r *Runs, of protocol.Place, what func(store.Store) (T, error), done func(T, error)) {
	s, err := r.lists[of].store, r.notOpen(of)
	go func() {
		var got T
		if s != nil {
			got, err = what(s)
		}
		r.dispatch(func(app.Context) { done(got, err) })
	}()
}

// notOpen is for what is asked of a place that has not answered, or has failed meanwhile.
func (r *Runs) notOpen(of protocol.Place) error {
	if of == protocol.OnServer {
		return remote.ErrAway
	}
	return errors.New("the browser’s storage is not open; try again")
}
