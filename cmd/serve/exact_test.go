package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/command"
	"unpool/cmd/serve/internal/jobs"
	"unpool/cmd/serve/internal/site"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
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
	}{{"mnist-rnn-128", 20, 0}, {"mnist-cnn", 2, 0}, {"cifar-bn", 3, 0}, {"cifar-vgg", 6, 16}} {
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
// in Chromium and in Firefox.
func TestExact(t *testing.T) {
	recipes, images := exactRecipes(t), smallMNIST(t) // few to test on: no weight depends on them
	want := nativeOn(t, images, recipes, 1)
	check := func(t *testing.T, got []string) {
		t.Helper()
		for i, r := range recipes {
			if got[i] != want[i] {
				t.Errorf("%s: weights %s, want %s as natively with one thread", r.Net, got[i], want[i])
			}
		}
	}
	t.Run("two threads", func(t *testing.T) { check(t, nativeOn(t, images, recipes, 2)) })
	t.Run("Chromium", func(t *testing.T) {
		url, ends := selfTestSite(t, recipes, images)
		browser.Open(t).Go(url)
		check(t, collect(t, ends, len(recipes)))
	})
	t.Run("Firefox", func(t *testing.T) {
		url, ends := selfTestSite(t, recipes, images)
		openFirefox(t, url)
		check(t, collect(t, ends, len(recipes)))
	})
}

// native trains recipes on MNIST under wazero and returns the hashes of their weights.
func native(t *testing.T, recipes []recipe.Recipe, threads int) (hashes []string) {
	t.Helper()
	return nativeOn(t, os.Getenv("UNPOOL_DATA"), recipes, threads)
}

// nativeOn is native on what serve train would take from a folder.
func nativeOn(t *testing.T, dir string, recipes []recipe.Recipe, threads int) (hashes []string) {
	t.Helper()
	m := Main{Stderr: t.Output()}
	var set *data.Dataset
	for _, r := range recipes {
		var err error
		if set == nil || set.Name != r.Dataset {
			if set, err = m.images(dir).Open(t.Context(), r.Dataset, data.FormAsked(r)); err != nil {
				t.Fatal(err)
			}
		}
		r.Fit(set.Height, set.Channels, len(set.Classes))
		backend, err := command.Open(backends.Options{Backend: backends.Wasm, Exact: true, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		var end *run.End
		session, err := train.New(jobs.On(backend, train.Options{Recipe: r, Data: set, Emit: func(e run.Event) {
			if last, ok := e.(*run.End); ok {
				end = last
			}
		}}))
		if err != nil {
			t.Fatal(err)
		}
		if err := session.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		session.Close()
		backend.Finalize()
		hashes = append(hashes, end.WeightsSHA256)
	}
	return hashes
}

// selfTestSite serves the self-test page and a folder of images in MNIST's place, isolated as the real site is, and passes on
// what it reports.
func selfTestSite(t *testing.T, recipes []recipe.Recipe, images string) (url string, ends <-chan run.End) {
	t.Helper()
	start(t) // builds what is missing
	root, err := site.Root(".")
	if err != nil {
		t.Fatal(err)
	}
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
	mux.Handle("GET /web/", http.StripPrefix("/web/", http.FileServer(http.Dir(filepath.Join(root, "public")))))
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
		case <-time.After(3 * time.Minute):
			t.Fatalf("no report of run %d", len(hashes)+1)
		}
	}
	return hashes
}

// openFirefox opens a page in a Firefox with an empty profile until the test ends.
func openFirefox(t *testing.T, url string) {
	t.Helper()
	var path string
	for _, name := range []string{"firefox-esr", "firefox"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		const advice = "no Firefox on the PATH; install it: apt-get install firefox-esr (Debian)"
		if os.Getenv("CI") == "true" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
	ctx, cancel := context.WithCancel(context.Background())
	profile := t.TempDir()
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-remote", "--profile", profile, url)
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_HEADLESS=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(fmt.Errorf("cannot start Firefox: %w", err))
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
}
