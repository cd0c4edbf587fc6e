package jobs

import (
	"os"
	"strings"
	"testing"

	"unpool/cmd/serve/internal/backends"
	"unpool/cmd/serve/internal/dataset"
	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/store"
)

// testRunner is a runner on our own backend with one thread.
func testRunner(t *testing.T) *Runner {
	t.Helper()
	b, err := backends.Open(backends.Options{Backend: backends.Wasm, Exact: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return &Runner{Backend: b, Stderr: t.Output(), Images: &Images{Sources: dataset.Sources{Dir: os.Getenv("UNPOOL_DATA")}}}
}

// few are the first images of MNIST.
func few(t *testing.T, r *Runner) *data.Dataset {
	t.Helper()
	set, err := r.Images.Open(t.Context(), recipe.MNIST, data.Want{})
	if err != nil {
		t.Fatal(err)
	}
	small := *set
	small.Train = data.Split{Images: set.Train.Images[:600*28*28], Labels: set.Train.Labels[:600]}
	small.Test = data.Split{Images: set.Test.Images[:300*28*28], Labels: set.Test.Labels[:300]}
	return &small
}

// The snapshots of a run leave its weights as they are, those of batch normalisation too, and are what their events say.
func TestSnapshots(t *testing.T) {
	r := testRunner(t)
	rec := recipe.Default()
	rec.Net, rec.Batch, rec.Steps, rec.EvalEvery, rec.Exact = "conv 3x3x4, batchnorm, relu, pool 2, dropout 0.25, dense 16, relu", 16, 12, 4, true
	runs := &store.Memory{}
	train := func(name string) *run.View {
		v, _, err := r.Run(t.Context(), Job{Recipe: rec, Data: few(t, r), Begin: func() (*store.Recorder, error) { return store.Begin(t.Context(), runs, name) }})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	without := train("without")
	r.Snapshots = store.SnapshotBytes
	with := train("with")
	if with.End.WeightsSHA256 != without.End.WeightsSHA256 || len(without.Snapshots) != 0 || len(with.Snapshots) != 4 {
		t.Errorf("%d snapshots give the weights %s, %d give %s", len(with.Snapshots), with.End.WeightsSHA256, len(without.Snapshots), without.End.WeightsSHA256)
	}
	last, err := store.Load(t.Context(), runs, "with", store.Last)
	if err != nil {
		t.Fatal(err)
	}
	f, err := runs.Get(t.Context(), "with", with.Snapshots[3].Name)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := checkpoint.ReadSnapshot(f)
	if err != nil || snapshot.Step != 12 || snapshot.Recipe != rec {
		t.Fatalf("%+v, %v", snapshot, err)
	}
	exact := map[string]checkpoint.Tensor{}
	for _, tensor := range last.Tensors {
		exact[tensor.Name] = tensor
	}
	for _, w := range snapshot.Weights() {
		if e := exact[w.Name]; len(e.Data) != len(w.Data) {
			t.Errorf("%s has %d bytes, the checkpoint's %d", w.Name, len(w.Data), len(e.Data))
		}
	}
}

// A run that is over is read; one that failed is not repeated, and says why.
func TestFinishReadsWhatIsOver(t *testing.T) {
	r := testRunner(t)
	runs := &store.Memory{}
	rec := recipe.Default()
	for name, end := range map[string]*run.End{"done": {Status: run.Done, Steps: rec.Steps}, "failed": {Status: run.Failed, Error: "it broke"}} {
		log, err := store.Begin(t.Context(), runs, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []run.Event{&run.Start{Version: run.Version, Recipe: rec}, end} {
			if err := log.Record(e); err != nil {
				t.Fatal(err)
			}
		}
		log.Close()
		v, err := r.Finish(t.Context(), runs, name, rec, "")
		if err != nil || v.End.Status != end.Status || v.End.Error != end.Error {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
		other := rec
		other.Steps = 7
		if v, err := r.Finish(t.Context(), runs, name, other, ""); err == nil || !strings.Contains(err.Error(), "is a different one: its steps is") {
			t.Errorf("%s, of another recipe: %+v, %v", name, v, err)
		}
	}
}

// A run whose images have changed since it was interrupted is neither resumed nor treated as failed.
func TestFinishRefusesOtherImages(t *testing.T) {
	r := testRunner(t)
	runs := &store.Memory{}
	rec := recipe.Default()
	log, err := store.Begin(t.Context(), runs, "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Record(&run.Start{Version: run.Version, Recipe: rec, Content: &run.Content{Classes: []string{"cat", "dog"}}}); err != nil {
		t.Fatal(err)
	}
	log.Close()
	if v, err := r.Finish(t.Context(), runs, "a", rec, ""); err == nil || !strings.Contains(err.Error(), "its classes were cat, dog") {
		t.Errorf("%+v, %v", v, err)
	}
}
