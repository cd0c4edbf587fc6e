package e2e

import (
	"fmt"
	"os"
	"testing"
	"time"

	"unpool/internal/browser"
)

func shot(tab *browser.Tab, name string, full bool) {
	for _, w := range [][2]int64{{390, 844}, {900, 900}, {1280, 800}, {1920, 1080}} {
		for _, dark := range []bool{false, true} {
			if dark && w[0] != 1280 && w[0] != 390 {
				continue
			}
			h := w[1]
			tab.Look(w[0], h, dark)
			if full {
				if n := browser.Eval[int64](tab, "document.documentElement.scrollHeight"); n > h {
					tab.Look(w[0], min(n, 2600), dark)
				}
			}
			time.Sleep(600 * time.Millisecond)
			os.WriteFile(fmt.Sprintf("/tmp/h/shots/%s-%d-%v.png", name, w[0], dark), tab.Screenshot(), 0o644)
		}
	}
	tab.Look(1280, 900, false)
}

func TestZZShots(t *testing.T) {
	site := start(t)
	tab := browser.OpenFor(t, 4*time.Minute)
	tab.Look(1280, 800, false)
	tab.Go(site)
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", later)
	time.Sleep(4 * time.Second)
	shot(tab, "empty", false)
	tab.Go(address(t, site, 600, 25))
	tab.Click("#train")
	tab.Wait(stateIs("training", "evaluating", "done")+" && "+stepShownJS+" > 90", later)
	tab.Click("#pause")
	tab.Wait(stateIs("paused"), later)
	shot(tab, "train", true)
	tab.Click("#confusion")
	tab.Click("#continue")
	tab.Wait(stateIs("done"), later)
	shot(tab, "done", true)
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}
}
