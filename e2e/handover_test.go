package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// An exact run is begun in the tab, continued on the server, and again in the tab, each time from where it was stopped: to the same weights as one that was
// not disturbed. The copy that is left behind says where the run is.
func TestARunGoesToTheServerAndBack(t *testing.T) {
	t.Parallel()
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Steps, r.EvalEvery, r.Exact = 900, 20, true
	want := natively(t, "", []recipe.Recipe{r}, 1)[0]

	site := start(t, "-backend", "wasm")
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(site + "?" + r.Query())
	tab.Wait(whereIs("tab"), later) // the server has answered
	// stopAt stops the run when it has reached a step.
	stopAt := func(step int) {
		tab.Wait(fmt.Sprintf("(%s) >= %d && ", stepShownJS, step)+stateIs("training", "evaluating"), later)
		tab.Click("#stop")
		tab.Wait(stateIs("stopped"), soon)
	}
	tab.Click("#train")
	stopAt(40)
	if says := tab.Text("#move"); !strings.HasPrefix(says, "Continue on ") {
		t.Errorf("the button says %q", says)
	}
	tab.Click("#move")
	stopAt(100)
	points := len(curve(tab, "#chart-loss", "test"))
	if points < 5 {
		t.Errorf("the curve has %d points, want those from the tab, too", points)
	}

	tab.Go(site)
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	if n := browser.Eval[int](tab, "document.querySelectorAll('#interrupted').length"); n != 0 {
		t.Error("what was continued on the server is offered here")
	}
	tab.Go(site + "runs/")
	tab.Wait(rowsAre(2), soon)
	browser.Eval[bool](tab, "(document.querySelectorAll('.runs-table .disclosure').forEach(b => b.click()), true)")
	tab.Wait("document.querySelectorAll('button[id^=move-]').length === 1 && document.querySelectorAll('.continued').length === 1", soon)
	if says := tab.Text(".continued"); !strings.Contains(says, "was continued on ") {
		t.Errorf("the copy in the tab says %q", says)
	}
	tab.Click("button[id^=move-]")
	tab.Wait("window.end && "+stateIs("done", "failed"), later)
	if got := ended(t, browser.Eval[string](tab, "end")); got.WeightsSHA256 != want || got.Steps != r.Steps {
		t.Errorf("after %d steps the weights are %s, want %s", got.Steps, got.WeightsSHA256, want)
	}
	for _, says := range tab.ConsoleErrors() { // the page hears of a run that the server is importing before it can be read
		if !strings.Contains(says, "404") {
			t.Errorf("on the console: %s", says)
		}
	}
}

// A site without a server saves a run as a file. The page of a server on another address imports that, and the server continues the run.
func TestARunGoesFromASiteToAServer(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	keepDownloads(tab)
	root := hosted(t, "/demo/", written(t))
	tab.Go(root)
	tab.Wait(ready+" && crossOriginIsolated", later) // it has reloaded itself
	tab.Go(address(t, root, 2000, 20))
	tab.Click("#train")
	tab.Wait(fmt.Sprintf("(%s) >= 40 && ", stepShownJS)+stateIs("training", "evaluating"), later)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	before := stepShown(tab)
	tab.Click("#save-run")
	tells(tab, "#moving", "import the file on the Runs page", "browsers do not let websites")
	everybody(t, tab, "saved for a server")
	name := browser.Eval[string](tab, "document.querySelector('#moving').innerText.match(/unpool-run-\\w+\\.zip/)[0]")
	file, err := base64.StdEncoding.DecodeString(browser.Await[string](tab,
		"downloads[0].arrayBuffer().then((b) => btoa(Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join('')))"))
	if err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, file, 0o644); err != nil {
		t.Fatal(err)
	}

	site := start(t, "-backend", "wasm")
	tab.Go(site + "runs/")
	tab.Wait(runsAre("empty"), later)
	tab.Choose("#import-file", name)
	tab.Click("#onward")
	tab.Wait(fmt.Sprintf("(%s) > %d && ", stepShownJS, before)+stateIs("training", "evaluating"), later)
	if n := len(curve(tab, "#chart-loss", "test")); n < 3 {
		t.Errorf("the curve has %d points, want those from the site, too", n)
	}
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait(rowsAre(2), soon) // the copy here, and the server's
}
