package e2e

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"unpool/internal/browser"
)

// A recurrent net is followed through an image row by row: by slider, by playing and by choosing a unit; beside the published nets, also for a digit
// that is drawn; and one unit through images of each class.
func lookAtRows(t *testing.T, tab *browser.Tab) {
	t.Helper()
	fresh := "document.querySelector('.reading-figures.fresh #reading-gradients svg') && "
	tab.Press("#view-rows", browser.Enter)
	tab.Wait(fresh+"document.querySelector('#reading-says').innerText.startsWith('If the image ended after row 28, the net would answer 7')", later)
	tab.Write("#reading-row", "11", "input")
	tab.Wait("document.querySelector('#reading-image').innerText.includes('rows 1 to 12.') && document.querySelector('#reading-says').innerText.includes('after row 12,')", soon)
	tab.Press("#reading-play", browser.Enter)
	tab.Wait("document.querySelector('#reading-says').innerText.includes('after row 14,')", soon)
	tab.Press("#reading-play", browser.Enter)
	tab.Wait("document.querySelector('#reading-play').innerText === 'Play' && location.href.includes('reads=')", soon)

	gates := tab.Text("#reading-unit-gates")
	tab.Press("#reading-states-places", kb.ArrowRight)
	tab.Wait("document.querySelector('#reading-unit-gates').innerText !== "+strconv.Quote(gates), soon)
	sorted := source(tab, "reading-states")
	tab.Press("#reading-similar", browser.Space)
	tab.Wait("document.querySelector('#reading-states img').src !== "+strconv.Quote(sorted), soon)
	tab.Write("#reading-trace", "5", "change")
	tab.Wait("document.querySelector('#reading-states').innerText.includes('The memory of all 32 units')", soon)
	if npy := saved(tab, "The memory of all 32 units as NumPy"); !strings.Contains(npy, "(1, 28, 32, 1,)") {
		t.Errorf("the memories are saved as %.200q", npy)
	}
	if svg := saved(tab, "The answer after each row as SVG"); !strings.HasPrefix(svg, "<svg") || !strings.Contains(svg, "<polyline") {
		t.Errorf("the answers are saved as %.300q", svg)
	}

	tab.Press("#reading-others", browser.Space)
	tab.Wait(fresh+"document.querySelectorAll('#beside .panel').length === 6", later) // this net, three others, two charts
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	before := tab.Text("#beside")
	tab.Press("#draw", browser.Enter)
	for _, key := range []string{browser.Space, kb.ArrowDown, browser.Space} {
		tab.Press("#pad", key)
	}
	tab.Wait("document.querySelector('.scene-image').innerText.includes('Your own picture')", later)
	tab.Wait(fresh+"document.querySelector('#beside').innerText !== "+strconv.Quote(before), later)
	tab.Press("#pad-wipe", browser.Enter)
	tab.Press("#draw", browser.Enter)

	tab.Press("#read-across", browser.Enter)
	tab.Wait("document.querySelector('.across.fresh #across-means img')", later)
	if npy := saved(tab, browser.Eval[string](tab, "document.querySelector('#across-states button').ariaLabel.replace('SVG', 'NumPy')")); !strings.Contains(npy, "(1, 28, 200, 1,)") {
		t.Errorf("the unit's states are saved as %.200q", npy)
	}
	tab.Press("#reading-others", browser.Space)
	tab.Wait(fresh+"!document.querySelector('#beside')", later)
	tab.Press("#reading-cover", browser.Enter)
	tab.Wait("document.querySelector('.occlusion.fresh') && document.querySelector('#cover-rows').checked", later)
}
