package client

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/remote"
)

// OpenServer opens the runs that the site's server keeps, or what this browser has kept of them: remote.ErrNone where there is no such server.
type OpenServer func(context.Context) (*mirror.Store, error)

// Server is the site's server, where that keeps runs and trains. All of it is used on the pages' goroutine.
type Server struct {
	Here *api.Here // what it is; nil where it keeps none, and before it has answered
	Away bool      // it could not be reached when that was last tried
	AsOf time.Time // when it last answered; of use while it is away

	connect  OpenServer // nil where there is none to ask
	dispatch func(func(app.Context))
	store    *mirror.Store // nil until Here is known
	none     bool          // it keeps none

	opening sync.Mutex    // while the server is waited for
	opened  *mirror.Store // the one there is: it has a stream of events. Its goroutines share it, before the pages' has it as store
}

// Name is what the server is called.
func (s *Server) Name() string {
	if s.Here == nil {
		return "the server"
	}
	return cmp.Or(s.Here.Name, "the server")
}

// Answered reports whether it is known whether the site's server keeps runs.
func (s *Server) Answered() bool { return s.store != nil || s.none }

// open waits until the server has answered, unless something of it is kept. It runs on a goroutine of its own. Whoever opens it, it has one stream of
// events for all.
func (s *Server) open(context.Context) (store.Changing, error) {
	if s.connect == nil {
		return nil, remote.ErrNone
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.opened != nil {
		return s.opened, nil
	}
	opened, err := s.connect(context.Background()) // as long as the tab
	if err != nil {
		return nil, err
	}
	s.opened = opened
	s.dispatch(func(app.Context) { s.store = opened })
	return opened, nil
}

// hear takes in the state of the server.
func (s *Server) hear(m *mirror.Store) {
	here := m.Here()
	s.Here, s.Away, s.AsOf = &here, m.Away(), m.AsOf()
}

// Pace is how long training steps take on the server, and which machines take them, as far as it has said. The zero value knows nothing.
type Pace struct {
	Machines []api.Worker // that train; of an earlier moment

	asked recipe.Recipe
	ms    float64
}

// Of returns how many milliseconds a step of a recipe takes there; 0 where that is not known, or not yet: it asks when the recipe is another one.
func (p *Pace) Of(s *Server, r recipe.Recipe) float64 {
	r.Seed = 1 // irrelevant here
	if p.asked == r {
		return p.ms
	}
	there := s.store
	if there == nil {
		return 0
	}
	p.asked, p.ms = r, 0
	go func() {
		here, err := there.Machine(context.Background(), &r)
		machines, unlisted := there.Machines(context.Background())
		if err == nil {
			s.dispatch(func(app.Context) {
				if p.asked == r {
					p.ms = here.MsPerStep
				}
				if unlisted == nil {
					p.Machines = machines
				}
			})
		}
	}()
	return 0
}
