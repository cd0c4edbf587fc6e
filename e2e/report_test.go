package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"unpool/internal/browser"
)

// One press makes the report on a net, with all its parts in order; it can be stopped, and saved as a page that stands alone.
func TestReportOnANet(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	keepDownloads(tab)
	address := start(t) + "look/?run=published:mnist-rnn-32-seed1&view=report"
	tab.Go(address)
	tab.Press("#report-make", browser.Enter)
	tab.Wait("document.querySelector('#report-stop') && document.querySelector('#report-says').innerText.startsWith('Part 1 of 9')", later)
	tab.Press("#report-stop", browser.Enter)
	tab.Wait("document.querySelector('#report-make') && !document.querySelector('#report')", soon)
	tab.Press("#report-make", browser.Enter)
	tab.Wait("document.querySelector('#report-save')", later)
	headings := browser.Eval[[]string](tab, "[...document.querySelectorAll('.report-heading h2')].map((h) => h.innerText)")
	for i, want := range []string{
		"1. Invariance to", "2. The first layer’s weights", "3. Occlusion", "4. Correspondence", "5. How well each layer", "6. How the net reads", "7. Test images", "8. Mistakes", "9. Statistics",
	} {
		if i >= len(headings) || !strings.HasPrefix(headings[i], want) {
			t.Fatalf("the parts are %q", headings)
		}
	}
	for part, has := range map[string]string{
		"invariance": "#vary-first svg", "filters": "#weights-strips img", "occlusion": "#occlusion-pixels img", "correspondence": ".corresponding.fresh .line-chart", "probes": "#probes-chart svg", "rows": "#reading-gradients svg",
		"embedding": "#embedding-points svg, #embedding-points canvas", "mistakes": ".mistakes-list img", "stats": ".activations-table",
	} {
		if !browser.Eval[bool](tab, "!!document.querySelector('#report-"+part+"')?.querySelector('"+has+"')") {
			t.Errorf("part %s has no %s", part, has)
		}
	}
	everybody(t, tab, "report")

	tab.Press("#report-save", browser.Enter)
	tab.Wait("downloads.length === 1", soon)
	page := browser.Await[string](tab, "downloads[0].text()")
	for _, bad := range []string{"<button", "<select", "<input", "<script", `src="/`, "url(/"} {
		if strings.Contains(page, bad) {
			t.Errorf("the saved page has %s", bad)
		}
	}
	alone := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(page))
	}))
	t.Cleanup(alone.Close)
	tab.Go(alone.URL)
	if text := tab.Text("main"); !strings.Contains(text, "Report: RNN · 32 units") || !strings.Contains(text, "9. Statistics") || strings.Contains(text, "Save as") {
		t.Errorf("the saved page says %.500q", text)
	}
	everybody(t, tab, "the saved report")

	tab.Go(address)
	tab.Press("#report-make", browser.Enter)
	tab.Press("#report-invariance-open", browser.Enter)
	tab.Wait("document.querySelector('#view').dataset.view === 'invariance'", soon)

	// What only nets with maps have comes first.
	tab.Go(strings.Replace(address, "rnn-32", "cnn", 1))
	tab.Press("#report-make", browser.Enter)
	tab.Wait("document.querySelector('#report-says')?.innerText.startsWith('Part 3 of ')", later)
	tab.Wait("document.querySelector('#report-deconv .methods img') && document.querySelector('#report-deconv .pairs img') && document.querySelector('#report-evolution .evolved img')", soon)
	tab.Press("#report-stop", browser.Enter)
	noErrors(t, tab)
}
