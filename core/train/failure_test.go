package train

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/recipe"
	"unpool/core/run"
)

func TestDivergence(t *testing.T) {
	x := newTrial(t, small())
	x.atWork(9, func() { // before step 4
		if err := setLearningRate(x.store, math.MaxFloat32); err != nil {
			t.Error(err)
		}
	})
	end := x.run()
	if end.Status != run.Failed || !end.Diverged || !strings.Contains(end.Error, "the loss became NaN (not a number) at step 5") ||
		!strings.Contains(end.Hint, "learning rate") {
		t.Errorf("end: %+v", end)
	}
	if x.steps != 3 {
		t.Errorf("the session stands at step %d, want 3, the last evaluation", x.steps)
	}
	// Resumed at the rate of that step, which came back with the weights, the run ends as if nothing had happened.
	if end := x.run(); end.Status != run.Done || end.WeightsSHA256 != hash(t, small()) {
		t.Errorf("run again: %+v", end)
	}
}

// A net may go wrong where its loss does not show it: no event may carry what JSON cannot hold.
func TestInfiniteWeight(t *testing.T) {
	x := newTrial(t, small())
	w := x.store.GetVariable("rnn/weights")
	flat := tensors.MustCopyFlatData[float32](w.MustValue())
	flat[0] = float32(math.Inf(1))
	if err := w.SetValue(tensors.FromFlatDataAndDimensions(flat, w.Shape().Dimensions...)); err != nil {
		t.Fatal(err)
	}
	end := x.run()
	if end.Status != run.Failed || !strings.Contains(end.Error, "became infinite at step 0") && !strings.Contains(end.Error, "became NaN (not a number) at step 0") {
		t.Errorf("end: %+v", end)
	}
}

func TestFailingBackend(t *testing.T) {
	broken := errors.New("out of memory,\nsays the device")
	for name, fail := range map[string]func() error{
		"error": func() error { return broken },
		"panic": func() error { panic(broken) },
	} {
		for _, c := range []struct {
			at   int64 // execution
			says string
			hint string
		}{
			{2, "the evaluation after step 0 failed in the backend", "step 0"},
			{4, "step 2 failed in the backend", "step 0"},
			{7, "the evaluation after step 3 failed in the backend", "step 0"},
			{10, "step 5 failed in the backend", "step 3"},
		} {
			x := newTrial(t, small())
			x.spy.before = func(n int64) error {
				if n == c.at {
					return fail()
				}
				return nil
			}
			end := x.run()
			if end.Status != run.Failed || end.Diverged || !strings.Contains(end.Error, c.says) ||
				!strings.Contains(end.Error, "out of memory, says the device") || !strings.Contains(end.Hint, c.hint) {
				t.Errorf("%s at %d: %+v", name, c.at, end)
			}
			// The failed step donated the weights; those of the last evaluation are back, with all the
			// optimiser's state, so the run ends at the same bits.
			if end := x.run(); end.Status != run.Done || end.WeightsSHA256 != hash(t, small()) {
				t.Errorf("%s at %d, run again: %+v, want the undisturbed run's weights", name, c.at, end)
			}
		}
	}
}

func TestUnsupportedNet(t *testing.T) {
	for _, layers := range []string{"conv 3x3x4, relu, pool 2", "conv 3x3x4, batchnorm, relu, pool 2"} {
		r := small()
		r.Net = layers
		x := newTrial(t, r)
		end := x.run()
		expect(t, x.events, "start", "compiling 0", "end failed 0")
		want := fmt.Sprintf(`the "go" backend cannot train %s: it has no `, layers)
		if op, ok := strings.CutPrefix(end.Error, want); !ok || strings.ContainsAny(op, " :") {
			t.Errorf("%q, want %s and the operation", end.Error, want)
		}
		if end.Hint == "" {
			t.Error("no hint")
		}
		if n := x.spy.executions.Load(); n != 0 {
			t.Errorf("%d executions before the net was refused", n)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options)
		says   string
	}{
		{"no backend", func(o *Options) { o.Backend = nil }, "Backend"},
		{"no data", func(o *Options) { o.Data = nil }, "Data"},
		{"no receiver", func(o *Options) { o.Emit = nil }, "Emit"},
		{"an invalid recipe", func(o *Options) { o.Recipe.Batch = 0 }, "batch"},
		{"other data", func(o *Options) { o.Recipe.Dataset = recipe.CIFAR10Report }, "cifar10-report"},
		{"no images", func(o *Options) { o.Data = bars(0, 10) }, "0 images to train on"},
		{"other images", func(o *Options) { o.Data.Height = 32 }, "32x28 with 1 channels; the net takes 28x28"},
		{"too many classes", func(o *Options) { o.Data.Classes = make([]string, 11) }, "11 classes"},
		{"a holdout of everything", func(o *Options) { o.Recipe.Holdout = 30 }, "setting aside 30 validation images"},
	} {
		o := Options{Backend: newSpy(), Recipe: small(), Data: bars(30, 10), Emit: func(run.Event) {}}
		c.change(&o)
		if s, err := New(o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
			if err == nil {
				s.Close()
			}
		}
	}
}
