package e2e

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpool/internal/browser"
)

// gate stands before a server that is killed and restarted at other addresses, and counts the event streams that are open.
type gate struct {
	to      atomic.Pointer[url.URL]
	streams atomic.Int32
}

func (f *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/api/events") {
		f.streams.Add(1)
		defer f.streams.Add(-1)
	}
	(&httputil.ReverseProxy{
		Rewrite:       func(p *httputil.ProxyRequest) { p.SetURL(f.to.Load()); p.Out.Host = p.In.Host },
		FlushInterval: -1, // streams are to come as they are written
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}).ServeHTTP(w, r)
}

// serve starts a server behind the gate, which end kills.
func (f *gate) serve(t *testing.T, store string) (end func()) {
	t.Helper()
	site, cmd, _ := launch(t, "127.0.0.1:0", "-backend", "wasm", "-store", store)
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	f.to.Store(at)
	return func() { kill(cmd) }
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

// one waits until one event stream is open.
func (f *gate) one(t *testing.T, when string) {
	t.Helper()
	for until := time.Now().Add(soon); f.streams.Load() != 1; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s, %d event streams are open", when, f.streams.Load())
		}
	}
}

// trainsThere begins a run on a server from a tab that keeps what it sees.
func trainsThere(t *testing.T, site string) *browser.Tab {
	t.Helper()
	tab := browser.Open(t)
	tab.Go(address(t, site, 4000, 20))
	tab.Wait(whereIs("tab")+" && navigator.serviceWorker.controller", later)
	tab.Write("#where", "server", "change")
	tab.Wait("document.querySelector('.details').innerText.includes('continues when you leave this page')", soon)
	tab.Click("#train")
	return tab
}

// Two tabs follow a run on the server by one event stream, while one of them is reloaded and the server is killed and restarted: both have the
// same curve in the end. What was seen is there without the server, after a reload too.
func TestTabsShareAStream(t *testing.T) {
	t.Parallel()
	front, store := &gate{}, t.TempDir()
	site := hosted(t, "/", front)
	end := front.serve(t, store)
	one := trainsThere(t, site)
	is := func(tab *browser.Tab, step int) {
		t.Helper()
		tab.Wait(fmt.Sprintf("(%s) >= %d", stepShownJS, step), later)
	}
	is(one, 40)
	two := one.Another()
	two.Go(site)
	is(two, 60)
	front.one(t, "with two tabs")

	one.Go(site)
	is(one, 80)
	front.one(t, "after a reload")
	end()
	const away = "document.querySelector('main').innerText.includes('cannot be reached')"
	one.Wait(away, later)
	two.Wait(away, later)
	everybody(t, two, "the server has gone away during a run")
	end = front.serve(t, store)
	one.Wait("!"+away, later)
	two.Wait("!"+away, later)
	step := stepShown(one)
	is(one, step+60)
	is(two, step+60)
	front.one(t, "after the server was killed")

	one.Click("#stop")
	one.Wait(stateIs("stopped"), soon)
	two.Wait(stateIs("stopped"), soon)
	a, b := curve(one, "#chart-loss", "test"), curve(two, "#chart-loss", "test")
	if len(a) < 5 || !slices.Equal(a, b) {
		t.Errorf("the curves are\n%v\n%v", a, b)
	}
	two.Go(site + "runs/")
	two.Wait(rowsAre(1), soon)
	two.Wait("document.querySelector('.of-state[data-state=stopped]')", soon)

	end()
	two.Go(site + "runs/")
	two.Wait(rowsAre(1), later)
	two.Wait("document.querySelector('main').innerText.includes('cannot be reached. Its runs are listed as of ')", later)
	two.Click(".runs-table .disclosure")
	two.Wait("document.querySelector('[id^=chart-loss-] .curve')", soon)
	everybody(t, two, "runs of a server that has gone away")
}

// In Firefox the page has one stream, too.
func TestStreamInFirefox(t *testing.T) {
	t.Parallel()
	gate := &gate{}
	site := hosted(t, "/", gate)
	t.Cleanup(gate.serve(t, t.TempDir()))
	browser.Firefox.Open(t).Go(site + "runs/")
	for until := time.Now().Add(later); gate.streams.Load() == 0 && time.Now().Before(until); {
		time.Sleep(100 * time.Millisecond)
	}
	gate.one(t, "in Firefox")
}

// When the tab that has the event stream crashes, another one of the browser takes it over, and shows the whole run. A run that is named while the server is
// killed has that name after a reload, and on the server when that is back.
func TestATabCrashesAndARunIsNamedOffline(t *testing.T) {
	t.Parallel()
	front, store := &gate{}, t.TempDir()
	site := hosted(t, "/", front)
	end := front.serve(t, store)
	one := trainsThere(t, site)
	one.Wait(fmt.Sprintf("(%s) >= 40", stepShownJS), later)
	two := one.Another()
	two.Go(site)
	two.Wait(fmt.Sprintf("(%s) >= 60", stepShownJS), later)
	front.one(t, "with two tabs")
	one.Crash()
	step := stepShown(two)
	two.Wait(fmt.Sprintf("(%s) >= %d", stepShownJS, step+60), later)
	front.one(t, "after the crash")
	two.Click("#stop")
	two.Wait(stateIs("stopped"), soon)
	if points, last := len(curve(two, "#chart-loss", "test")), stepShown(two); points < last/20 {
		t.Errorf("after step %d the curve has %d points", last, points)
	}

	two.Go(site + "runs/")
	two.Wait(rowsAre(1)+" && document.querySelector('.of-state[data-state=stopped]')", soon)
	const away = "document.querySelector('main').innerText.includes('cannot be reached')"
	end()
	two.Wait(away, later)
	two.Click(".runs-table .disclosure")
	two.Wait("document.querySelector('[id^=name-]')", soon)
	two.Write("[id^=name-]", "named offline", "change")
	const named = "document.querySelector('.runs-table').innerText.includes('named offline')"
	two.Wait(named, soon)
	two.Go(site + "runs/")
	two.Wait(rowsAre(1)+" && "+away+" && "+named, later)
	front.serve(t, store)
	two.Wait("!"+away, later)
	two.Wait(named, soon)
	for until := time.Now().Add(later); ; time.Sleep(100 * time.Millisecond) {
		const names = "fetch('../api/runs').then(answer => answer.json()).then(list => list.runs.map(run => run.name ?? '').join())"
		if got := browser.Await[string](two, names); got == "named offline" {
			break
		} else if time.Now().After(until) {
			t.Fatalf("on the server it is called %q", got)
		}
	}
}
