package e2e

import (
	"fmt"
	"testing"

	"unpool/core/run"
	"unpool/internal/browser"
)

// A visitor builds a net by keyboard and trains it; whoever opens its link in another browser trains it to the same weights.
func TestBuildANetInTheBrowser(t *testing.T) {
	t.Parallel()
	site := start(t)
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(site)
	focused := func(id string) {
		t.Helper()
		tab.Wait(fmt.Sprintf("document.activeElement.id === %q", id), soon)
	}
	press := func(id, key, net string) { // and wait until the text says what the net has become
		t.Helper()
		tab.Press("#"+id, key)
		tab.Wait(fmt.Sprintf("document.querySelector('#setting-net').value === %q", net), soon)
	}
	add := func(letters, id, net string) {
		t.Helper()
		tab.Press("#layer-kind", letters)
		press("layer-add", browser.Enter, net)
		focused(id)
	}
	tab.Press("#edit-net", browser.Enter)
	focused("builder")
	tab.Press("#layer-1", browser.Enter)
	press("layer-remove", browser.Enter, "logits")
	focused("layer-1")
	add("con", "layer-1", "conv 3x3x32")
	press("option-maps", browser.ArrowDown, "conv 3x3x31")
	press("option-stride", browser.ArrowUp, "conv 3x3x31 stride 2")
	press("option-nobias", browser.Space, "conv 3x3x31 stride 2 nobias")
	add("den", "layer-2", "conv 3x3x31 stride 2 nobias, dense 256")
	add("res", "layer-3", "conv 3x3x31 stride 2 nobias, dense 256, residual(dense 256, relu)")
	press("layer-up", browser.Enter, "conv 3x3x31 stride 2 nobias, residual(dense 256, relu), dense 256")
	focused("layer-up")
	tab.Wait("document.querySelector('#layer-2-problem').innerText.startsWith('its layers turn 14x14x31 into 256')", soon)
	press("builder-undo", browser.Enter, "conv 3x3x31 stride 2 nobias, dense 256, residual(dense 256, relu)")
	press("builder-redo", browser.Enter, "conv 3x3x31 stride 2 nobias, residual(dense 256, relu), dense 256")
	press("builder-undo", browser.Enter, "conv 3x3x31 stride 2 nobias, dense 256, residual(dense 256, relu)")
	const net = "conv 3x3x31 stride 2 nobias, dense 256, residual(dense 256, tanh)"
	tab.Press("#layer-3-2", browser.Enter)
	press("option-kind", "t", net)
	if label := browser.Eval[string](tab, "document.querySelector('#layer-remove').ariaLabel"); label != "remove tanh" {
		t.Errorf("the button to remove the layer is called %q", label)
	}
	tab.Wait("document.querySelector('#builder-totals').innerText.includes('about')", soon) // the time a step takes
	for name, text := range map[string]string{"steps": "4", "eval_every": "4", "batch": "32"} {
		browser.Eval[bool](tab, fmt.Sprintf(`(() => {
			const field = document.querySelector('#setting-%s');
			field.value = %q;
			return field.dispatchEvent(new Event('change', { bubbles: true }));
		})()`, name, text))
	}
	tab.Press("#setting-exact", browser.Space)
	hash := trainedTo(t, tab)
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}

	query := browser.Eval[string](tab, "location.search")
	r, err := linked(query)
	if err != nil || r.Net != net || !r.Exact || r.Steps != 4 {
		t.Fatalf("the link has %+v, %v", r, err)
	}
	other := browser.Open(t)
	other.Before(overhear)
	other.Go(site + query)
	if again := trainedTo(t, other); again != hash {
		t.Errorf("trained in another browser the weights are %s, here they were %s", again, hash)
	}
}

// trainedTo presses Train and returns the hash of the weights at the end.
func trainedTo(t *testing.T, tab *browser.Tab) string {
	t.Helper()
	tab.Press("#train:enabled", browser.Enter)
	tab.Wait(stateIs("done", "failed"), later)
	end := ended(t, browser.Eval[string](tab, "end"))
	if end.Status != run.Done || end.WeightsSHA256 == "" {
		t.Fatalf("the run ended with %+v", end)
	}
	return end.WeightsSHA256
}
