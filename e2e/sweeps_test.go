package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"unpool/core/api"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/internal/browser"
)

// sweepsAre is a JavaScript condition: the Sweeps page shows that.
func sweepsAre(state string) string {
	return fmt.Sprintf("document.querySelector('#sweeps')?.dataset.state === %q", state)
}

// pointsJS are the points in the table, in its order.
const pointsJS = "[...document.querySelectorAll('#points tr[id^=point-]')].map((r) => Number(r.id.slice(6)))"

// A sweep of tiny nets is begun from the page, followed through a reload to its end, and then looked at: brushed, sorted, compared and saved.
func TestASweepFromThePage(t *testing.T) {
	t.Parallel()
	site := start(t, "-backend", "wasm")
	tab := browser.Open(t)
	keepDownloads(tab)
	tab.Look(1440, 900, false)
	tab.Go(site + "sweeps/")
	tab.Wait(sweepsAre("empty"), later)
	for _, one := range [][2]string{
		{"#sweep-net", "mnist-rnn-32"}, {"#mode-optimizer", "choices"}, {"#setting-steps", "40"}, {"#setting-eval_every", "10"}, {"#setting-batch", "16"},
		{"#new-points", "6"}, {"#new-seeds", "2"}, {"#new-least", "10"}, {"#new-eta", "2"}, {"#new-name", "Tiny"},
	} {
		tab.Write(one[0], one[1], "change")
	}
	tab.Wait("document.querySelector('#setting-optimizer-sgd')", soon)
	tab.Press("#setting-optimizer-sgd", browser.Space)
	tab.Wait("document.querySelector('#estimate').innerText.includes('6 points × 2 seeds: 12 runs')", soon)
	tab.Write("#new-eta", "1", "change")
	tab.Wait("document.querySelector('#new-eta-help').innerText.includes('at least 2')", soon)
	everybody(t, tab, "the form of a sweep, with a wrong setting")
	tab.Look(1440, 900, false)
	tab.Write("#new-eta", "2", "change")
	tab.Press("#begin", browser.Enter)
	tab.Wait(sweepsAre("sweep"), later)
	if name := tab.Text("#sweeps-title"); name != "Tiny" {
		t.Errorf("the sweep is called %q", name)
	}
	tab.Press("#sweep-pause", browser.Enter)
	tab.Wait("document.querySelector('.sweep-state').dataset.state === 'paused'", later)
	if id := browser.Eval[string](tab, "document.activeElement.id"); id != "sweep-pause" {
		t.Errorf("the focus is on %q", id)
	}
	tab.Go(browser.Eval[string](tab, "location.href"))
	tab.Wait(sweepsAre("sweep")+" && document.querySelector('.sweep-state').dataset.state === 'paused'", later)
	tab.Press("#sweep-pause", browser.Enter)
	tab.Wait("document.querySelector('.sweep-state').dataset.state === 'done'", later)
	tab.Wait("document.querySelector('#best-says').innerText.includes('play no part in any choice')", soon)
	tab.Wait("document.querySelectorAll('#points [data-state=stopped]').length > 0 && !document.querySelector('#points [data-state=training]')", soon)

	// By the pointer and by keys, in all views.
	tab.Press("#brush-optimizer-to", browser.ArrowDown)
	tab.Wait("document.querySelector('#chosen').innerText.includes(' of 6 points selected')", soon)
	some := browser.Eval[int](tab, "document.querySelectorAll('#points tr.off').length")
	if some == 0 || some == 6 {
		t.Errorf("%d of 6 points are pale", some)
	}
	tab.Press("#chosen-only", browser.Space)
	tab.Wait(fmt.Sprintf("(%s).length === %d", pointsJS, 6-some), soon)
	tab.Press("#chosen-only", browser.Space)
	tab.Press("#unbrush", browser.Enter)
	tab.Wait("document.querySelectorAll('#points tr.off').length === 0", soon)
	tab.Press("#hide-stopped", browser.Space)
	tab.Wait("document.querySelectorAll('#points [data-state=stopped]').length === 0 && document.querySelector('#chosen').innerText.includes('hidden')", soon)
	tab.Press("#hide-stopped", browser.Space)
	tab.Wait(fmt.Sprintf("(%s).length === 6", pointsJS), soon)
	best := browser.Eval[int](tab, "("+pointsJS+")[0]")
	tab.Press("#sort-rank", browser.Enter)
	tab.Wait(fmt.Sprintf("(%s)[5] === %d", pointsJS, best), soon)
	tab.Press("#rungs-points", browser.ArrowDown)
	tab.Press("#rungs-points", browser.Enter)
	tab.Press("#rungs-points", browser.ArrowDown)
	tab.Press("#rungs-points", browser.Enter)
	tab.Wait("document.querySelector('#paired')?.innerText.includes('over n = 2 seeds')", soon)
	for range 4 { // to one that was stopped
		tab.Press("#rungs-points", browser.ArrowDown)
	}
	tab.Wait("/stopped by the sweep at rung \\d/i.test(document.querySelector('#rungs .readout').innerText)", soon)

	tab.Press("#csv", browser.Enter)
	tab.Wait("window.downloads.length === 1", soon)
	lines := strings.Split(strings.TrimSpace(browser.Await[string](tab, "downloads[0].text()")), "\n")
	if len(lines) != 7 || !strings.HasPrefix(lines[0], "rank,learning_rate,optimizer,validation_accuracy,standard_deviation,n,") {
		t.Errorf("the CSV has %d lines, the first %s", len(lines), lines[0])
	}
	everybody(t, tab, "a sweep")
	tab.Look(1440, 900, false)

	tab.Press("#best-curves", browser.Enter)
	tab.Wait("document.querySelector('#chart-accuracy-compared .curve')", later)
	tab.Go(site + "sweeps/")
	tab.Wait(sweepsAre("list"), later)
	tab.Press("#sweep-list a", browser.Enter)
	tab.Wait("document.querySelector('#best-train') && !document.querySelector('#best-train').hidden", soon)
	tab.Press("#best-train", browser.Enter)
	tab.Wait("document.querySelector('#train') && location.search.includes('steps=40')", soon)
	tab.Go(site + "sweeps/")
	tab.Wait(sweepsAre("list"), later)
	tab.Press("#sweep-list a", browser.Enter)
	tab.Wait(sweepsAre("sweep"), soon)
	noErrors(t, tab) // the browser reports runs that are asked for while they are being deleted
	tab.Press("#sweep-delete", browser.Enter)
	tab.Wait("document.activeElement.id === 'sweep-keep'", soon)
	accessible(t, tab, "a sweep that is about to be deleted")
	tab.Press("#sweep-yes", browser.Enter)
	tab.Wait(sweepsAre("empty"), later)
}

// thousands is a sweep of so many points with six fields, as a server would have it.
func thousands(points int) api.Sweep {
	s := api.Sweep{Fields: []string{"learning_rate", "batch", "optimizer", "schedule", "units", "shift"}}
	s.ID, s.Name, s.State, s.Points, s.Seeds, s.Rungs, s.Eta = "many", "Ten thousand", api.SweepDone, points, 1, []int{200, 600, 1800, 5400}, 3
	s.Created = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s.Runs = map[run.Phase]int{run.Stopped: points}
	for i := range points {
		u := func(k int) float64 { _, f := math.Modf(float64((i+1)*k) * 0.6180339887498949); return f }
		p := api.SweepPoint{Values: []string{
			fmt.Sprintf("%.3g", 1e-4*math.Pow(1000, u(1))), fmt.Sprint(16 << int(5*u(2))), []string{"adam", "sgd", "momentum", "rmsprop"}[int(4*u(3))],
			[]string{"none", "cosine"}[int(2*u(5))], fmt.Sprint(16 << int(4*u(7))), fmt.Sprint(int(4 * u(11)))},
			Rank: i + 1, N: 1, Accuracy: 0.98 - 0.5*float64(i)/float64(points)*u(13)}
		r := api.SweepRun{ID: fmt.Sprintf("many-%d", i), Seed: 1, Phase: run.Stopped, Why: fmt.Sprintf("stopped by the sweep: %d of %d", i+1, points)}
		for k, step := range s.Rungs {
			if k == 0 || i < points/int(math.Pow(3, float64(k))) {
				p.Rung, r.Step = k, step
				r.Rungs = append(r.Rungs, run.Rung{Step: step, Accuracy: p.Accuracy, N: 1000})
			}
		}
		if p.Rung == len(s.Rungs)-1 {
			r.Phase, r.Why = run.Done, ""
		}
		p.Runs = []api.SweepRun{r}
		s.All = append(s.All, p)
	}
	s.Best = &api.SweepBest{Point: 0, Accuracy: 0.98}
	return s
}

// point is JavaScript that points at the scatter plot, so far from its left side.
func point(at int) string {
	return fmt.Sprintf("(() => { const s = document.querySelector('#scatter-picture'), p = s.getBoundingClientRect(); "+
		"s.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: p.left + %d, clientY: p.top + 100 })); })()", at)
}

// The Sweeps page with ten thousand points: until it is drawn, and from an input to what is then drawn.
func BenchmarkSweeps(b *testing.B) {
	many := thousands(10_000)
	answer, err := json.Marshal(many)
	if err != nil {
		b.Fatal(err)
	}
	list, err := json.Marshal(api.SweepList{Sweeps: []api.SweepSummary{many.SweepSummary}})
	if err != nil {
		b.Fatal(err)
	}
	best, err := json.Marshal(run.Summary{ID: "many-0", Recipe: recipe.Default()})
	if err != nil {
		b.Fatal(err)
	}
	site := front(b, start(b), func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/" + api.Sweeps:
			w.Write(list) // to a browser that may have gone
		case "/" + api.SweepPath(many.ID):
			w.Write(answer)
		case "/" + api.Run("many-0"): // the best
			w.Write(best)
		default:
			return false
		}
		return true
	})
	tab := browser.Open(b)
	tab.Look(1440, 900, false)
	for b.Loop() {
		tab.Go("about:blank")
		tab.Go(site + "sweeps/?sweep=" + many.ID)
		tab.Wait(sweepsAre("sweep"), later)
		b.ReportMetric(browser.Eval[float64](tab, "performance.now()"), "ms-to-the-sweep") // the program's start included; read at most 100 ms late
		time.Sleep(3 * time.Second)
		for _, do := range []struct{ name, js string }{
			{"scroll", "document.querySelector('#points').scrollTop += 20000"},
			{"sort", "document.querySelector('#sort-learning_rate').click()"},
			{"first-point", point(300)}, {"point", point(330)},
			{"brush", "(() => { const h = document.querySelector('#brush-batch-to'); h.focus(); h.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: 'PageDown' })); })()"},
			{"hide", "document.querySelector('#hide-stopped').click()"},
			{"show", "document.querySelector('#hide-stopped').click()"},
		} {
			b.ReportMetric(browser.Await[float64](tab, fmt.Sprintf(`(async () => {
				const begun = performance.now();
				%s;
				await new Promise((done) => setTimeout(done, 0));
				await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
				const took = performance.now() - begun;
				await new Promise((done) => setTimeout(done, 1000)); // for what comes after
				return took;
			})()`, do.js)), "ms-"+do.name)
		}
	}
	if n := len(tab.ConsoleErrors()); n > 0 {
		b.Errorf("the console has %d errors: %v", n, tab.ConsoleErrors())
	}
}

// An ablation (Zeiler and Fergus, 2013, table 3) is made from a net's layers by ticks, and its table says what each net is without.
func TestAnAblation(t *testing.T) {
	t.Parallel()
	site := start(t, "-backend", "wasm")
	tab := browser.Open(t)
	tab.Look(1440, 900, false)
	tab.Go(site + "sweeps/")
	tab.Wait(sweepsAre("empty"), later)
	for _, one := range [][2]string{
		{"#strategy", "each"}, {"#setting-net", "conv 3x3x2, relu, pool 4, conv 3x3x4, relu, dense 8"}, {"#setting-steps", "20"},
		{"#setting-eval_every", "10"}, {"#setting-batch", "16"}, {"#new-seeds", "2"},
	} {
		tab.Write(one[0], one[1], "change")
	}
	for _, box := range []string{"#ablate-conv2", "#ablate-fc1", "#ablate-conv1-double", "#ablate-all"} {
		tab.Press(box, browser.Space)
	}
	tab.Wait("document.querySelector('#estimate').innerText.includes('5 points × 2 seeds: 10 runs')", soon)
	everybody(t, tab, "the form of an ablation")
	tab.Press("#begin", browser.Enter)
	tab.Wait("document.querySelector('.sweep-state')?.dataset.state === 'done'", later)
	tab.Wait("document.querySelectorAll('#points tr[id^=point-]').length === 5", soon)
	rows := tab.Text("#points")
	for _, want := range []string{"without conv 3x3x4, relu", "without dense 8", "conv 3x3x4 in place of conv 3x3x2", "without conv 3x3x4, relu, dense 8", "±"} {
		if !strings.Contains(rows, want) {
			t.Errorf("the table lacks %q: %s", want, rows)
		}
	}
	noErrors(t, tab)
}
