package train

import (
	"math"
	"slices"
	"testing"

	"unpool/core/control"
	"unpool/core/run"
)

// A run that is asked again and again for predictions ends with the bits of one left alone, and emits the same events.
func TestPredictWhileTraining(t *testing.T) {
	for _, n := range []string{"rnn 6", "dense 12, relu, dropout 0.5, dense 10"} {
		r := small()
		r.Net = n
		x := newTrial(t, r)
		steps := []int{}
		x.Yield = func() {
			x.Between(func() {
				p, err := x.Predict(x.Data.Test.Images[:20*28*28])
				if err != nil || len(p) != 20 || len(p[0]) != 10 {
					t.Fatalf("%d predictions: %v", len(p), err)
				}
				steps = append(steps, x.steps)
			})
		}
		end := x.run()
		if end.WeightsSHA256 != hash(t, r) {
			t.Errorf("%s: predictions changed the result", n)
		}
		if steps = slices.Compact(steps); len(steps) != 7 {
			t.Errorf("%s: predicted after steps %v", n, steps)
		}
	}
}

// A paused run answers at once and stays paused; a run that is over answers, too; both by the net as it stands.
func TestPredictWhilePausedAndAfterwards(t *testing.T) {
	x := newTrial(t, small())
	image := x.Data.Test.Images[:28*28]
	if _, err := x.Predict(image); err == nil {
		t.Error("a prediction before there is a net")
	}
	x.atWork(4, func() { x.Do(do(control.Pause)) })
	var paused, done [][]float32
	x.hook = func(e run.Event) {
		if s, ok := e.(*run.State); ok && s.Phase == run.Paused {
			go x.Between(func() {
				paused, _ = x.Predict(image)
				x.Do(do(control.Continue))
			})
		}
	}
	x.run()
	expect(t, x.events, "start", "compiling 0", "evaluating 0", "metric 0", "weights 0", "training 0", "paused 1", "training 1",
		"evaluating 3", "metric 3", "weights 3", "training 3", "evaluating 6", "metric 6", "weights 6", "end done 6")
	done, err := x.Predict(image)
	if err != nil || len(paused) != 1 || slices.Equal(paused[0], done[0]) {
		t.Errorf("paused: %v; done: %v, %v", paused, done, err)
	}
	all, err := x.Predict(x.Data.Test.Images)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, p := range all {
		if slices.Max(p) == p[x.Data.Test.Labels[i]] {
			right++
		}
	}
	metrics := of[*run.Metric](x.events)
	if last := metrics[len(metrics)-1].Test; right != int(last.Accuracy*float64(last.N)+0.5) {
		t.Errorf("the net takes %d images for what they are, its evaluation says %v of %d", right, last.Accuracy, last.N)
	}
	for _, wrong := range [][]byte{nil, image[1:]} {
		if _, err := x.Predict(wrong); err == nil {
			t.Errorf("a prediction of %d bytes", len(wrong))
		}
	}
}

// The states of a recurrent net after the rows that two images have in common are the same, and differ from then on; other nets have none.
func TestStates(t *testing.T) {
	r := small()
	for _, n := range []string{"rnn 6", "lstm 3 both sequence, gru 4", "dense 5, relu"} {
		r.Net = n
		x := newTrial(t, r)
		x.run()
		const rows = 10
		one := slices.Clone(x.Data.Test.Images[:28*28])
		other := slices.Clone(one)
		for i := rows * 28; i < len(other); i++ {
			other[i] = 255 - other[i]
		}
		a, err := x.States(one)
		b, wrong := x.States(other)
		if err != nil || wrong != nil {
			t.Fatal(n, err, wrong)
		}
		if n == "dense 5, relu" {
			if a != nil {
				t.Errorf("%s has states: %+v", n, a)
			}
			continue
		}
		if a.Step != r.Steps || a.Count != 1 || a.Height != 28 || a.Width != 6 || a.Channels != 1 || len(a.Pixels) != 28*6 {
			t.Fatalf("%s: %+v", n, a)
		}
		forward := map[string]int{"rnn 6": 6, "lstm 3 both sequence, gru 4": 3}[n] // units that read from the top
		same := 0
		for row := range 28 {
			differs := 0.0
			for unit := range forward {
				at := row*a.Width + unit
				differs = max(differs, math.Abs(float64(a.Pixels[at])*a.Scale-float64(b.Pixels[at])*b.Scale)/127)
			}
			if differs <= max(a.Scale, b.Scale)/127 {
				same++
			} else if row < rows {
				t.Errorf("%s: row %d differs by %v", n, row, differs)
			}
		}
		if same > rows+4 {
			t.Errorf("%s: %d rows are the same", n, same)
		}
	}
}
