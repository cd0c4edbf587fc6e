package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// In every browser a test does the same with a page, by the same calls.
func TestEngines(t *testing.T) {
	const body = `<!doctype html><html lang=en><title>Page</title>
		<button id=button>0</button> <input id=text>
		<script src=script.js></script>`
	const script = `
		document.querySelector('#button').onclick = ({ target }) => { target.textContent++; };
		setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<p id=late>late</p>'), 300);
		console.error('a known error');`
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	mux.HandleFunc("GET /script.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, script)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for _, e := range []Engine{Chromium, Firefox, WebKit, GTK} {
		t.Run(string(e), func(t *testing.T) {
			tab := e.Open(t)
			tab.Go(server.URL)
			if text := Eval[string](tab, "document.querySelector('#late').textContent"); text != "late" { // once it is there
				t.Errorf("the late element has %q", text)
			}
			tab.Press("#button", Enter)
			tab.Wait("document.querySelector('#button').innerText === '1'", time.Minute)
			tab.Click("#button")
			tab.Wait("document.querySelector('#button').innerText === '2'", time.Minute)
			tab.Press("#text", "a")
			tab.Key("b")
			if text := Eval[string](tab, "document.querySelector('#text').value"); text != "ab" {
				t.Errorf("the input has %q", text)
			}
			tab.Write("#text", "c", "input")
			if text := Eval[string](tab, "document.querySelector('#text').value"); text != "c" {
				t.Errorf("the input has %q", text)
			}
			if n := Await[int](tab, "new Promise((done) => setTimeout(done, 10, 7))"); n != 7 {
				t.Errorf("the promise has %d", n)
			}
			if v := Eval[any](tab, "undefined"); v != nil {
				t.Errorf("undefined is %v", v)
			}
			if shares := Eval[bool](tab, "typeof SharedArrayBuffer === 'function'"); e == WebKit && !shares || e == GTK && shares {
				t.Errorf("its threads share memory: %v", shares)
			}
			if errors := strings.Join(tab.ConsoleErrors(), "\n"); (e == Chromium || e == Firefox) && !strings.Contains(errors, "a known error") {
				t.Errorf("the console's errors are %q", errors)
			}
		})
	}
}

// Chromium says why it would not install a page as a program.
func TestInstallProblems(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><title>Page</title>") }))
	t.Cleanup(server.Close)
	tab := Whole.Open(t)
	tab.Go(server.URL)
	if problems := tab.InstallProblems(); len(problems) != 1 || problems[0] != "no-manifest" {
		t.Errorf("its problems are %q", problems)
	}
}
