//go:build js

package host_test

import (
	"context"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/core/train"
	"unpool/models"
	"unpool/wasm"
	"unpool/wasm/host"
)

// train4 trains a recurrent net of four units for so many steps and returns the run's last event; begun is called when the
// first evaluation is over.
func train4(t *testing.T, b *wasm.Backend, steps int, begun func()) (end *run.End) {
	t.Helper()
	entry, err := models.Find("mnist-rnn-32")
	if err != nil {
		t.Fatal(err)
	}
	r := entry.Recipe
	r.Net, r.Batch, r.Steps, r.EvalEvery = "rnn 4", 4, steps, steps
	const n = 40
	info, _ := recipe.MNIST.Info()
	side, channels := info.Side, info.Channels
	images := data.Split{Images: make([]byte, n*side*side*channels), Labels: make([]byte, n)}
	set := &data.Dataset{Name: recipe.MNIST, Height: side, Width: side, Channels: channels,
		Classes: info.Classes, Train: images, Test: images}
	s, err := train.New(train.Options{Backend: b, Recipe: r, Data: set, Emit: func(e run.Event) {
		switch e := e.(type) {
		case *run.Metric:
			begun()
		case *run.End:
			end = e
		}
	}, Yield: func() { time.Sleep(time.Microsecond) }}) // to the event loop, as the tab does: a worker that is ended needs it
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Run(context.Background()) // its error is in the end
	return end
}

// A helper that dies in the middle of a run ends it with an error event. The next run works, on the same engine with one
// thread, on a new one with all.
func TestDeadHelperEndsTheRun(t *testing.T) {
	global := js.Global()
	if !global.Get("crossOriginIsolated").Truthy() {
		t.Skip("a page that is not isolated has no helpers")
	}
	defer host.SetPatience(30)()
	worker := global.Get("Worker")
	var helpers []js.Value
	born := js.FuncOf(func(_ js.Value, args []js.Value) any {
		helpers = append(helpers, args[0])
		return nil
	})
	defer born.Release()
	global.Set("Worker", global.Get("Function").New("Worker", "born",
		`return class extends Worker { constructor(...args) { super(...args); born(this) } }`).Invoke(worker, born))
	defer global.Set("Worker", worker)

	open := func() *wasm.Backend {
		t.Helper()
		engine, err := host.New(host.Options{Tier: host.Tier{SIMD: true, Threads: 2}})
		if err != nil {
			t.Fatal(err)
		}
		b := wasm.New(engine)
		t.Cleanup(b.Finalize)
		return b
	}
	b := open()
	if len(helpers) != 1 {
		t.Fatalf("%d helpers were started", len(helpers))
	}
	end := train4(t, b, 1_000_000, func() { helpers[0].Call("terminate") })
	if end == nil || end.Status != run.Failed || !strings.Contains(end.Error, "died") || end.Hint == "" {
		t.Fatalf("the run ended with %+v", end)
	}
	var weights []string
	for _, next := range []struct {
		b       *wasm.Backend
		threads int
	}{{b, 1}, {open(), 2}} {
		end := train4(t, next.b, 3, func() {})
		if got := next.b.Engine().Tier().Threads; end.Status != run.Done || got != next.threads {
			t.Errorf("the next run, with %d threads, want %d: %+v", got, next.threads, end)
		}
		weights = append(weights, end.WeightsSHA256)
	}
	if weights[0] != weights[1] { // as they would if the thread that is left did only its part
		t.Errorf("without the helper the weights are %s, with another %s", weights[0], weights[1])
	}
}
