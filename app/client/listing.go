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
	select {
	case l.asked <- struct{}{}:
	default: // they are about to be listed
	}
}

const (
	// listEvery bounds how often the runs are listed while one trains.
	listEvery = 500 * time.Millisecond
	// lookAnyway is when a run under way is looked for without a change, since nobody tells when a program with a run in hand dies; and a
	// server that is away.
	lookAnyway = 10 * time.Second
)

// follow opens the store of a place and lists its runs, until that fails. What a server that is away had stays listed.
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
		away := errors.Is(err, remote.ErrAway)
		if err != nil && !away {
			break
		}
		err = nil
		r.dispatch(func(app.Context) { r.listed(place, s, all, away) })
		time.Sleep(listEvery)
		r.wait(l, s, changed, away, away || slices.ContainsFunc(all, func(s run.Summary) bool { return s.Phase.Active() }))
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
func (r *Runs) listed(place protocol.Place, s store.Changing, all []run.Summary, away bool) {
	l := r.lists[place]
	l.store, l.opening = s, false
	if place == protocol.OnServer {
		r.Server.Away = away
	}
	if !away {
		r.take(l, all)
	}
	waiting := l.waiting
	l.waiting = nil
	for _, do := range waiting {
		do()
	}
}

// wait waits until the runs of a place are to be listed again. Meanwhile it says when a server goes away or comes back.
func (r *Runs) wait(l *listing, s store.Changing, changed <-chan struct{}, away, anyway bool) {
	var look <-chan time.Time
	if anyway {
		look = time.Tick(lookAnyway)
	}
	for {
		select {
		case <-l.asked:
			return
		case <-changed:
			if there, ok := s.(*remote.Store); ok && there.Away() != away {
				now := !away
				away = now
				r.dispatch(func(app.Context) { r.Server.Away = now })
			}
		case <-look:
		}
		if r.Shown() {
			return
		}
	}
}
