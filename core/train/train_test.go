package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/control"
	"unpool/core/data"
	"unpool/core/event"
	"unpool/core/recipe"
	"unpool/models/nn"
)

// bars is a dataset that a small net learns at once: an image of class c has a bright column at 2c+4, and some noise.
func bars(train, test int) *data.Dataset {
	split := func(n int) data.Split {
		s := data.Split{Images: make([]byte, n*28*28), Labels: make([]byte, n)}
		for i := range n {
			class := i * 7 % 10
			s.Labels[i] = byte(class)
			for row := range 28 {
				line := s.Images[(i*28+row)*28:][:28]
				for col := range line {
					line[col] = byte((i*31 + row*17 + col*7) % 60)
				}
				line[2*class+4] = 255
			}
		}
		return s
	}
	return &data.Dataset{
		Name: recipe.MNIST, Height: 28, Width: 28, Channels: 1, Classes: strings.Split("0123456789", ""),
		Train: split(train), Test: split(test),
	}
}

func small() recipe.Recipe {
	return recipe.Recipe{
		Version: recipe.Version, Arch: recipe.RNN, Units: 6, Dataset: recipe.MNIST,
		Optimizer: recipe.Adam, LearningRate: 0.01, Batch: 8, Steps: 6, Seed: 1, EvalEvery: 3, Eval: recipe.EvalSample,
	}
}

// trial is a session whose events are kept. hook, when set, sees each event as it comes.
type trial struct {
	*Session
	t      *testing.T
	spy    *spy
	events []event.Event
	hook   func(event.Event)
}

func newTrial(t *testing.T, r recipe.Recipe) *trial {
	t.Helper()
	x := &trial{t: t, spy: newSpy()}
	s, err := New(Options{Backend: x.spy, Tier: "test", Recipe: r, Data: bars(120, 300), Emit: func(e event.Event) {
		if _, err := event.Marshal(e); err != nil {
			t.Errorf("an event that cannot be written: %v", err)
		}
		x.events = append(x.events, e)
		if x.hook != nil {
			x.hook(e)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	x.Session = s
	t.Cleanup(s.Close)
	return x
}

// run runs to the End, which it returns.
func (x *trial) run() *event.End {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	x.events = nil
	err := x.Run(ctx)
	if ctx.Err() != nil {
		x.t.Fatal("the run hangs")
	}
	if _, ok := x.events[0].(*event.Start); !ok {
		x.t.Errorf("the first event is %T", x.events[0])
	}
	for _, e := range x.events[:len(x.events)-1] {
		if _, ok := e.(*event.End); ok {
			x.t.Error("an End before the end")
		}
	}
	end, ok := x.events[len(x.events)-1].(*event.End)
	if !ok {
		x.t.Fatalf("the last event is %T", x.events[len(x.events)-1])
	}
	if (err != nil) != (end.Status == event.StatusFailed) {
		x.t.Errorf("status %s, error %v", end.Status, err)
	}
	return end
}

// of returns the events of one kind.
func of[E event.Event](events []event.Event) (found []E) {
	for _, e := range events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// outline is the events in short, without those that may be dropped.
func outline(events []event.Event) (lines []string) {
	for _, e := range events {
		line := ""
		switch e := e.(type) {
		case *event.Start:
			line = "start"
		case *event.State:
			line = fmt.Sprintf("%s %d", e.State, e.Step)
		case *event.Metric:
			line = fmt.Sprintf("metric %d", e.Step)
		case *event.Weights:
			line = fmt.Sprintf("weights %d", e.Step)
		case *event.Rate:
			line = fmt.Sprintf("rate %d", e.Step)
		case *event.End:
			line = fmt.Sprintf("end %s %d", e.Status, e.Steps)
		case *event.Progress:
			continue
		}
		if len(lines) == 0 || lines[len(lines)-1] != line {
			lines = append(lines, line)
		}
	}
	return lines
}

func expect(t *testing.T, events []event.Event, want ...string) {
	t.Helper()
	if got := outline(events); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

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

	start := x.events[0].(*event.Start)
	if start.Version != event.Version || start.Recipe != r || start.TrainSize != 100 || start.TestSize != 300 ||
		start.Backend != "go" || start.Tier != "test" || start.Parameters != x.parameters || start.Parameters == 0 {
		t.Errorf("start: %+v", start)
	}
	for _, m := range of[*event.Metric](x.events) {
		test := 300
		if m.Step == 0 {
			test = 250
		}
		if m.Final != (m.Step == 5) || m.Train.N != 100 || m.Test.N != test || m.Validation.N != 20 {
			t.Errorf("metric %d: final %v; train %d, test %d, validation %d images",
				m.Step, m.Final, m.Train.N, m.Test.N, m.Validation.N)
		}
	}
	if p := of[*event.Progress](x.events); len(p) == 0 || p[0].Step != 1 || p[0].MsPerStep <= 0 || p[0].SecondsLeft <= 0 {
		t.Errorf("progress: %+v", p)
	}
	for _, w := range of[*event.Weights](x.events) {
		if w.Count*w.Height*w.Width*w.Channels != len(w.Pixels) || w.Count != r.Units || w.Scale <= 0 || w.Layer == "" {
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
		s, err := New(Options{Backend: newSpy(), Recipe: r, Data: bars(2300, 1600), Emit: func(event.Event) {}})
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

func TestEachOptimizerLearns(t *testing.T) {
	for _, c := range []struct {
		optimizer recipe.Optimizer
		rate, mu  float64
	}{{recipe.Adam, 0.01, 0}, {recipe.RMSProp, 0.01, 0}, {recipe.SGD, 0.03, 0}, {recipe.Momentum, 0.01, 0.9}} {
		t.Run(string(c.optimizer), func(t *testing.T) {
			r := small()
			r.Optimizer, r.LearningRate, r.Momentum = c.optimizer, c.rate, c.mu
			r.Steps, r.EvalEvery, r.Units = 120, 120, 16
			x := newTrial(t, r)
			x.run()
			m := of[*event.Metric](x.events)
			if m[1].Test.Loss > 0.7*m[0].Test.Loss {
				t.Errorf("test loss %.3f, then %.3f", m[0].Test.Loss, m[1].Test.Loss)
			}
		})
	}
}

// The two rules of gradient descent, by hand on one weight: loss w*w/2, whose gradient is w.
func TestOptimizerRules(t *testing.T) {
	const rate, mu = 0.1, 0.5
	for _, c := range []struct {
		optimizer recipe.Optimizer
		want      []float64
	}{
		{recipe.SGD, []float64{0.9, 0.81, 0.729}},
		{recipe.Momentum, []float64{0.9, 0.76, 0.614}}, // v: 1, 1.4, 1.46
	} {
		store := model.NewStore()
		w, err := store.CreateVariable("w", tensors.FromScalar(float32(1)))
		if err != nil {
			t.Fatal(err)
		}
		o := newOptimizer(recipe.Recipe{Optimizer: c.optimizer, LearningRate: rate, Momentum: mu})
		step, err := model.NewExec(newSpy(), store, func(scope *model.Scope, g *graph.Graph) *graph.Node {
			loss := graph.MulScalar(graph.Square(scope.GetVariable("w").NodeValue(g)), 0.5)
			o.UpdateGraph(scope, g, loss)
			return loss
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if _, err := step.Call(); err != nil {
				t.Fatal(err)
			}
			if got := tensors.ToScalar[float32](w.MustValue()); math.Abs(float64(got)-want) > 1e-6 {
				t.Errorf("%s: after step %d the weight is %v, want %v", c.optimizer, i+1, got, want)
			}
		}
		if err := o.Clear(store.RootScope()); err != nil {
			t.Error(err)
		}
	}
}

// hash is the weights' hash of an undisturbed run.
func hash(t *testing.T, r recipe.Recipe) string {
	t.Helper()
	end := newTrial(t, r).run()
	if end.Status != event.StatusDone {
		t.Fatalf("end: %+v", end)
	}
	return end.WeightsSHA256
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

func do(verb control.Verb) control.Command { return control.Command{Do: verb} }

func TestPauseStepResume(t *testing.T) {
	x := newTrial(t, small())
	script := []control.Verb{control.Step, control.Step, control.Step, control.Resume} // one at each pause
	x.hook = func(e event.Event) {
		switch e := e.(type) {
		case *event.State:
			switch {
			case e.State == event.StateTraining && e.Step == 0 && len(script) == 4:
				x.Do(do(control.Pause))
			case e.State == event.StatePaused:
				x.Do(do(script[0]))
				script = script[1:]
			}
		}
	}
	end := x.run()
	expect(t, x.events, "start", "compiling 0", "evaluating 0", "metric 0", "weights 0", "training 0",
		"paused 0", "training 0", "paused 1", "training 1", "paused 2", "training 2",
		"evaluating 3", "metric 3", "weights 3", // a single step takes the evaluation after it along
		"training 3", "paused 3", "training 3",
		"evaluating 6", "metric 6", "weights 6", "end done 6")
	var stepped []int
	for _, p := range of[*event.Progress](x.events) {
		stepped = append(stepped, p.Step)
	}
	if len(stepped) < 3 || !slices.Equal(stepped[:3], []int{1, 2, 3}) {
		t.Errorf("progress after steps %v, want one after each single step", stepped)
	}
	if end.WeightsSHA256 != hash(t, small()) {
		t.Error("pauses changed the result")
	}
}

// atWork calls f before the nth piece of work (step or evaluation batch) of the run, counted from 1. A trial has
// 120 training and 300 test images, so an evaluation is 1 + 2 pieces, and the first, of a smaller sample, 1 + 1; compiling yields once before.
func (x *trial) atWork(n int, f func()) {
	seen := -1
	x.Yield = func() {
		if seen++; seen == n {
			f()
		}
	}
}

func TestStopIsPrompt(t *testing.T) {
	for _, c := range []struct {
		name string
		at   int
		last string
	}{
		{"in the first evaluation", 2, "end stopped 0"},
		{"at the first step", 3, "end stopped 0"},
		{"between steps", 4, "end stopped 1"},
		{"in a later evaluation", 7, "end stopped 3"},
		{"in the final evaluation", 12, "end stopped 6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTrial(t, small())
			x.atWork(c.at, func() { x.Do(do(control.Stop)) })
			end := x.run()
			if lines := outline(x.events); lines[len(lines)-1] != c.last {
				t.Errorf("%v, want %s", lines, c.last)
			}
			if n := x.spy.executions.Load(); int(n) != c.at-1 {
				t.Errorf("%d executions, want none after the %d before the stop", n, c.at-1)
			}
			if len(end.WeightsSHA256) != 64 {
				t.Error("a stopped run keeps what it learned, but its weights have no hash")
			}
			x.Yield = nil
			if end := x.run(); end.Status != event.StatusDone || end.WeightsSHA256 != hash(t, small()) {
				t.Errorf("run again after the stop: %+v, want the undisturbed run's weights", end)
			}
			if m := of[*event.Metric](x.events); len(m) == 0 || !m[len(m)-1].Final {
				t.Error("run again after the stop: no final metric")
			}
		})
	}
}

func TestStopWhilePaused(t *testing.T) {
	for _, at := range []int{2, 4} { // in an evaluation, between steps
		for name, stop := range map[string]func(*trial, context.CancelFunc){
			"command": func(x *trial, _ context.CancelFunc) { go x.Do(do(control.Stop)) },
			"context": func(_ *trial, cancel context.CancelFunc) { go cancel() },
		} {
			x := newTrial(t, small())
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			x.atWork(at, func() { x.Do(do(control.Pause)) })
			x.hook = func(e event.Event) {
				if s, ok := e.(*event.State); ok && s.State == event.StatePaused {
					stop(x, cancel)
				}
			}
			if err := x.Run(ctx); err != nil {
				t.Error(err)
			}
			if end := x.events[len(x.events)-1].(*event.End); end.Status != event.StatusStopped {
				t.Errorf("%s at %d: %+v", name, at, end)
			}
			cancel()
		}
	}
}

func TestRateChange(t *testing.T) {
	r := small()
	r.Optimizer = recipe.SGD
	x := newTrial(t, r)
	x.hook = func(e event.Event) { // so small that no weight changes any more
		if s, ok := e.(*event.State); ok && s.State == event.StateTraining && s.Step == 3 {
			x.Do(control.Command{Do: control.SetRate, LearningRate: 1e-30})
			x.Do(control.Command{Do: control.SetRate, LearningRate: math.NaN()}) // ignored
		}
	}
	end := x.run()
	if rates := of[*event.Rate](x.events); len(rates) != 1 || rates[0].Step != 3 || rates[0].LearningRate != 1e-30 {
		t.Errorf("rates: %+v", rates)
	}
	r.Steps = 3
	if end.WeightsSHA256 != hash(t, r) {
		t.Error("the weights changed after step 3")
	}
}

func TestDivergence(t *testing.T) {
	x := newTrial(t, small())
	x.atWork(9, func() { // before step 4
		if err := setLearningRate(x.store, math.MaxFloat32); err != nil {
			t.Error(err)
		}
	})
	end := x.run()
	if end.Status != event.StatusFailed || !strings.Contains(end.Error, "the loss became NaN at step 5") ||
		!strings.Contains(end.Hint, "learning rate") {
		t.Errorf("end: %+v", end)
	}
	if x.steps != 3 {
		t.Errorf("the session stands at step %d, want 3, the last evaluation", x.steps)
	}
	// Going on at the rate of that step, which came back with the weights, ends as if nothing had happened.
	if end := x.run(); end.Status != event.StatusDone || end.WeightsSHA256 != hash(t, small()) {
		t.Errorf("run again: %+v", end)
	}
}

// A net may go wrong where its loss does not show it: no event may carry what JSON cannot.
func TestInfiniteWeight(t *testing.T) {
	x := newTrial(t, small())
	w := x.store.GetVariable("rnn/weights")
	flat := tensors.MustCopyFlatData[float32](w.MustValue())
	flat[0] = float32(math.Inf(1))
	if err := w.SetValue(tensors.FromFlatDataAndDimensions(flat, w.Shape().Dimensions...)); err != nil {
		t.Fatal(err)
	}
	end := x.run()
	if end.Status != event.StatusFailed || !strings.Contains(end.Error, "became +Inf at step 0") && !strings.Contains(end.Error, "became NaN at step 0") {
		t.Errorf("end: %+v", end)
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
			if end.Status != event.StatusFailed || !strings.Contains(end.Error, c.says) ||
				!strings.Contains(end.Error, "out of memory, says the device") || !strings.Contains(end.Hint, c.hint) {
				t.Errorf("%s at %d: %+v", name, c.at, end)
			}
			// The failed step gave the weights away; those of the last evaluation are back, with all the
			// optimiser's state, so going on ends at the same bits.
			if end := x.run(); end.Status != event.StatusDone || end.WeightsSHA256 != hash(t, small()) {
				t.Errorf("%s at %d, run again: %+v, want the undisturbed run's weights", name, c.at, end)
			}
		}
	}
}

func TestUnsupportedNet(t *testing.T) {
	for _, arch := range []recipe.Arch{recipe.LeNet5, recipe.BNCNN} {
		r := small()
		r.Arch, r.Units = arch, 0
		x := newTrial(t, r)
		end := x.run()
		expect(t, x.events, "start", "compiling 0", "end failed 0")
		want := fmt.Sprintf(`the "go" backend cannot train %s: it has no `, arch)
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

// Augmentation changes what a net learns from, and nothing that it is measured on; normalisation changes both.
func TestPreprocessing(t *testing.T) {
	measure := func(change func(*recipe.Recipe)) (first, last event.Metric) {
		r := small()
		change(&r)
		x := newTrial(t, r)
		x.run()
		metrics := of[*event.Metric](x.events)
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
	o := Options{Backend: newSpy(), Recipe: small(), Data: d, Emit: func(event.Event) {}}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e, err := newEvaluator(o, s.store, data.UnitLevels(1))
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	var loss float64
	var correct int
	for batch := range slices.Chunk(data.All(d.Test), evalBatch) {
		l, c, err := e.run(d.Test, batch)
		if err != nil {
			t.Fatal(err)
		}
		loss, correct = loss+l, correct+c
	}

	// Directly: the probabilities of all images at once, counted here.
	all := tensors.FromShape(shapes.Make(dtypes.Float32, 1003, 28, 28, 1))
	labels := tensors.FromShape(shapes.Make(dtypes.Int32, 1003))
	if err := fill(all, labels, data.UnitLevels(1), d.Test, data.All(d.Test)); err != nil {
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
	x.hook = func(e event.Event) {
		if m, ok := e.(*event.Metric); ok && m.Step > 0 {
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

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options)
		says   string
	}{
		{"no backend", func(o *Options) { o.Backend = nil }, "Backend"},
		{"no data", func(o *Options) { o.Data = nil }, "Data"},
		{"nobody to tell", func(o *Options) { o.Emit = nil }, "Emit"},
		{"an invalid recipe", func(o *Options) { o.Recipe.Batch = 0 }, "batch"},
		{"other data", func(o *Options) { o.Recipe.Dataset = recipe.CIFAR10Report }, "cifar10-report"},
		{"no images", func(o *Options) { o.Data = bars(0, 10) }, "0 images to train on"},
		{"other images", func(o *Options) { o.Data.Height = 32 }, "32x28 with 1 channels; the nets for \"mnist\" take 28x28"},
		{"too many classes", func(o *Options) { o.Data.Classes = make([]string, 11) }, "11 classes"},
		{"a holdout of everything", func(o *Options) { o.Recipe.Holdout = 30 }, "holdout of 30"},
	} {
		o := Options{Backend: newSpy(), Recipe: small(), Data: bars(30, 10), Emit: func(event.Event) {}}
		c.change(&o)
		if s, err := New(o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
			if err == nil {
				s.Close()
			}
		}
	}
}
