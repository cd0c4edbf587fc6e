package e2e

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"unpool/core/api"
	"unpool/core/store"
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
	choose := func(selector, value string) func(*browser.Tab) {
		return func(tab *browser.Tab) { tab.Write(selector, value, "change") }
	}
	theirs := start(t, "-backend", "wasm") // a server with runs of its own
	for _, file := range files[:2] {
		send(t, theirs+api.Import, store.FileType, file)
	}
	return []tour{{"train", []state{
		{"empty", then(visit(""), "document.querySelector('#train')?.matches(':enabled')")},
		{"settings", then(press("#fold-settings"), "document.querySelector('#builder')")},
		{"wrong", func(tab *browser.Tab) {
			tab.Write("#setting-learning_rate", "fast", "change")
			tab.Wait("document.querySelector('[aria-invalid=true]')", soon)
		}},
		{"training", func(tab *browser.Tab) {
			tab.Go(address(t, site, 400, 20))
			tab.Click("#train")
			tab.Wait(stateIs("training", "evaluating")+" && "+stepShownJS+" > 40 && document.querySelector('#reading img')", later)
		}},
		{"paused", then(func(tab *browser.Tab) {
			tab.Click("#pause")
			tab.Click("#fold-table")
		}, stateIs("paused")+" && document.querySelector('.table')")},
		{"answers", then(func(tab *browser.Tab) {
			tab.Click("#confusion")
			tab.Click("#draw")
		}, "document.querySelector('.confusion td') && document.querySelector('#pad')")},
		{"slow", then(func(tab *browser.Tab) {
			tab.Click("#slow-open")
			tab.Click("#slow-to-4")
		}, "document.querySelector('#slow-part[data-part=\"4\"]')")},
		{"interrupted", then(visit(""), "document.querySelector('#interrupted')")},
		{"done", then(func(tab *browser.Tab) {
			tab.Click("#resume-interrupted")
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
	}}, {"server", []state{
		{"runs", func(tab *browser.Tab) {
			tab.Go(theirs + "runs/")
			tab.Wait(rowsAre(2), later)
			tab.Click(".runs-table .disclosure")
			tab.Wait("document.querySelector('.runs-table .curve')", soon)
		}},
		{"training", func(tab *browser.Tab) {
			tab.Go(address(t, theirs, 400, 20))
			tab.Wait(whereIs("tab"), later)
			choose("#where", "server")(tab)
			tab.Click("#train")
			tab.Wait(stateIs("training", "evaluating")+" && "+stepShownJS+" > 20", later)
		}},
		{"look", then(func(tab *browser.Tab) {
			tab.Wait(stateIs("done"), later)
			tab.Press("#look-inside", browser.Enter)
		}, lookReady+" && document.querySelector('#look-run').value.startsWith('server:')")},
	}}, {"sweeps", []state{
		{"empty", then(visit("sweeps/"), sweepsAre("empty"))},
	}}, {"class", []state{
		{"alone", then(visit("class/"), classIs("alone"))},
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
		{"compared", then(choose("#compare-with", "image"), "document.querySelectorAll('section[id^=difference-]').length === 7")},
		{"drawing", then(func(tab *browser.Tab) {
			choose("#compare-with", "-")(tab)
			tab.Press("#draw", browser.Enter)
			for _, key := range []string{browser.Space, browser.ArrowDown, browser.Space} {
				tab.Press("#pad", key)
			}
		}, "document.querySelector('.scene-image').innerText.includes('Your own picture')")},
		{"map", then(func(tab *browser.Tab) {
			tab.Press("#pad-wipe", browser.Enter)
			tab.Press("#draw", browser.Enter)
			tab.Wait("!document.querySelector('#pad') && document.querySelector('.scene-image').innerText.includes('Test image')", later)
			tab.Press("#layer-conv2 .atlas", browser.Enter)
		}, "document.querySelectorAll('.methods .method').length === 5")},
		{"embedding", then(func(tab *browser.Tab) {
			tab.Press("#view-embedding", browser.Enter)
			tab.Press("#probe", browser.Enter)
		}, "document.querySelector('.line-chart') && document.querySelector('.embedding.fresh #embedding-plot path') && document.querySelector('.embedding-image img') && document.querySelector('.embedding .scene-buttons').hidden")},
		{"transfer", then(press("#view-transfer"), "document.querySelector('#transfer-start')")},
		{"occlusion", then(press("#view-occlusion"), "document.querySelector('.occlusion.fresh #occlusion-pixels .atlas')")},
		{"parts", then(func(tab *browser.Tab) {
			tab.Press("#view-parts", browser.Enter)
			tab.Press("#parts-compare", browser.Enter)
		}, "document.querySelector('.corresponding.fresh')")},
		{"invariance", then(func(tab *browser.Tab) {
			tab.Press("#view-invariance", browser.Enter)
			tab.Press("#vary-choice-1", browser.Enter)
			tab.Wait("document.querySelector('.vary.fresh #vary-chances .curve')", later)
			browser.Eval[any](tab, "document.querySelectorAll('#view details').forEach((d) => { d.open = true })")
		}, "document.querySelector('#vary-says').innerText.length > 80")},
		{"evolution", then(func(tab *browser.Tab) {
			tab.Press("#view-evolution", browser.Enter)
			tab.Press("#evolve", browser.Enter)
			tab.Wait("document.querySelector('.evolved')", later)
			browser.Eval[any](tab, "document.querySelectorAll('#view details').forEach((d) => { d.open = true })")
		}, "document.querySelector('#evolution .table')")},
		{"mistakes", then(func(tab *browser.Tab) {
			tab.Press("#view-mistakes", browser.Enter)
			tab.Wait("document.querySelector('.mistake')", later)
			browser.Eval[any](tab, "document.querySelectorAll('#view details').forEach((d) => { d.open = true })")
		}, "document.querySelector('.reliability .point')")},
		{"weights", func(tab *browser.Tab) {
			tab.Press("#view-weights", browser.Enter)
			tab.Wait("document.querySelectorAll('.finding').length === 4", later)
			browser.Eval[any](tab, "document.querySelectorAll('#view details').forEach((d) => { d.open = true })")
		}},
		{"statistics", then(press("#view-statistics"), "document.querySelector('#measure')")},
		{"measured", then(func(tab *browser.Tab) {
			tab.Press("#measure", browser.Enter)
			tab.Press("#statistics-look-relu2", browser.Enter)
			tab.Wait("document.querySelector('#compare-run')", soon)
			choose("#compare-run", browser.Eval[string](tab, "document.querySelector('#look-run').value"))(tab) // another step of it
			tab.Press("#measure-other", browser.Enter)
		}, "document.querySelector('.histogram-plot path') && document.querySelector('#statistics-look .difference')")},
		{"recurrent", then(func(tab *browser.Tab) {
			tab.Press("#view-weights", browser.Enter)
			tab.Write("#look-run", "published:mnist-lstm-32-seed1", "change")
		}, "document.querySelectorAll('.eigenvalue').length === 32")},
		{"rows", then(func(tab *browser.Tab) {
			tab.Press("#view-rows", browser.Enter)
			tab.Press("#reading-others", browser.Space)
			tab.Press("#read-across", browser.Enter)
		}, "document.querySelector('.across.fresh #across-means img') && document.querySelectorAll('#beside .panel').length === 6")},
	}}}
}

// send posts a file to a server.
func send(t *testing.T, url, mime, name string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // only read from
	answer, err := http.Post(url, mime, file)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		t.Fatalf("%s: %s", url, answer.Status)
	}
}

// diverging is the query of a recipe whose loss is soon not a number.
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
