package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// smallCNN is a run of a net with convolutions that is short.
func smallCNN(t *testing.T) recipe.Recipe {
	t.Helper()
	entry, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Net, r.Steps, r.EvalEvery, r.Eval = "conv 5x5x6, relu, pool 2, conv 3x3x8, relu, pool 2", 60, 20, recipe.EvalSample
	return r
}

// What is trained in a tab is taken apart there: its layers at each step, which pixels an activation comes from, and what moves a map.
func TestLookInside(t *testing.T) {
	tab := browser.Open(t)
	keepDownloads(tab)
	site := start(t)
	ready := "document.querySelector('#look')?.dataset.state === 'ready'"
	tab.Go(site + "look/") // where nothing has been trained the published results are there
	tab.Wait(ready, later)
	if published := browser.Eval[string](tab, "document.querySelector('#look-run').value"); !strings.HasPrefix(published, "published:mnist-") {
		t.Errorf("the page begins with %q", published)
	}
	first := browser.Eval[string](tab, "document.querySelector('#layer-logits img').src")
	write(tab, "#look-step", "0", "input")
	tab.Wait("document.querySelector('.subject')?.innerText.includes('After training step 0') && "+ready, soon)
	if browser.Eval[string](tab, "document.querySelector('#layer-logits img').src") == first {
		t.Error("the published net is the same before and after training")
	}

	tab.Go(site + "?" + smallCNN(t).Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Press("#look-inside", browser.Enter)
	tab.Wait(ready, later)
	image := func(layer string) string {
		return browser.Eval[string](tab, fmt.Sprintf("document.querySelector('#layer-%s img').src", layer))
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('.layers-grid .filters').length"); n != 7 {
		t.Errorf("%d layers, want 7", n)
	}
	if text := tab.Text("#look-answer"); !strings.HasPrefix(text, "Classified") || !strings.Contains(text, "with a probability of") {
		t.Errorf("the answer is %q", text)
	}
	last := image("relu2")

	// The slider drives what is shown.
	write(tab, "#look-step", "0", "input")
	tab.Wait("document.querySelector('.subject')?.innerText.includes('After training step 0') && "+ready, soon)
	if image("relu2") == last {
		t.Error("the layer is the same before and after training")
	}
	write(tab, "#look-step", "3", "input")
	tab.Wait("document.querySelector('.subject')?.innerText.includes('After training step 60') && "+ready, soon)
	if image("relu2") != last {
		t.Error("the layer is another one after the slider has come back")
	}

	// Another image, of a class.
	tab.Press("#image-next", browser.Enter)
	tab.Wait("document.querySelector('.scene-image')?.innerText.includes('Test image 1 of') && "+ready, soon)
	write(tab, "#image-class", "7", "change")
	tab.Wait("/Test image \\d+ of .*: 7$/m.test(document.querySelector('.scene-image')?.innerText) && "+ready, soon)

	// A digit of one's own, by keyboard: an upright stroke.
	tab.Press("#draw", browser.Enter)
	for range 12 {
		tab.Press("#pad", kb.ArrowRight)
	}
	tab.Press("#pad", browser.Space)
	for range 20 {
		tab.Press("#pad", browser.ArrowDown)
	}
	tab.Press("#pad", browser.Space)
	tab.Wait("document.querySelector('.scene-image')?.innerText.includes('Your drawing') && "+ready, soon)
	if text := tab.Text("#look-answer"); !strings.HasPrefix(text, "Classified as 1,") {
		t.Errorf("an upright stroke: %q", text)
	}
	tab.Press("#image-before", browser.Enter)
	tab.Wait("document.querySelector('.scene-image')?.innerText.includes('Test image') && "+ready, soon)

	// One activation, by all methods, and what moves its map.
	tab.Press("#layer-relu2 .atlas", browser.Enter)
	tab.Wait("document.querySelectorAll('.methods .method').length === 5", later)
	if text := tab.Text("#unit"); !strings.Contains(text, "Map 1 of relu2") || !strings.Contains(text, "it sees 10 by 10 pixels") {
		t.Errorf("the unit is %q", text)
	}
	if browser.Eval[bool](tab, "document.querySelector('#method-deconv img').src === document.querySelector('#untrained-deconv img').src") {
		t.Error("the trained net and the untrained one have the same projection")
	}
	tab.Press("#strongest", browser.Enter)
	tab.Wait("document.querySelectorAll('#strongest-found .pair').length === 9", later)
	lookAtStatistics(t, tab)
	for _, width := range []int64{320, 390, 768, 1280, 1920} {
		tab.Look(width, 900, width == 768)
		if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > width {
			t.Errorf("on a screen %d wide the page is %d wide", width, wide)
		}
	}
	tab.Look(1280, 900, false)

	// The address brings all of it back.
	shown := image("relu2")
	address := browser.Eval[string](tab, "location.href")
	for _, want := range []string{"step=60", "layer=relu2", "map=1"} {
		if !strings.Contains(address, want) {
			t.Errorf("the address is %s, without %s", address, want)
		}
	}
	tab.Go(site)
	tab.Go(address)
	tab.Wait(ready+" && document.querySelectorAll('.methods .method').length === 5", later)
	if image("relu2") != shown {
		t.Error("the address leads to another picture")
	}
	tab.Go(site + "look/?run=gone&step=x&image=99999&layer=y&map=z")
	tab.Wait(ready+" && document.querySelector('#look-missing:not([hidden])')", later)
	if text := tab.Text("#look-missing"); !strings.Contains(text, "is not in this browser") {
		t.Errorf("of a run that is not there the page says %q", text)
	}

	// What is drawn while an answer is awaited is what is shown in the end, and asked about.
	tab.Press("#draw", browser.Enter)
	tab.Wait("document.querySelector('#pad')", soon)
	browser.Eval[any](tab, `(() => {
		const key = (key) => document.querySelector('#pad').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
		document.querySelector('#image-next').click();
		for (let i = 0; i < 12; i++) key('ArrowRight');
		key(' ');
		for (let i = 0; i < 20; i++) key('ArrowDown');
		key(' ');
	})()`)
	tab.Wait("document.querySelector('.scene-image')?.innerText.includes('Your drawing') && "+ready, soon)
	tab.Press("#image-next", browser.Enter)
	tab.Wait("document.querySelector('.scene-image')?.innerText.includes('Test image') && "+ready, soon)
	noErrors(t, tab)
}

// lookAtStatistics measures the net looked into, opens a layer, and compares with another step and with another run.
func lookAtStatistics(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#measure", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('relu2')", later)
	if text := tab.Text("#statistics-of"); text != "Measured on 10\u202f000 test images, after step 60." {
		t.Errorf("of the statistics the page says %q", text)
	}
	tab.Press("#statistics-look-relu2", browser.Enter)
	tab.Wait("document.querySelectorAll('#statistics-look-relu2-maps tbody tr').length === 8", soon)
	if label := browser.Eval[string](tab, "document.querySelector('.histogram-plot').ariaLabel"); !strings.HasPrefix(label, "Histogram of relu2. step 60: from 0 to ") {
		t.Errorf("the histogram says %q", label)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('.histogram-plot rect').length"); n < 32 || n > 64 {
		t.Errorf("the histogram has %d bars", n)
	}
	tab.Press("#statistics-look-relu2-maps-by-1", browser.Enter) // the mean
	tab.Wait("document.querySelector('#statistics-look-relu2-maps th[aria-sort=descending]')?.innerText.includes('mean')", soon)
	if sorted := browser.Eval[bool](tab, `(() => {
		const means = [...document.querySelectorAll('#statistics-look-relu2-maps tbody td:nth-child(2)')].map(cell => Number(cell.innerText));
		return means.length === 8 && means.every((mean, i) => i === 0 || mean <= means[i - 1]);
	})()`); !sorted {
		t.Error("the maps are not in the order of their means")
	}

	tab.Press("#save-maps", browser.Enter)
	tab.Wait("window.downloads.length === 1", soon)
	file := browser.Await[string](tab, "downloads[0].text()")
	if lines := strings.Split(strings.TrimSpace(file), "\n"); len(lines) != 1+6+8 || !strings.HasPrefix(lines[14], "relu2,7,") {
		t.Errorf("the table of maps as a file is\n%s", file)
	}

	option := func(says string) string {
		return browser.Eval[string](tab, fmt.Sprintf("[...document.querySelectorAll('#compare-run option')].find(one => one.value.startsWith(%[1]q) || one.text === %[1]q).value", says))
	}
	write(tab, "#compare-run", option("this run, another step"), "change")
	tab.Wait("document.querySelector('#compare-step')?.value === '0'", soon)
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelectorAll('#statistics-look .difference').length === 2", later)
	if n := browser.Eval[int](tab, "document.querySelectorAll('.histogram-plot path').length"); n != 1 {
		t.Errorf("%d outlines over the bars of the open layer", n)
	}
	write(tab, "#compare-run", option("published:mnist-rnn-128"), "change")
	tab.Wait("document.querySelector('#compare-step')?.value > 1000", soon)
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('Only in the other, step')", later)
	write(tab, "#compare-run", option("this run, another step"), "change") // which has been measured
	tab.Wait("document.querySelectorAll('#statistics-look .difference').length === 2", soon)
}

// The README's picture of the page.
func TestLookScreenshot(t *testing.T) {
	if !*update {
		t.Skip("make screenshot takes it")
	}
	tab := browser.Open(t)
	tab.Look(1280, 1480, false)
	r := smallCNN(t)
	r.Steps, r.EvalEvery = 400, 100
	site := start(t)
	tab.Go(site + "?" + r.Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Press("#look-inside", browser.Enter)
	tab.Wait("document.querySelector('#look')?.dataset.state === 'ready'", later)
	tab.Press("#layer-relu2 .atlas", browser.ArrowDown)
	tab.Press("#layer-relu2 .atlas", browser.Enter)
	tab.Wait("document.querySelectorAll('.methods .method').length === 5", later)
	browser.Eval[any](tab, "(document.activeElement.blur(), scrollTo(0, 0))")
	if err := os.WriteFile(filepath.Join("..", "docs", "look.png"), tab.Screenshot(), 0o644); err != nil {
		t.Fatal(err)
	}
}
