package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"unpool/internal/browser"
)

// Whoever comes for the first time sees digits, what to expect, and one button, without scrolling; the charts show what a run looks like.
func TestFirstVisit(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(start(t))
	tab.Wait(can("train"), soon)
	tab.Wait("[...document.querySelectorAll('.welcome .example img')].filter((i) => i.complete && i.naturalWidth === 20 * 28).length === 20", soon)
	tab.Wait("document.querySelector('#chart-accuracy .faint') && document.querySelector('#chart-loss .faint')", soon)
	tab.Wait("document.querySelector('#reference-note').innerText.includes('our own run')", soon)
	if h := tab.Text("h1.headline"); h != "Teach a neural network to tell handwritten digits apart" {
		t.Errorf("the headline is %q", h)
	}
	tab.Wait("document.querySelector('.promise').innerText.includes(' here; in our own runs, test accuracy reached about 97')", later)
	for _, size := range [][2]int64{{390, 844}, {1280, 720}, {1920, 1080}} {
		tab.Look(size[0], size[1], false)
		if bottom := browser.Eval[float64](tab, "document.querySelector('#train').getBoundingClientRect().bottom"); bottom > float64(size[1]) {
			t.Errorf("on a screen of %v, Train ends at %v", size, bottom)
		}
	}
	tab.Look(1280, 900, false)
	tab.Write("#net", "cifar-bn", "change") // for which the site has neither images nor, now, a strip
	tab.Wait("!document.querySelector('.welcome .example') && document.querySelector('h1.headline').innerText.includes('photographs')", soon)
	noErrors(t, tab)
}

// counted is how many images the confusion matrix counts, and how many of them on its diagonal.
const counted = `[...document.querySelectorAll('.confusion td')].reduce(([all, right], e) => {
	const n = Number(e.innerText.replace(/\D/g, ''));
	return [all + n, right + (e.classList.contains('right') ? n : 0)];
}, [0, 0])`

// While a net learns, the page shows how it classifies digits, marks what is wrong, and counts it.
func TestAnswersWhileTraining(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(address(t, start(t), 300, 20))
	tab.Click("#train")
	tab.Wait(fmt.Sprintf("(%s) >= 20 && document.querySelector('#answers .wrong')", stepShownJS), later)
	tab.Click("#pause")
	tab.Wait(stateIs("paused"), soon)
	early := tab.Text("#answers .examples")
	if n := strings.Count(early, "✗"); n == 0 || n != browser.Eval[int](tab, "document.querySelectorAll('#answers .wrong').length") {
		t.Errorf("%d crosses in %q", n, early)
	}
	tab.Press("#confusion", browser.Enter)
	tab.Wait("document.querySelector('.confusion')", soon)
	if sums := browser.Eval[[2]int](tab, counted); sums[0] != 1000 || sums[1] < 100 || sums[1] >= 1000 {
		t.Errorf("the matrix counts %d images, %d on the diagonal", sums[0], sums[1])
	}
	tab.Press("#continue", browser.Enter)
	tab.Wait(stateIs("done"), later)
	if late := tab.Text("#answers .examples"); late == early {
		t.Errorf("the answers stay %q", late)
	}
	sums := browser.Eval[[2]int](tab, counted)
	accuracy := browser.Eval[float64](tab, "Number(document.querySelector('#test-accuracy').dataset.value)")
	if sums[0] != 10_000 || float64(sums[1])/10_000 != accuracy {
		t.Errorf("the matrix counts %d images, %d right; the accuracy is %v", sums[0], sums[1], accuracy)
	}
	if says := tab.Text("#answers .answers-head"); !strings.Contains(says, "test images correct after step 300") {
		t.Errorf("it says %q", says)
	}

	// A digit that is drawn is answered, by the keyboard alone, and again after more training.
	tab.Press("#draw", browser.Enter)
	tab.Wait("document.querySelector('#pad')", soon)
	for range 10 {
		tab.Press("#pad", kb.ArrowRight)
	}
	tab.Press("#pad", browser.Space)
	for range 10 {
		tab.Press("#pad", browser.ArrowDown)
	}
	tab.Press("#pad", browser.Space)
	tab.Wait("/^It answers \\d, with a probability of [\\d.]+\u202f%, after step 300/.test(document.querySelector('#draw-says').innerText)", soon)
	tab.Press("#resume", browser.Enter)
	tab.Wait("/after step [456]/.test(document.querySelector('#draw-says').innerText)", later)
	noErrors(t, tab)
}

// A run on the server shows its answers, too.
func TestAnswersOfTheServer(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(address(t, start(t, "-backend", "wasm"), 5000, 50))
	tab.Wait(whereIs("tab"), later)
	tab.Write("#where", "server", "change")
	tab.Click("#train")
	tab.Wait("document.querySelector('#answers .example.right') && document.querySelector('#answers .answers-head').innerText.includes('correct after step')", later)
	tab.Click("#stop")
	tab.Wait(stateIs("stopped"), later)
	noErrors(t, tab)
}

// After a run the page says what to try and why, and one press sets it.
func TestWhatToTryNext(t *testing.T) {
	tab := browser.Open(t)
	tab.Go(start(t) + "?" + diverging(t))
	tab.Click("#train")
	tab.Wait(stateIs("failed")+" && document.querySelector('#next-0')", later)
	if says := tab.Text("#next"); !strings.Contains(says, "Lower the learning rate from 1 to 0.1") {
		t.Errorf("it suggests %q", says)
	}
	tab.Press("#next-0", browser.Enter)
	tab.Wait(focusIs("train")+" && document.querySelector('#next-set').innerText.startsWith('Set: Lower')", soon)
	tab.Key(browser.Enter)
	tab.Wait("location.search.includes('learning_rate=0.1')", soon)
	tab.Wait(stateIs("done", "failed"), later)
	noErrors(t, tab)
}

// Nets that are compared train side by side on the same batches, and the page says which leads. Each is a run of its own; the address carries
// them all, and they are resumed together.
func TestCompare(t *testing.T) {
	site := start(t)
	tab := browser.Open(t)
	tab.Go(address(t, site, 200, 50))
	tab.Press("#compare", browser.Enter)
	tab.Wait("document.querySelector('#beside-1')", soon)
	tab.Write("#beside-1", "mnist-gru-32", "change")
	tab.Press("#compare", browser.Enter)
	tab.Wait("document.querySelector('#beside-2')", soon)
	tab.Write("#beside-2", "as set", "change")
	tab.Press("#beside-remove-2", browser.Enter)
	tab.Wait("!document.querySelector('#beside-2') && document.activeElement.id === 'compare'", soon)
	tab.Press("#train", browser.Enter)
	tab.Wait(fmt.Sprintf("(%s) >= 100", stepShownJS), later)
	tab.Click("#pause")
	tab.Wait(stateIs("paused"), soon)
	const states = "[...document.querySelectorAll('#compared tbody tr')].map((r) => r.lastChild.innerText)"
	if rows := browser.Eval[[]string](tab, states); !slices.Equal(rows, []string{"paused", "paused"}) {
		t.Errorf("paused, the nets are %q", rows)
	}
	everybody(t, tab, "nets are compared")
	tab.Click("#continue")
	tab.Wait(stateIs("training"), soon)
	tab.Go(browser.Eval[string](tab, "location.href")) // which interrupts them
	tab.Wait("document.querySelector('#interrupted')?.innerText.startsWith('2 runs that trained side by side were interrupted: ')", later)
	tab.Press("#resume-interrupted", browser.Enter)
	tab.Wait(stateIs("done"), later)
	if rows := browser.Eval[[]string](tab, states); rows[0] != "done" || rows[1] != "done" {
		t.Errorf("in the end the nets are %q", rows)
	}
	if says := strings.ReplaceAll(tab.Text("#sentence"), "\u202f", " "); !strings.Contains(says, "at step 200: ") || !strings.Contains(says, "of 10 000 test images correct") ||
		!strings.Contains(says, "RNN") || !strings.Contains(says, "GRU") {
		t.Errorf("it says %q", says)
	}
	for _, chart := range []string{"accuracy", "loss"} {
		tab.Wait(fmt.Sprintf("document.querySelectorAll('#chart-%s .legend button').length === 2", chart), soon)
	}
	tab.Press("#resume", browser.Enter)
	tab.Wait(stateIs("done")+" && document.querySelector('#sentence').innerText.includes('at step 400')", later)

	tab.Go(browser.Eval[string](tab, "location.href"))
	tab.Wait("document.querySelector('#beside-1')?.value === 'mnist-gru-32'", soon)
	tab.Press("#fold-settings", browser.Enter)
	tab.Wait("document.querySelector('#preset-name')", soon)
	tab.Write("#preset-name", "the two of them", "input")
	tab.Press("#preset-save", browser.Enter)
	tab.Wait("document.querySelector('#preset-delete')", soon)
	tab.Go(strings.Split(browser.Eval[string](tab, "location.href"), "?")[0])
	tab.Wait("document.querySelector('#net option[value=\"your preset the two of them\"]')", soon)
	tab.Write("#net", "your preset the two of them", "change")
	tab.Wait("document.querySelector('#beside-1')?.value === 'mnist-gru-32'", soon)
	tab.Press("nav a[href='./runs/']", browser.Enter)
	tab.Wait(rowsAre(2), soon)
	noErrors(t, tab)
}
