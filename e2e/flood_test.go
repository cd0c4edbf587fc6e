package e2e

import (
	"image"
	"path/filepath"
	"testing"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// A run that is evaluated after every step sends more than a page can draw. The page still shows how far the run is,
// and when it is stopped, that it is; the table has every evaluation.
func TestEvaluationAfterEveryStep(t *testing.T) {
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Net, r.Batch, r.Steps, r.EvalEvery = "logits", 8, recipe.MaxSteps, 1
	archive := filepath.Join(t.TempDir(), "six.zip") // few images, which are evaluated quickly
	pictures(t, image.NewGray(image.Rect(0, 0, 28, 28)), archive, "v1", []string{"a", "b"}, 2, 1)
	tab := browser.Open(t)
	tab.Before(overhear + `
		window.shown = {}; // when the page first showed a state
		addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
			const state = document.querySelector('#status')?.dataset.state;
			if (state && !shown[state]) shown[state] = performance.now();
		}).observe(document.body, { subtree: true, childList: true, attributes: true }));`)
	tab.Go(start(t) + "?" + r.Query())
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	tab.Choose("#data-files", archive)
	tab.Wait(dataIs("ready"), later)
	tab.Click("#train")
	tab.Wait(stateIs("training", "evaluating")+" && "+stepShownJS+" > 300", later)
	tab.Click("#pause")
	tab.Wait(stateIs("paused"), soon)
	if stands := browser.Eval[int](tab, `JSON.parse(events.findLast((e) => e.event.includes('"state":"paused"')).event).step`); stepShown(tab) != stands {
		t.Errorf("the run is paused at step %d, the page shows %d", stands, stepShown(tab))
	}
	tab.Click("#continue")
	tab.Wait(stateIs("training", "evaluating"), soon)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	end := ended(t, browser.Eval[string](tab, "end"))
	t.Logf("%d steps, %d events in %.1f s; shown after they were said: paused %.0f ms, stopped %.0f ms", end.Steps,
		browser.Eval[int](tab, "events.length"), end.Seconds,
		browser.Eval[float64](tab, `shown.paused - events.findLast((e) => e.event.includes('"state":"paused"')).at`),
		browser.Eval[float64](tab, `shown.stopped - events.at(-1).at`))
	tab.Click("#fold-table")
	tab.Wait(`document.querySelector('#fold td')`, soon)
	noErrors(t, tab)
}
