//go:build unix

package e2e

import (
	"flag"
	"testing"
	"time"

	"unpool/internal/browser"
)

var budgets = flag.Bool("budgets", false, "check how long a visitor waits, on a machine with nothing else to do")

// visits is a script that notes, for each document that a tab has of the site, the milliseconds from its navigation to the first text and until
// Train can be pressed, and the sum of what moved. A first visit may have two: the page reloads itself once, for threads.
const visits = watchShifts + `
	const visit = Number(sessionStorage.visits ?? 0);
	sessionStorage.visits = visit + 1;
	const note = (name, value) => { sessionStorage[name + visit] ??= value; };
	new PerformanceObserver((list) => {
		const first = list.getEntries().find((e) => e.name === "first-contentful-paint");
		if (first) note("text", first.startTime);
	}).observe({ type: "paint", buffered: true });
	new MutationObserver(() => {
		if (document.querySelector("#train:enabled")) note("usable", performance.now());
	}).observe(document, { subtree: true, childList: true, attributes: true });
	new PerformanceObserver(() => {
		sessionStorage["shift" + visit] = shifts.reduce((sum, [value]) => sum + value, 0);
	}).observe({ type: "layout-shift", buffered: true });
	addEventListener("click", (e) => { if (e.target.closest("#train")) window.pressed = performance.now(); }, true);`

// A visitor waits no longer than this, with a quarter of a processor and a line of 10 Mbit/s from a plain file server.
func TestBudgets(t *testing.T) {
	if !*budgets {
		t.Skip("make budgets runs it")
	}
	tab := browser.OpenFor(t, 5*time.Minute)
	tab.Before(overhear + visits)
	slow(t, tab, 4)
	root := through(t, hosted(t, "/", written(t)), 10_000_000)
	within := func(what, expression string, most float64) {
		t.Helper()
		tab.Wait("("+expression+") !== undefined", later)
		got := browser.Eval[float64](tab, "Number("+expression+")")
		t.Logf("%-40s %8.3f of %8.3f", what, got, most)
		if got > most {
			t.Errorf("%s: %.3f, more than %.3f", what, got, most)
		}
	}
	opened := time.Now()
	tab.Go(root)
	within("text, ms", "sessionStorage.text0", 1000)
	within("usable at the first visit, ms", "sessionStorage.usable0", 3500)
	time.Sleep(time.Until(opened.Add(10 * time.Second))) // the visitor reads
	tab.Click("#train")
	within("first step after the press, ms", `events.find(({ event }) => /"(progress|end)"/.test(event))?.at - pressed || undefined`, 5000)
	within("layout shift", "sessionStorage.shift0 ?? 0", stands)
	before := browser.Eval[string](tab, "sessionStorage.visits")
	tab.Go(root)
	within("usable at the next visit, ms", "sessionStorage['usable"+before+"']", 1400)
}
