package e2e

import (
	"strings"
	"testing"

	"unpool/internal/browser"
)

// A chart is zoomed by keyboard, mouse, wheel and two fingers, and the chart linked to it follows; its series can be hidden;
// its figure can be saved.
func TestChartInTheBrowser(t *testing.T) {
	tab := browser.Open(t)
	tab.Look(1280, 900, false)
	tab.Go(start(t) + "results")
	tab.Wait(resultsAre("ready"), soon)
	tab.Click("#open-mnist-cnn")
	const accuracy, loss = "#chart-accuracy-mnist-cnn", "#chart-loss-mnist-cnn"
	const slider = accuracy + " [role=slider]"
	tab.Wait("document.querySelector('"+slider+"')", soon)
	zoomed := "document.querySelector('" + accuracy + "-reset') && document.querySelector('" + loss + "-reset')"
	whole := "!document.querySelector('" + accuracy + "-reset') && !document.querySelector('" + loss + "-reset')"
	last := browser.Eval[string](tab, "document.querySelector('"+slider+"').getAttribute('aria-valuemax')")

	tab.Press(slider, "+")
	tab.Wait(zoomed, soon)
	tab.Press(slider, "0")
	tab.Wait(whole, soon)

	tab.DragAcross(slider, 0.4, 0.6)
	tab.Wait(zoomed, soon)
	if now := browser.Eval[string](tab, "document.querySelector('"+loss+" [role=slider]').getAttribute('aria-valuemax')"); now == last {
		t.Errorf("of the linked chart the last value on view is still that of step %s", now)
	}
	tab.DoubleClick(slider)
	tab.Wait(whole, soon)

	tab.Wheel(slider, 0.5, -200)
	tab.Wait(zoomed, soon)
	tab.Click(accuracy + "-reset")
	tab.Wait(whole, soon)
	if focus := browser.Eval[string](tab, "document.activeElement.getAttribute('role')"); focus != "slider" {
		t.Errorf("after the reset the focus is on %q", focus)
	}

	tab.Pinch(slider, [2]float64{0.45, 0.55}, [2]float64{0.3, 0.7})
	tab.Wait(zoomed, soon)
	tab.Pinch(slider, [2]float64{0.3, 0.7}, [2]float64{0.49, 0.51})
	tab.Wait(whole, soon)

	// The crosshair is in the linked chart too.
	tab.Press(slider, browser.ArrowUp)
	tab.Wait("document.querySelector('"+loss+" .crosshair')", soon)
	if says := tab.Text(loss + " .where"); !strings.HasPrefix(says, "at step ") {
		t.Errorf("the linked chart is %q", says)
	}

	tab.Wait("document.querySelector('"+accuracy+" .legend button').ariaPressed === 'true'", soon)
	tab.Click(accuracy + " .legend button")
	tab.Wait("document.querySelector('"+accuracy+" .legend button').ariaPressed === 'false'", soon)
	tab.Wait("document.querySelectorAll('"+accuracy+" .plot .curve:not(.over)').length === 1 && document.querySelectorAll('"+loss+" .plot .curve:not(.over)').length === 1", soon)
	tab.Click(accuracy + " .legend button")
	tab.Wait("document.querySelectorAll('"+accuracy+" .plot .curve:not(.over)').length === 2", soon)

	browser.Eval[any](tab, `(() => {
		window.saved = [];
		const blobs = new Map(), create = URL.createObjectURL;
		URL.createObjectURL = (blob) => { const url = create(blob); blobs.set(url, blob); return url; };
		HTMLAnchorElement.prototype.click = async function () {
			const blob = blobs.get(this.href);
			const width = blob.type === 'image/png' ? (await createImageBitmap(blob)).width : 0;
			saved.push([this.download, blob.type, width]);
		};
	})()`)
	tab.Click(accuracy + " .chart-foot button:nth-of-type(1)")
	tab.Wait("saved.length === 1", soon)
	tab.Click(accuracy + " .chart-foot button:nth-of-type(2)")
	tab.Wait("saved.length === 2", soon)
	want := "unpool-results-mnist-cnn-accuracy.svg image/svg+xml 0, unpool-results-mnist-cnn-accuracy.png image/png 1492"
	if got := browser.Eval[string](tab, "saved.map((s) => s.join(' ')).join(', ')"); got != want {
		t.Errorf("saved are %s, want %s", got, want)
	}
	noErrors(t, tab)
}
