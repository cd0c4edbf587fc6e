package train

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/recipe"
)

// By hand: a step of plain gradient descent on filters of two numbers, with a loss whose gradient is given.
func TestFilterLimit(t *testing.T) {
	r := recipe.Recipe{Net: "conv 1x2x4, dense 2", Dataset: recipe.MNIST, Optimizer: recipe.SGD, LearningRate: 0.5, FilterRMS: 1}
	variables := []struct {
		layer, name            string
		begin, gradient, after *tensors.Tensor
	}{
		// A filter is a column. The step makes them (7, 1), (0, 0.5), (-4, -2) and (1, 1), whose RMS are 5, 0.35, the root of 10, and 1.
		{"conv1", "weights", fourFilters(6.5, 0.25, -3.5, 1.5, 1.5, 0.25, -2.5, 0.5), fourFilters(-1, 0.5, 1, 1, 1, -0.5, -1, -1),
			fourFilters(1.4, 0, -1.2649111, 1, 0.2, 0.5, -0.6324555, 1)},
		{"conv1", "bias", tensors.FromValue([]float32{9, 7}), tensors.FromValue([]float32{2, 4}), tensors.FromValue([]float32{8, 5})},
		{"fc1", "weights", tensors.FromValue([]float32{50}), tensors.FromValue([]float32{2}), tensors.FromValue([]float32{49})},
	}
	store := model.NewStore()
	var gradients []any
	for _, v := range variables {
		if _, err := store.RootScope().At("%s", v.layer).CreateVariable(v.name, v.begin); err != nil {
			t.Fatal(err)
		}
		gradients = append(gradients, v.gradient)
	}
	step, err := model.NewExec(newSpy(), store, func(scope *model.Scope, gradients []*graph.Node) *graph.Node {
		g := gradients[0].Graph()
		loss := graph.Scalar(g, dtypes.Float32, 0)
		for i, v := range variables {
			weights := scope.At("%s", v.layer).GetVariable(v.name).NodeValue(g)
			loss = graph.Add(loss, graph.ReduceAllSum(graph.Mul(weights, gradients[i])))
		}
		NewOptimizer(r).UpdateGraph(scope, g, loss)
		limitFilters(scope, r, g)
		return loss
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := step.Call(gradients...); err != nil {
		t.Fatal(err)
	}
	for _, v := range variables {
		if got := store.RootScope().At("%s", v.layer).GetVariable(v.name).MustValue(); !got.InDelta(v.after, 1e-6) {
			t.Errorf("%s/%s: %v, want %v", v.layer, v.name, got, v.after)
		}
	}
}

// fourFilters are four filters of two numbers, as the weights of a convolution: the first number of each, then the second of each.
func fourFilters(numbers ...float32) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(numbers, 1, 2, 1, 4)
}

// limitedNet has convolutions in a group and outside, and other trained layers. Its images are small, since the Go backend is slow.
const limitedNet = "avgpool 7, conv 3x3x5, layernorm, relu, residual(conv 2x2x5, relu), dense 6, relu"

// learners are recipes of a net with convolutions, one for each optimiser.
func learners() (all []recipe.Recipe) {
	optimizer, _ := recipe.Lookup("optimizer")
	for _, c := range optimizer.Choices {
		r := small()
		r.Net, r.Optimizer, r.LearningRate = limitedNet, recipe.Optimizer(c.Value), 0.02
		r.Settle()
		all = append(all, r)
	}
	return all
}

// values are the numbers of a tensor of a checkpoint.
func values(c *checkpoint.Checkpoint, name string) []float32 {
	t := tensor(c, name)
	flat := make([]float32, len(t.Data)/4)
	for i := range flat {
		flat[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
	}
	return flat
}

// filterRMS are the root mean squares of filters, which are the columns of w.
func filterRMS(w []float32, filters int) []float64 {
	all := make([]float64, filters)
	for i, x := range w {
		all[i%filters] += float64(x) * float64(x)
	}
	for i := range all {
		all[i] = math.Sqrt(all[i] / float64(len(w)/filters))
	}
	return all
}

// After one step the filters are those of an unlimited step, scaled, and everything else is what it would be: the other weights, the
// running averages, and the state of the optimiser.
func TestFilterLimitAfterAStep(t *testing.T) {
	const limit, filters = 0.32, 5
	for _, r := range learners() {
		r.Steps = 1
		without := kept(t, r, nil)[1]
		r.FilterRMS = limit
		with := kept(t, r, nil)[1]
		for _, variable := range without.Tensors {
			if name := variable.Name; name != "/conv1/weights" && name != "/conv2/weights" {
				if !bytes.Equal(tensor(with, name).Data, variable.Data) {
					t.Errorf("%s: the limit changes %s", r.Optimizer, name)
				}
				continue
			}
			before, got := values(without, variable.Name), values(with, variable.Name)
			rms := filterRMS(before, filters)
			for i, x := range before {
				scale := min(1, limit/rms[i%filters])
				if scale == 1 && got[i] != x || math.Abs(float64(got[i])-scale*float64(x)) > 1e-6 {
					t.Fatalf("%s: %s[%d] is %v, without a limit %v in a filter with an RMS of %v", r.Optimizer, variable.Name, i, got[i], x, rms[i%filters])
				}
			}
			if slices.Min(rms) > limit || slices.Max(rms) <= limit {
				t.Errorf("%s: the filters of %s are of %v; the test needs some above and some below %v", r.Optimizer, variable.Name, rms, limit)
			}
		}
	}
}

// No filter exceeds the limit at any evaluation of a run, and some reach it; a limit that no filter reaches changes no bit; a run that is
// resumed ends as one that was not interrupted.
func TestFilterLimitWhileTraining(t *testing.T) {
	const limit = 0.1
	for _, r := range learners() {
		free := hash(t, r)
		r.FilterRMS = 10
		if got := hash(t, r); got != free {
			t.Errorf("%s: a limit that no filter reaches gives weights %s, none %s", r.Optimizer, got, free)
		}
		r.FilterRMS = limit
		whole := kept(t, r, nil)[1:]
		for _, c := range whole {
			rms := append(filterRMS(values(c, "/conv1/weights"), 5), filterRMS(values(c, "/conv2/weights"), 5)...)
			if largest := slices.Max(rms); math.Abs(largest/limit-1) > 1e-6 {
				t.Errorf("%s, step %d: filters of %v, want at most %v", r.Optimizer, c.Step, rms, limit)
			}
		}
		x := resumed(t, r, whole[0])
		x.run()
		again, err := x.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range whole[len(whole)-1].Tensors {
			if !bytes.Equal(tensor(again, want.Name).Data, want.Data) {
				t.Errorf("%s: %s is another one when the run is resumed at step %d", r.Optimizer, want.Name, whole[0].Step)
			}
		}
	}
}
