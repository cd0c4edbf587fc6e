package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"unpool/internal/browser"
)

// release is a version of the site on its host, which has no file of another. Data have versions of their own.
type release struct{ dir, version string }

func (v *release) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("If-Modified-Since") // the two may have been written in one second
	if asked := r.URL.Query().Get("v"); asked != "" && asked != v.version && !strings.Contains(r.URL.Path, "web/data/") {
		http.NotFound(w, r)
		return
	}
	http.FileServer(http.Dir(v.dir)).ServeHTTP(w, r)
}

// twoReleases are the site as it is, and the same under the name of another version.
func twoReleases(t *testing.T) (first, second *release) {
	t.Helper()
	first = &release{dir: filepath.Join(t.TempDir(), "site")}
	do(t, "site", first.dir)
	page, err := os.ReadFile(filepath.Join(first.dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	first.version = string(regexp.MustCompile(`\?v=([0-9a-f]{16})`).FindSubmatch(page)[1])
	second = &release{t.TempDir(), strings.Repeat("2", 16)}
	if err := os.CopyFS(second.dir, os.DirFS(first.dir)); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(second.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, bytes.ReplaceAll(text, []byte(first.version), []byte(second.version)), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return first, second
}

// The site can be installed. A version that appears while a net trains does not disturb that run, nor the next one on the same page; after a reload it is
// there with all runs, the last of which is where an installed site opens. What others have stored at this origin stays.
func TestNewVersion(t *testing.T) {
	t.Parallel()
	first, second := twoReleases(t)
	var now atomic.Pointer[release]
	now.Store(first)
	root := hosted(t, "/demo/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) }))
	opened := root + "runs/?last"
	tab := browser.Whole.Open(t)
	tab.Go(opened)
	tab.Wait(ready+" && crossOriginIsolated && location.href === '"+root+"'", later) // there is no run yet
	if problems := tab.InstallProblems(); len(problems) > 0 {
		t.Errorf("Chromium would not install it: %q", problems)
	}
	browser.Await[any](tab, "caches.open('another program').then((cache) => cache.put('its-file', new Response('its text')))")

	trains := func() {
		t.Helper()
		tab.Click("#train")
		tab.Wait(stepShownJS+" >= 40 && "+stateIs("training", "evaluating"), later)
	}
	stop := func() {
		t.Helper()
		tab.Click("#stop")
		tab.Wait(stateIs("stopped"), soon)
	}
	tab.Go(address(t, root, 5000, 20))
	trains()
	now.Store(second)
	browser.Await[any](tab, "navigator.serviceWorker.ready.then((it) => it.update()).then(() => null)")
	tab.Wait(showsText(".notices", "A newer version of this page is ready"), later) // all its files have been fetched
	before := stepShown(tab)
	tab.Wait(fmt.Sprintf("%s > %d", stepShownJS, before+20), later)
	stop()
	trains()
	stop()

	tab.Go(opened)
	tab.Wait(rowsAre(2)+" && document.querySelectorAll('[id^=open-][aria-expanded=true]').length === 1", soon)
	if n := browser.Eval[int](tab, fmt.Sprintf(`document.querySelectorAll('link[href*="%s"]').length`, second.version)); n == 0 {
		t.Error("the page is of the first version")
	}
	tab.Click("[id^=resume-]")
	tab.Wait(stateIs("training", "evaluating"), later)
	if text := browser.Await[string](tab, "caches.match('its-file').then((its) => its.text())"); text != "its text" {
		t.Errorf("another program's file has %q", text)
	}
	noErrors(t, tab)
}
