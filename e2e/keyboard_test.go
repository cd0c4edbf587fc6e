package e2e

import (
	"fmt"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// focusIs is a JavaScript condition: the element with an id has the keyboard's focus.
func focusIs(id string) string { return fmt.Sprintf("document.activeElement?.id === %q", id) }

// can is a JavaScript condition: a button has an effect when it is pressed.
func can(id string) string {
	return fmt.Sprintf("document.querySelector('#%s')?.matches(':enabled:not([aria-disabled=true])')", id)
}

// A run is controlled by the keyboard alone: the focus is never lost, a step can be taken again and again, and the next one in slow
// motion, part by part.
func TestARunByKeyboard(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(address(t, start(t), 5000, 1000))
	tab.Wait(can("train"), soon)
	reach := func(id string) {
		t.Helper()
		for range 60 {
			if browser.Eval[bool](tab, focusIs(id)) {
				return
			}
			tab.Key(browser.TabKey)
		}
		t.Fatalf("the tab key does not come to #%s", id)
	}
	press := func(key, then string, focus ...string) {
		t.Helper()
		tab.Key(key)
		tab.Wait(then, later)
		for _, id := range focus {
			tab.Wait(focusIs(id), soon)
		}
	}
	reach("train")
	press(browser.Enter, stateIs("training")+" && "+can("pause")+" && "+stepShownJS+" > 0", "pause")
	press(browser.Enter, stateIs("paused"), "continue")
	reach("step")
	for range 3 {
		press(browser.Space, fmt.Sprintf("%s && (%s) === %d && %s", stateIs("paused"), stepShownJS, stepShown(tab)+1, can("step")), "step")
	}
	next := stepShown(tab) + 1
	part := func(i int) string {
		return fmt.Sprintf("document.querySelector('#slow-part[data-part=\"%d\"]') && document.querySelector('#slow-title').innerText.endsWith('step %d')", i, next)
	}
	reach("slow-open")
	press(browser.Enter, part(0), "slow-title")
	for i := 1; i <= 5; i++ {
		press(browser.ArrowRight, part(i))
	}
	loss := tab.Text("#slow-loss")
	press(browser.ArrowLeft, part(4)+" && document.querySelector('#slow-new')")
	press(browser.ArrowRight, part(5))
	if again := tab.Text("#slow-loss"); again != loss || !strings.Contains(loss, "→") {
		t.Errorf("the loss goes %q, and the second time %q", loss, again)
	}
	reach("slow-take")
	next++
	press(browser.Space, part(0)+" && "+stateIs("paused"), "slow-title")
	tab.Press("#slow-open", browser.Enter)
	tab.Wait("document.querySelector('#slow-motion').hidden && "+focusIs("slow-open"), soon)
	tab.Press("#continue", browser.Enter)
	tab.Wait(stateIs("training")+" && "+can("pause"), soon)
	tab.Wait(focusIs("pause"), soon)
	reach("stop")
	press(browser.Enter, stateIs("stopped"), "resume")
	press(browser.Enter, stateIs("training")+" && "+can("stop"), "pause")
	reach("stop")
	press(browser.Space, stateIs("stopped"), "resume")
	press(browser.Enter, stateIs("training")+" && "+can("stop"), "pause")
	tab.Go(browser.Eval[string](tab, "location.href")) // which interrupts it
	tab.Wait("document.querySelector('#interrupted')", later)
	reach("resume-interrupted")
	press(browser.Enter, stateIs("training"), "status")
	noErrors(t, tab)
}

// A button that disappears or is switched off when it is pressed passes the focus on.
func TestFocusIsNotLost(t *testing.T) {
	tab := browser.Open(t)
	site := start(t)
	dir := t.TempDir()
	first, one := past{"mnist-rnn-128", 1, 400, "done", 0.97}.file(t, dir)
	_, two := past{"mnist-rnn-128", 2, 400, "done", 0.93}.file(t, dir)
	tab.Go(site + "runs/")
	tab.Wait(runsAre("empty"), soon)
	tab.Choose("#import-file", one, two)
	tab.Wait(rowsAre(2), soon)
	for _, s := range []struct{ press, then, focus string }{
		{"#ticks", "document.querySelector('#ticked').innerText.startsWith('2')", "ticks"},
		{"#untick", "document.querySelector('#ticked').innerText.startsWith('Tick')", "untick"},
		{"#open-" + first, "document.querySelector('#delete-" + first + "')", "open-" + first},
		{"#delete-" + first, rowsAre(1), "runs"},
		{"#undo", rowsAre(2), "runs"},
	} {
		tab.Press(s.press, browser.Space)
		tab.Wait(s.then, soon)
		tab.Wait(focusIs(s.focus), soon)
	}
	tab.Write("#filter", "nothing like it", "input")
	tab.Press("#clear", browser.Enter)
	tab.Wait(rowsAre(2)+" && "+focusIs("filter"), soon)

	tab.Go(site + "look/?run=published:mnist-lstm-32-seed1")
	tab.Wait(lookReady, later)
	tab.Press("#view-statistics", browser.Enter)
	tab.Press("#measure", browser.Enter)
	tab.Wait("document.querySelector('#statistics-of')", later)
	tab.Wait(focusIs("view"), soon)
	tab.Write("#compare-run", browser.Eval[string](tab, "document.querySelector('#look-run').value"), "change")
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look .difference')", later)
	tab.Wait(focusIs("view"), soon)
	noErrors(t, tab)
}
