package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/store"
	"unpool/internal/browser"
	"unpool/models"
)

// In the page a run that is done is resumed for as many steps again, and so is one that was saved as a file: each time
// to the same bits as a run that had that length from the start.
func TestResumeInTheBrowser(t *testing.T) {
	t.Parallel()
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Steps, r.EvalEvery, r.Exact = 10, 10, true
	twice, fourTimes := r, r
	twice.Steps, fourTimes.Steps = 20, 40
	want := natively(t, "", []recipe.Recipe{twice, fourTimes}, 1)

	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t) + "?" + r.Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Click("#resume")
	weights := func(steps string) string {
		tab.Wait(`window.end?.includes('"steps":`+steps+`,') && `+stateIs("done", "failed"), later)
		return ended(t, browser.Eval[string](tab, "end")).WeightsSHA256
	}
	if got := weights("20"); got != want[0] {
		t.Errorf("resumed, the weights are %s, want %s", got, want[0])
	}
	if n := len(curve(tab, "#chart-loss", "test")); n != 3 {
		t.Errorf("the loss curve has %d points, want 3: before the first step, after 10 and after 20", n)
	}

	tab.Click("#fold-export")
	tab.Wait("document.querySelector('#save')?.matches(':enabled')", soon)
	tab.Click("#save")
	tab.Wait("window.saved", soon)
	if name := browser.Eval[string](tab, "saved.name"); name != "unpool-mnist-rnn-32-step-20.safetensors" {
		t.Errorf("the file is called %s", name)
	}

	// Messages that make no sense change nothing.
	browser.Eval[bool](tab, `(trainer.postMessage('hop'), trainer.postMessage('{"kind":"jump","call":1000}\n{}'), true)`)
	tab.Click("#resume")
	if got := weights("40"); got != want[1] {
		t.Errorf("resumed once more, the weights are %s, want %s", got, want[1])
	}

	// A file is all that a new trainer needs.
	const choose = `(() => {
		const files = new DataTransfer();
		files.items.add(%s);
		const input = document.querySelector('#file');
		input.files = files.files;
		input.dispatchEvent(new Event('change', { bubbles: true }));
		return true;
	})()`
	browser.Eval[bool](tab, strings.Replace(choose, "%s", "new File(['rubbish'], 'rubbish.safetensors')", 1))
	tab.Wait(stateIs("failed"), later)
	if text := tab.Text("#error"); !strings.Contains(text, "rubbish.safetensors") || !strings.Contains(text, "ends before its header") {
		t.Errorf("a file that is not a checkpoint gives %q", text)
	}
	browser.Eval[bool](tab, "delete window.end")
	browser.Eval[bool](tab, strings.Replace(choose, "%s", "saved", 1))
	if got := weights("40"); got != want[1] {
		t.Errorf("resumed from the file, the weights are %s, want %s", got, want[1])
	}
}

// Train again uses the learning rate beside it. If that is invalid, the focus goes to where that is said.
func TestTrainAgainAtAnotherRate(t *testing.T) {
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Steps, r.EvalEvery = 10, 10
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t) + "?" + r.Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Write("#lr", "0.25", "change")
	tab.Click("#train")
	tab.Wait(`events.filter(({ event }) => event.startsWith('{"type":"start"')).length === 2 && `+stateIs("done", "failed"), later)
	if is := browser.Eval[float64](tab, `JSON.parse(events.findLast(({ event }) => event.startsWith('{"type":"start"')).event).recipe.learning_rate`); is != 0.25 {
		t.Errorf("the run began at %g", is)
	}
	tab.Write("#lr", "fast", "change")
	tab.Click("#train")
	tab.Wait("document.activeElement.id === 'setting-learning_rate'", soon)
	tab.Write("#setting-learning_rate", "0.5", "change")
	tab.Wait("document.querySelector('#lr').value === '0.5'", soon)
	noErrors(t, tab)
}

// A native run that is resumed in the tab says so: its curves have a mark where the tab took over.
func TestMoveToTheBrowser(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	do(t, "train", "mnist-rnn-32", "-steps", "20", "-eval-every", "10", "-backend", "wasm", "-out", dir)
	tab := browser.Open(t)
	tab.Go(start(t))
	tab.Click("#fold-export")
	tab.Choose("#file", filepath.Join(dir, store.Last))
	tab.Wait(stateIs("done", "failed"), later)
	if legend := tab.Text("#chart-accuracy .legend"); !strings.Contains(legend, "resumed with wasm, a browser") || !strings.Contains(legend, "from step 20") {
		t.Errorf("the legend says %q", legend)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('#chart-accuracy line.break').length"); n != 1 {
		t.Errorf("%d marks on the curve, want 1", n)
	}
	noErrors(t, tab)
}
