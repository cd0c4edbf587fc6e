package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// whereIs is a JavaScript condition: the next run is to be trained in the tab, or on the server.
func whereIs(place string) string {
	return fmt.Sprintf("document.querySelector('#where')?.value === %q", place)
}

// keptOfServerJS has the names of what this browser keeps beside its copies of the server's logs.
const keptOfServerJS = `new Promise((done) => {
	indexedDB.open('unpool-server').onsuccess = ({ target: { result: db } }) => {
		db.transaction('artifacts').objectStore('artifacts').getAllKeys().onsuccess = ({ target: { result: keys } }) => {
			db.close();
			done(keys.map(([, name]) => name).sort().join());
		};
	};
})`

// cachedJS are the addresses of what the service worker keeps.
const cachedJS = `caches.keys()
	.then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))
	.then((all) => all.flat().map(({ url }) => url))`

// A run is begun on the server from the page, which follows it, through a reload too, and to its end; then it is looked into, and listed.
func TestARunOnTheServer(t *testing.T) {
	site := start(t, "-backend", "wasm")
	tab := browser.Open(t)
	tab.Go(address(t, site, 5000, 20)) // long enough not to end meanwhile
	tab.Wait(whereIs("tab"), later)
	tab.Write("#where", "server", "change")
	tab.Wait("document.querySelector('.details').innerText.includes('continues when you leave this page')", soon)
	tab.Go(address(t, site, 5000, 20)) // the choice is remembered
	tab.Wait(whereIs("server"), soon)
	tab.Click("#train")
	tab.Wait(fmt.Sprintf("(%s) >= 40 && ", stepShownJS)+stateIs("training", "evaluating"), later)

	tab.Click("#pause")
	tab.Wait(stateIs("paused"), soon)
	paused := stepShown(tab)
	tab.Click("#step")
	tab.Wait(fmt.Sprintf("(%s) === %d", stepShownJS, paused+1), soon)

	tab.Go(site) // the server trains all the same, and the page finds the run again
	tab.Wait(fmt.Sprintf("(%s) >= %d", stepShownJS, paused-20)+" && "+stateIs("paused"), soon)
	tab.Click("#continue")
	tab.Wait(fmt.Sprintf("(%s) > %d", stepShownJS, paused+20)+" && "+stateIs("training", "evaluating"), later)
	if n := len(curve(tab, "#chart-loss", "test")); n < 3 {
		t.Errorf("the curve has %d points, want those from before the reload, too", n)
	}

	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait(rowsAre(1), soon)
	tab.Wait("document.querySelector('.of-state[data-state=training]')", soon)
	step := "Number(document.querySelector('.of-step').innerText.split('/')[0].replace(/\\D/g, ''))"
	before := browser.Eval[int](tab, step)
	tab.Wait(fmt.Sprintf("%s > %d", step, before), later) // it is live

	tab.Press("nav a[href='./']", browser.Enter)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	tab.Press("#look-inside", browser.Enter)
	tab.Wait(lookReady, later)
	if of := browser.Eval[string](tab, "document.querySelector('#look-run').value"); !strings.HasPrefix(of, "server:") {
		t.Errorf("looked into %q", of)
	}
	tab.Press("#view-statistics", browser.Enter)
	tab.Press("#measure", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')", later)
	if kept := browser.Await[string](tab, keptOfServerJS); !strings.HasPrefix(kept, "analysis-") {
		t.Errorf("beside the copy of the server's run lies %q, want what was measured", kept)
	}

	tab.Go(site + "runs/")
	tab.Wait("document.querySelector('.of-state[data-state=stopped]')", soon)
	tab.Click(".runs-table .disclosure")
	tab.Click("button[id^=resume-]")
	tab.Wait(fmt.Sprintf("(%s) > %d", stepShownJS, paused+40)+" && "+stateIs("training", "evaluating"), later)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	kept := browser.Await[[]string](tab, cachedJS)
	if len(kept) < 10 || slices.ContainsFunc(kept, func(address string) bool { return strings.Contains(address, "/api/") }) {
		t.Errorf("the service worker keeps %q, want the site's files and no answers of the server", kept)
	}
	noErrors(t, tab)
}

// A page that is left, and that the browser keeps to go back to, holds no connection: a browser has six of them for a site.
func TestPagesThatAreLeftHoldNoConnections(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	for i := range 8 {
		tab.Go(fmt.Sprint(site, "runs/?n=", i))
		tab.Wait("document.querySelector('#runs')?.dataset.state", later)
		browser.Await[int](tab, "new Promise(done => setTimeout(done, 1000, 0))") // the stream has begun
	}
	const status = `Promise.race([fetch('../api/machine').then(answer => answer.status), new Promise(done => setTimeout(done, 10000, 0))])`
	if got := browser.Await[int](tab, status); got != 200 {
		t.Errorf("after eight pages the server answers %d", got)
	}
	noErrors(t, tab)
}
