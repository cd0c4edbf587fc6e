//go:build js

package host

import (
	"errors"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"unpool/wasm/module"
)

func isolated() bool { return js.Global().Get("crossOriginIsolated").Truthy() }

// An isolated page has threads, another one has not; relaxed SIMD both have.
func TestBrowserTier(t *testing.T) {
	want := "relaxed SIMD, 1 thread"
	if isolated() {
		want = "relaxed SIMD, 2 threads"
	}
	if got := start(t, Options{Tier: everything(2)}).Tier().String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Without their script the helpers do not start, and the engine does with one thread.
func TestHelpersDoNotStart(t *testing.T) {
	defer func(s string) { helperScript = s }(helperScript)
	helperScript = "missing.js"
	e := start(t, Options{Tier: everything(2)})
	if e.Tier().Threads != 1 {
		t.Errorf("the tier is %v", e.Tier())
	}
	f := load(t, e, 3, counters(10))
	if err := f.Run(alloc(t, e, 64)); err != nil {
		t.Error(err)
	}
}

// A run in which a helper has died fails; the next one does with one thread.
func TestHelperDies(t *testing.T) {
	if !isolated() {
		t.Skip("a page that is not isolated has no helpers")
	}
	defer func(p int32) { patience = p }(patience)
	patience = 3
	e := start(t, Options{Tier: everything(2)})
	f := load(t, e, 2, func(f, barrier *module.Func) {
		meet(f, barrier)
	})
	m := e.machine.(*browserMachine)
	m.post(listen, 0, nil)
	m.helpers[0].worker.Call("terminate")
	time.Sleep(200 * time.Millisecond) // it takes effect some time after
	var trap *Trap
	if err := f.Run(); !errors.As(err, &trap) || !strings.Contains(trap.Text, "died") {
		t.Errorf("got error %v", err)
	}
	if err := f.Run(); err != nil || e.Tier().Threads != 1 {
		t.Errorf("the next run: tier %v, error %v", e.Tier(), err)
	}
}

// Programs come and go; every one reaches all helpers.
func TestManyProgramsInHelpers(t *testing.T) {
	e := start(t, Options{Tier: everything(3)})
	threads := e.Tier().Threads
	p := alloc(t, e, 64*3)
	for range 20 {
		f := load(t, e, 3, counters(10))
		if err := e.Device().Write(p, make([]byte, 64*3)); err != nil {
			t.Fatal(err)
		}
		if err := f.Run(p); err != nil {
			t.Fatal(err)
		}
		f.p.Close()
	}
	if e.Tier().Threads != threads {
		t.Errorf("the tier is %v, it had %d threads", e.Tier(), threads)
	}
}
