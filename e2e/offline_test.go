package e2e

import (
	"strings"
	"testing"
	"time"

	"unpool/internal/browser"
)

// keptImages is how many of MNIST's files the service worker keeps.
const keptImages = `(async () => {
	let n = 0;
	for (const name of await caches.keys()) {
		for (const { url } of await (await caches.open(name)).keys()) n += url.includes("data/mnist/") && /\?v=[0-9a-f]{16}$/.test(url); // by their content
	}
	return n;
})()`

// Whoever has only opened the page can train without a network, on as many threads as with one: trainer and images are fetched ahead.
func TestTrainsOffline(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site, stop := startAt(t, "127.0.0.1:0")
	tab.Go(site)
	tab.Wait("document.querySelector('.promise')?.innerText.includes(' here')", later) // the trainer has measured its engine
	for end := time.Now().Add(later); browser.Await[int](tab, keptImages) < 4; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the images are not kept")
		}
	}
	threads := browser.Eval[int](tab, "navigator.hardwareConcurrency")

	stop()
	tab.Go(address(t, site, 3, 3))
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	if s := tab.Text("#sentence"); !strings.HasPrefix(s, "Done: ") {
		t.Fatalf("the run ended with %q, %q", s, tab.Text("#error"))
	}
	everybody(t, tab, "trained offline")
	if tier := computedBy(tab, site); threads > 1 && strings.Contains(tier, "1 thread") {
		t.Errorf("of %d threads the run has one: %s", threads, tier)
	}
}

// computedBy is what the Runs page says of what the first run listed there was computed by.
func computedBy(tab *browser.Tab, site string) (tier string) {
	tab.Go(site + "runs/")
	tab.Wait("document.querySelector('[id^=open-]')", later)
	tab.Press("[id^=open-]", browser.Enter)
	tab.Press("[id^=fold-][id$=-settings]", browser.Enter)
	tab.Wait("document.querySelector('#runs').innerText.includes('Computed by')", soon)
	_, tier, _ = strings.Cut(tab.Text("#runs"), "Computed by")
	tier, _, _ = strings.Cut(tier, ";")
	return strings.TrimSpace(tier)
}
