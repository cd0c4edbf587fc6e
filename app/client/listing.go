package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/remote"
)

// listing is the runs of one place, as they were listed last.
type listing struct {
	open    func(context.Context) (store.Changing, error)
	store   store.Changing // nil until it is open
	opening bool
	waiting []func()      // for it to be open
	asked   chan struct{} // has a token when they are to be listed even without a change
	all     []run.Summary
}

func (l *listing) ask() {
	store.Wake(l.asked)
}

const (
	// listEvery bounds how often the runs are listed while one trains.
	listEvery = 500 * time.Millisecond
	// lookAnyway is when a run under way in this browser is looked for without a change, since nobody says when a program that holds a run
	// dies.
	lookAnyway = 10 * time.Second
)

// follow opens the store of a place and lists its runs, until that fails.
func (r *Runs) follow(place protocol.Place, l *listing) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := l.open(ctx)
	var changed <-chan struct{}
	if err == nil {
		changed = s.Changes(ctx)
	}
	for err == nil {
		var all []run.Summary
		all, err = s.List(ctx)
		if err != nil {
			break
		}
		r.dispatch(func(app.Context) { r.listed(place, s, all) })
		time.Sleep(listEvery)
		r.wait(l, s, changed, place == protocol.InBrowser && slices.ContainsFunc(all, func(s run.Summary) bool { return s.Phase.Active() }))
	}
	r.dispatch(func(app.Context) {
		l.store, l.opening = nil, false
		if place == protocol.OnServer {
			r.Server.none = errors.Is(err, remote.ErrNone)
		} else {
			r.Failed = err
			r.take(l, nil) // they cannot be read either
		}
	})
}

// listed takes in the runs of a place.
func (r *Runs) listed(place protocol.Place, s store.Changing, all []run.Summary) {
	l := r.lists[place]
	l.store, l.opening = s, false
	if there, ok := s.(*mirror.Store); ok {
		r.Server.hear(there)
	}
	r.take(l, all)
	waiting := l.waiting
	l.waiting = nil
	for _, do := range waiting {
		do()
	}
}

// wait waits until the runs of a place are to be listed again. Meanwhile it says when a server goes away or comes back.
func (r *Runs) wait(l *listing, s store.Changing, changed <-chan struct{}, anyway bool) {
	var look <-chan time.Time
	if anyway {
		look = time.Tick(lookAnyway)
	}
	for {
		select {
		case <-l.asked:
			return
		case <-changed:
			if there, ok := s.(*mirror.Store); ok {
				r.dispatch(func(app.Context) { r.Server.hear(there) })
			}
		case <-look:
		}
		if r.Shown() {
			return
		}
	}
}
