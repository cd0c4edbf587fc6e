package e2e

import (
	"fmt"
	"os"
	"testing"
	"time"

	"unpool/internal/browser"
)

func TestTmpStats(t *testing.T) {
	tab := browser.Open(t)
	site := start(t)
	ready := "document.querySelector('#look')?.dataset.state === 'ready'"
	tab.Go(site + "?" + smallCNN(t).Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Press("#look-inside", browser.Enter)
	tab.Wait(ready, later)
	shot := func(name string) {
		time.Sleep(600 * time.Millisecond)
		os.WriteFile("/tmp/h/shots/"+name+".png", tab.Screenshot(), 0o644)
	}
	scroll := func(to string) {
		browser.Eval[any](tab, fmt.Sprintf("document.querySelector('%s').scrollIntoView()", to))
	}
	tab.Look(1280, 1400, false)
	begin := time.Now()
	tab.Press("#measure", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('relu2')", later)
	t.Log("measured in ", time.Since(begin))
	tab.Press("#statistics-look-relu1", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look-relu1-maps')", soon)
	scroll("#statistics-title")
	shot("one-1280")
	write(tab, "#compare-run", browser.Eval[string](tab, "document.querySelector('#compare-run').options[1].value"), "change")
	tab.Wait("document.querySelector('#measure-other')", soon)
	shot("offer-1280")
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('difference')", later)
	tab.Press("#statistics-look-relu2", browser.Enter)
	for i, width := range []int64{320, 390, 768, 1280, 1920, 390, 1280} {
		if i == 5 {
			tab.Click("#statistics-look input[type=checkbox]")
		}
		for _, dark := range []bool{i >= 4} {
			tab.Look(width, 1500, dark)
			scroll("#statistics-title")
			shot(fmt.Sprintf("two-%d-%v", width, dark))
			if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("on a screen %d wide the page is %d wide", width, wide)
			}
		}
	}
	noErrors(t, tab)
}
