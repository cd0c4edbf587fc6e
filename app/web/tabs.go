package web

import (
	"context"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Tabs are this site's tabs in this browser: they send each other texts, and one of them leads. Where the browser has no locks, since the site
// comes over plain http from another machine, each tab is on its own.
type Tabs struct {
	name    string
	channel app.Value // nil where there are no locks
	locks   app.Value
}

// NewTabs returns the tabs that go by a name.
func NewTabs(name string) *Tabs {
	t := &Tabs{name: name}
	locks, channel := app.Window().Get("navigator").Get("locks"), app.Window().Get("BroadcastChannel")
	if locks.Truthy() && channel.Truthy() {
		Try(func() { t.locks, t.channel = locks, channel.New(name) }) // or it is on its own
	}
	return t
}

// Shared reports whether there is one that leads.
func (t *Tabs) Shared() bool { return t.channel != nil }

// Tell sends a text to the other tabs.
func (t *Tabs) Tell(text string) {
	if t.Shared() {
		t.channel.Call("postMessage", text)
	}
}

// Hear calls heard, on a goroutine of its own, with what other tabs send, until ctx ends.
func (t *Tabs) Hear(ctx context.Context, heard func(text string)) {
	if !t.Shared() {
		return
	}
	var waiting []string // Go has one thread here
	wake := make(chan struct{}, 1)
	f := app.FuncOf(func(_ app.Value, args []app.Value) any {
		waiting = append(waiting, args[0].Get("data").String())
		select {
		case wake <- struct{}{}:
		default: // it has a token
		}
		return nil
	})
	t.channel.Set("onmessage", f)
	go func() {
		defer f.Release()
		defer t.channel.Set("onmessage", nil)
		for {
			select {
			case <-ctx.Done():
				return
			case <-wake:
			}
			some := waiting
			waiting = nil
			for _, text := range some {
				heard(text)
			}
		}
	}()
}

// Lead calls do whenever this tab leads: while it is in sight, see WhileShown, and no other does. Its context ends when it has to leave that to
// others.
func (t *Tabs) Lead(ctx context.Context, do func(context.Context)) {
	for ctx.Err() == nil {
		shown, hidden := WhileShown(ctx)
		release, err := t.lock(shown)
		if err == nil {
			do(shown)
			release()
		}
		hidden()
	}
}

// lock waits until no other tab has the lock, and takes it.
func (t *Tabs) lock(ctx context.Context) (release func(), err error) {
	if !t.Shared() {
		return func() {}, ctx.Err()
	}
	controller := app.Window().Get("AbortController").New()
	defer context.AfterFunc(ctx, func() { controller.Call("abort") })()
	var resolve app.Value
	keep := app.FuncOf(func(_ app.Value, args []app.Value) any {
		resolve = args[0]
		return nil
	})
	defer keep.Release()
	held := app.Window().Get("Promise").New(keep)
	got := make(chan error, 1)
	hold := app.FuncOf(func(app.Value, []app.Value) any { // the lock is held until the promise is resolved
		got <- nil
		return held
	})
	defer hold.Release()
	refused := app.FuncOf(func(app.Value, []app.Value) any { // cancelled; or the browser forbids locks, and then there are none
		got <- nil
		return nil
	})
	defer refused.Release()
	err = Try(func() {
		t.locks.Call("request", t.name, map[string]any{"signal": controller.Get("signal")}, hold).Call("catch", refused)
	})
	if err == nil {
		err = <-got
	}
	if err == nil && ctx.Err() != nil { // it comes too late
		resolve.Invoke()
		err = ctx.Err()
	}
	return func() { resolve.Invoke() }, err
}
