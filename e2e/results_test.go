package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// resultsAre is a JavaScript condition: the Results page is in a state.
func resultsAre(state string) string {
	return fmt.Sprintf("document.querySelector('#results')?.dataset.state === %q", state)
}

// A reader opens a net of the table by keyboard, sees its curves, filters and statistics, and trains it here.
func TestResultsPage(t *testing.T) {
	tab := browser.Open(t)
	site := start(t)
	tab.Go(site + "report?from=afar") // cold, by the address that the page had
	tab.Wait(resultsAre("ready"), soon)
	if title := browser.Eval[string](tab, "document.title"); !strings.Contains(title, "Results") {
		t.Errorf("the page is called %q", title)
	}
	if at := browser.Eval[string](tab, "location.pathname + location.search"); at != "/results/?from=afar" {
		t.Errorf("the old address leads to %s", at)
	}
	if rows := browser.Eval[int](tab, "document.querySelectorAll('.nets .disclosure').length"); rows < 12 {
		t.Errorf("the table has %d nets, want the course report's twelve", rows)
	}

	const net = "cifar-bn"
	tab.Press("#open-"+net, browser.Enter)
	tab.Wait("document.querySelector('#open-"+net+"').ariaExpanded === 'true' && document.querySelector('#train-"+net+"')", soon)
	for _, chart := range []string{"#chart-accuracy-" + net, "#chart-loss-" + net} {
		for _, series := range []string{"train", "test"} {
			if n := len(curve(tab, chart, series)); n < 100 {
				t.Errorf("%s: the curve for %s has %d points, want one for each evaluation", chart, series, n)
			}
		}
	}
	if reference := tab.Text("#chart-accuracy-" + net + " .legend"); !strings.Contains(reference, "course report") {
		t.Errorf("the accuracy's legend is %q, without the baseline", reference)
	}
	pictures := browser.Eval[[]string](tab, "[...document.querySelectorAll('#row-"+net+" .atlas img')].map((i) => i.src)")
	if len(pictures) != 2 || pictures[0] == pictures[1] {
		t.Errorf("there are %d pictures of weights, want that of the beginning and another of the end", len(pictures))
	}
	if s := tab.Text("#statistics-" + net); !strings.Contains(s, "relu3") {
		t.Errorf("the statistics of activations are %q", s)
	}
	if s := tab.Text("#row-" + net + " .says"); !strings.Contains(s, "overfits after step") {
		t.Errorf("the sentence is %q", s)
	}
	for _, dark := range []bool{false, true} {
		for _, width := range []int64{1280, 390} {
			tab.Look(width, 900, dark)
			if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("on a screen %d wide the page is %d wide", width, wide)
			}
		}
	}
	tab.Look(1280, 900, false)
	tab.Press("#open-"+net, browser.Enter)
	tab.Wait("document.querySelector('#row-"+net+"').hidden", soon)
	tab.Press("#open-"+net, browser.Space)
	tab.Wait("document.querySelector('#train-"+net+"')", soon) // what was loaded is still there

	tab.Wait("document.querySelectorAll('#chart-compare .plot .curve').length === 4", soon)

	tab.Press("#train-"+net, browser.Enter)
	tab.Wait("document.querySelector('#net')?.matches(':enabled')", soon)
	if chosen := browser.Eval[string](tab, "document.querySelector('#net').value"); chosen != net {
		t.Errorf("the Train page is set to %q, want %s", chosen, net)
	}
	e, err := models.Find(net)
	if err != nil {
		t.Fatal(err)
	}
	want := e.Recipe
	want.Eval = recipe.EvalFull
	if got := browser.Eval[string](tab, "location.search.slice(1)"); got != want.Query() {
		t.Errorf("its address has the recipe %q, want %q", got, want.Query())
	}
	tab.Click("#fold-settings")
	tab.Wait("document.querySelector('#setting-batch')?.value === '100' && document.querySelector('#setting-eval').value === 'full'", soon)

	// What is changed there stays when its reader comes back, and is replaced when the link is followed again.
	batch := func(is string) string { return "document.querySelector('#setting-batch')?.value === '" + is + "'" }
	browser.Eval[any](tab, `(() => {
		const batch = document.querySelector('#setting-batch');
		batch.value = '64';
		batch.dispatchEvent(new Event('change', { bubbles: true }));
	})()`)
	browser.Eval[any](tab, "history.back()")
	tab.Wait(resultsAre("ready"), soon)
	browser.Eval[any](tab, "history.forward()")
	tab.Wait(batch("64"), soon)
	browser.Eval[any](tab, "history.back()")
	tab.Wait(resultsAre("ready"), soon)
	tab.Press("#train-"+net, browser.Enter)
	tab.Wait(batch("100"), soon)
	noErrors(t, tab)
}

// A run continues while the Results page is shown, which says so, and is there when its reader comes back: by the
// navigation, by the browser's own back button, or by a link to train another net.
func TestRunSurvivesTheResultsPage(t *testing.T) {
	tab := browser.Open(t)
	tab.Before(`window.workers = 0;
		window.Worker = class extends Worker { constructor(...args) { super(...args); workers++; } };`)
	tab.Go(address(t, start(t), 5000, 10))
	tab.Click("#train")
	tab.Wait(stateIs("training")+" && document.querySelectorAll('#chart-loss .plot .curve').length > 0", later)
	before := stepShown(tab)

	const toResults, toTrain = "nav a[href='./results/']", "nav a[href='./']"
	tab.Press(toResults, browser.Enter)
	tab.Wait(resultsAre("ready"), soon)
	shown := "document.querySelector('#under-way')?.innerText"
	first := browser.Eval[string](tab, shown)
	tab.Wait(fmt.Sprintf("%s && %[1]s !== %q", shown, first), later) // it continues, visibly

	tab.Press(toTrain, browser.Enter)
	tab.Wait(stateIs("training", "evaluating"), soon)
	tab.Wait(fmt.Sprintf("(%s) > %d", stepShownJS, before), later)
	if query := browser.Eval[string](tab, "location.search"); !strings.Contains(query, "steps=5000") {
		t.Errorf("back on the Train page its address has the recipe %q", query)
	}
	tab.Click("#pause")
	tab.Wait(stateIs("paused"), soon)
	step := stepShown(tab)

	tab.Press(toResults, browser.Enter)
	tab.Wait(resultsAre("ready"), soon)
	browser.Eval[any](tab, "history.back()")
	tab.Wait(stateIs("paused")+fmt.Sprintf(" && (%s) === %d", stepShownJS, step), soon)

	// Another net's recipe waits until the run is over.
	browser.Eval[any](tab, "history.forward()")
	tab.Wait(resultsAre("ready"), soon)
	tab.Press("#open-mnist-gru-32", browser.Enter)
	tab.Press("#train-mnist-gru-32", browser.Enter)
	tab.Wait(stateIs("paused"), soon)
	chosen := func() string { return browser.Eval[string](tab, "document.querySelector('#net').value") }
	if a, notice := chosen(), tab.Text(".notices"); a != "mnist-rnn-128" || !strings.Contains(notice, "GRU · 32 units") {
		t.Errorf("while a run is under way the link sets the page to %s and says %q", a, notice)
	}
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	if a, notice := chosen(), tab.Text(".notices"); a != "mnist-gru-32" || notice != "" {
		t.Errorf("when the run is over the page is set to %s and says %q", a, notice)
	}
	if n := browser.Eval[int](tab, "workers"); n != 1 {
		t.Errorf("%d trainers were started, want 1", n)
	}
	noErrors(t, tab)
}

// Without results, and when they cannot be read, the page says so and what to do.
func TestResultsPageWithoutResults(t *testing.T) {
	public := copyPublic(t)
	results := filepath.Join(public, "results", "results.json")
	for _, test := range []struct {
		state, says string
		spoil       func() error
	}{
		{"failed", "Try again", func() error { return os.WriteFile(results, []byte("[{"), 0o644) }},
		{"empty", "go run ./cmd/serve reproduce", func() error { return os.WriteFile(results, []byte("[]"), 0o644) }},
		{"empty", "go run ./cmd/serve reproduce", func() error { return os.Remove(results) }},
	} {
		if err := test.spoil(); err != nil {
			t.Fatal(err)
		}
		tab := browser.Open(t)
		tab.Go(start(t, "-public", public) + "results")
		tab.Wait(resultsAre(test.state), soon)
		if text := tab.Text("#results"); !strings.Contains(text, test.says) {
			t.Errorf("in state %s the page says %q, want something with %q", test.state, text, test.says)
		}
	}
}

// What has been loaded once is there without a network: the page, its table, and the rows that were opened.
func TestResultsPageOffline(t *testing.T) {
	tab := browser.Open(t)
	site, stop := startAt(t, "127.0.0.1:0")
	tab.Go(site)
	tab.Wait("document.querySelector('#train')?.matches(':enabled') && navigator.serviceWorker.controller", soon)
	tab.Go(site + "results")
	tab.Wait(resultsAre("ready"), soon)
	tab.Press("#open-mnist-cnn", browser.Enter)
	tab.Wait("document.querySelector('#train-mnist-cnn')", soon)

	stop()
	tab.Go(site + "report") // an address that has not been asked for before
	tab.Wait(resultsAre("ready"), soon)
	tab.Press("#open-mnist-cnn", browser.Enter)
	tab.Wait("document.querySelector('#chart-loss-mnist-cnn .curve')", soon)
	tab.Press("#open-mnist-rnn-64", browser.Enter)
	tab.Wait("document.querySelector('#row-mnist-rnn-64 .failure')", soon)
	_, stop = startAt(t, strings.TrimSuffix(strings.TrimPrefix(site, "http://"), "/"))
	t.Cleanup(stop)
	tab.Click("#row-mnist-rnn-64 .retry")
	tab.Wait("document.querySelector('#chart-loss-mnist-rnn-64 .curve')", soon)
}

// The README's second screenshot.
func TestResultsScreenshot(t *testing.T) {
	if !*update {
		t.Skip("make screenshot takes it")
	}
	tab := browser.Open(t)
	tab.Look(1280, 720, false)
	tab.Go(start(t) + "results")
	tab.Wait(resultsAre("ready"), soon)
	tab.Click("#open-mnist-cnn")
	tab.Wait("document.querySelector('#chart-loss-mnist-cnn .curve')", soon)
	time.Sleep(time.Second) // for the charts to take the room they have
	if err := os.WriteFile(filepath.Join("..", "docs", "results.png"), tab.Screenshot(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// noErrors fails the test for each error on the console.
func noErrors(t *testing.T, tab *browser.Tab) {
	t.Helper()
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}
}
