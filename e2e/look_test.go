package e2e

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// smallCNN is a run of a net with convolutions that is short.
func smallCNN(t *testing.T) recipe.Recipe {
	t.Helper()
	entry, err := models.Find("mnist-cnn")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Net, r.Steps, r.EvalEvery, r.Eval = "conv 5x5x6, relu, pool 2, conv 3x3x8, relu, pool 2", 60, 20, recipe.EvalSample
	r.Exact = true // so that its pictures are the same everywhere
	return r
}

// lookReady says that the page shows what was asked for, on the scale that it stays on.
const lookReady = "document.querySelector('#look')?.dataset.state === 'ready' && !document.querySelector('#same-scale-says')?.innerText.startsWith('Looking')"

// What is trained in a tab is taken apart there.
func TestLookInside(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	keepDownloads(tab)
	site := start(t)
	lookAtPublished(t, tab, site)

	tab.Go(site + "?" + smallCNN(t).Query())
	tab.Click("#train")
	tab.Wait(stateIs("done", "failed"), later)
	tab.Press("#look-inside", browser.Enter)
	tab.Wait(lookReady, later)
	lookAtLayers(t, tab)
	lookAtImages(t, tab)
	lookAtMap(t, tab)
	lookUnderCover(t, tab)
	lookVaried(t, tab)
	lookAtParts(t, tab)
	lookAtWeights(t, tab)
	lookAtTwo(t, tab)
	atStep(tab, "0", "0")
	tab.Press("#view-statistics", browser.Enter)
	atStep(tab, "3", "60") // the button was made for step 0
	lookAtStatistics(t, tab)
	lookAtEmbedding(t, tab)
	lookAtMistakes(t, tab)
	lookByLink(t, tab, site)
	lookAtTransfer(t, tab)
	noErrors(t, tab)
}

// source is the picture that a panel shows.
func source(tab *browser.Tab, panel string) string {
	return browser.Eval[string](tab, fmt.Sprintf("document.querySelector('#%s img').src", panel))
}

// atStep moves the slider to a place and waits for the step there.
func atStep(tab *browser.Tab, place, step string) {
	tab.Write("#look-step", place, "input")
	tab.Wait("document.querySelector('.subject')?.innerText.includes('After training step "+step+"') && "+lookReady, soon)
}

// caption waits for the image of which the caption says something.
func caption(tab *browser.Tab, pattern string) {
	tab.Wait("/"+pattern+"/m.test(document.querySelector('.scene-image')?.innerText) && "+lookReady, later)
}

// Where nothing has been trained the published results are there.
func lookAtPublished(t *testing.T, tab *browser.Tab, site string) {
	t.Helper()
	tab.Go(site + "look/")
	tab.Wait(lookReady, later)
	if published := browser.Eval[string](tab, "document.querySelector('#look-run').value"); !strings.HasPrefix(published, "published:mnist-") {
		t.Errorf("the page begins with %q", published)
	}
	tab.Wait("document.querySelector('#look-curve .slider')", later) // its curve
	first := source(tab, "layer-logits")
	atStep(tab, "0", "0")
	if source(tab, "layer-logits") == first {
		t.Error("the published net is the same before and after training")
	}
}

// The slider, and the crosshair of the curve, which is the same, drive what is shown.
func lookAtLayers(t *testing.T, tab *browser.Tab) {
	t.Helper()
	if n := browser.Eval[int](tab, "document.querySelectorAll('.layers-grid .filters').length"); n != 8 {
		t.Errorf("%d pictures, want the first weights and 7 layers", n)
	}
	if text := tab.Text("#look-answer"); !strings.HasPrefix(text, "Classified") || !strings.Contains(text, "with a probability of") {
		t.Errorf("the answer is %q", text)
	}
	sameAsGolden(t, tab, "layer-relu2")
	sameAsGolden(t, tab, "look-first")
	last, scale := source(tab, "layer-relu2"), tab.Text("#layer-relu2 .scale")
	atStep(tab, "0", "0")
	if source(tab, "layer-relu2") == last {
		t.Error("the layer is the same before and after training")
	}
	if now := tab.Text("#layer-relu2 .scale"); now != scale {
		t.Errorf("the scale of the layer is %q before training and %q after it", now, scale)
	}
	if text := tab.Text("#same-scale-says"); text != "The scale of a layer covers all 4 stored steps." {
		t.Errorf("of the scale the page says %q", text)
	}
	tab.Press("#same-scale", browser.Space)
	tab.Wait("document.querySelector('#layer-relu2 .scale').innerText !== "+strconv.Quote(scale), soon)
	tab.Press("#same-scale", browser.Space)
	tab.Press("#look-curve .slider", kb.End)
	tab.Wait("document.querySelector('#look-step')?.value === '3' && document.querySelector('.subject')?.innerText.includes('After training step 60') && "+lookReady, soon)
	if source(tab, "layer-relu2") != last {
		t.Error("the layer is another one after the crosshair has come back")
	}

	press := func(as string) {
		tab.Press(fmt.Sprintf("#layer-relu2 button[aria-label='relu2 as %s']", as), browser.Enter)
	}
	press("SVG")
	tab.Wait("window.downloads.length === 1", soon)
	if svg := browser.Await[string](tab, "downloads[0].text()"); !strings.HasPrefix(svg, "<svg") || !strings.Contains(svg, "8 maps of 14×14") || !strings.Contains(svg, "data:image/png") {
		t.Errorf("the picture as a file begins with %.200q", svg)
	}
	press("NumPy")
	tab.Wait("window.downloads.length === 2", soon)
	if npy := browser.Await[string](tab, "downloads[1].arrayBuffer().then(b => new TextDecoder('windows-1252').decode(b))"); !strings.HasPrefix(npy, "“NUMPY") || !strings.Contains(npy, "(8, 14, 14, 1,)") {
		t.Errorf("the numbers as a file begin with %.100q", npy)
	}
}

// Test images by order, class and mistake; a drawn digit; a picture of the user's.
func lookAtImages(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#image-next", browser.Enter)
	caption(tab, "Test image 1 of")
	tab.Write("#image-class", "7", "change")
	caption(tab, "Test image \\d+ of .*: 7$")
	tab.Write("#image-class", "-", "change")

	tab.Press("#draw", browser.Enter)
	tab.Wait("document.querySelector('#pad')", soon)
	browser.Eval[any](tab, `(() => { // a finger that is gone again before the page gets to it
		const pad = document.querySelector('#pad'), box = pad.getBoundingClientRect();
		for (const what of ['pointerdown', 'pointerup']) {
			pad.dispatchEvent(new PointerEvent(what, { pointerId: 99, pointerType: 'touch', clientX: box.left, clientY: box.top, bubbles: true }));
		}
	})()`)
	caption(tab, "Your own picture, as")
	tab.Press("#pad-wipe", browser.Enter)
	caption(tab, "Test image")
	for range 12 {
		tab.Press("#pad", kb.ArrowRight)
	}
	tab.Press("#pad", browser.Space)
	for range 20 {
		tab.Press("#pad", browser.ArrowDown)
	}
	tab.Press("#pad", browser.Space)
	caption(tab, "Your own picture, as")
	if text := tab.Text("#look-answer"); !strings.HasPrefix(text, "Classified as 1,") {
		t.Errorf("an upright stroke: %q", text)
	}

	// What is drawn while an answer is awaited is what is shown in the end, and asked about.
	tab.Press("#image-before", browser.Enter)
	caption(tab, "Test image")
	browser.Eval[any](tab, `(() => {
		const key = (key) => document.querySelector('#pad').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
		document.querySelector('#image-next').click();
		key(' ');
		for (let i = 0; i < 20; i++) key('ArrowUp');
		key(' ');
	})()`)
	caption(tab, "Your own picture, as")
	tab.Press("#draw", browser.Enter)

	// A photograph of a digit: ink on paper, in the corner.
	paper := image.NewGray(image.Rect(0, 0, 300, 200))
	for i := range paper.Pix {
		paper.Pix[i] = uint8(215 + i%11)
	}
	for y := range 90 {
		for x := range 9 {
			paper.SetGray(30+x, 20+y, color.Gray{Y: 60})
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, paper); err != nil {
		t.Fatal(err)
	}
	photo, text := filepath.Join(t.TempDir(), "digit.png"), filepath.Join(t.TempDir(), "text.png")
	if err := errors.Join(os.WriteFile(photo, file.Bytes(), 0o600), os.WriteFile(text, []byte("no picture"), 0o600)); err != nil {
		t.Fatal(err)
	}
	tab.Press("#image-next", browser.Enter)
	caption(tab, "Test image")
	tab.Choose("#own-picture", text)
	tab.Wait("document.querySelector('.picker .problem, .picker ~ .problem')?.innerText.includes('cannot be read as a picture')", soon)
	tab.Choose("#own-picture", photo)
	caption(tab, "Your own picture, as")
	if text := tab.Text("#look-answer"); !strings.HasPrefix(text, "Classified as 1,") {
		t.Errorf("a stroke of ink: %q", text)
	}

	tab.Write("#image-class", "7", "change") // one that moves the map looked at next
	caption(tab, ": 7$")
}

// The address brings run, step, view, image, map and place back; one that leads nowhere says so.
func lookByLink(t *testing.T, tab *browser.Tab, site string) {
	t.Helper()
	tab.Press("#view-layers", browser.Enter)
	tab.Wait("document.querySelector('#layer-relu2')", soon)
	shown := source(tab, "layer-relu2")
	tab.Press("#layer-relu2 .atlas", browser.Enter)
	tab.Wait("document.querySelectorAll('.methods .method').length === 5", later)
	tab.Press("#unit-magnified", browser.Enter)
	tab.Wait("document.querySelectorAll('.methods .method').length === 5 && location.href.includes('at=')", later)
	address, deconv := browser.Eval[string](tab, "location.href"), source(tab, "method-deconv")
	for _, want := range []string{"step=60", "beside-step=0", "cover=7.2.rows", "covered=logits.4", "embedded=image", "by=pca", "group=1", "class=5", "answer=10", "surest=", "layer=relu2", "map=1", "view=origin", "image=", "search=train-1000"} {
		if !strings.Contains(address, want) {
			t.Errorf("the address is %s, without %s", address, want)
		}
	}
	tab.Go(site)
	tab.Go(address)
	tab.Wait(lookReady+" && document.querySelectorAll('.methods .method').length === 5", later)
	if source(tab, "method-deconv") != deconv {
		t.Error("the address leads to another projection")
	}
	if among := browser.Eval[string](tab, "document.querySelector('#strongest-among').value"); among != "train-1000" {
		t.Errorf("the address leads to a search among %q", among)
	}
	tab.Press("#view-layers", browser.Enter)
	tab.Wait("document.querySelector('#layer-relu2')", soon)
	if source(tab, "layer-relu2") != shown {
		t.Error("the address leads to another picture")
	}
	tab.Wait("location.href.includes('view=layers') && location.href.includes('beside-step=0')", soon) // what the statistics are compared with
	tab.Go(site + "look/?run=gone&step=x&image=99999&layer=y&map=z&at=a.b&view=w")
	tab.Wait(lookReady+" && document.querySelector('#look-missing:not([hidden])')", later)
	if text := tab.Text("#look-missing"); !strings.Contains(text, "is not here") {
		t.Errorf("of a run that is not there the page says %q", text)
	}
}

// The pictures of the page in README and docs/look.md, of published results. The server needs the course report's part of CIFAR-10.
func TestLookScreenshot(t *testing.T) {
	if !*update {
		t.Skip("make screenshot takes it")
	}
	tab := browser.Open(t)
	site := start(t, "-data", os.Getenv("UNPOOL_DATA"))
	const cnn, vgg, lstm = "published:cifar-bn-seed1", "published:cifar-vgg-seed1", "published:mnist-lstm-128-seed1"
	methods := "document.querySelectorAll('.methods .method').length === 5 && document.querySelector('#unit-sum')"
	embedded := "document.querySelector('.embedding-image img') && document.querySelector('.embedding .scene-buttons').hidden"
	for _, shot := range []struct {
		name, query, wait string
		width, height     int64 // 0 for 1280 wide
		dark              bool
		before            func()
		from              string // the element at the top of the picture; "" for the page's beginning
	}{
		{name: "look", query: "image=29&view=layers&run=" + cnn, height: 1480},
		{name: "look/map", query: "image=29&view=origin&layer=conv2&map=6&run=" + cnn, wait: methods, height: 1436},
		{name: "look/occlusion", query: "image=29&view=occlusion&cover=8.1&run=" + cnn, wait: "document.querySelector('.occlusion.fresh #occlusion-pixels .atlas')", height: 1160, from: "#occlusion"},
		{name: "look/invariance", query: "image=29&view=invariance&run=" + cnn, height: 1040, from: "#invariance", before: func() {
			tab.Press("#vary-choice-1", browser.Enter)
			tab.Wait("document.querySelector('.vary.fresh #vary-chances .curve')", later)
		}},
		{name: "look/weights", query: "view=weights&run=" + cnn, wait: "document.querySelectorAll('.finding').length === 4", height: 1240},
		{name: "look/recurrent", query: "view=weights&run=" + lstm, wait: "document.querySelector('.eigenvalue')", height: 900},
		{name: "look/vgg", query: "image=8&view=origin&layer=relu5&map=56&run=" + vgg, wait: "document.querySelector('#strongest')", height: 620, from: "#found-title", before: func() {
			tab.Press("#strongest", browser.Enter)
			tab.Wait("document.querySelector('#untrained-found')", later)
		}},
		{name: "look/compare", query: "image=29&view=layers&run=" + cnn, height: 1300, before: func() {
			tab.Write("#compare-with", "image", "change")
			tab.Wait("document.querySelector('section[id^=difference-]')", later)
		}},
		{name: "look/statistics", query: "view=statistics&run=" + cnn, height: 1200, before: func() {
			tab.Press("#measure", browser.Enter)
			tab.Wait("document.querySelector('#statistics-look-relu2')", later)
			tab.Press("#statistics-look-relu2", browser.Enter)
			tab.Wait("document.querySelector('.histogram-plot')", soon)
		}},
		{name: "look/rows", query: "image=0&view=rows&reads=.1.12&others&run=" + lstm, wait: "document.querySelector('.reading-figures.fresh') && document.querySelector('#beside-gradients')", height: 1650, from: "#rows"},
		{name: "look/mistakes", query: "image=29&view=mistakes&run=" + cnn, wait: "document.querySelector('.mistake')", height: 1100, from: "#mistakes"},
		{name: "look/embedding", query: "view=embedding&run=" + vgg, wait: embedded, height: 820, from: "#embedding"},
		{name: "look/probes", query: "view=embedding&by=pca&run=" + vgg, wait: embedded, height: 760, from: "#probes", before: func() {
			tab.Press("#probe", browser.Enter)
			tab.Wait("document.querySelector('.line-chart')", later)
		}},
		{name: "look/parts", query: "view=parts&parts=0:6.5.5.16,17:6.5.5.16,34:5.6.5.16,60:6.2.5.16,70:7.5.5.16&run=published:mnist-vgg-seed1", wait: "document.querySelector('.marked-image')", height: 1320, from: "#parts", before: func() {
			tab.Press("#parts-compare", browser.Enter)
			tab.Wait("document.querySelector('.corresponding.fresh')", later)
		}},
		{name: "look/phone", query: "image=29&view=layers&run=" + vgg, width: 390, height: 844, from: "#layers-title"},
		{name: "look/phone-map", query: "image=29&view=origin&layer=conv2&map=6&run=" + cnn, wait: methods, width: 390, height: 844, dark: true, from: ".methods"},
		{name: "look/phone-recurrent", query: "view=weights&run=" + lstm, wait: "document.querySelector('.eigenvalue')", width: 390, height: 844, from: "#weights-matrix"},
	} {
		tab.Look(cmp.Or(shot.width, 1280), shot.height, shot.dark)
		tab.Go(site + "look/?" + shot.query)
		tab.Wait(lookReady+" && document.querySelector('#look-curve .slider')", later)
		if shot.wait != "" {
			tab.Wait(shot.wait, later)
		}
		if shot.before != nil {
			shot.before()
		}
		browser.Eval[any](tab, fmt.Sprintf("(document.activeElement.blur(), document.querySelector(%q).scrollIntoView())", cmp.Or(shot.from, "body")))
		if err := os.WriteFile(filepath.Join("..", "docs", shot.name+".png"), tab.Viewport(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
