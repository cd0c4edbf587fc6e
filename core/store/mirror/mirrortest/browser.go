// Package mirrortest is a browser for tests of what is kept of a server: storage in memory that tabs share.
package mirrortest

import (
	"context"
	"sync"

	"unpool/core/store"
	"unpool/core/store/mirror"
	"unpool/core/store/remote"
)

// Browser has tabs. The zero value has none, and keeps nothing yet.
type Browser struct {
	Runs  store.Memory
	Notes mirror.Memory

	mu     sync.Mutex
	tabs   map[*tab]bool
	locked chan struct{} // has a token while a tab leads
}

// Tab returns what a new tab of the browser has.
func (b *Browser) Tab() mirror.Local {
	return mirror.Local{Runs: &b.Runs, Notes: &b.Notes, Peers: &tab{browser: b, wake: make(chan struct{}, 1)}}
}

// tab is mirror.Peers.
type tab struct {
	browser *Browser
	wake    chan struct{} // has a token when something is waiting

	mu      sync.Mutex
	waiting []string
}

func (t *tab) Lead(ctx context.Context, do func(context.Context)) {
	b := t.browser
	b.mu.Lock()
	if b.locked == nil {
		b.locked = make(chan struct{}, 1)
	}
	locked := b.locked
	b.mu.Unlock()
	select {
	case locked <- struct{}{}:
		do(ctx)
		<-locked
	case <-ctx.Done():
	}
}

func (t *tab) Tell(text string) {
	t.browser.mu.Lock()
	defer t.browser.mu.Unlock()
	for other := range t.browser.tabs {
		if other == t {
			continue
		}
		other.mu.Lock()
		other.waiting = append(other.waiting, text)
		other.mu.Unlock()
		select {
		case other.wake <- struct{}{}:
		default: // it has one
		}
	}
}

func (t *tab) Hear(ctx context.Context, heard func(string)) {
	b := t.browser
	b.mu.Lock()
	if b.tabs == nil {
		b.tabs = map[*tab]bool{}
	}
	b.tabs[t] = true
	b.mu.Unlock()
	go func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-t.wake:
			}
			t.mu.Lock()
			some := t.waiting
			t.waiting = nil
			t.mu.Unlock()
			for _, text := range some {
				if ctx.Err() == nil {
					heard(text)
				}
			}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.tabs, t)
	}()
}

// Opener returns what opens the runs of a server in a browser with a single tab.
func Opener(do remote.Do) func(context.Context) (*mirror.Store, error) {
	b := &Browser{}
	return func(ctx context.Context) (*mirror.Store, error) { return mirror.Open(ctx, b.Tab(), do) }
}
