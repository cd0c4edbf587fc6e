package e2e

import (
	"strings"
	"testing"

	"unpool/core/protocol"
	"unpool/internal/browser"
)

// Images are shifted, scaled and turned, once the reader has said what to expect; and what moves the maps most is followed through training, by
// slider, by pressing a strip, and played.
func lookVaried(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#view-invariance", browser.Enter)
	tab.Press("#vary-choice-2", browser.Enter)
	fresh := "document.querySelectorAll('.vary.fresh .vary-charts .curve').length >= 15 && "
	tab.Wait(fresh+"document.querySelector('#vary-says').innerText.includes('When an image is shifted by one pixel, the output of conv1 changes by')", later)
	if text := tab.Text("#vary-says"); !strings.HasPrefix(text, "Right. ") && !strings.HasPrefix(text, "Not quite. ") {
		t.Errorf("of the reader's guess the page says %q", text)
	}
	if text := tab.Text("#vary-first-title") + tab.Text("#vary-last-title"); text != "Distance at conv1Distance at conv2" {
		t.Errorf("the layers on show are %q", text)
	}
	up := tab.Text(".vary-images figure")
	tab.Write("#vary-amount", "14", "input")
	tab.Wait("document.querySelector('label[for=vary-amount]').innerText === '7 px down' && document.querySelector('#vary-first .where').innerText === 'at 7'", soon)
	if tab.Text(".vary-images figure") == up {
		t.Error("the probability of the class is the same by other amounts")
	}
	tab.Press("#vary-last .slider", browser.ArrowLeft)
	tab.Wait("document.querySelector('label[for=vary-amount]').innerText === '6 px down'", soon)
	tab.Press("#thumb-0", browser.Enter)
	tab.Wait("document.querySelector('label[for=vary-amount]').innerText === '7 px up' && document.activeElement.id === 'thumb-0'", soon)
	for name, shape := range map[string]string{protocol.Distances: "(7, 5, 15, 1,)", protocol.Chances: "(1, 5, 15, 1,)"} {
		browser.Eval[any](tab, "downloads.length = 0")
		tab.Press("#save-"+name, browser.Enter)
		tab.Wait("downloads.length === 1", soon)
		if npy := browser.Await[string](tab, "downloads[0].slice(0, 200).arrayBuffer().then(b => new TextDecoder('windows-1252').decode(b))"); !strings.Contains(npy, shape) {
			t.Errorf("%s are saved as %q", name, npy)
		}
	}
	if svg := saved(tab, "Vertical shift of the images as SVG"); !strings.Contains(svg, "from 7 px up to 7 px down") {
		t.Errorf("the images are saved as %.300q", svg)
	}
	tab.Write("#vary-kind", "rotation", "change")
	tab.Wait(fresh+"document.querySelector('#vary-says').innerText.startsWith('When an image is turned by 10 degrees') && location.href.includes('vary=rotation')", later)
	tab.Write("#vary-layer-2", "relu2", "change")
	tab.Wait("document.querySelector('#vary-last-title').innerText === 'Distance at relu2' && location.href.includes('vary=rotation..relu2')", soon)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))

	tab.Press("#view-evolution", browser.Enter)
	tab.Press("#evolve", browser.Enter)
	tab.Wait("document.querySelectorAll('.evolved').length === 8", later)
	if text := tab.Text(".evolved"); !strings.Contains(text, "of relu2") || !strings.Contains(text, "After step 60: ") {
		t.Errorf("the first map says %q", text)
	}
	tab.Write("#evolution-step", "0", "input")
	tab.Wait("document.querySelector('.evolved')?.innerText.includes('After step 0: ') && document.querySelector('#look-step').value === '0' && "+lookReady, soon)
	tab.Press("#play", browser.Enter)
	tab.Wait("document.querySelector('#play').innerText === 'Play' && document.querySelector('.evolved').innerText.includes('After step 60: ') && "+lookReady, later)
	first := browser.Eval[string](tab, "document.querySelector('.film-strip').id")
	tab.DragAcross("#"+first, 0.3, 0.3) // in the second of four steps
	tab.Wait("document.querySelector('.evolved').innerText.includes('After step 20: ') && "+lookReady, soon)
	title := "How what activates maps of relu2 most evolves"
	if svg := saved(tab, title+" as SVG"); !strings.HasPrefix(svg, "<svg") || !strings.Contains(svg, "For each map above which") {
		t.Errorf("the evolution is saved as %.300q", svg)
	}
	if npy := saved(tab, title+" as NumPy"); !strings.Contains(npy, "(32, 10, 10, 1,)") {
		t.Errorf("its numbers are saved as %.200q", npy)
	}
	tab.Write("#evolves-map", "2", "change")
	tab.Wait("!document.querySelector('.evolved') && location.href.includes('evolves=relu2.3')", soon)
	tab.Press("#evolve", browser.Enter)
	tab.Wait("document.querySelectorAll('.evolved').length === 1 && document.querySelector('.evolved').innerText.includes('Map 3 of relu2')", later)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	atStep(tab, "3", "60")

	tab.ReduceMotion()
	atStep(tab, "1", "20")
	if !browser.Eval[bool](tab, "document.querySelector('#play').hidden") {
		t.Error("with less motion asked for the steps can be played")
	}
	tab.Look(1280, 900, false)
	atStep(tab, "3", "60")
}
