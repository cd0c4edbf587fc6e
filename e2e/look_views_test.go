package e2e

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"unpool/internal/browser"
)

// saved presses a button that saves a picture, and returns what the file begins with.
func saved(tab *browser.Tab, label string) string {
	browser.Eval[any](tab, "downloads.length = 0")
	tab.Press(fmt.Sprintf("button[aria-label=%q]", label), browser.Enter)
	tab.Wait(fmt.Sprintf("downloads.length > 0 && (!%q.endsWith('PNG') || downloads.at(-1).type === 'image/png')", label), later) // which is drawn from an SVG
	return browser.Await[string](tab, "downloads.at(-1).slice(0, 4000).arrayBuffer().then(b => new TextDecoder('windows-1252').decode(b))")
}

// One activation: how it is made, which pixels it comes from by all methods, and what moves its map.
func lookAtMap(t *testing.T, tab *browser.Tab) {
	t.Helper()
	allMethods := "document.querySelectorAll('.methods .method').length === 5 && "
	tab.Press("#layer-conv2 .atlas", browser.Enter)
	tab.Wait(allMethods+"document.querySelector('#unit-sum')", later)
	if text := tab.Text("#view"); !strings.Contains(text, "Map 1 of conv2") || !strings.Contains(text, "sees 10 by 10 pixels") {
		t.Errorf("the unit is %.400q", text)
	}
	sum := tab.Text("#unit-sum")
	if !regexp.MustCompile(`^−?[\d.]+ = −?[\d.]+ from 6 maps [+−] [\d.]+ bias$`).MatchString(sum) {
		t.Errorf("the arithmetic is %q", sum)
	}
	if rows := browser.Eval[int](tab, "document.querySelectorAll('.terms tbody tr').length"); rows != 6 {
		t.Errorf("%d terms, want one a map", rows)
	}
	terms := browser.Eval[string](tab, "document.querySelector('.unit-made button').ariaLabel") // how it is computed, as SVG
	if svg := saved(tab, terms); !strings.Contains(svg, "from 6 maps") || !strings.Contains(svg, "= products") {
		t.Errorf("the terms are saved as %.400q", svg)
	}
	if npy := saved(tab, strings.Replace(terms, "SVG", "NumPy", 1)); !strings.Contains(npy, "(6, 3, 3, 1,)") {
		t.Errorf("the products are saved as %.200q", npy)
	}
	if source(tab, "method-deconv") == source(tab, "untrained-deconv") {
		t.Error("the trained net and the untrained one have the same projection")
	}
	sameAsGolden(t, tab, "method-deconv")
	sameAsGolden(t, tab, "method-integrated")

	// Another place: pointed at, and pressed.
	tab.Press("#unit-magnified", browser.ArrowDown)
	tab.Wait("document.querySelector('#unit-sum')?.innerText !== "+strconv.Quote(sum), soon)
	deconv := source(tab, "method-saliency")
	tab.Press("#unit-magnified", browser.Enter)
	tab.Wait(allMethods+"document.querySelector('#unit')?.innerText.includes('In row ') && document.querySelector('#method-saliency img').src !== "+strconv.Quote(deconv), later)

	tab.Write("#unit-layer", "relu2", "change")
	tab.Wait(allMethods+"document.querySelector('#view')?.innerText.includes('Map 1 of relu2')", later)
	tab.Write("#strongest-among", "train-1000", "change")
	tab.Wait("location.href.includes('search=train-1000')", soon)
	tab.Press("#strongest", browser.Enter)
	tab.Wait("document.querySelectorAll('#strongest-found .pair').length === 9 && document.querySelectorAll('#untrained-found .pair').length === 9", later)
	if text := tab.Text("#view"); !strings.Contains(text, "The nine of 1\u202f000 training images that activate") {
		t.Errorf("the page does not say what it has searched: %q", text)
	}
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
}

// A part of the image is covered: pictures of what the net makes of it, by places that keys and pointer choose.
func lookUnderCover(t *testing.T, tab *browser.Tab) {
	t.Helper()
	answered := "document.querySelector('.occlusion.fresh #occlusion-pixels .atlas') && "
	tab.Press("#view-occlusion", browser.Enter)
	tab.Wait(answered+"document.querySelector('.label-map text')", later)
	if text := tab.Text("#occlusion-sums"); !regexp.MustCompile(`Map \d+ of relu2, summed over its positions, is [\d.]+ for the whole image. Here it changes by`).MatchString(text) {
		t.Errorf("of the sums the page says %.300q", text)
	}
	first := tab.Text("#occlusion-image .caption")
	tab.Press("#occlusion-chances-places", kb.End)
	tab.Wait("document.querySelector('#occlusion-image .caption').innerText !== "+strconv.Quote(first), soon)
	if npy := saved(tab, browser.Eval[string](tab, "document.querySelector('#occlusion-chances button').ariaLabel.replace('SVG', 'NumPy')")); !strings.Contains(npy, "(1, 14, 14, 1,)") {
		t.Errorf("the probabilities are saved as %.200q", npy)
	}
	if svg := saved(tab, "The net’s answer as SVG"); !strings.HasPrefix(svg, "<svg") || !strings.Contains(svg, "%</text>") {
		t.Errorf("the answers are saved as %.300q", svg)
	}
	tab.Press("#cover-rows", browser.Space)
	tab.Wait(answered+"document.querySelector('#occlusion-image .caption').innerText.includes('columns 1 to 28') && location.href.includes('cover=7.2.rows')", later)
	tab.Write("#cover-layer", "logits", "change")
	tab.Wait(answered+"/Output \\d+ of logits is/.test(document.querySelector('#occlusion-sums').innerText) && location.href.includes('covered=logits')", later)
	tab.Write("#cover-map", "3", "change")
	tab.Wait(answered+"document.querySelector('#occlusion-sums').innerText.includes('Output 4 of logits') && location.href.includes('covered=logits.4')", later)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
}

// Parts of several images are marked by keys, by pointer and in fields, compared with random ones, and in the link.
func lookAtParts(t *testing.T, tab *browser.Tab) {
	t.Helper()
	says := func(image int, part string) {
		t.Helper()
		tab.Wait(fmt.Sprintf("document.querySelector('#part-%d').ariaLabel.endsWith('Marked: %s')", image, part), soon)
	}
	tab.Press("#view-parts", browser.Enter)
	tab.Wait("document.querySelectorAll('.marked-image').length === 5", later)
	tab.Press("#part-1", kb.ArrowUp)
	says(1, "rows 10 to 16, columns 11 to 17")
	tab.Write("#parts-1", "3", "change") // its left column
	says(1, "rows 10 to 16, columns 3 to 9")
	tab.Press("#parts-next", browser.Enter)
	tab.Wait("new Set([...document.querySelectorAll('.marked-images figcaption')].map((e) => e.innerText)).size === 4 && location.href.includes('parts=')", soon) // it is the third, too
	tab.DragAcross("#part-2", 0.25, 0.75)
	says(2, "row 15, columns 8 to 22")
	tab.Press("#parts-same", browser.Enter)
	says(4, "row 15, columns 8 to 22")
	tab.Press("#parts-compare", browser.Enter)
	tab.Wait("document.querySelector('.corresponding.fresh #parts-says')?.innerText.startsWith('When the marked parts are covered, the changes of relu2')", later)
	if n := browser.Eval[int](tab, "document.querySelectorAll('#parts .line-chart [class^=dot]').length"); n != 3*(8+1) {
		t.Errorf("%d marks are in the chart", n)
	}
	if npy := saved(tab, "Features with different signs, by layer as NumPy"); !strings.Contains(npy, "(1, 8, 41, 1,)") {
		t.Errorf("the shares are saved as %.200q", npy)
	}
	if svg := saved(tab, "The marked images as SVG"); strings.Count(svg, `stroke="#d55e00"`) == 0 {
		t.Errorf("the images are saved as %.300q", svg)
	}
	tab.Write("#parts-count", "1", "change")
	tab.Wait("document.querySelectorAll('.marked-image').length === 3 && document.querySelector('.corresponding.stale')", soon)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
}

// The confusion matrix, whose cells show their images; the mistakes in two orders; and how far the net's certainty can be trusted.
func lookAtMistakes(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#view-mistakes", browser.Enter)
	tab.Wait("document.querySelectorAll('.mistake').length === 40 && document.querySelectorAll('.reliability .point').length > 1", later)
	if text := tab.Text("#mistakes"); !strings.Contains(text, "of 10\u202f000 test images are classified wrongly") || !strings.Contains(text, "percentage points (expected") {
		t.Errorf("of the mistakes the page says %.300q", text)
	}
	tab.Press(".mistake", browser.Enter)
	tab.Wait("document.querySelector('#look-answer').innerText.startsWith('Classified wrongly') && document.querySelector('.mistake').ariaPressed === 'true'", later)
	tab.Write("#mistaken-order", "surest", "change")
	tab.Wait("location.href.includes('surest=')", soon)

	// The cell of fours taken for nines: by pointer; what it has is what is listed.
	cell := "document.querySelector('.confusion tbody tr:nth-child(5) td:nth-child(11)')"
	count := browser.Eval[int](tab, "Number("+cell+".innerText)")
	browser.Eval[any](tab, cell+".querySelector('button').click()")
	listed := "[...document.querySelectorAll('.mistake span[aria-label]')]"
	tab.Wait(fmt.Sprintf("%s.length === %d && %[1]s.every((e) => e.innerText === '4 → 9')", listed, min(count, 40)), later)
	if chosen := browser.Eval[string](tab, "document.querySelector('#mistaken-class').value + document.querySelector('#mistaken-answer').value"); chosen != "49" {
		t.Errorf("the controls say %q", chosen)
	}
	if svg := saved(tab, "Calibration as SVG"); !strings.Contains(svg, "answers that are correct") {
		t.Errorf("the diagram is saved as %.200q", svg)
	}
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	tab.Press("#mistake-origin", browser.Enter)
	tab.Wait("document.querySelector('#view').dataset.view === 'origin'", soon)
}

// Test images in the plane: their principal components, t-SNE as it moves, one that keys lead to, a class that stands out; and a probe of each layer.
func lookAtEmbedding(t *testing.T, tab *browser.Tab) {
	t.Helper()
	moved := "document.querySelector('.embedding.fresh #embedding-points-title')?.innerText === 't-SNE' && document.querySelector('.embedding .scene-buttons').hidden"
	tab.Press("#view-embedding", browser.Enter)
	tab.Wait("document.querySelector('#embedding-plot path') && document.querySelector('.embedding-image img')", later)
	tab.Wait(moved, later)
	if text := tab.Text("#embedding-near"); !regexp.MustCompile(`whose 392 features are nearest to an image’s, [\d.]+\x{202f}% are of its class`).MatchString(text) {
		t.Errorf("of the neighbours the page says %q", text)
	}
	first := tab.Text("#embedding-says")
	tab.Press("#embedding-plot", kb.ArrowRight)
	tab.Press("#embedding-plot", kb.ArrowUp)
	tab.Wait("document.querySelector('#embedding-says').innerText !== "+strconv.Quote(first), soon)
	if svg := saved(tab, "t-SNE as SVG"); !strings.Contains(svg, "test images by pool2") {
		t.Errorf("the picture is saved as %.300q", svg)
	}
	if npy := saved(tab, "t-SNE as NumPy"); !strings.Contains(npy, "(1, 1000, 2, 1,)") {
		t.Errorf("the positions are saved as %.200q", npy)
	}
	tab.Press(".group", browser.Enter)
	tab.Wait("document.querySelectorAll('#embedding-plot path[opacity=\"0.12\"]').length >= 9 && location.href.includes('group=1')", soon)
	tab.Write("#embedding-by", "pca", "change")
	tab.Wait("document.querySelector('#embedding-points-title').innerText === 'Principal components' && location.href.includes('by=pca')", soon)
	tab.Write("#embedding-layer", "image", "change")
	tab.Wait("document.querySelector('.embedding.fresh') && document.querySelector('#embedding-near').innerText.includes('784 features') && location.href.includes('embedded=image')", later)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))

	atStep(tab, "2", "40")
	tab.Wait("document.querySelector('.embedding.fresh') && location.href.includes('step=40')", later)
	atStep(tab, "3", "60")
	tab.Wait("document.querySelector('.embedding.fresh') && location.href.includes('step=60')", later)

	tab.Press("#probe", browser.Enter)
	tab.Wait("document.querySelectorAll('#probes tbody tr').length === 8", later)
	if n := browser.Eval[int](tab, "document.querySelectorAll('.line-chart circle').length"); n != 16 {
		t.Errorf("%d points are in the chart", n)
	}
	if npy := saved(tab, "Accuracy of a linear probe by layer as NumPy"); !strings.Contains(npy, "(1, 8, 2, 1,)") {
		t.Errorf("the accuracies are saved as %.200q", npy)
	}
	image := browser.Eval[string](tab, "document.querySelector('#embedding-says').innerText.match(/[\\d\u202f]+/)[0]")
	tab.Press("#embedding-plot", browser.Enter)
	tab.Wait("document.querySelector('#view').dataset.view === 'layers' && document.querySelector('.scene-image .caption')?.innerText.includes("+strconv.Quote("Test image "+image+" of")+")", later)
}

// The net's features are tried on pictures of the user's own, which have been chosen on another page.
func lookAtTransfer(t *testing.T, tab *browser.Tab) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "pets.zip")
	pictures(t, image.NewGray(image.Rect(0, 0, 28, 28)), archive, "v1", []string{"cat", "dog"}, 3, 2)
	tab.Press("nav a[href='./']", browser.Enter)
	tab.Choose("#data-files", archive)
	tab.Wait(dataIs("ready"), later)
	tab.Press("nav a[href='./look/']", browser.Enter)
	tab.Wait(lookReady, later)
	tab.Press("#view-transfer", browser.Enter)
	tab.Wait("[...document.querySelectorAll('#transfer-to option')].some((o) => o.innerText === 'pets.zip')", soon)
	if sets := tab.Text("#transfer-to"); strings.Contains(sets, "MNIST") || !strings.Contains(sets, "CIFAR-10 in colour") {
		t.Errorf("the data sets are %q", sets)
	}
	tab.Write("#transfer-to", browser.Eval[string](tab, "[...document.querySelectorAll('#transfer-to option')].find((o) => o.innerText === 'pets.zip').value"), "change")
	tab.Press("#transfer-start", browser.Enter)
	tab.Wait("document.querySelectorAll('#transfer tbody tr').length === 3", later)
	if text := tab.Text("#transfer"); !strings.Contains(text, "Against 200 steps of training from scratch, the trained features are ") || !strings.Contains(text, "The images become 28 by 28 pixels in gray, as the net reads them.") ||
		!strings.Contains(text, "4 test images of 2 classes") {
		t.Errorf("of the transfer the page says %q", text)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('#transfer .line-chart circle').length"); n != 9 {
		t.Errorf("%d points are in the chart", n)
	}
	if npy := saved(tab, "Accuracy by training images a class as NumPy"); !strings.Contains(npy, "(3, 3, 3, 1,)") {
		t.Errorf("the accuracies are saved as %.200q", npy)
	}
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	tab.Write("#transfer-to", "0", "change")
	tab.Wait("document.querySelector('#transfer-start') && location.href.includes('to=cifar10-report')", soon)
}

// The weights: what is wrong with the first, kernels of a deeper layer, and those of a recurrent net.
func lookAtWeights(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#view-weights", browser.Enter)
	tab.Wait("document.querySelectorAll('.finding').length === 4", later)
	sameAsGolden(t, tab, "weights-filters")
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	byNorm := source(tab, "weights-filters")
	tab.Press("#weights-order", browser.Space)
	tab.Wait("document.querySelector('#weights-filters img').src !== "+strconv.Quote(byNorm), soon)
	tab.Write("#weights-layer", "conv2", "change")
	tab.Wait("document.querySelector('#weights-kernels')?.innerText.includes('Kernels of map 1 of conv2')", soon)
	tab.Write("#weights-map", "3", "change")
	tab.Wait("document.querySelector('#weights-kernels')?.innerText.includes('Kernels of map 3 of conv2')", soon)

	run := browser.Eval[string](tab, "document.querySelector('#look-run').value")
	tab.Write("#look-run", "published:mnist-lstm-32-seed1", "change")
	tab.Wait("document.querySelectorAll('.eigenvalue').length === 32", later)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	tab.Write("#weights-gate", "2", "change")
	tab.Wait("document.querySelector('#weights-matrix')?.innerText.includes('Recurrent weights, forget')", soon)
	lookAtRows(t, tab)
	tab.Press("#view-origin", browser.Enter)
	tab.Write("#unit-layer", "lstm", "change")
	tab.Wait("document.querySelector('#unit-sum')?.innerText.includes('tanh(')", later)
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	tab.Write("#look-run", run, "change")
	tab.Wait("document.querySelector('#unit-layer option[value=conv1]') && "+lookReady, later)
}

// Two images, two steps and two runs side by side.
func lookAtTwo(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#view-layers", browser.Enter)
	differences := func(n int) string {
		return fmt.Sprintf("document.querySelectorAll('section[id^=difference-]').length === %d && document.querySelector('#second-answer')", n)
	}
	tab.Write("#compare-with", "image", "change")
	tab.Wait(differences(7), later)
	tab.Write("#compare-with", "step", "change")
	tab.Wait("document.querySelector('#other-step')", soon)
	tab.Wait(differences(7)+" && document.querySelector('.second')?.innerText.includes('in the net after step 0')", later)
	sameAsGolden(t, tab, "difference-relu2")
	if npy := saved(tab, "relu2, step 0 as NumPy"); !strings.HasPrefix(npy, "“NUMPY") || !strings.Contains(npy, "(8, 14, 14, 1,)") {
		t.Errorf("the second of the two is saved as %.200q", npy)
	}
	fits(t, tab, browser.Eval[string](tab, "document.querySelector('#view').dataset.view"))
	tab.Write("#other-step", "3", "input") // the same step
	tab.Wait("document.querySelector('#difference-relu2 .scale')?.innerText.replace(/\\s/g, '') === '00'", later)
	tab.Write("#compare-with", "run", "change")
	tab.Wait("document.querySelector('#other-run')", soon)
	tab.Write("#other-run", "published:mnist-lstm-32-seed1", "change")
	tab.Wait("location.href.includes('with=run') && location.href.includes('other=published')", later)
	tab.Go(browser.Eval[string](tab, "location.href")) // which a link says, too
	tab.Wait(differences(1)+" && document.querySelector('#view')?.innerText.includes('The other net has no conv1')", later)
	tab.Write("#compare-with", "-", "change")
	tab.Wait("document.querySelector('#look-first')", soon)
}

// lookAtStatistics measures the net looked into, opens a layer, and compares with another step and with another run.
func lookAtStatistics(t *testing.T, tab *browser.Tab) {
	t.Helper()
	tab.Press("#measure", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('relu2')", later)
	if text := tab.Text("#statistics-of"); text != "Measured on 10\u202f000 test images, after step 60." {
		t.Errorf("of the statistics the page says %q", text)
	}
	tab.Press("#statistics-look-relu2", browser.Enter)
	tab.Wait("document.querySelectorAll('#statistics-look-relu2-maps tbody tr').length === 8", soon)
	if label := browser.Eval[string](tab, "document.querySelector('.histogram-plot').ariaLabel"); !strings.HasPrefix(label, "Histogram of relu2. step 60: from 0 to ") {
		t.Errorf("the histogram says %q", label)
	}
	if n := browser.Eval[int](tab, "document.querySelectorAll('.histogram-plot rect').length"); n < 32 || n > 64 {
		t.Errorf("the histogram has %d bars", n)
	}
	tab.Press("#statistics-look-relu2-maps-by-1", browser.Enter) // the mean
	tab.Wait("document.querySelector('#statistics-look-relu2-maps th[aria-sort=descending]')?.innerText.includes('mean')", soon)
	if sorted := browser.Eval[bool](tab, `(() => {
		const means = [...document.querySelectorAll('#statistics-look-relu2-maps tbody td:nth-child(2)')].map(cell => Number(cell.innerText));
		return means.length === 8 && means.every((mean, i) => i === 0 || mean <= means[i - 1]);
	})()`); !sorted {
		t.Error("the maps are not in the order of their means")
	}

	if svg := saved(tab, "Histogram of relu2 as SVG"); !strings.HasPrefix(svg, "<svg") || !strings.Contains(svg, "are exactly zero") || !strings.Contains(svg, "<rect") {
		t.Errorf("the histogram is saved as %.400q", svg)
	}
	if npy := saved(tab, "Histogram of relu2 as NumPy"); !strings.HasPrefix(npy, "“NUMPY") || !strings.Contains(npy, ", 3,)") {
		t.Errorf("its numbers are saved as %.200q", npy)
	}
	if png := saved(tab, "Histogram of relu2 as PNG"); !strings.HasPrefix(png, "‰PNG") {
		t.Errorf("the histogram as PNG begins with %.20q", png)
	}

	browser.Eval[any](tab, "downloads.length = 0")
	tab.Press("#save-maps", browser.Enter)
	tab.Wait("window.downloads.length === 1", soon)
	file := browser.Await[string](tab, "downloads[0].text()")
	if lines := strings.Split(strings.TrimSpace(file), "\n"); len(lines) != 1+6+8 || !strings.HasPrefix(lines[14], "relu2,7,") {
		t.Errorf("the table of maps as a file is\n%s", file)
	}

	option := func(says string) string {
		return browser.Eval[string](tab, fmt.Sprintf("[...document.querySelectorAll('#compare-run option')].find(one => one.value.startsWith(%[1]q) || one.text === %[1]q).value", says))
	}
	tab.Write("#compare-run", option("this run, another step"), "change")
	tab.Wait("document.querySelector('#compare-step')?.value === '0'", soon)
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelectorAll('#statistics-look .difference').length === 2", later)
	if n := browser.Eval[int](tab, "document.querySelectorAll('.histogram-plot path').length"); n != 1 {
		t.Errorf("%d outlines over the bars of the open layer", n)
	}
	tab.Write("#compare-run", option("published:mnist-rnn-128"), "change")
	tab.Wait("/step \\d\\D?\\d{3}/.test(document.querySelector('label[for=compare-step]')?.innerText)", soon)
	tab.Press("#measure-other", browser.Enter)
	tab.Wait("document.querySelector('#statistics-look')?.innerText.includes('Only in the other run, step')", later)
	tab.Write("#compare-run", option("this run, another step"), "change") // which has been measured
	tab.Wait("document.querySelectorAll('#statistics-look .difference').length === 2", soon)
}

// sameAsGolden compares the picture of a panel with the one in testdata, which -update writes. An exact run has the same weights on
// every machine; what is looked at is computed with the machine's own instructions, which round in their own way.
func sameAsGolden(t *testing.T, tab *browser.Tab, panel string) {
	t.Helper()
	address := browser.Await[string](tab, fmt.Sprintf(`(async () => {
		const picture = document.querySelector('#%s img');
		await picture.decode();
		const canvas = document.createElement('canvas');
		canvas.width = picture.naturalWidth;
		canvas.height = picture.naturalHeight;
		canvas.getContext('2d').drawImage(picture, 0, 0);
		return canvas.toDataURL('image/png');
	})()`, panel))
	file, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(address, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "look", panel+".png")
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(golden), 0o755), os.WriteFile(golden, file, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	decode := func(file []byte, err error) image.Image {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	got, want := decode(file, nil), decode(os.ReadFile(golden))
	if got.Bounds() != want.Bounds() {
		t.Errorf("the picture of %s is %v, the golden one %v", panel, got.Bounds(), want.Bounds())
		return
	}
	const most = 4 // of 255, a level of the picture's 127 on each side of zero
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			g, w := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(want.At(x, y)).(color.NRGBA)
			for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
				if d < -most || d > most {
					t.Errorf("the picture of %s is %v at %d, %d, the golden one %v", panel, g, x, y, w)
					return
				}
			}
		}
	}
}
