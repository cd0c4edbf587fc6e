package e2e

import (
	"fmt"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/internal/browser"
)

// All settings of a recipe are in the page's form, which accepts a net of the visitor's own and says what is wrong with one.
func TestSettingsInTheBrowser(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(address(t, start(t), 4, 4))
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	tab.Click("#fold-settings")
	for i := range recipe.Fields {
		if f := &recipe.Fields[i]; f.Only() == "" {
			tab.Wait(fmt.Sprintf("document.querySelector('#setting-%s')", f.Name), soon)
		}
	}
	set := func(name, text string) {
		browser.Eval[bool](tab, fmt.Sprintf(`(() => {
			const field = document.querySelector('#setting-%s');
			field.value = %q;
			return field.dispatchEvent(new Event('change', { bubbles: true }));
		})()`, name, text))
	}
	says := func(name, text string) string {
		return fmt.Sprintf(`document.querySelector('#setting-%s-help').innerText.includes(%q)`, name, text)
	}
	set("net", "dense 5, relo")
	tab.Wait(says("net", `layer 2, "relo": no layer is called`), soon)
	set("net", "Dense 5 , RELU")
	tab.Wait(`!document.querySelector('.problem:not(:empty)')`, soon)
	set("shift", "99")
	tab.Wait(says("shift", "99 is outside 0 to 14"), soon)
	set("shift", "2")
	set("optimizer", "momentum")
	tab.Wait("document.querySelector('#setting-momentum')?.value === '0.9'", soon)
	tab.Click("#setting-flip")

	for _, width := range []int64{1280, 390} {
		tab.Look(width, 900, false)
		if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > width {
			t.Errorf("on a screen %d wide the page is %d wide", width, wide)
		}
	}
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	query := browser.Eval[string](tab, "location.search")
	r, err := linked(query)
	if err != nil {
		t.Fatal(err)
	}
	if r.Net != "dense 5, relu" || r.Shift != 2 || !r.Flip || r.Momentum != 0.9 {
		t.Errorf("the page's address has %+v", r)
	}
	if net := browser.Eval[string](tab, "document.querySelector('#net').selectedOptions[0].innerText"); net != "A net of your own" {
		t.Errorf("the menu says %q", net)
	}
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}
}

// A link of version 1 leads to the same recipe.
func TestVersion1LinkInTheBrowser(t *testing.T) {
	const old = "arch=gru&batch=128&dataset=mnist&eval=sample&eval_every=50&learning_rate=0.003&optimizer=adam&schedule=cosine&seed=1&shift=2&steps=5500&units=128&version=1"
	tab := browser.Open(t)
	tab.Go(start(t) + "?" + old)
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	if net := browser.Eval[string](tab, "document.querySelector('#net').value"); net != "mnist-gru-128-cosine" {
		t.Errorf("the menu has %q, the page says %q", net, tab.Text(".notices"))
	}
}

// linked is the recipe that a page's address carries after its path.
func linked(query string) (recipe.Recipe, error) {
	link, err := recipe.ParseLink(strings.TrimPrefix(query, "?"))
	return append(link.Recipes, recipe.Recipe{})[0], err
}
