package backends

import (
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/dataset"
	"unpool/cmd/serve/internal/programs"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/internal/long"
	"unpool/models"
)

// pinnedWeights has a line for each net of the catalog: its name, and the weights_sha256 at the end of
// serve train NAME -steps 3 -seed 5 -exact -threads 1.
//
//go:embed testdata/weights.txt
var pinnedWeights string

// A net's initial weights and its first steps must stay the same for whoever has a link or a seed: no change of the code may
// change a bit of them.
func TestWeightsAreThoseTheyWere(t *testing.T) {
	want := map[string]string{}
	for line := range strings.Lines(pinnedWeights) {
		name, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = hash
	}
	if len(want) != len(models.Catalog) {
		t.Errorf("weights.txt has %d nets, the catalog %d", len(want), len(models.Catalog))
	}
	sets := map[recipe.Dataset]*data.Dataset{}
	for _, e := range models.Catalog {
		if e.Name == "cifar10-rgb-resnet" && !long.Tests { // half a minute, and made of the same layers as the net before it
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			r := e.Recipe
			r.Steps, r.Seed, r.Exact = 3, 5, true
			from := r.Dataset
			if from == recipe.CIFAR10 { // made of the photographs in colour, which are read once
				from = recipe.CIFAR10RGB
			}
			if sets[from] == nil {
				sets[from] = setOrSkip(t, from)
			}
			if sets[r.Dataset] == nil {
				made, err := data.FromCIFAR10(sets[from], r.Dataset)
				if err != nil {
					t.Fatal(err)
				}
				sets[r.Dataset] = made
			}
			for _, backend := range []string{Native, Wasm} {
				if backend == Native && (Env{}).native() == "" {
					continue
				}
				if got := trainedWeights(t, backend, r, sets[r.Dataset]); got != want[e.Name] {
					t.Errorf("%s: weights %s, want %s", backend, got, want[e.Name])
				}
			}
		})
	}
}

// setOrSkip opens a data set without a download, from UNPOOL_DATA or from the folder beside the source tree that
// developers share, with few images to test on: no weight depends on them, and measuring takes longer than three steps.
func setOrSkip(t *testing.T, name recipe.Dataset) *data.Dataset {
	t.Helper()
	dir := os.Getenv("UNPOOL_DATA")
	if dir == "" {
		root, err := programs.Root(".")
		if err != nil {
			t.Fatal(err)
		}
		shared := filepath.Join(root, "..", "shared", "data")
		if _, err := os.Stat(shared); err == nil {
			dir = shared
		}
	}
	set, err := dataset.Sources{Dir: dir}.OpenHere(t.Context(), name, data.Want{})
	if errors.Is(err, dataset.ErrMissing) {
		t.Skipf("neither UNPOOL_DATA nor ../shared/data has %s", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	few, size := 250, set.Height*set.Width*set.Channels
	set.Test = data.Split{Images: set.Test.Images[:few*size], Labels: set.Test.Labels[:few]}
	return set
}

// trainedWeights trains a recipe on one of our backends, whose bits are the same with any number of threads, and returns the hash of the weights at the end.
func trainedWeights(t *testing.T, backend string, r recipe.Recipe, set *data.Dataset) (hash string) {
	t.Helper()
	b, err := Open(Options{Backend: backend, Exact: r.Exact})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	session, err := train.New(train.Options{Backend: b.Backend, Where: b.Where, Recipe: r, Data: set, Emit: func(e run.Event) {
		if end, ok := e.(*run.End); ok {
			hash = end.WeightsSHA256
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := session.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return hash
}
