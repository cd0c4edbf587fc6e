package e2e

import (
	"testing"
	"time"

	"unpool/core/recipe"
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

// A run whose tab is reloaded, crashes or is closed is offered again, keeps its curve, and ends with the same bits as without that.
func TestInterruptedRunIsResumed(t *testing.T) {
	t.Parallel()
	r := interruptible(t)
	want := natively(t, "", []recipe.Recipe{r}, 1)[0]
	site := start(t)
	reload := func(tab *browser.Tab) *browser.Tab {
		tab.Go(site + "?" + r.Query())
		return tab
	}
	for name, c := range map[string]struct {
		engine    browser.Engine
		interrupt func(*browser.Tab) *browser.Tab
	}{
		"reloaded": {browser.Chromium, reload},
		"crashed": {browser.Chromium, func(tab *browser.Tab) *browser.Tab {
			tab.Crash()
			return tab.Another() // only now: two tabs may have one process
		}},
		"closed": {browser.Chromium, func(tab *browser.Tab) *browser.Tab {
			another := tab.Another()
			tab.Close()
			return another
		}},
		"reloaded in Firefox": {browser.Firefox, reload},
	} {
		t.Run(name, func(t *testing.T) {
			tab := c.engine.Open(t)
			tab.Before(overhear)
			tab.Go(site + "?" + r.Query())
			tab.Click("#train")
			tab.Wait(`window.events.filter(({ event }) => event.startsWith('{"type":"metric"')).length > 2`, later)
			again := c.interrupt(tab)
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
