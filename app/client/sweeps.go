package client

import (
	"context"
	"errors"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/remote"
)

// Sweeps are the sweeps of the site's server. All of it is used on the pages' goroutine, which waits for nothing.
type Sweeps struct {
	All    []api.SweepSummary // the newest first
	Listed bool
	Open   *api.Sweep // the one that is looked at, as it was last; nil while it is read
	Gone   bool       // there is no sweep of the ID that is looked at
	Failed error      // why the server's sweeps are unknown; nil if they are known
	Shown  func() bool
	Server *Server

	id        string // of the sweep that is looked at; "" for none
	asked     chan struct{}
	following bool
}

// NewSweeps returns the sweeps of a server.
func NewSweeps(s *Server) *Sweeps {
	return &Sweeps{Server: s, Shown: func() bool { return false }, asked: make(chan struct{}, 1)}
}

// None reports whether the site has no server that could keep any.
func (s *Sweeps) None() bool { return s.Server.none }

// ID is that of the sweep that is looked at, "" for none.
func (s *Sweeps) ID() string { return s.id }

// Follow lists the sweeps, and from then on whenever they change while they are shown; and so it reads the sweep of an ID, unless that is "".
func (s *Sweeps) Follow(id string) {
	if s.id != id {
		s.id, s.Open, s.Gone = id, nil, false
	}
	s.Failed = nil
	s.ask()
	if !s.following {
		s.following = true
		go s.follow()
	}
}

const (
	// readEvery bounds how often sweeps are read while their runs are trained.
	readEvery = time.Second
	// readShare is the share of the time that reading may take: an answer of ten thousand runs takes a while to decode, and the page has one thread.
	readShare = 4
)

// follow reads when something has changed, until the tab ends or the site turns out to have no server that keeps any.
func (s *Sweeps) follow() {
	opened, err := s.Server.open(context.Background())
	if err != nil {
		s.Server.dispatch(func(app.Context) {
			s.following = false
			if s.Server.none = errors.Is(err, remote.ErrNone); !s.Server.none {
				s.Failed = err
			}
		})
		return
	}
	there := opened.(*mirror.Store)
	changed := there.Changes(context.Background())
	for {
		select {
		case <-s.asked:
		case <-changed:
		}
		for !s.Shown() {
			<-s.asked
		}
		begun := time.Now()
		s.read(there)
		select { // what was asked for again need not wait
		case <-time.After(max(readEvery, readShare*time.Since(begun))):
		case <-s.asked:
			s.ask()
		}
	}
}

// ask has the sweeps read even without a change.
func (s *Sweeps) ask() {
	store.Wake(s.asked)
}

// read reads the list, and the sweep that is looked at.
func (s *Sweeps) read(there *mirror.Store) {
	ctx := context.Background()
	which := make(chan string)
	s.Server.dispatch(func(app.Context) { which <- s.id })
	id := <-which
	all, err := there.Sweeps(ctx)
	var open *api.Sweep
	var missing error
	if err == nil && id != "" {
		open, missing = there.Sweep(ctx, id)
	}
	s.Server.dispatch(func(app.Context) {
		s.Server.hear(there)
		if errors.Is(err, remote.ErrAway) || errors.Is(missing, remote.ErrAway) {
			s.Server.Away = true
			return
		}
		if s.Failed = err; err != nil {
			return
		}
		s.All, s.Listed = all, true
		switch {
		case id != s.id || id == "":
		case errors.Is(missing, store.ErrNotFound):
			s.Open, s.Gone = nil, true
		case missing != nil:
			s.Failed = missing
		default:
			s.Open, s.Gone = open, false
		}
	})
}

// do has a goroutine of its own ask the server something, and passes the outcome to done on the pages' goroutine.
func (s *Sweeps) do(what func(context.Context, *mirror.Store) error, done func(error)) {
	there := s.Server.store
	go func() {
		err := error(remote.ErrAway)
		if there != nil {
			err = what(context.Background(), there)
		}
		s.Server.dispatch(func(app.Context) {
			done(err)
			s.Follow(s.id)
		})
	}()
}

// Begin has the server make a sweep.
func (s *Sweeps) Begin(n api.NewSweep, done func(id string, err error)) {
	id := ""
	s.do(func(ctx context.Context, there *mirror.Store) (err error) {
		id, err = there.BeginSweep(ctx, n)
		return err
	}, func(err error) { done(id, err) })
}

// Change renames a sweep, adds points or seeds to it, or says how many of its runs are trained at a time.
func (s *Sweeps) Change(id string, c api.SweepChange, done func(error)) {
	s.do(func(ctx context.Context, there *mirror.Store) error { return there.ChangeSweep(ctx, id, c) }, done)
}

// Tell tells a sweep to pause, to continue or to stop.
func (s *Sweeps) Tell(id string, do api.SweepVerb, done func(error)) {
	s.do(func(ctx context.Context, there *mirror.Store) error { return there.CommandSweep(ctx, id, do) }, done)
}

// Delete deletes a sweep and all its runs.
func (s *Sweeps) Delete(id string, done func(error)) {
	s.do(func(ctx context.Context, there *mirror.Store) error { return there.DeleteSweep(ctx, id) }, done)
}

// Run returns the summary of one of the server's runs.
func (s *Sweeps) Run(id string, done func(run.Summary, error)) {
	there := s.Server.store
	go func() {
		var summary run.Summary
		err := error(remote.ErrAway)
		if there != nil {
			summary, err = there.Summary(context.Background(), id)
		}
		s.Server.dispatch(func(app.Context) { done(summary, err) })
	}()
}
