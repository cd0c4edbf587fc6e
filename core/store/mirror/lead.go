package mirror

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

const (
	// freshFor is how old a position may be to continue from it. The server reports deletions for store.DeletedFor, which is longer; and what has
	// happened in so long a time is more than a list of all runs.
	freshFor = 7 * 24 * time.Hour
	// refreshEvery bounds how often summaries are asked for.
	refreshEvery = 500 * time.Millisecond
	// mostSingly is how many are asked for one by one before the list of all is less.
	mostSingly = 20
	// lookAnyway is when runs under way are asked for without having changed: nobody tells when a program that holds a run dies.
	lookAnyway = 10 * time.Second
	// notedEvery is how often it is noted that the server is heard.
	notedEvery = time.Minute
	// boundEvery is how often what is kept is bounded.
	boundEvery = 10 * time.Minute
)

// lead has the event stream, and keeps the summaries, until ctx ends.
func (s *Store) lead(ctx context.Context) {
	s.load(ctx) // as the one before has left it
	s.mu.Lock()
	s.leader, s.told, s.connected = run.NewID(), 0, -1
	s.at = s.server.Position
	if time.Since(s.server.AsOf) > freshFor {
		s.at = ""
	}
	since := s.at
	s.mu.Unlock()
	var refreshing sync.WaitGroup
	refreshing.Go(func() { s.refreshing(ctx) })
	s.Listen(ctx, since, func(e remote.Event) { s.take(ctx, e) })
	refreshing.Wait()
	s.mu.Lock()
	s.leader = ""
	s.mu.Unlock()
}

// take takes in an event of the stream.
func (s *Store) take(ctx context.Context, e remote.Event) {
	if e.State == remote.Anew {
		s.meet(ctx, e.ID)
	}
	lost := e.State == remote.Lost && !s.Away()
	s.mu.Lock()
	switch e.State {
	case "":
		if e.Passing == nil && e.Run != "" {
			s.stale[e.Run] = true
		}
	case remote.Ended:
		s.connected = -s.connected
		s.server.AsOf = time.Now()
	case remote.Lost:
	default:
		s.connected, s.met = 1-s.connected, true
		s.all = s.all || e.State == remote.Anew
		s.suspect()
	}
	is := s.server
	if e.ID != "" {
		s.at = e.ID
	}
	identity := s.identity
	s.mu.Unlock()
	if lost {
		s.save(ctx, map[string]string{identity: note(is)})
	}
	if e.State == remote.Ended {
		return
	}
	s.say(e)
	s.tell(message{Event: &e})
	if e.State != remote.Lost && e.Passing == nil {
		store.Wake(s.wake)
	}
}

// say hands an event to those who watch and want to know of changes here.
func (s *Store) say(e remote.Event) {
	s.Store.Hear(e)
	if e.State != "" || e.Sweep != "" {
		s.changes.Notify()
	}
}

// meet takes in which store it is that the server has. Of another than before other things are noted, if any.
func (s *Store) meet(ctx context.Context, position string) {
	identity := store.StoreOf(position)
	s.mu.Lock()
	known := s.identity == identity
	if !known {
		s.identity, s.server, s.runs, s.stale = identity, server{}, map[string]seen{}, map[string]bool{}
		s.unsent = map[string]run.Label{}
	}
	s.mu.Unlock()
	if known {
		return
	}
	_ = s.local.Notes.Save(ctx, map[string]string{current: identity}) // see save
	s.load(ctx)
	s.tell(message{Saved: map[string]string{current: identity}})
}

// suspect has runs asked for that may have stopped in silence; s is locked.
func (s *Store) suspect() {
	for id, one := range s.runs {
		if one.Deleted.IsZero() && (one.Summary.Phase.Active() || one.Summary.Phase == run.Waiting) {
			s.stale[id] = true
		}
	}
}

// refreshing keeps the summaries up to date until ctx ends.
func (s *Store) refreshing(ctx context.Context) {
	s.bound(ctx, mostKept)
	bounded := time.Now()
	look := time.NewTicker(lookAnyway)
	defer look.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-look.C:
			s.mu.Lock()
			s.suspect()
			s.mu.Unlock()
		}
		if !s.has(s.stream()) {
			continue // another store may answer, until the stream says which it is
		}
		sent, err := s.sendLabels(ctx)
		if err == nil {
			err = s.refresh(ctx)
		}
		if err == nil {
			s.forgetLabels(ctx, sent) // now that the runs are listed by them
		} else {
			time.AfterFunc(time.Second, func() { store.Wake(s.wake) })
		}
		if time.Since(bounded) > boundEvery {
			s.bound(ctx, mostKept)
			bounded = time.Now()
		}
		select {
		case <-ctx.Done():
		case <-time.After(refreshEvery):
		}
	}
}

// stream is which stream this program has, see connected.
func (s *Store) stream() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connected
}

// has reports whether this program has the stream still.
func (s *Store) has(stream int) bool { return stream > 0 && s.stream() == stream }

// refresh asks for the summaries of the runs that have changed, and notes them with the position that they are of.
func (s *Store) refresh(ctx context.Context) error {
	stream := s.stream()
	s.mu.Lock()
	stale, all, met, is := s.stale, s.all, s.met, s.server
	s.stale, s.all, s.met, is.Position = map[string]bool{}, false, false, s.at
	if all || len(stale) > mostSingly {
		for id := range s.runs {
			stale[id] = true
		}
		all = true
	}
	identity := s.identity
	noted := is.AsOf
	s.mu.Unlock()
	if len(stale) == 0 && !all && !met && time.Since(noted) < notedEvery {
		return nil
	}
	changes, err := s.ask(ctx, stale, all)
	if err == nil && met {
		is.Here, err = s.Machine(ctx, nil)
	}
	if err == nil && !s.has(stream) {
		err = remote.ErrAway // the answers may be of another store
	}
	if err != nil {
		s.mu.Lock()
		s.all, s.met = s.all || all, s.met || met
		for id := range stale {
			s.stale[id] = true
		}
		s.mu.Unlock()
		return err
	}
	is.AsOf = time.Now()
	saved := map[string]string{identity: note(is)}
	for id, text := range changes {
		saved[identity+"/"+id] = text
	}
	s.save(ctx, saved)
	return nil
}

// ask returns the notes of runs that differ from those before, by their IDs: of some, or of all that the server has.
func (s *Store) ask(ctx context.Context, stale map[string]bool, all bool) (changes map[string]string, err error) {
	there := map[string]run.Summary{}
	if all {
		list, err := s.Store.List(ctx)
		if err != nil {
			return nil, err
		}
		for _, sum := range list {
			there[sum.ID] = sum
			stale[sum.ID] = true
		}
	} else {
		for id := range stale {
			sum, err := s.Summary(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			there[id] = sum
		}
	}
	changes = map[string]string{}
	for id := range stale {
		s.mu.Lock()
		before, known := s.runs[id]
		s.mu.Unlock()
		text := ""
		sum, ok := there[id]
		switch {
		case ok:
			text = note(seen{Summary: sum})
		case !known || !before.Deleted.IsZero():
			continue
		default:
			if _, err := s.local.Runs.Artifacts(ctx, id); err == nil { // something is kept of it
				text = note(seen{Summary: before.Summary, Deleted: time.Now().UTC()})
			}
		}
		if text != before.text {
			changes[id] = text
		}
	}
	return changes, nil
}

// message is what programs tell each other, as JSON.
type message struct {
	From  string            `json:"from,omitempty"`  // the leader; "" for what others say
	N     uint64            `json:"n,omitempty"`     // counts what it tells
	Event *remote.Event     `json:"event,omitempty"` // of the stream
	Saved map[string]string `json:"saved,omitempty"` // notes that were changed
	Asks  bool              `json:"asks,omitempty"`  // for the state of the stream
}

func (s *Store) tell(m message) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	if s.leader != "" {
		s.told++
		m.From, m.N = s.leader, s.told
	}
	s.mu.Unlock()
	text, err := json.Marshal(m)
	if err != nil {
		return // a record that cannot be written cannot be read
	}
	s.local.Peers.Tell(string(text))
}

// hear takes in what another program tells.
func (s *Store) hear(ctx context.Context, text string) {
	var m message
	if json.Unmarshal([]byte(text), &m) != nil {
		return // another version's
	}
	s.mu.Lock()
	leads := s.leader != ""
	missed := m.From != "" && (m.From != s.follows || m.N != s.heard+1)
	if m.From != "" {
		s.follows, s.heard = m.From, m.N
	}
	other := m.Saved[current] != "" && m.Saved[current] != s.identity
	if !missed && !other {
		s.apply(m.Saved)
	}
	s.mu.Unlock()
	if m.Asks && leads {
		state := remote.GoesOn
		if s.Away() {
			state = remote.Lost
		}
		s.tell(message{Event: &remote.Event{State: state}})
	}
	if missed || other {
		s.load(ctx)
		s.say(remote.Event{State: remote.Anew})
	}
	if m.Event != nil {
		s.say(*m.Event)
	}
}
