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
	"regexp"
	"strings"
	"sync"
	"testing"

	"unpool/internal/browser"
)

// written writes the site, and returns a plain server of its files: one that does not compress and sets no headers of its own.
func written(t *testing.T) http.Handler {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	do(t, "site", dir)
	return http.FileServer(http.Dir(dir))
}

// hosted serves a site at a path of a host, and returns its root.
func hosted(t *testing.T, path string, site http.Handler) (root string) {
	t.Helper()
	host := httptest.NewServer(http.StripPrefix(strings.TrimSuffix(path, "/"), site))
	t.Cleanup(host.Close)
	return host.URL + path
}

// What a visitor does works in every browser, below a path of a host, on the class kit that was written once, and then without the host. That it works
// at the root is shown by every other test.
func TestSiteUnderAPath(t *testing.T) {
	t.Parallel()
	site := kit(t)
	root, _ := host(t, site)
	if said := do(t, "site", "-check", root); !strings.Contains(said, "files are there as they were written") || strings.Contains(said, "broken") {
		t.Errorf("the host is said to be\n%s", said)
	}
	for _, engine := range []browser.Engine{browser.Chromium, browser.Firefox, browser.GTK} {
		t.Run(string(engine), func(t *testing.T) {
			root, end := host(t, site)
			tab := engine.Open(t)
			visit(t, tab, root, pressing(tab))
			one := browser.Eval[bool](tab, "typeof SharedArrayBuffer !== 'function'")
			if says := strings.Contains(tab.Text(".notices"), "not let threads share memory"); says != one {
				t.Errorf("it has one thread: %v, and says so: %v", one, says)
			}
			end()
			tier, said := offline(t, tab, root), inREADME(t, string(engine))
			if want := strings.Contains(said, "relaxed SIMD"); strings.Contains(tier, "relaxed SIMD") != want {
				t.Errorf("the run was computed by %q, README says %s", tier, said)
			}
			if want := strings.Contains(said, "one thread"); strings.Contains(tier, "1 thread") != want && browser.Eval[int](tab, "navigator.hardwareConcurrency") > 1 {
				t.Errorf("the run was computed by %q, README says %s", tier, said)
			}
		})
	}
	t.Run("a phone, watched", func(t *testing.T) {
		root, end := host(t, site)
		watch := &watch{}
		proxy := httptest.NewServer(watch)
		t.Cleanup(proxy.Close)
		tab := browser.OpenPhone(t, proxy.URL)
		visit(t, tab, root, tab.Click)
		if browser.Eval[bool](tab, injected) {
			t.Error("the page runs a script that was put into it")
		}
		end()
		offline(t, tab, root)
		watch.check(t, root)
		if cookies := browser.Eval[string](tab, "document.cookie"); cookies != "" {
			t.Errorf("there are cookies: %s", cookies)
		}
	})
}

// injected puts a script into the page, and is whether it has run. The content security policy is to forbid that.
const injected = `(() => {
	const script = document.createElement("script");
	script.textContent = "window.ran = true";
	document.head.append(script);
	return window.ran === true;
})()`

// pressing presses what a selector selects by the keyboard.
func pressing(tab *browser.Tab) (press func(selector string)) {
	return func(selector string) { tab.Press(selector, browser.Enter) }
}

// offline trains on the page of a host that is gone, and returns what computed the run.
func offline(t *testing.T, tab *browser.Tab, root string) (tier string) {
	t.Helper()
	tab.Go(address(t, root, 3, 3))
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	if s := tab.Text("#sentence"); !strings.HasPrefix(s, "Done: ") {
		t.Errorf("without its host the run ended with %q, %q", s, tab.Text("#error"))
	}
	return computedBy(tab, root)
}

// inREADME is the row of README's table of browsers that begins with a name.
func inREADME(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(name) + `\b.*$`).FindString(string(text))
	if row == "" {
		t.Fatalf("README has no row of %s", name)
	}
	return row
}

// watch is an HTTP proxy that passes on what a browser asks for, and notes it.
type watch struct {
	mu       sync.Mutex
	asked    []*http.Request
	wrong    []string // answers that are none of a plain file
	programs int      // how often the page's program was sent
}

func (w *watch) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r)
	w.mu.Unlock()
	(&httputil.ReverseProxy{
		Rewrite: func(*httputil.ProxyRequest) {}, // a proxy is asked for a whole address
		ModifyResponse: func(answer *http.Response) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if answer.StatusCode >= 400 || answer.Header.Get("Set-Cookie") != "" {
				w.wrong = append(w.wrong, fmt.Sprintf("%s: %s, %q", r.URL, answer.Status, answer.Header["Set-Cookie"]))
			}
			if strings.HasSuffix(r.URL.Path, "/app.wasm.gz") && answer.StatusCode == http.StatusOK {
				w.programs++
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // as if there were no proxy
	}).ServeHTTP(to, r)
}

// check checks that a browser has asked for files of a site only, and has told nobody anything.
func (w *watch) check(t *testing.T, root string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.asked {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.String(), root) || r.Header.Get("Cookie") != "" || r.ContentLength != 0 {
			t.Errorf("the browser asks for %s %s, with %d bytes and the cookies %q", r.Method, r.URL, r.ContentLength, r.Header["Cookie"])
		}
	}
	for _, wrong := range w.wrong {
		t.Errorf("the host answers %s", wrong)
	}
	if w.programs != 1 {
		t.Errorf("the page's program was sent %d times", w.programs)
	}
	if len(w.asked) < 30 {
		t.Errorf("the browser asks for %d files only", len(w.asked))
	}
}

// host serves a site below a path, until the end.
func host(t *testing.T, site http.Handler) (root string, end func()) {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/demo", site))
	t.Cleanup(server.Close)
	return server.URL + "/demo/", server.Close
}

// Some hosts say that a gzip file is a file that was packed for the transfer, so that the browser unpacks it.
func TestHostThatUnpacks(t *testing.T) {
	t.Parallel()
	site := written(t)
	root := hosted(t, "/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".gz") {
			w.Header().Set("Content-Encoding", "gzip")
		}
		site.ServeHTTP(w, r)
	}))
	tab := browser.Open(t)
	tab.Go(address(t, root, 2, 2))
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
	noErrors(t, tab)
}

// visit trains, looks inside, lists the runs, learns, shares, reads the results, and builds a net; press is how.
func visit(t *testing.T, tab *browser.Tab, root string, press func(selector string)) {
	t.Helper()
	at := func(want string) {
		t.Helper()
		tab.Wait(fmt.Sprintf("location.href === %q", root+want), soon)
	}
	tab.Go(root)
	// The host sends no headers that isolate the page, so it reloads itself once its service worker does.
	tab.Wait("document.querySelector('#train')?.matches(':enabled') && crossOriginIsolated", soon)
	link := address(t, root, 10, 5)
	tab.Go(link)
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	if s := tab.Text("#sentence"); !strings.HasPrefix(s, "Done: ") {
		t.Fatalf("the run ended with %q, %q", s, tab.Text("#error"))
	}
	at(strings.TrimPrefix(link, root))

	press("nav a[href='./look/']")
	tab.Wait(lookReady, later)
	press("nav a[href='./runs/']")
	tab.Wait(rowsAre(1), soon)
	tab.Go(root + "learn/#lenet5/1")
	tab.Wait(showsText("#learn-answer", "The net answers 7"), later)
	press("nav a[href='./results/']")
	tab.Wait(resultsAre("ready"), soon)
	at("results/")
	press("#open-mnist-cnn")
	press("#train-mnist-cnn")
	tab.Wait("document.querySelector('#net')?.value === 'mnist-cnn'", soon)
	query := browser.Eval[string](tab, "location.search")
	if r, err := linked(query); err != nil || !strings.HasPrefix(r.Net, "conv") {
		t.Errorf("the link is to %q", query)
	}
	at(query)
	browser.Eval[any](tab, "history.back()")
	tab.Wait(resultsAre("ready"), soon)

	for _, address := range []string{"results?from=afar", "report/?from=afar"} { // as in old links
		tab.Go(root + address)
		tab.Wait(resultsAre("ready"), soon)
		at("results/?from=afar")
	}

	tab.Go(root + query)
	press("#edit-net")
	press("#layer-1")
	press("#layer-remove")
	tab.Wait("document.querySelector('#builder-totals').innerText.includes('about')", later) // the trainer has measured its engine
	isUnder(t, tab, root)
	noErrors(t, tab)
}

// isUnder checks that the page has asked for nothing outside its site.
func isUnder(t *testing.T, tab *browser.Tab, root string) {
	t.Helper()
	asked := browser.Eval[[]string](tab, "performance.getEntriesByType('resource').map((e) => e.name).filter((n) => /^http/.test(n))")
	for _, address := range asked {
		if !strings.HasPrefix(address, root) {
			t.Errorf("the page asks for %s", address)
		}
	}
	if len(asked) < 5 {
		t.Errorf("the page asks for %q only", asked)
	}
}

var (
	attribute  = regexp.MustCompile(`\b(?:href|src)="([^"]*)"|\bcontent="((?:https?:/)?/[^"]*)"`)
	base       = regexp.MustCompile(`<base href="([^"]*)">`)
	inStyle    = regexp.MustCompile(`url\(["']?([^)"']*)`)
	inManifest = regexp.MustCompile(`"(?:src|scope|start_url)":"([^"]*)"`)
	inScript   = regexp.MustCompile(`["'\x60]((?:https?:/)?/[a-z][^"'\x60 ]*)`) // an absolute address in quotes
)

// Whatever a page of the written site leads to is a file of it, by a relative address.
func TestNoAddressIsAbsolute(t *testing.T) {
	root := hosted(t, "/demo/", written(t))
	seen := map[string]bool{}
	next := []string{root, root + "runs/", root + "results/", root + "report/"}
	for _, script := range []string{"app-worker.js", "web/trainer.js", "web/helper.js"} { // which no page has in its text
		next = append(next, root+script)
	}
	for len(next) > 0 {
		from := next[0]
		next = next[1:]
		if seen[from] {
			continue
		}
		seen[from] = true
		r, err := http.Get(from)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d, %v", from, r.StatusCode, err)
		}
		text, in := string(body), r.Request.URL
		var found [][]string
		switch kind := r.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/html"):
			b := base.FindStringSubmatch(text)
			if b == nil {
				t.Fatalf("%s has no base", from)
			}
			if in, err = in.Parse(b[1]); err != nil || in.String() != root {
				t.Errorf("the base of %s is %s, %v", from, in, err)
			}
			found = attribute.FindAllStringSubmatch(strings.Replace(text, b[0], "", 1), -1)
		case strings.HasPrefix(kind, "text/css"):
			found = inStyle.FindAllStringSubmatch(text, -1)
		case strings.Contains(in.Path, "manifest"):
			found = inManifest.FindAllStringSubmatch(text, -1)
		case strings.HasPrefix(kind, "text/javascript"):
			found = inScript.FindAllStringSubmatch(text, -1)
		}
		for _, f := range found {
			to, err := url.Parse(strings.Join(f[1:], ""))
			if err != nil || to.IsAbs() || strings.HasPrefix(to.Path, "/") {
				t.Errorf("%s has %s, %v", from, f[0], err)
				continue
			}
			if address := in.ResolveReference(to).String(); strings.HasPrefix(address, root) {
				next = append(next, address)
			} else {
				t.Errorf("%s leads to %s, outside the site", from, address)
			}
		}
	}
	for _, file := range []string{"app.js", "manifest.webmanifest", "wasm_exec.js"} {
		if !seen[root+file] {
			t.Errorf("no page leads to %s", file)
		}
	}
}
