// Package mirror is the runs of the site's server as a browser has them: what was seen of them is kept beside the browser's own runs, and only
// what is new is asked for. While the server cannot be reached there is what was kept.
//
// Of every run the summary is kept, and of those that were looked at the log, and the snapshots that were opened. Of all the programs that share
// a browser's storage, its tabs, one leads: it has the server's event stream, keeps the summaries, and hands on to the others what it hears. The
// others ask the server for logs and artifacts themselves.
//
// It knows no browser: what it needs of one is Local.
package mirror

import (
	"context"
	"errors"
	"sync"
	"time"

	"unpool/core/api"
	"unpool/core/run"
	"unpool/core/store"
	"unpool/core/store/remote"
)

// Local is what a browser has for the runs of a server, or of several, one after the other at the same address.
type Local struct {
	Runs  store.Store // logs and artifacts; of nothing else
	Notes Notes
	Peers Peers
}

// Notes keeps texts by their names.
type Notes interface {
	// Load returns all notes.
	Load(ctx context.Context) (map[string]string, error)
	// Save changes some notes, all of them or none. An empty text removes one.
	Save(ctx context.Context, changes map[string]string) error
}

// Peers are the programs that share the local storage.
type Peers interface {
	// Lead calls do whenever this program is the one that leads, with a context that ends when it has to leave that to others, until ctx ends.
	// Another leads only when do has returned, or this program has died.
	Lead(ctx context.Context, do func(ctx context.Context))
	// Tell sends a text to all others.
	Tell(text string)
	// Hear calls heard with what others send, one text after the other, until ctx ends.
	Hear(ctx context.Context, heard func(text string))
}

// Store is a server's runs. Open makes one.
type Store struct {
	*remote.Store
	local Local
	wake  chan struct{} // has a token when the server is to be asked for summaries
	ready chan struct{} // closed when there is something to list

	telling sync.Mutex // held while something is told, so that the others hear it in order

	mu       sync.Mutex
	identity string               // of the server's store; "" where none has been seen
	server   server               // as noted
	runs     map[string]seen      // by ID
	unsent   map[string]run.Label // that the server was not told of, by the runs' IDs
	copies   map[string]*logCopy
	changes  store.Signal

	// Of the program that leads.
	leader    string          // its name, which no leader had before; "" for one that does not lead
	told      uint64          // how much it has told
	at        string          // the position behind what it has heard
	connected int             // counts how often it has got the stream; negative while it does not have it
	met       bool            // since the server was asked what it is
	stale     map[string]bool // runs that have changed since their summaries were asked for
	all       bool            // every run may have

	// Of one that does not.
	follows string // the name of the leader
	heard   uint64 // how much that has told
}

var _ store.Changing = (*Store)(nil)

// Open returns the runs of the server that do asks, which are followed until ctx ends. It waits for the server only if nothing is kept of it:
// remote.ErrNone where that keeps no runs.
func Open(ctx context.Context, local Local, do remote.Do) (*Store, error) {
	s := &Store{
		Store: remote.Connect(do), local: local, wake: make(chan struct{}, 1), ready: make(chan struct{}),
		runs: map[string]seen{}, unsent: map[string]run.Label{}, copies: map[string]*logCopy{}, stale: map[string]bool{},
	}
	s.load(ctx)
	if !s.isReady() {
		if err := s.Answers(ctx); err != nil {
			return nil, err
		}
	}
	context.AfterFunc(ctx, s.closeAll)
	local.Peers.Hear(ctx, func(text string) { s.hear(ctx, text) })
	s.tell(message{Asks: true})
	go local.Peers.Lead(ctx, s.lead)
	select {
	case <-s.ready:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Here is what the server trains on, as it said last.
func (s *Store) Here() api.Here {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server.Here
}

// AsOf is when the server was heard last. It is of use while that is Away.
func (s *Store) AsOf() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server.AsOf
}

// List is store.Store's: runs as they were when the server was heard last. One that was deleted there, and of which something is kept, is
// run.Deleted.
func (s *Store) List(context.Context) ([]run.Summary, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []run.Summary
	for id, one := range s.runs {
		if l, waits := s.unsent[id]; waits {
			one.Summary.Label = l
		}
		if !one.Deleted.IsZero() {
			one.Summary.Phase = run.Deleted
		}
		all = append(all, one.Summary)
	}
	run.Newest(all)
	return all, nil
}

// Changes is store.Changing's. The server's going away and coming back are changes, too.
func (s *Store) Changes(ctx context.Context) <-chan struct{} {
	c := s.changes.Listen(ctx)
	store.Wake(c) // who asks does not know what was before
	return c
}

// Delete is store.Store's. Of a run that was deleted on the server it removes what is kept.
func (s *Store) Delete(ctx context.Context, id string) error {
	gone := s.isDeleted(id)
	s.drop(ctx, id) // first, or whoever leads would take it for a run that others have deleted
	if !gone {
		if err := s.Store.Delete(ctx, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	s.save(ctx, map[string]string{s.key(id): ""})
	s.noteLabel(ctx, id, "")
	return nil
}

// isDeleted reports whether a run was deleted on the server.
func (s *Store) isDeleted(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.runs[id].Deleted.IsZero()
}

// isNoted reports whether there is such a run on the server.
func (s *Store) isNoted(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.runs[id]
	return ok && one.Deleted.IsZero()
}

// Artifacts is store.Store's: what is kept, while the server cannot be reached.
func (s *Store) Artifacts(ctx context.Context, id string) ([]store.Artifact, error) {
	if s.alone(id) {
		return s.local.Runs.Artifacts(ctx, id)
	}
	all, err := s.Store.Artifacts(ctx, id)
	if errors.Is(err, remote.ErrAway) {
		if kept, err := s.local.Runs.Artifacts(ctx, id); err == nil {
			return kept, nil
		}
	}
	return all, err
}

// alone reports whether there is nothing of a run but what is kept.
func (s *Store) alone(id string) bool {
	if s.isDeleted(id) {
		return true
	}
	if !s.Away() {
		return false
	}
	_, err := s.local.Runs.Artifacts(context.Background(), id)
	return err == nil
}
