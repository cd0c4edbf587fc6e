package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/internal/browser"
	"unpool/models"
)

// interruptible is a run that is long enough to be interrupted.
func interruptible(t *testing.T) recipe.Recipe {
	t.Helper()
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Steps, r.EvalEvery, r.Exact = 240, 24, true
	return r
}

// A run whose tab is reloaded, crashes or is closed is offered again, keeps its curve, and comes to the bits that it would have come to.
func TestInterruptedRunIsResumed(t *testing.T) {
	t.Parallel()
	r := interruptible(t)
	want := natively(t, "", []recipe.Recipe{r}, 1)[0]
	site := start(t)
	for name, interrupt := range map[string]func(*browser.Tab) *browser.Tab{
		"reloaded": func(tab *browser.Tab) *browser.Tab {
			tab.Go(site + "?" + r.Query())
			return tab
		},
		"crashed": func(tab *browser.Tab) *browser.Tab {
			tab.Crash()
			return tab.Another() // only now: two tabs may have one process
		},
		"closed": func(tab *browser.Tab) *browser.Tab {
			another := tab.Another()
			tab.Close()
			return another
		},
	} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t)
			tab.Before(overhear)
			tab.Go(site + "?" + r.Query())
			tab.Click("#train")
			tab.Wait(`window.events.filter(({ event }) => event.startsWith('{"type":"metric"')).length > 2`, later)
			again := interrupt(tab)
			if again != tab {
				again.Before(overhear)
				again.Go(site)
			}
			again.Wait("document.querySelector('#interrupted')?.innerText.includes('of 240')", later)
			again.Click("#resume-interrupted")
			again.Wait(stateIs("done", "failed"), later)
			if got := ended(t, browser.Eval[string](again, "end")).WeightsSHA256; got != want {
				t.Errorf("the weights are %s, want %s", got, want)
			}
			if n := len(curve(again, "#chart-loss", "test")); n != 11 {
				t.Errorf("the loss curve has %d points, want 11: before the first step, and every 24", n)
			}
			again.Go(site)
			again.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
			time.Sleep(time.Second) // long enough for the runs to be listed
			if browser.Eval[bool](again, "Boolean(document.querySelector('#interrupted'))") {
				t.Error("a run that is done is still offered")
			}
		})
	}
}

// firefoxDriver trains, reloads the page after some evaluations, resumes, and reports the end. It runs in the page itself, and says
// where it stands.
const firefoxDriver = overhear + `
	const evaluations = () => events.filter(({ event }) => event.startsWith('{"type":"metric"')).length;
	const press = (id) => { const b = document.querySelector(id); if (b?.matches(':enabled')) { b.click(); return true; } };
	const stage = (name) => { sessionStorage.stage = name; fetch('/stage', { method: 'POST', body: name, keepalive: true }); };
	const drive = () => {
		switch (sessionStorage.stage) {
		case undefined:
			if (press('#train')) stage('training');
			break;
		case 'training':
			if (evaluations() > 2) { stage('reloaded'); location.reload(); }
			break;
		case 'reloaded':
			if (press('#resume-interrupted')) stage('resumed');
			break;
		case 'resumed':
			if (window.end) { stage('ended'); fetch('/report', { method: 'POST', body: window.end }); }
		}
	};
	setInterval(drive, 100);
	addEventListener('overheard', drive);`

// The same in Firefox, which is reloaded.
func TestInterruptedRunIsResumedInFirefox(t *testing.T) {
	t.Parallel()
	r := interruptible(t)
	want := natively(t, "", []recipe.Recipe{r}, 1)[0]
	target, err := url.Parse(start(t))
	if err != nil {
		t.Fatal(err)
	}
	reports := make(chan run.End, 1)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Header.Del("Accept-Encoding")
			p.Out.Header.Del("Origin")
			p.Out.Header.Del("Referer")
		},
		ModifyResponse: func(response *http.Response) error {
			if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
				return nil
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				return err
			}
			text := strings.Replace(string(body), "<head>", "<head><script src=/driver.js></script>", 1)
			response.Body = io.NopCloser(strings.NewReader(text))
			response.ContentLength = int64(len(text))
			response.Header.Set("Content-Length", fmt.Sprint(len(text)))
			return nil
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /report", func(w http.ResponseWriter, r *http.Request) {
		var end run.End
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&end); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		reports <- end
	})
	mux.HandleFunc("POST /stage", func(_ http.ResponseWriter, r *http.Request) {
		name, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 100))
		t.Log("Firefox:", string(name), err)
	})
	mux.HandleFunc("GET /driver.js", func(w http.ResponseWriter, _ *http.Request) { // the page's policy allows no script within it
		w.Header().Set("Content-Type", "text/javascript")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		io.WriteString(w, firefoxDriver)
	})
	mux.Handle("/", proxy)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	openFirefox(t, server.URL+"/?"+r.Query())
	if got := collect(t, reports, 1)[0]; got != want {
		t.Errorf("the weights are %s, want %s", got, want)
	}
}
