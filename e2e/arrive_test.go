package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"unpool/internal/browser"
)

// A program that arrives damaged, or a script that is not there, is not a fault of the connection.
func TestWhatArrivesDamagedIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		program string
		trains  bool
		shown   string
	}{
		"the page's":    {"app.wasm", false, "#stopped"},
		"the trainer's": {"trainer.wasm", true, "#error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			public := copyPublic(t)
			if err := os.WriteFile(filepath.Join(public, c.program), []byte("\x00asm\x01\x00\x00\x00broken"), 0o644); err != nil {
				t.Fatal(err)
			}
			tab := browser.Open(t)
			tab.Go(start(t, "-public", public))
			if c.trains {
				tab.Click("#train")
				tab.Wait(stateIs("failed"), later)
			}
			tells(tab, c.shown, "arrived damaged", "tell whoever runs this site")
			if text := tab.Text(c.shown); strings.Contains(text, "connection") {
				t.Errorf("it speaks of the connection: %s", text)
			}
		})
	}
}

// front stands before a site, as a proxy does, and corrupts what it is told to.
func front(t testing.TB, site string, spoil func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	to, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {} // a browser that is gone
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !spoil(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		server.CloseClientConnections() // or those that stall would be waited for
		server.Close()
	})
	return server.URL + "/"
}

// What the network does to a file is reported as what it was: not there, refused, broken off, or stalled.
func TestWhatTheNetworkDoesIsNamed(t *testing.T) {
	site := start(t)
	missing := func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }
	busy := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	broken := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	stalls := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "2000000")
		io.WriteString(w, "\x1f\x8b\x08")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, c := range map[string]struct {
		file     string
		answer   http.HandlerFunc
		trains   bool
		selector string
		says     []string
	}{
		"the page's program is not there":  {"app.wasm.gz", missing, false, "#stopped", []string{"page’s program could not be loaded: the server answered 404 Not Found", "incomplete"}},
		"the page's program is refused":    {"app.wasm.gz", busy, false, "#stopped", []string{"503 Service Unavailable"}},
		"the page's program is broken off": {"app.wasm.gz", broken, false, "#stopped", []string{"the server could not be reached", "Check the connection"}},
		"the page's program stalls":        {"app.wasm.gz", stalls, false, "#slow", []string{"Nothing has arrived for 20 seconds", "reload"}},
		"a script of the page's":           {"unpack.js", missing, false, "#stopped", []string{"A part of this page could not be loaded", "incomplete"}},
		"the trainer is not there":         {"trainer.wasm.gz", missing, true, "#error", []string{"training program could not be loaded: the server answered 404 Not Found", "incomplete"}},
		"the trainer is broken off":        {"trainer.wasm.gz", broken, true, "#error", []string{"the server could not be reached", "Check the connection"}},
		"the trainer's script":             {"trainer.js", missing, true, "#error", []string{"the server answered 404 Not Found"}},
		"a script of the trainer's":        {"wasm_exec.js?", missing, true, "#error", []string{"the server answered 404 Not Found"}},
		"images that are not there":        {"data/mnist/", missing, true, "#error", []string{"404 Not Found", "incomplete"}},
		"images that stall":                {"data/mnist/", stalls, true, "#error", []string{"nothing has arrived for 30s", "Check the connection"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := browser.Open(t)
			tab.Before("delete Navigator.prototype.serviceWorker") // or files would come from its cache
			tab.Go(front(t, site, func(w http.ResponseWriter, r *http.Request) bool {
				hit := strings.Contains(r.URL.RequestURI(), c.file)
				if hit {
					c.answer(w, r)
				}
				return hit
			}))
			if c.trains {
				tab.Click("#train")
				tab.Wait(stateIs("failed"), later)
			}
			for _, w := range c.says {
				tab.Wait(fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", c.selector, w), soon)
			}
			if c.trains {
				tab.Wait(ready, soon)
			}
		})
	}
}

// Where the other threads cannot start, the run is trained on one and the page says so; a run of the server's is not reported as such.
func TestThreadsThatDoNotStartAreNamed(t *testing.T) {
	t.Parallel()
	var asked atomic.Bool
	site := start(t, "-backend", "wasm", "-threads", "1")
	tab := browser.Open(t)
	tab.Before("delete Navigator.prototype.serviceWorker") // or the script would come from its cache
	site = front(t, site, func(w http.ResponseWriter, r *http.Request) bool {
		hit := strings.Contains(r.URL.Path, "helper.js")
		if hit {
			asked.Store(true)
			http.NotFound(w, r)
		}
		return hit
	})
	tab.Go(address(t, site, 5000, 1000))
	tab.Wait(whereIs("tab"), later)
	tab.Click("#train")
	tab.Wait(stateIs("training")+" && "+stepShownJS+" > 0", later)
	if browser.Eval[int](tab, "navigator.hardwareConcurrency") > 1 {
		tells(tab, ".notices", "Only one thread started", "reload")
		if !asked.Load() {
			t.Error("no other thread was to start")
		}
	}
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	tab.Write("#where", "server", "change")
	tab.Click("#train")
	tab.Wait(stateIs("training")+" && "+stepShownJS+" > 0", later)
	if text := tab.Text(".notices"); strings.Contains(text, "thread") {
		t.Errorf("of a server's one thread the page says %q", text)
	}
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
}
