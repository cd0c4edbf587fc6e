package e2e

import (
	"strings"
	"testing"

	"unpool/internal/browser"
	"unpool/models"
)

// state is one of what a page can show.
type state struct {
	name string
	show func(*browser.Tab) // from the state before it
}

// tour is a page's states, each reached from the one before.
type tour struct {
	page   string
	states []state
}

// tours go to every page: what holds for pages in general is tested in all their states.
func tours(t *testing.T, site string) []tour {
	dir := t.TempDir()
	var files, ids []string
	for _, p := range someRuns {
		id, file := p.file(t, dir)
		ids, files = append(ids, id), append(files, file)
	}
	failed := ids[4]
	press := func(selector string) func(*browser.Tab) {
		return func(tab *browser.Tab) { tab.Press(selector, browser.Enter) }
	}
	then := func(do func(*browser.Tab), condition string) func(*browser.Tab) {
		return func(tab *browser.Tab) {
			do(tab)
			tab.Wait(condition, later)
		}
	}
	visit := func(path string) func(*browser.Tab) {
		return func(tab *browser.Tab) { tab.Go(site + path) }
	}
	return []tour{{"train", []state{
		{"empty", then(visit(""), "document.querySelector('#train')?.matches(':enabled')")},
		{"settings", then(press("#fold-settings"), "document.querySelector('#builder')")},
		{"wrong", func(tab *browser.Tab) {
			write(tab, "#setting-learning_rate", "fast", "change")
			tab.Wait("document.querySelector('[aria-invalid=true]')", soon)
		}},
		{"training", func(tab *browser.Tab) {
			tab.Go(address(t, site, 400, 20))
			tab.Click("#train")
			tab.Wait(stateIs("training", "evaluating")+" && "+stepShownJS+" > 40 && document.querySelector('#weights img')", later)
		}},
		{"paused", then(func(tab *browser.Tab) {
			tab.Click("#pause")
			tab.Click("#fold-table")
		}, stateIs("paused")+" && document.querySelector('.table')")},
		{"answers", then(func(tab *browser.Tab) {
			tab.Click("#confusion")
			tab.Click("#draw")
		}, "document.querySelector('.confusion td') && document.querySelector('#pad')")},
		{"done", then(func(tab *browser.Tab) {
			tab.Click("#continue")
			tab.Click("#fold-export")
		}, stateIs("done")+" && document.querySelector('#next')")},
		{"failed", then(visit("?"+diverging(t)), "document.querySelector('#train')?.matches(':enabled')")},
		{"failed-details", func(tab *browser.Tab) {
			tab.Click("#train")
			tab.Wait(stateIs("failed"), later)
			browser.Eval[any](tab, "document.querySelectorAll('details').forEach((d) => { d.open = true })")
		}},
	}}, {"runs", []state{
		{"all", func(tab *browser.Tab) {
			tab.Go(site + "runs/")
			tab.Wait("document.querySelector('#import-file')?.matches(':enabled')", soon)
			tab.Wait(runsAre("empty"), soon)
			tab.Choose("#import-file", files...)
			tab.Wait(rowsAre(len(files)), soon)
		}},
		{"open", then(press("#open-"+failed), "document.querySelector('#run-"+failed+" .failure') && document.querySelector('#chart-loss-"+failed+" .curve')")},
		{"compared", then(func(tab *browser.Tab) {
			tab.Press("#open-"+failed, browser.Enter)
			for _, id := range ids[:2] {
				tab.Press("#tick-"+id, browser.Space)
			}
			tab.Click("#compare")
		}, "document.querySelector('#chart-loss-compared .curve')")},
		{"deleted", then(press("#delete"), "document.querySelector('#undo')")},
		{"empty", then(press("#empty"), runsAre("empty"))},
	}}, {"sweeps", []state{
		{"empty", then(visit("sweeps/"), sweepsAre("empty"))},
	}}, {"results", []state{
		{"all", then(visit("results/"), resultsAre("ready"))},
		{"open", then(press("#open-cifar-bn"), "document.querySelector('#chart-loss-cifar-bn .curve')")},
		{"table", then(press("#fold-cifar-bn-table"), "document.querySelector('#row-cifar-bn .table')")},
	}}, {"look", []state{
		{"layers", then(func(tab *browser.Tab) {
			tab.Go(site + "?" + smallCNN(t).Query())
			tab.Click("#train")
			tab.Wait(stateIs("done"), later)
			tab.Press("#look-inside", browser.Enter)
		}, lookReady)},
		{"mistakes", then(press("#mistakes"), "document.querySelector('.mistake')")},
		{"map", then(press("#layer-conv2 .atlas"), "document.querySelectorAll('.methods .method').length === 5")},
		{"weights", then(press("#view-weights"), "document.querySelectorAll('.finding').length === 4")},
		{"statistics", then(press("#view-statistics"), "document.querySelector('#measure') || document.querySelector('.measured')")},
		{"recurrent", then(func(tab *browser.Tab) {
			tab.Press("#view-weights", browser.Enter)
			write(tab, "#look-run", "published:mnist-lstm-32-seed1", "change")
		}, "document.querySelectorAll('.eigenvalue').length === 32")},
	}}}
}

// diverging is the query of a recipe of which the loss is no number soon.
func diverging(t *testing.T) string {
	t.Helper()
	e, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Net, r.LearningRate, r.Optimizer, r.Steps = strings.TrimSpace("dense 32"), 1, "sgd", 200
	return r.Query()
}
