package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpool/core/run"
	"unpool/core/store"
	"unpool/internal/browser"
	"unpool/models"
)

// runsAre is a JavaScript condition: the Runs page is in a state.
func runsAre(state string) string {
	return fmt.Sprintf("document.querySelector('#runs')?.dataset.state === %q", state)
}

// past is a run to be kept: as a training of a net of the catalog might have logged it.
type past struct {
	net      string
	seed     uint64
	steps    int
	status   run.Phase
	accuracy float64 // at the end
}

// file writes the run as a file to import, and returns its ID and the file's name.
func (p past) file(t testing.TB, dir string) (id, name string) {
	t.Helper()
	e, err := models.Find(p.net)
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Seed, r.Steps, r.EvalEvery = p.seed, p.steps, max(1, p.steps/40)
	kept := &store.Memory{}
	recorder, err := store.Begin(t.Context(), kept, "")
	if err != nil {
		t.Fatal(err)
	}
	record := func(e run.Event) {
		if err := recorder.Record(e); err != nil {
			t.Fatal(err)
		}
	}
	record(&run.Start{Version: run.Version, Recipe: r, Parameters: e.Parameters, TrainSize: 60000, TestSize: 10000,
		Where: run.Where{Backend: "wasm", Tier: "2 threads, SIMD", Machine: "a browser"}})
	measure := func(share float64) run.Measure {
		return run.Measure{Loss: 2.3 * (1.02 - share), Accuracy: share, N: 10000}
	}
	for step := 0; step <= p.steps; step += r.EvalEvery {
		x := float64(step) / float64(p.steps)
		wobble := 0.01 * float64((step/r.EvalEvery*7+int(p.seed))%5-2) / 2
		share := 0.1 + (p.accuracy-0.1)*(x*(2-x)+3*x/(1+x))/2.5 + wobble*x
		record(&run.Metric{Step: step, Seconds: 60 * x, Train: measure(min(1, share+0.01)), Test: measure(min(0.999, share))})
		pixels := make(run.Int8s, 16*25)
		for i := range pixels {
			pixels[i] = int8((i*37+step)%255 - 127)
		}
		record(&run.Weights{Step: step, Layer: "conv1", Count: 16, Height: 5, Width: 5, Channels: 1, Scale: 0.3, Pixels: pixels})
		if step == 20*r.EvalEvery {
			record(&run.Rate{Step: step, LearningRate: 0.0005})
		}
	}
	switch p.status {
	case run.Failed:
		record(&run.End{Status: run.Failed, Steps: p.steps, Error: "the loss is not a number", Hint: "Choose a smaller learning rate."})
	case run.Done, run.Stopped:
		record(&run.End{Status: p.status, Steps: p.steps, Seconds: 62, Backend: "wasm"})
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := store.Export(t.Context(), kept, recorder.ID(), &file); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(dir, recorder.ID()+".zip")
	if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return recorder.ID(), name
}

// multiply makes the runs in the database so many, by copies with other seeds, times and accuracies.
const multiply = `(async (many) => {
	const db = await new Promise((done, failed) => { const r = indexedDB.open('unpool', 1); r.onsuccess = () => done(r.result); r.onerror = failed; });
	const t = db.transaction(['runs', 'events'], 'readwrite');
	const get = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
	const rows = await get(t.objectStore('runs').getAll());
	const logs = await Promise.all(rows.map((row) => get(t.objectStore('events').getAll(IDBKeyRange.bound([row.id], [row.id, []])))));
	for (let i = rows.length; i < many; i++) {
		const of = i % rows.length, row = { ...rows[of], id: 'copy' + String(i).padStart(12, '0') };
		const summary = JSON.parse(row.summary);
		summary.id = row.id;
		summary.recipe.seed = i;
		summary.created = new Date(Date.parse(summary.created) - i * 3.7e6).toISOString();
		if (summary.latest) summary.latest.test.accuracy *= 1 - (i * 7919 % 97) / 1000;
		if (summary.best) summary.best.test.accuracy *= 1 - (i * 7919 % 89) / 1000;
		row.summary = JSON.stringify(summary);
		t.objectStore('runs').put(row, row.id);
		logs[of].forEach((line, n) => t.objectStore('events').put(line, [row.id, n + 1]));
	}
	await new Promise((done) => { t.oncomplete = done; });
	db.close();
})`

// A visitor imports runs, sorts and filters them, opens and compares, names and deletes them, and exports one; all of it is
// still so after a reload.
func TestRunsPage(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	dir := t.TempDir()
	keepDownloads(tab)
	first, one := past{"mnist-rnn-128", 1, 5500, run.Done, 0.97}.file(t, dir)
	second, two := past{"mnist-rnn-128", 2, 5500, run.Done, 0.93}.file(t, dir)
	failed, three := past{"mnist-cnn", 1, 1000, run.Failed, 0.6}.file(t, dir)

	tab.Look(1440, 900, false)
	tab.Go(site + "runs/")
	tab.Wait(runsAre("empty"), soon)
	tab.Choose("#import-file", one, two)
	tab.Wait(rowsAre(2), soon)
	tab.Drop(three)
	tab.Wait(rowsAre(3), soon)
	tab.Choose("#import-file", one)
	tab.Wait("document.querySelector('#said').innerText.includes('is already here')", soon)
	other := filepath.Join(dir, "other.zip")
	if err := os.WriteFile(other, []byte("no run"), 0o644); err != nil {
		t.Fatal(err)
	}
	tab.Choose("#import-file", other)
	tab.Wait("document.querySelector('#said').innerText.includes('does not contain a run')", soon)

	tab.Go(site + "runs/")
	tab.Wait(rowsAre(3), soon)
	tab.Press("#sort-accuracy", browser.Enter)
	tab.Wait(fmt.Sprintf("(%s).join() === %q", rowsJS, first+","+second+","+failed), soon)
	tab.Press("#sort-accuracy", browser.Enter)
	tab.Wait(fmt.Sprintf("(%s).join() === %q", rowsJS, failed+","+second+","+first), soon)
	tab.Write("#filter", "state:done", "input")
	tab.Wait(fmt.Sprintf("(%s).join() === %q", rowsJS, second+","+first), soon)
	tab.Write("#filter", "", "input")
	tab.Wait(rowsAre(3), soon)

	tab.Press("#open-"+failed, browser.Enter)
	tab.Wait("document.querySelector('#run-"+failed+" .failure')?.innerText.includes('The loss is not a number.')", soon)
	for _, chart := range []string{"#chart-accuracy-", "#chart-loss-"} {
		if n := len(curve(tab, chart+failed, "test")); n < 30 {
			t.Errorf("%s: the curve has %d points", chart, n)
		}
	}
	tab.Write("#name-"+failed, "Too fast", "change")
	tab.Wait("document.querySelector('#open-"+failed+"').innerText === 'Too fast'", soon)
	tab.Press("#open-"+failed, browser.Space)
	tab.Wait("document.querySelector('#run-"+failed+"').hidden", soon)

	for _, id := range []string{first, second} {
		tab.Press("#tick-"+id, browser.Space)
	}
	tab.Press("#compare", browser.Enter)
	tab.Wait("document.querySelectorAll('#chart-accuracy-compared .plot .curve').length === 2", soon)
	if text := tab.Text("#seeds"); !strings.Contains(text, "±") {
		t.Errorf("over seeds the page says %q", text)
	}
	tab.Press("#open-"+first, browser.Enter)
	tab.Wait("document.querySelector('#chart-loss-"+first+" .plot .curve')", soon)
	for _, text := range []string{"100%", "200%"} {
		browser.Eval[any](tab, fmt.Sprintf("document.documentElement.style.fontSize = %q", text))
		for _, width := range []int64{320, 390, 768, 1280, 1440, 1920} {
			tab.Look(width, 900, width == 768)
			if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("on a screen %d wide, with text at %s, the page is %d wide", width, text, wide)
			}
		}
	}
	browser.Eval[any](tab, "document.documentElement.style.fontSize = ''")
	tab.Look(1440, 900, false)
	ticked := func(want bool) {
		t.Helper()
		tab.Wait(fmt.Sprintf("document.querySelector('#tick-%s').checked === %v", second, want), soon)
	}
	tab.Press("#untick", browser.Enter)
	ticked(false)

	tab.Press("#tick-"+second, browser.Space)
	ticked(true)
	tab.Click("#export")
	tab.Wait("window.downloads.length === 1", soon)
	exported, err := base64.StdEncoding.DecodeString(browser.Await[string](tab,
		"downloads[0].arrayBuffer().then((b) => btoa(String.fromCharCode(...new Uint8Array(b))))"))
	if err != nil {
		t.Fatal(err)
	}
	tab.Click("#delete-" + first)
	tab.Wait(rowsAre(2), soon)
	tab.Press("#undo", browser.Enter)
	tab.Wait(rowsAre(3), soon)
	tab.Press("#tick-"+second, browser.Space)
	tab.Press("#delete", browser.Enter)
	tab.Wait(rowsAre(2), soon)
	tab.Press("nav a[href='./']", browser.Enter) // the page is left
	tab.Wait("document.querySelector('#train')", soon)
	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait(rowsAre(2)+" && !document.querySelector('#deleting')", soon)

	tab.Go(site + "runs/")
	tab.Wait(rowsAre(2), soon)
	if name := tab.Text("#open-" + failed); name != "Too fast" {
		t.Errorf("after a reload the run is called %q", name)
	}
	tab.Press("#open-"+first, browser.Enter)
	tab.Press("#train-"+first, browser.Enter)
	tab.Wait("document.querySelector('#net')?.value === 'mnist-rnn-128' && location.search.includes('steps=5500')", soon)
	tab.Go(site + "runs/")
	tab.Wait(rowsAre(2), soon)
	back := filepath.Join(dir, "back.zip")
	if err := os.WriteFile(back, exported, 0o644); err != nil {
		t.Fatal(err)
	}
	tab.Choose("#import-file", back)
	tab.Wait(rowsAre(3)+" && document.querySelector('#row-"+second+"')", soon)
	tab.Press("#tick-"+second, browser.Space)
	tab.Press("#delete", browser.Enter)
	tab.Wait(rowsAre(2), soon)
	tab.Go(site + "runs/") // which does not undo a deletion
	tab.Wait(rowsAre(2)+" && !document.querySelector('#deleting')", soon)
	tab.Go(site + "runs/")
	tab.Wait(rowsAre(2), soon)
	tab.Choose("#import-file", back)
	tab.Wait(rowsAre(3), soon)
	tab.Click("#empty")
	tab.Wait(runsAre("empty"), soon)
	tab.Click("#undo")
	tab.Wait(rowsAre(3), soon)
	noErrors(t, tab)
}

// What is trained here is kept, seen on the Runs page while it trains, and resumed from there.
func TestATrainedRunIsKept(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	tab.Go(address(t, site, 5000, 20)) // long enough not to end meanwhile
	tab.Click("#train")
	tab.Wait(fmt.Sprintf("(%s) >= 20", stepShownJS)+" && "+stateIs("training", "evaluating"), later)
	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait("document.querySelector('.of-state[data-state=training]')", soon)
	tab.Press("nav a[href='./']", browser.Enter)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	stopped := stepShown(tab)

	tab.Go(site + "runs/")
	tab.Wait("document.querySelector('.of-state[data-state=stopped]')", soon)
	tab.Click(".runs-table .disclosure")
	tab.Click("button[id^=resume-]")
	tab.Wait(fmt.Sprintf("(%s) > %d", stepShownJS, stopped)+" && "+stateIs("training", "evaluating"), later)
	if n := len(curve(tab, "#chart-loss", "test")); n < 2 {
		t.Errorf("the curve of the resumed run has %d points, want those from before, too", n)
	}
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), soon)
	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait("document.querySelector('.of-state[data-state=stopped]')", soon)
	tab.Wait(rowsAre(1), soon)
	noErrors(t, tab)
}

// The Runs page with a thousand runs: from pressing or typing to the table as it then is.
func BenchmarkRuns(b *testing.B) {
	tab := browser.Open(b)
	site := start(b)
	dir := b.TempDir()
	var files []string
	for _, p := range someRuns {
		_, file := p.file(b, dir)
		files = append(files, file)
	}
	tab.Go(site + "runs/")
	tab.Wait(runsAre("empty"), soon)
	tab.Choose("#import-file", files...)
	tab.Wait(rowsAre(len(files)), soon)
	browser.Await[any](tab, multiply+"(1000)")
	for b.Loop() {
		tab.Go("about:blank")
		tab.Go(site + "runs/")
		tab.Wait(rowsAre(30), soon)
		b.ReportMetric(browser.Eval[float64](tab, "performance.now()"), "ms-to-the-table") // the program's start included; read at most 100 ms late
		for name, do := range map[string]string{
			"filter": "(() => { const f = document.querySelector('#filter'); f.value = 'state:done seed:2'; f.dispatchEvent(new Event('input', { bubbles: true })); })()",
			"all":    "(() => { const f = document.querySelector('#filter'); f.value = ''; f.dispatchEvent(new Event('input', { bubbles: true })); })()",
			"sort":   "document.querySelector('#sort-accuracy').click()",
			"page":   "document.querySelector('#next').click()",
			"open":   "document.querySelector('.runs-table .disclosure').click()",
		} {
			b.ReportMetric(browser.Await[float64](tab, fmt.Sprintf(`(async () => {
				let last = 0;
				const seen = new MutationObserver(() => { last = performance.now(); });
				seen.observe(document.querySelector('#runs'), { subtree: true, childList: true, attributes: true, characterData: true });
				const begun = performance.now();
				%s;
				await new Promise((done) => setTimeout(done, 1500));
				seen.disconnect();
				return last - begun;
			})()`, do)), "ms-"+name)
		}
	}
}

// The README's third screenshot.
func TestRunsScreenshot(t *testing.T) {
	if !*update {
		t.Skip("make screenshot takes it")
	}
	tab := browser.Open(t)
	tab.Look(1280, 720, false)
	dir := t.TempDir()
	var files []string
	for _, p := range someRuns {
		_, file := p.file(t, dir)
		files = append(files, file)
	}
	tab.Go(start(t) + "runs/")
	tab.Wait(runsAre("empty"), soon)
	tab.Choose("#import-file", files...)
	tab.Wait(rowsAre(len(files)), soon)
	tab.Go(browser.Eval[string](tab, "location.href")) // without messages about files
	tab.Wait(rowsAre(len(files)), soon)
	tab.Click("#ticks")
	tab.Click("#compare")
	tab.Wait("document.querySelector('#chart-loss-compared .curve')", soon)
	time.Sleep(time.Second) // for the charts to take the room they have
	if err := os.WriteFile(filepath.Join("..", "docs", "runs.png"), tab.Screenshot(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// someRuns are enough to see what the page does.
var someRuns = []past{
	{"mnist-lstm-64", 1, 5500, run.Done, 0.982}, {"mnist-rnn-128", 3, 5500, run.Done, 0.967}, {"mnist-rnn-128", 2, 5500, run.Stopped, 0.961},
	{"mnist-rnn-128", 1, 5500, run.Done, 0.972}, {"mnist-cnn", 1, 1000, run.Failed, 0.61},
}

// rowsJS are the IDs of the runs in the table, in its order.
const rowsJS = "[...document.querySelectorAll('.runs-table tr[id^=row-]')].map((r) => r.id.slice(4))"

func rowsAre(n int) string { return fmt.Sprintf("(%s).length === %d", rowsJS, n) }

// keepDownloads keeps the files that the page has the browser save, in window.downloads.
func keepDownloads(tab *browser.Tab) {
	tab.Before(`window.downloads = [];
		const make = URL.createObjectURL;
		URL.createObjectURL = (blob) => { downloads.push(blob); return make.call(URL, blob); };`)
}
