package e2e

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/internal/browser"
	"unpool/models"
)

//go:embed testdata/selftest.html
var selfTest []byte

// exactRecipes are those whose weights must be the same bits everywhere: a recurrent net, a convolutional one, one with
// batch normalisation and dropout, and one with all that happens to images and to the learning rate on the way.
func exactRecipes(t *testing.T) []recipe.Recipe {
	t.Helper()
	var recipes []recipe.Recipe
	for _, run := range []struct {
		name         string
		steps, batch int // batch 0 is the net's own
	}{{"mnist-rnn-128", 20, 0}, {"mnist-cnn", 2, 32}, {"cifar-bn", 3, 32}, {"cifar-vgg", 6, 16}} {
		e, err := models.Find(run.name)
		if err != nil {
			t.Fatal(err)
		}
		r := e.Recipe
		if run.batch > 0 {
			r.Batch = run.batch
		}
		// The tab has MNIST's images, which are of the same size as the others.
		r.Dataset, r.Steps, r.EvalEvery, r.Exact = recipe.MNIST, run.steps, run.steps, true
		recipes = append(recipes, r)
	}
	return recipes
}

// In exact mode one recipe and seed give the same weights, to the last bit, under wazero with one thread and with two,
// in Chromium, in Firefox and in WebKit.
func TestExact(t *testing.T) {
	recipes, images := exactRecipes(t), smallMNIST(t) // few to test on: no weight depends on them
	want := natively(t, images, recipes, 1)
	check := func(t *testing.T, got []string) {
		t.Helper()
		for i, r := range recipes {
			if got[i] != want[i] {
				t.Errorf("%s: weights %s, want %s as natively with one thread", r.Net, got[i], want[i])
			}
		}
	}
	t.Run("two threads", func(t *testing.T) { check(t, natively(t, images, recipes, 2)) })
	for _, engine := range []browser.Engine{browser.Chromium, browser.Firefox, browser.WebKit} {
		t.Run(string(engine), func(t *testing.T) {
			url, ends := selfTestSite(t, recipes, images)
			engine.Open(t).Go(url)
			check(t, collect(t, ends, len(recipes)))
		})
	}
}

// smallMNIST writes the first images of MNIST in MNIST's own form into a folder: enough to train exactRecipes, and few to test on.
func smallMNIST(t *testing.T) string {
	t.Helper()
	start(t) // puts MNIST into place
	all, err := data.OpenIDX(recipe.MNIST, data.MNISTFiles, func(file string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(public, "data", "mnist", file))
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, s := range []data.Split{all.Train, all.Test} {
		n := []int{300, 250}[i]
		images := append(binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, uint32(n)), 0, 0, 0, 28, 0, 0, 0, 28)
		labels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, uint32(n))
		for name, body := range map[string][]byte{
			data.MNISTFiles[2*i]: append(images, s.Images[:n*784]...), data.MNISTFiles[2*i+1]: append(labels, s.Labels[:n]...),
		} {
			if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// selfTestSite serves the self-test page and a folder of images in MNIST's place, isolated as the real site is, and passes on
// what it reports.
func selfTestSite(t *testing.T, recipes []recipe.Recipe, images string) (url string, ends <-chan run.End) {
	t.Helper()
	start(t) // builds what is missing
	reports := make(chan run.End, len(recipes))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(selfTest)
	})
	mux.HandleFunc("GET /recipes", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(recipes) })
	mux.HandleFunc("POST /report", func(w http.ResponseWriter, r *http.Request) {
		var end run.End
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&end); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		reports <- end
	})
	mux.Handle("GET /web/data/mnist/", http.StripPrefix("/web/data/mnist/", http.FileServer(http.Dir(images))))
	mux.Handle("GET /web/", http.StripPrefix("/web/", http.FileServer(http.Dir(public))))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/", reports
}

// collect waits for the reports of n runs.
func collect(t *testing.T, ends <-chan run.End, n int) (hashes []string) {
	t.Helper()
	for range n {
		select {
		case end := <-ends:
			if end.Status != run.Done {
				t.Fatalf("the run ended as %q: %s", end.Status, end.Error)
			}
			hashes = append(hashes, end.WeightsSHA256)
		case <-time.After(browser.Patience):
			t.Fatalf("no report of run %d", len(hashes)+1)
		}
	}
	return hashes
}
