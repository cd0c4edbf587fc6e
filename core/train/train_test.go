package train

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/nn"
)

func TestEvents(t *testing.T) {
	r := small()
	r.Steps, r.EvalEvery, r.Holdout = 5, 2, 20
	x := newTrial(t, r)
	end := x.run()
	expect(t, x.events, "start", "compiling 0",
		"evaluating 0", "metric 0", "weights 0", "training 0",
		"evaluating 2", "metric 2", "weights 2", "training 2",
		"evaluating 4", "metric 4", "weights 4", "training 4",
		"evaluating 5", "metric 5", "weights 5", "end done 5")

	start := x.events[0].(*run.Start)
	if start.Version != run.Version || start.Recipe != r || start.TrainSize != 100 || start.TestSize != 300 ||
		start.Backend != "go" || start.Tier != "test" || start.Parameters != x.parameters || start.Parameters == 0 {
		t.Errorf("start: %+v", start)
	}
	for _, m := range of[*run.Metric](x.events) {
		test := 300
		if m.Step == 0 {
			test = 250
		}
		if m.Final != (m.Step == 5) || m.Train.N != 100 || m.Test.N != test || m.Validation.N != 20 {
			t.Errorf("metric %d: final %v; train %d, test %d, validation %d images",
				m.Step, m.Final, m.Train.N, m.Test.N, m.Validation.N)
		}
	}
	if p := of[*run.Progress](x.events); len(p) == 0 || p[0].Step != 1 || p[0].MsPerStep <= 0 || p[0].SecondsLeft <= 0 {
		t.Errorf("progress: %+v", p)
	}
	for _, w := range of[*run.Weights](x.events) {
		if w.Count*w.Height*w.Width*w.Channels != len(w.Pixels) || w.Count != 6 || w.Scale <= 0 || w.Layer == "" {
			t.Errorf("weights %d: %q, %d of %dx%dx%d in %d pixels, scale %v",
				w.Step, w.Layer, w.Count, w.Height, w.Width, w.Channels, len(w.Pixels), w.Scale)
		}
	}
	if end.Backend != "go" || end.MsPerStep <= 0 || len(end.WeightsSHA256) != 64 {
		t.Errorf("end: %+v", end)
	}
}

// Which images an evaluation uses: samples of 1,000, and of 250 before the first step, or all test images and the sample of training images.
func TestEvaluationSizes(t *testing.T) {
	for _, c := range []struct {
		eval recipe.Eval
		step int
		want [3]int // train, test, validation
	}{
		{recipe.EvalSample, 0, [3]int{250, 250, 250}},
		{recipe.EvalSample, 3, [3]int{1000, 1000, 1000}},
		{recipe.EvalSample, 6, [3]int{1000, 1600, 1100}},
		{recipe.EvalFull, 0, [3]int{1000, 1600, 1100}},
		{recipe.EvalFull, 3, [3]int{1000, 1600, 1100}},
	} {
		r := small()
		r.Eval, r.Holdout = c.eval, 1100
		s, err := New(Options{Backend: newSpy(), Recipe: r, Data: bars(2300, 1600), Emit: func(run.Event) {}})
		if err != nil {
			t.Fatal(err)
		}
		train, test, validation := s.evalImages(c.step)
		if got := [3]int{len(train), len(test), len(validation)}; got != c.want {
			t.Errorf("%s, step %d: %v, want %v", c.eval, c.step, got, c.want)
		}
		for _, i := range train {
			if slices.Contains(s.validation, i) {
				t.Fatalf("image %d is trained on and held out", i)
			}
		}
		s.Close()
	}
}

func TestSameSeedSameBits(t *testing.T) {
	r := small()
	first := hash(t, r)
	if again := hash(t, r); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	r.Seed++
	if other := hash(t, r); other == first {
		t.Error("another seed gives the same weights")
	}
}

func TestWorkAndTimeLeft(t *testing.T) {
	r := small()
	r.Steps, r.EvalEvery = 10, 4
	x := newTrial(t, r)
	sampled := x.evalSize(4)
	for _, c := range []struct{ done, steps, evaluations int }{
		{1, 9, 2}, {3, 7, 2}, {4, 6, 2}, {5, 5, 1}, {8, 2, 1}, {9, 1, 0}, {10, 0, 0},
	} {
		x.steps = c.done
		if steps, images := x.work(); steps != c.steps || images != c.evaluations*sampled+x.evalSize(10) {
			t.Errorf("after step %d: %d steps and %d images, want %d and %d evaluations and the final one",
				c.done, steps, images, c.steps, c.evaluations)
		}
	}
	var k clock
	k.stepped(100 * time.Millisecond)
	k.stepped(300 * time.Millisecond)
	k.evaluated(time.Second, 500)
	if mean, left := k.meanStep(), k.left(10, 1000); math.Abs(mean-200) > 1e-6 || math.Abs(left-4) > 1e-6 {
		t.Errorf("%v ms a step, %v s left, want 200 and 10 x 0.2 + 1000 / 500 = 4", mean, left)
	}
}

// Augmentation changes what a net learns from, and nothing that it is measured on; normalisation changes both.
func TestPreprocessing(t *testing.T) {
	measure := func(change func(*recipe.Recipe)) (first, last run.Metric) {
		r := small()
		change(&r)
		x := newTrial(t, r)
		x.run()
		metrics := of[*run.Metric](x.events)
		return *metrics[0], *metrics[len(metrics)-1]
	}
	first, last := measure(func(*recipe.Recipe) {})
	for _, c := range []struct {
		name     string
		change   func(*recipe.Recipe)
		measured bool // otherwise before the first step
	}{
		{"shift", func(r *recipe.Recipe) { r.Shift = 2 }, false},
		{"flip", func(r *recipe.Recipe) { r.Flip = true }, false},
		{"cutout", func(r *recipe.Recipe) { r.Cutout = 8 }, false},
		{"normalisation", func(r *recipe.Recipe) { r.Normalize = true }, true},
	} {
		f, l := measure(c.change)
		if (f.Train != first.Train || f.Test != first.Test) != c.measured {
			t.Errorf("%s: before the first step %+v, without %+v", c.name, f, first)
		}
		if l.Train == last.Train {
			t.Errorf("%s does not change the training", c.name)
		}
	}
}

// A partial batch is padded; the padding must not count.
func TestPartialBatch(t *testing.T) {
	d := bars(10, 1003)
	o := Options{Backend: newSpy(), Recipe: small(), Data: d, Emit: func(run.Event) {}}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e, err := newEvaluator(o, s.store, newHostSource(layout{data: d, normalizer: data.UnitNormalizer(1), size: evalBatch}))
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	var loss float64
	var correct int
	for batch := range slices.Chunk(data.All(d.Test), evalBatch) {
		l, c, err := e.run(true, batch)
		if err != nil {
			t.Fatal(err)
		}
		loss, correct = loss+l, correct+s.correct(true, batch, c)
	}

	// Directly: the probabilities of all images at once, counted here.
	all := tensors.FromShape(shapes.Make(dtypes.Float32, 1003, 28, 28, 1))
	err = tensors.MutableFlatData(all, func(x []float32) {
		data.UnitNormalizer(1).Fill(x, make([]int32, 1003), d.Test, data.All(d.Test))
	})
	if err != nil {
		t.Fatal(err)
	}
	exec, err := model.NewExec(o.Backend, s.store, func(scope *model.Scope, x *graph.Node) *graph.Node {
		logits, _ := nn.Build(scope, o.Recipe, x, nn.Mode{})
		return graph.Softmax(logits)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(all)
	if err != nil {
		t.Fatal(err)
	}
	p := tensors.MustCopyFlatData[float32](out[0])
	var wantLoss float64
	var wantCorrect int
	for i, label := range d.Test.Labels {
		row := p[10*i:][:10]
		wantLoss -= math.Log(float64(row[label]))
		if row[label] == slices.Max(row) {
			wantCorrect++
		}
	}
	if correct != wantCorrect || math.Abs(loss-wantLoss) > 1e-4*wantLoss {
		t.Errorf("%d right, loss %v; counted directly %d and %v", correct, loss, wantCorrect, wantLoss)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	r := small()
	r.Steps, r.EvalEvery = 40, 4
	x := newTrial(t, r)
	live := map[int64]bool{}
	x.hook = func(e run.Event) {
		if m, ok := e.(*run.Metric); ok && m.Step > 0 {
			live[x.spy.live.Load()] = true
		}
	}
	x.run()
	if len(live) != 1 {
		t.Errorf("live buffers on the device over 40 steps: %v", live)
	}
	x.Close()
	if n := x.spy.live.Load(); n != 0 {
		t.Errorf("%d buffers are on the device after Close", n)
	}
	for range 100 {
		if runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), goroutines)
}
