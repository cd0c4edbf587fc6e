package e2e

import (
	"archive/zip"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/internal/browser"
	"unpool/models"
)

// canvas is an image that can be painted.
type canvas interface {
	image.Image
	Set(x, y int, c color.Color)
}

// pictures writes a zip of class folders with so many pictures of each class, of m's size and kind: bright at a place that
// shows the class.
func pictures(t testing.TB, m canvas, path, top string, classes []string, train, test int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // closed below; again only when something failed
	z := zip.NewWriter(f)
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	width, pixels := m.Bounds().Dx(), m.Bounds().Dx()*m.Bounds().Dy()
	for _, split := range []struct {
		name string
		n    int
	}{{"Train", train}, {"Test", test}} {
		for label, class := range classes {
			for i := range split.n {
				for p := range pixels {
					v := byte((p*(i+7) + p*p*label) % 61)
					if p%width/3 == label {
						v += 150
					}
					c := color.RGBA{v, v, v, 255}
					if m.ColorModel() != color.GrayModel {
						c.G, c.B = v/2, byte(20*label)
					}
					m.Set(p%width, p/width, c)
				}
				w, err := z.Create(fmt.Sprintf("%s/%s/%s/Image%05d.png", top, split.name, class, i))
				if err != nil {
					t.Fatal(err)
				}
				if err := encoder.Encode(w, m); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// courseZip is the course's name for its part of CIFAR-10.
const courseZip = "cifar10-gray28-10k.zip"

// course puts a data set of that form into a folder.
func course(t testing.TB, dir string) {
	t.Helper()
	pictures(t, image.NewGray(image.Rect(0, 0, 28, 28)), filepath.Join(dir, courseZip), "CIFAR10", strings.Split("0123456789", ""), 1000, 100)
}

// unpack unpacks a zip into a new folder.
func unpack(t testing.TB, archive, folder string) {
	t.Helper()
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close() // only read from
	if err := os.CopyFS(folder, z); err != nil {
		t.Fatal(err)
	}
}

// exactCNN is a few steps of a small net on the course report's images, whose weights are the same bits everywhere.
func exactCNN(t testing.TB) recipe.Recipe {
	t.Helper()
	e, err := models.Find("cifar-lenet5")
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Net = "conv 5x5x8, relu, pool 2, conv 5x5x16, relu, pool 2, dense 64, relu"
	r.Steps, r.EvalEvery, r.Batch, r.Exact = 3, 3, 20, true
	return r
}

// trained presses Train and waits for the end of the run.
func trained(t *testing.T, tab *browser.Tab) *run.End {
	t.Helper()
	browser.Eval[bool](tab, "delete window.end")
	tab.Click("#train")
	tab.Wait("window.end && "+stateIs("done", "failed"), later)
	return ended(t, browser.Eval[string](tab, "end"))
}

// dataIs is a JavaScript condition: the user's files are in a state.
func dataIs(state string) string {
	return fmt.Sprintf("document.querySelector('#data')?.dataset.state === %q", state)
}

// says checks what an element shows.
func says(t *testing.T, tab *browser.Tab, selector string, words ...string) {
	t.Helper()
	text := strings.ReplaceAll(tab.Text(selector), "\u202f", ",")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%s says %q, want something with %q", selector, text, w)
		}
	}
}

// The tab trains a CIFAR net on the data that serve has, and gets the weights that serve train gets, to the last bit.
// Before the data is there, the page says so, and how to get it.
func TestServedDataInTheBrowser(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), exactCNN(t)
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t, "-data", dir) + "?" + r.Query())
	tab.Wait("document.querySelector('#data .missing')", soon)
	says(t, tab, "#data", "server does not have CIFAR-10 yet", "go run ./cmd/serve data cifar10-report", "-data DIR", "cifar-10-binary.tar.gz")
	tab.Click("#train")
	tab.Wait(stateIs("failed"), later)
	says(t, tab, "#error", "This page's server does not have CIFAR-10 yet.", "There, go run ./cmd/serve data cifar10-report downloads it.")
	everybody(t, tab, "a data set is missing")

	course(t, dir)
	end := trained(t, tab)
	if want := natively(t, dir, []recipe.Recipe{r}, 1)[0]; end.WeightsSHA256 != want {
		t.Errorf("the run ended as %q (%s) with the weights %s, want %s as natively", end.Status, end.Error, end.WeightsSHA256, want)
	}
}

// Pictures of the user's own come as a zip or a folder, dropped or chosen, and train as they do natively. What cannot be
// used is said, and the page still works.
func TestOwnPicturesInTheBrowser(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), exactCNN(t)
	archive, broken, folder := filepath.Join(dir, "pets.zip"), filepath.Join(dir, "broken.zip"), filepath.Join(dir, "pets")
	// Neither ten classes nor 28 pixels nor gray.
	pictures(t, image.NewRGBA(image.Rect(0, 0, 40, 40)), archive, "v1", strings.Split("abcdefghijkl", ""), 5, 2)
	unpack(t, archive, folder)
	whole, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	own := r
	own.Dataset = recipe.Folder(archive)
	want := natively(t, "", []recipe.Recipe{own}, 1)[0]

	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t, "-data", t.TempDir()) + "?" + r.Query())
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	tab.Drag(broken)
	tab.Wait("document.querySelector('.drop-here:not([hidden])')", soon)
	tab.Drop(broken)
	tab.Wait(dataIs("failed"), later)
	says(t, tab, "#data", "broken.zip cannot be used: not a zip archive, or a damaged one", "folders train and test")
	if hidden := browser.Eval[bool](tab, "document.querySelector('.drop-here').hidden"); !hidden {
		t.Error("what shows that files can be dropped stays after they were")
	}
	everybody(t, tab, "a broken zip")

	for _, way := range []struct {
		name, from string
		give       func()
	}{
		{"a dropped zip", "pets.zip", func() { tab.Drop(archive) }},
		{"a dropped folder", "pets", func() { tab.Drop(folder) }},
		{"a chosen zip", "pets.zip", func() { tab.Choose("#data-files", archive) }},
		{"a chosen folder", "pets", func() { tab.Choose("#data-folder", folder) }},
	} {
		way.give()
		tab.Wait(dataIs("ready")+" && document.querySelector('#data').innerText.includes('"+way.from+":')", later)
		says(t, tab, "#data", "12 classes, 60 images to train on + 24 to test on: a (5 + 2), b (5 + 2)")
		if strings.Contains(way.name, "dropped") {
			everybody(t, tab, way.name)
		}
		if end := trained(t, tab); end.WeightsSHA256 != want {
			t.Errorf("%s: the run ended as %q (%s) with the weights %s, want %s as natively", way.name, end.Status, end.Error, end.WeightsSHA256, want)
		}
	}

	// Without a folder test, the page offers to set some aside.
	split := own
	split.Dataset, split.Split = recipe.Folder(filepath.Join(folder, "v1", "Train")), recipe.UsualSplit
	tab.Drop(filepath.Join(folder, "v1", "Train"))
	tab.Wait(dataIs("failed"), later)
	says(t, tab, "#data", "60 pictures in 12 classes", "48 to train on and 12 to test on")
	everybody(t, tab, "pictures that are not split")
	tab.Click("#data-split")
	tab.Wait(dataIs("ready"), later)
	says(t, tab, "#data", "48 images to train on + 12 to test on: a (4 + 1)")
	if end, want := trained(t, tab), natively(t, "", []recipe.Recipe{split}, 1)[0]; end.WeightsSHA256 != want {
		t.Errorf("split here: the run ended as %q (%s) with the weights %s, want %s as natively", end.Status, end.Error, end.WeightsSHA256, want)
	}
	tab.Drop(archive)
	tab.Wait(dataIs("ready")+" && document.querySelector('#data').innerText.includes('pets.zip:')", later)
	trained(t, tab)

	tab.Click("#fold-export")
	tab.Wait("document.querySelector('#copy-link')", soon)
	says(t, tab, ".exports", "your own pictures are only on this machine")
	if browser.Eval[bool](tab, "document.querySelector('#copy-link').matches(':enabled')") {
		t.Error("a link to a run on the user's own pictures can be copied")
	}

	// A trainer that crashed is left for a new one, which has to read the files again.
	browser.Eval[bool](tab, `trainer.dispatchEvent(new ErrorEvent('error', { message: 'it crashed' }))`)
	if end := trained(t, tab); end.WeightsSHA256 != want {
		t.Errorf("with a new trainer: the run ended as %q (%s) with the weights %s", end.Status, end.Error, end.WeightsSHA256)
	}
	if query := browser.Eval[string](tab, "location.search"); query != "" {
		t.Errorf("the address carries %q, which is not this run's recipe", query)
	}
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}
}

// The course's archive stands in for that part where the server has none; its reading can be cancelled.
func TestDroppedCourseArchive(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), exactCNN(t)
	course(t, dir)
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t, "-data", t.TempDir()) + "?" + r.Query())
	tab.Wait("document.querySelector('#train')?.matches(':enabled')", soon)
	archive := filepath.Join(dir, courseZip)
	tab.Drop(archive)
	tab.Wait("document.querySelector('#data').innerText.includes('images')", later) // before, the trainer's program is loaded
	says(t, tab, "#data", "Reading "+courseZip, "of 11,000 images")
	tab.Click("#data-cancel")
	tab.Wait(dataIs("none")+" && document.querySelector('#data .missing')", soon)
	tab.Drop(archive) // while the trainer may still be stopping
	tab.Wait(dataIs("ready"), later)
	says(t, tab, "#data", "from "+courseZip+": 10,000 images to train on and 1,000 to test on, of 10 classes: airplane, automobile")
	if end, want := trained(t, tab), natively(t, dir, []recipe.Recipe{r}, 1)[0]; end.WeightsSHA256 != want {
		t.Errorf("the run ended as %q (%s) with the weights %s, want %s as natively", end.Status, end.Error, end.WeightsSHA256, want)
	}
	if query := browser.Eval[string](tab, "location.search"); !strings.Contains(query, "dataset=cifar10-report") {
		t.Errorf("the address carries %q, want the recipe: it means the same elsewhere", query)
	}
}

// A site of static files has no CIFAR-10 and says so; a file dropped on it will do.
func TestStaticSiteHasNoCIFAR(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	do(t, "site", dir)
	host := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer host.Close()
	r := exactCNN(t)
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(host.URL + "/?" + r.Query())
	tab.Wait("document.querySelector('#data .missing')", soon)
	says(t, tab, "#data", "CIFAR-10 is not part of this site", "cifar-10-binary.tar.gz", "drop it on this page")
	tab.Click("#train")
	tab.Wait(stateIs("failed"), later)
	says(t, tab, "#error", "The images of CIFAR-10 are not part of this site.", "drop it here")
}
