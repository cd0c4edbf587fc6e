package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"unpool/app/page/learn/chapter"
	"unpool/internal/browser"
)

// stepIs is a JavaScript condition: a step of a chapter is shown.
func stepIs(at string) string {
	return fmt.Sprintf("location.hash === '#%s' && document.querySelector('#learn')?.dataset.state === 'ready' && document.querySelector('.step')", at)
}

// showsText is a JavaScript condition: an element's text has another in it.
func showsText(selector, text string) string {
	return fmt.Sprintf("document.querySelector(%q)?.innerText.includes(%q)", selector, text)
}

// A chapter is read: a prediction, the figure that answers it, a digit in the net, the source of a layer, and where one was the next time.
func TestLearn(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	tab.Go(site + "learn")
	tab.Wait(fmt.Sprintf("document.querySelectorAll('.chapter').length === %d", len(chapter.Files)), soon)
	tab.Press("#chapter-convolution", browser.Enter)
	tab.Wait(stepIs("convolution/1"), soon)
	tab.Wait("document.querySelector('#convolution-1-1-grid-3 .value')", later)
	if text := tab.Text("#convolution-1-1-grid-3"); strings.TrimSpace(text) != "" {
		t.Errorf("the result is shown before the prediction: %q", text)
	}
	tab.Press("#convolution-1-1-choice-1", browser.Enter)
	tab.Wait(showsText("#convolution-1-1-says", "Not quite"), soon)
	tab.Wait(showsText("#convolution-1-1-value", "Row 2, column 2: 9·8 + 9·(−1) + 9·(−1) + 9·(−1) = 45"), later) // at the corner of the square
	tab.Write("#convolution-1-1-number", "9", "input")
	tab.Wait(showsText("#convolution-1-1-value", "9·9 + 9·(−1) + 9·(−1) + 9·(−1) = 54"), later)
	tab.Wait("document.querySelector('#convolution-1-2').innerText.includes('models/nn/conv.go')", soon)
	tab.Press("#convolution-1-2 summary", browser.Enter)
	tab.Wait(showsText("#convolution-1-2", "func (b *builder) conv("), soon)

	tab.Go(site + "learn/#loss/1")
	tab.Wait(showsText("#loss-1-1 .choices", "0.33"), later)
	tab.Press("#loss-1-1-choice-3", browser.Enter)
	tab.Wait(showsText("#loss-1-1-value", "1.10 nats"), later)

	tab.Go(site + "learn/#lenet5/1")
	tab.Wait(showsText("#learn-answer", "The net answers 7"), later)
	tab.Press("#lenet5-1-1-next", browser.Enter)
	tab.Wait(showsText("#learn-answer", "The net answers 2"), later)
	tab.Press("#step-next", browser.Enter)
	tab.Wait(stepIs("lenet5/2"), soon)
	tab.Wait(showsText("#lenet5-2-1-value", "With the bias"), later)
	if facts := tab.Text("#lenet5-2-1 .facts"); !strings.Contains(facts, "156") || !strings.Contains(facts, "28×28×6") {
		t.Errorf("conv1 is said to have %q", facts)
	}
	first := tab.Text("#lenet5-2-1-value")
	tab.Press("#lenet5-2-1-map", browser.ArrowDown)
	tab.Wait(fmt.Sprintf("!%s", showsText("#lenet5-2-1-value", first)), later)

	tab.Go(site + "learn/")
	tab.Press("#learn-on", browser.Enter)
	tab.Wait(stepIs("lenet5/2"), soon)
	noErrors(t, tab)
}

// What training does, with the model's numbers: backwards through a small net, two methods beside each other, and a published run that overfits.
func TestLearnTraining(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	tab.Go(site + "learn/#training/3")
	tab.Wait("document.querySelectorAll('#training-3-1-grid-3 .value').length === 8", later) // the gradient with respect to W
	if text := tab.Text("#training-3-1-grid-3"); strings.TrimSpace(text) != "" {
		t.Errorf("the gradient is shown before the prediction: %q", text)
	}
	tab.Press("#training-3-1-choice-3", browser.Enter)
	tab.Wait(showsText("#training-3-1-grid-3", "0"), later)
	for i, text := range strings.Fields(tab.Text("#training-3-1-grid-3")) {
		if i%2 == 1 && text != "0" { // of the unit that ReLU holds back
			t.Errorf("weight %d has the gradient %s", i+1, text)
		}
	}
	tab.Go(site + "learn/#training/4")
	tab.Press("#training-4-1-choice-2", browser.Enter)
	tab.Wait(showsText("#training-4-1-value", "Learning rate 0.01. Gradient descent: the loss is 0.693 at first"), later)
	slow := tab.Text("#training-4-1-value")
	tab.Write("#training-4-1-number", "-1", "input")
	tab.Wait(showsText("#training-4-1-value", "Learning rate 0.1."), later)
	if tab.Text("#training-4-1-value") == slow {
		t.Error("the learning rate changes nothing")
	}
	tab.Go(site + "learn/#training/5")
	tab.Press("#training-5-1-choice-2", browser.Enter)
	tab.Wait(showsText("#training-5-1-value", "After 500 steps:"), later)
	tab.Write("#training-5-1-number", "5500", "input")
	tab.Wait(showsText("#training-5-1-value", "After 5\u202f500 steps:"), soon)
	noErrors(t, tab)
}

// A recurrent net reads a digit row by row, and a step about the paper opens Look inside with the same net and image.
func TestLearnReading(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	tab.Go(site + "learn/#lstm/1")
	tab.Press("#lstm-1-1-choice-2", browser.Enter)
	tab.Wait(showsText("#lstm-1-1-value", "Memory:"), later)
	tab.Wait(focusIs("lstm-1-1-number"), soon)
	for range 14 { // from row 14 to the last
		tab.Key(kb.ArrowRight)
	}
	tab.Wait(showsText("#lstm-1-1-value", "the net would answer 7"), later)
	unit := tab.Text("#lstm-1-1 .gates")
	tab.Press("#lstm-1-1-states", kb.ArrowRight)
	tab.Wait(showsText("#lstm-1-1 .gates", "unit 2"), later)
	tab.Wait(fmt.Sprintf("!%s", showsText("#lstm-1-1 .gates", unit)), later)
	browser.Eval[any](tab, "document.querySelector('math [data-part=f]').focus()")
	tab.Wait("document.querySelector('.row-column[data-part=f]').hasAttribute('data-lit')", soon)

	tab.Go(site + "learn/#zeiler-fergus/1")
	tab.Wait(showsText("#learn-answer", "The net answers 7"), later)
	tab.Press("#zeiler-fergus-1-1-next", browser.Enter)
	tab.Wait(showsText("#learn-answer", "The net answers 2"), later)
	for k := range 4 {
		tab.Press("#step-next", browser.Enter)
		tab.Wait(stepIs(fmt.Sprint("zeiler-fergus/", k+2))+" && "+focusIs("step-title"), soon)
	}
	tab.Press(".prose strong a", browser.Enter)
	tab.Wait("document.querySelector('#look-run')?.value === 'published:lenet5' && document.querySelector('#method-deconv')", later)
	tab.Wait("location.search.includes('image=1') && location.search.includes('layer=relu2')", soon)

	tab.Go(site + "learn/#zeiler-fergus/1") // with a digit that is drawn
	tab.Wait(showsText("#learn-answer", "The net answers 7"), later)
	tab.Press("#zeiler-fergus-1-1-pad", browser.Space)
	for range 10 {
		tab.Press("#zeiler-fergus-1-1-pad", browser.ArrowDown)
	}
	tab.Press("#zeiler-fergus-1-1-pad", browser.Space)
	tab.Wait(fmt.Sprintf("!%s", showsText("#learn-answer", "That is right")), later)
	tab.Press("#step-next", browser.Enter)
	tab.Wait(stepIs("zeiler-fergus/2"), soon)
	tab.Press(".prose strong a", browser.Enter)
	tab.Wait("document.querySelector('#look-run')?.value === 'published:lenet5' && document.querySelector('.scene')?.innerText.includes('Your own picture')", later)
	noErrors(t, tab)
}

// A digit that the reader draws goes through the chapter's net with the weights of a run that the reader has trained.
func TestLearnOwn(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site := start(t)
	tab.Go(address(t, site, 60, 30))
	tab.Click("#train")
	tab.Wait(stateIs("done"), later)
	tab.Go(site + "learn/#rnn/1")
	tab.Wait("document.querySelector('#learn-answer') && document.querySelectorAll('#learn-weights option').length === 2", later)
	ours := tab.Text("#learn-answer")
	tab.Write("#learn-weights", browser.Eval[string](tab, "document.querySelector('#learn-weights option + option').value"), "change")
	tab.Wait(fmt.Sprintf("!%s", showsText("#learn-answer", ours)), later) // after 60 steps it is less sure
	image := browser.Eval[string](tab, "document.querySelector('.net-strip img').src")
	for range 14 {
		tab.Press("#rnn-1-1-pad", kb.ArrowRight)
	}
	tab.Press("#rnn-1-1-pad", browser.Space)
	for range 20 {
		tab.Press("#rnn-1-1-pad", browser.ArrowDown)
	}
	tab.Press("#rnn-1-1-pad", browser.Space)
	tab.Wait(fmt.Sprintf("document.querySelector('.net-strip img').src !== %q", image), later)
	if says := tab.Text("#learn-answer"); !strings.HasPrefix(says, "The net answers ") || !strings.HasSuffix(says, "%.") { // nobody knows what is right
		t.Errorf("of a drawn digit it says %q", says)
	}
	image = browser.Eval[string](tab, "document.querySelector('.net-strip img').src")
	tab.Press("#step-next", browser.Enter)
	tab.Press("#rnn-2-1-choice-2", browser.Enter)
	tab.Wait(showsText("#rnn-2-1-value", "the net would answer"), later)
	if read := browser.Eval[string](tab, "document.querySelector('.unrolled img').src"); read != image {
		t.Error("what is read is not what was drawn")
	}
	noErrors(t, tab)
}

// Steps are turned by the arrow keys, unless these are for a figure, and the focus goes to what is read first. Symbols and parts of a figure
// light each other.
func TestLearnByKeyboard(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	tab.Go(start(t) + "learn/#pooling/1")
	tab.Wait("document.querySelector('#pooling-1-1-grid-2 .value')", later)
	tab.Press("#pooling-1-1-choice-2", browser.Enter)
	tab.Wait(focusIs("pooling-1-1-number"), soon)
	tab.Key(kb.ArrowRight) // changes the number, not the step
	tab.Wait(showsText("#pooling-1-1 .knob-value", "3"), soon)
	tab.Press("#pooling-1-1-grid-2", kb.ArrowRight)
	tab.Wait(showsText("#pooling-1-1-value", "Row 2, column 3"), later)
	tab.Press("#step-title", kb.ArrowRight)
	tab.Wait(stepIs("pooling/2")+" && "+focusIs("step-title"), soon)
	tab.Key(kb.ArrowLeft)
	tab.Wait(stepIs("pooling/1")+" && "+focusIs("step-title"), soon)
	tab.Key(kb.ArrowLeft)
	tab.Wait(stepIs("convolution/4"), soon)
	for range 3 {
		tab.Key(kb.ArrowLeft)
		time.Sleep(100 * time.Millisecond)
	}
	tab.Wait(stepIs("convolution/1"), soon)
	tab.Wait("document.querySelector('.grid-of[data-part=w]')", later)
	browser.Eval[any](tab, "document.querySelector('math [data-part=w]').focus()")
	tab.Wait("document.querySelector('.grid-of[data-part=w]').hasAttribute('data-lit') && !document.querySelector('.grid-of[data-part=x]').hasAttribute('data-lit')", soon)
	browser.Eval[any](tab, "history.back()")
	tab.Wait(stepIs("convolution/2"), soon)
	noErrors(t, tab)
}

// Every step fits every screen, and keeps axe-core's rules.
func TestLearnFits(t *testing.T) {
	t.Parallel()
	tab := browser.OpenFor(t, 15*time.Minute)
	site := start(t)
	tab.Go(site + "learn/")
	tab.Wait("document.querySelector('.chapter')", later)
	everybody(t, tab, "the chapters")
	for _, at := range []string{"convolution/1", "pooling/3", "lenet5/1", "lenet5/2", "lenet5/9", "loss/1", "training/2", "training/3", "training/4", "lstm/1", "gru/3"} {
		tab.Go(site + "learn/#" + at)
		tab.Wait(stepIs(at)+" && !/Getting ready|Loading/.test(document.querySelector('#learn').innerText)", later)
		everybody(t, tab, at)
	}
	noErrors(t, tab)
}

// What has been read once can be read again without a network.
func TestLearnOffline(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	site, stop := startAt(t, "127.0.0.1:0")
	tab.Go(site)
	for end := time.Now().Add(later); browser.Await[int](tab, keptChapters) < len(chapter.Files); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the chapters are not kept")
		}
	}
	stop()
	tab.Go(site + "learn/#pooling/3")
	tab.Wait(stepIs("pooling/3"), soon)
}

// keptChapters is how many chapters the service worker keeps.
var keptChapters = strings.Replace(keptImages, `url.includes("data/mnist/")`, `url.includes("web/learn/en/")`, 1)
