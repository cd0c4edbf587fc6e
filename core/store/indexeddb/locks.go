//go:build js

package indexeddb

import (
	"fmt"
	"strings"
	"syscall/js"

	"unpool/core/jsvalue"
	"unpool/core/store"
)

// A run that is held is a lock of the browser's, which dies with the tab or worker that holds it. Where the origin is not secure there are
// none, and leases stand in for them.

func (s *Store) lockName(id string) string { return s.name + "/" + id }

// take acquires a run. The function returned, which may be called again, releases it.
func (s *Store) take(id string) (release func(), err error) {
	if !s.lock.Truthy() {
		return s.lease(id)
	}
	got := make(chan bool, 1)
	answer := func(ok bool) {
		select {
		case got <- ok:
		default: // it has been answered
		}
	}
	resolver := js.Undefined()
	keep := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolver = args[0]
		return nil
	})
	hold := js.FuncOf(func(_ js.Value, args []js.Value) any { // held until the promise is resolved
		if !args[0].Truthy() {
			answer(false)
			return nil
		}
		promise := js.Global().Get("Promise").New(keep)
		answer(true)
		return promise
	})
	refused := js.FuncOf(func(js.Value, []js.Value) any {
		answer(false)
		return nil
	})
	released := s.lock.Call("request", s.lockName(id), map[string]any{"ifAvailable": true}, hold)
	released.Call("catch", refused)
	forget := func() {
		for _, f := range []js.Func{keep, hold, refused} {
			f.Release()
		}
	}
	if !<-got {
		forget()
		return nil, fmt.Errorf("run %s: %w", id, store.ErrBusy)
	}
	free := false
	return func() {
		if free {
			return
		}
		free = true
		resolver.Invoke()
		jsvalue.Await(released) // so that who asks next gets it
		forget()
	}, nil
}

// held are the runs that anyone holds.
func (s *Store) held() (ids []string, err error) {
	if !s.lock.Truthy() {
		return s.leased()
	}
	state, err := jsvalue.Await(s.lock.Call("query"))
	if err != nil {
		return nil, err
	}
	held := state.Get("held")
	for i := range held.Length() {
		if id, ok := strings.CutPrefix(held.Index(i).Get("name").String(), s.lockName("")); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// tell tells everyone who listens, in any tab, that a run has changed.
func (s *Store) tell(id string) {
	channel := js.Global().Get("BroadcastChannel").New(s.name)
	channel.Call("postMessage", id)
	channel.Call("close")
}

// listen returns a channel that has a token when a run has changed, any run where id is "", until stop.
func (s *Store) listen(id string) (changed <-chan struct{}, stop func()) {
	tokens := make(chan struct{}, 1)
	channel := js.Global().Get("BroadcastChannel").New(s.name)
	heard := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if id == "" || args[0].Get("data").String() == id {
			select {
			case tokens <- struct{}{}:
			default: // it will look anyway
			}
		}
		return nil
	})
	channel.Set("onmessage", heard)
	return tokens, func() {
		channel.Call("close")
		heard.Release()
	}
}
