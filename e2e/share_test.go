package e2e

import (
	"strings"
	"testing"

	"unpool/internal/browser"
	"unpool/models"
)

// A link to an exact run carries its result. Another browser that trains it says that the weights are identical, or since when they are not.
func TestSharedResult(t *testing.T) {
	t.Parallel()
	site := start(t)
	e, err := models.Find("mnist-rnn-128")
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Steps, r.EvalEvery, r.Exact = 40, 10, true
	tab := browser.Open(t)
	tab.Before(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { window.copied = text; return Promise.resolve(); } } })`)
	copied := func() string {
		tab.Click("#copy-link")
		tab.Wait("window.copied", soon)
		return browser.Eval[string](tab, "window.copied")
	}
	tab.Go(site + "?" + r.Query())
	tab.Click("#fold-export")
	if link := copied(); strings.Contains(link, "proof") {
		t.Errorf("before the run its link is %s", link)
	}
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
	browser.Eval[any](tab, "window.copied = null")
	link := copied()
	tells(tab, ".exports", "whether the weights are the same")
	noErrors(t, tab)

	other := browser.Firefox.Open(t)
	other.Go(link)
	tells(other, "#proof", "Train it to see whether this computer gets the same weights")
	other.Click("#train")
	other.Wait(stateIs("done"), later)
	tells(other, "#proof", "Identical: this computer got the weights", "5 evaluations")
	noErrors(t, other)

	parted := strings.LastIndex(link, "30-") + len("30-")
	forged := link[:parted] + map[bool]string{true: "1", false: "0"}[link[parted] == '0'] + link[parted+1:]
	tab.Go(forged)
	tells(tab, "#proof", "Train it to see")
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
	tells(tab, "#proof", "Not identical: after step 20 the result was still that of the link’s run, after step 30 it differs")
	tab.Go(link[:len(link)-3])
	tells(tab, ".notices", "the result that the link carries is damaged")
	noErrors(t, tab)
}
