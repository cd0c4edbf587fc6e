package main

import (
	"archive/zip"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/internal/browser"
	"unpool/models"
)

// pictures writes a zip of class folders with so many pictures of each class: bright at a place that tells the class.
func pictures(t testing.TB, path, top string, classes []string, train, test int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // closed below; again only when something failed
	z := zip.NewWriter(f)
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	m := image.NewGray(image.Rect(0, 0, 28, 28))
	for _, split := range []struct {
		name string
		n    int
	}{{"Train", train}, {"Test", test}} {
		for label, class := range classes {
			for i := range split.n {
				for p := range m.Pix {
					m.Pix[p] = byte((p*(i+7) + p*p*label) % 61)
					if p%28/3 == label {
						m.Pix[p] += 150
					}
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

// courseData makes a folder with a data set of the form and the name of the report's.
func courseData(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	pictures(t, filepath.Join(dir, "cifar10-gray28-10k.zip"), "CIFAR10", strings.Split("0123456789", ""), 1000, 100)
	return dir
}

// exactLeNet is a few steps of cifar-lenet5 whose weights are the same bits everywhere.
func exactLeNet(t testing.TB) recipe.Recipe {
	t.Helper()
	e, err := models.Find("cifar-lenet5")
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipe
	r.Steps, r.EvalEvery, r.Batch, r.Exact = 3, 3, 20, true
	return r
}

// overhear keeps what the trainer says at the end of a run as window.end.
const overhear = `
	window.Worker = class extends Worker {
		constructor(...args) {
			super(...args);
			this.addEventListener('message', (m) => {
				if (typeof m.data === 'string' && m.data.startsWith('{"type":"end"')) window.end = m.data;
			});
		}
	};`

// ended waits for the end of a run and returns it.
func ended(t *testing.T, tab *browser.Tab) *event.End {
	t.Helper()
	tab.Wait("window.end && "+stateIs("done", "failed"), later)
	e, err := event.Unmarshal([]byte(browser.Eval[string](tab, "end")))
	if err != nil {
		t.Fatal(err)
	}
	return e.(*event.End)
}

// The tab trains a CIFAR net on the data that serve has, and gets the weights that serve train gets, to the last bit.
func TestServedDataInTheBrowser(t *testing.T) {
	dir, r := courseData(t), exactLeNet(t)
	tab := browser.Open(t)
	tab.Before(overhear)
	tab.Go(start(t, "-data", dir) + "?" + r.Query())
	tab.Click("#train")
	end := ended(t, tab)
	if want := nativeOn(t, dir, []recipe.Recipe{r}, 1)[0]; end.WeightsSHA256 != want {
		t.Errorf("the run ended as %q (%s) with the weights %s, want %s as natively", end.Status, end.Error, end.WeightsSHA256, want)
	}
	for _, e := range tab.ConsoleErrors() {
		t.Errorf("on the console: %s", e)
	}
}
