package e2e

import (
	"fmt"
	"testing"

	"unpool/internal/browser"
)

// A page moves no more than this while it loads: the browser's own sum over what moved, of the share of the screen that moved times the share of
// the screen by which it moved. 0.1 counts as good.
const stands = 0.02

// watchShifts notes what moves on a page, from its first drawing on.
const watchShifts = `window.shifts = [];
new PerformanceObserver((list) => {
	const name = (node) => node?.parentElement ? name(node.parentElement) + " " + (node.id || node.className || node.nodeName) : "";
	const place = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join();
	for (const entry of list.getEntries()) {
		shifts.push([entry.value, entry.sources.map((s) => name(s.node) + ": " + place(s.previousRect) + " -> " + place(s.currentRect)).join("\n\t")]);
	}
}).observe({ type: "layout-shift", buffered: true });`

// On a first visit a page stands still while what it shows arrives. Phones show most of it, since there everything is in one column.
func TestFirstVisitStandsStill(t *testing.T) {
	site := start(t)
	for _, page := range []struct {
		path, whole string
		widths      []int64
	}{
		{"", "document.querySelector('.lead')?.innerText.match(/^About.*our own runs/) && document.querySelector('#chart-loss .faint') && document.querySelector('.example')", []int64{390, 1280}},
		{"runs/", runsAre("empty"), []int64{390}},
		{"results/", resultsAre("ready"), []int64{390}},
		{"look/", lookReady, []int64{390}},
		{"learn/", "document.querySelector('.chapter')", []int64{390}},
	} {
		for _, width := range page.widths {
			t.Run(fmt.Sprint(page.path, width), func(t *testing.T) {
				tab := browser.Open(t)
				tab.Before(watchShifts)
				tab.Look(width, 844, false)
				tab.Go(site + page.path)
				tab.Wait(page.whole, later)
				var sum float64
				for _, shift := range browser.Eval[[][2]any](tab, "shifts") {
					sum += shift[0].(float64)
					t.Logf("%.4f\n\t%s", shift[0], shift[1])
				}
				if sum > stands {
					t.Errorf("%s moves by %.3f at a width of %d, more than %.2f", page.path, sum, width, stands)
				}
			})
		}
	}
}
