package store

import (
	"context"
	"sync"
)

// Signal tells those who listen that something has changed. The zero value has no listeners.
type Signal struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

// Listen returns a channel that has a token when Notify was called since the last token was taken, until ctx ends.
func (s *Signal) Listen(ctx context.Context) chan struct{} {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listeners == nil {
		s.listeners = map[chan struct{}]bool{}
	}
	s.listeners[c] = true
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners, c)
	})
	return c
}

// Notify gives each listener a token.
func (s *Signal) Notify() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.listeners {
		Wake(c)
	}
}

// Wake puts a token into a channel that has room for one, unless it has one already.
func Wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
