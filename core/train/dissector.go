package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/guard"
	"unpool/models/nn"
)

// dissector computes what a training step computes up to its gradients, and returns the values in between. The optimiser has no part in it.
type dissector struct {
	exec   *model.Exec
	source source
	step   *tensors.Tensor // u32 scalar: steps done before this one
	mask   *tensors.Tensor // f32 [batch]: 1 for the image that is asked about, else 0
	layers []Passed        // without their numbers
}

func newDissector(s *Session) (*dissector, error) {
	r := s.Recipe
	x := &dissector{
		source: s.resident.source(trainLayout(s.Options, s.normalizer)),
		step:   tensors.FromShape(shapes.Make(dtypes.Uint32)),
		mask:   tensors.FromShape(shapes.Make(dtypes.Float32, r.Batch)),
	}
	build := func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		x.layers = nil
		last := len(in) - 1
		images, labels := x.source.graph(in[:last-1])
		step, mask := in[last-1], in[last]
		logits, taps := nn.Build(scope, r, images, nn.Mode{Train: true, Step: step, Seed: r.Seed})
		loss := nn.Loss(logits, labels, nil)
		of := []*graph.Node{logits}
		for _, tap := range taps {
			of = append(of, tap.Value)
		}
		plan, err := r.Plan()
		if err != nil {
			panic(err) // as nn.Build does
		}
		for l, v := range trained(plan) {
			of = append(of, scope.At("%s", l.Name).GetVariable(v.Name).NodeValue(loss.Graph()))
		}
		gradients := graph.Gradient(loss, of...)
		out := []*graph.Node{loss, nn.Loss(logits, labels, mask), scheduledRate(scope, r, step), one(graph.Softmax(logits), mask), one(gradients[0], mask)}
		for i, tap := range taps {
			shown := firstMaps(tap.Value)
			x.layers = append(x.layers, Passed{Name: tap.Name, Dims: tap.Value.Shape().Dimensions[1:], Shown: shown.Shape().Dimensions[1:]})
			out = append(out, one(shown, mask), graph.ReduceAllMean(graph.Abs(gradients[1+i])))
		}
		return append(out, gradients[1+len(taps):]...)
	}
	err := guard.Protect(func() (err error) {
		if x.exec, err = model.NewExec(s.Backend, s.store, build); err != nil {
			return err
		}
		_, err = x.exec.Compile(append(x.source.shapes(), x.step.Shape(), x.mask.Shape())...)
		return err
	})
	if err != nil {
		x.close()
		return nil, cannotTrain(s.Where.Backend, r, err)
	}
	return x, nil
}

// take fills in what the batch of the session's next step comes to with the weights as they are, for d.Image, and returns the gradients of each
// array of weights.
func (x *dissector) take(s *Session, d *Dissection) (gradients [][]float32, err error) {
	err = guard.Protect(func() error {
		if err := tensors.AssignFlatData(x.step, []uint32{uint32(s.steps)}); err != nil {
			return err
		}
		err := tensors.MutableFlatData(x.mask, func(mask []float32) {
			clear(mask)
			mask[d.Image] = 1
		})
		if err != nil {
			return err
		}
		in, err := x.source.load(batch{indices: s.stepper.batches.At(s.steps, nil), step: s.steps})
		if err != nil {
			return err
		}
		out, err := call(x.exec, append(in, x.step, x.mask))
		if err != nil {
			return err
		}
		defer free(out...)
		all := make([][]float32, len(out))
		for i, t := range out {
			if all[i], err = tensors.CopyFlatData[float32](t); err != nil {
				return err
			}
		}
		d.Loss, d.Own, d.Rate, d.Probabilities, d.Logits = float64(all[0][0]), float64(all[1][0]), float64(all[2][0]), all[3], all[4]
		all = all[5:]
		for _, l := range x.layers {
			l.Output, l.Gradient = all[0], float64(all[1][0])
			d.Layers, all = append(d.Layers, l), all[2:]
		}
		gradients = all
		return nil
	})
	return gradients, err
}

func (x *dissector) close() {
	if x == nil {
		return
	}
	x.source.close()
	free(x.step, x.mask)
	if x.exec != nil {
		x.exec.Finalize()
	}
}

// one is the part of x, f32 [batch, ...], that belongs to the image that a mask picks.
func one(x, mask *graph.Node) *graph.Node {
	dims := make([]int, x.Rank())
	for i := range dims {
		dims[i] = 1
	}
	dims[0] = mask.Shape().Dimensions[0]
	return graph.ReduceSum(graph.Mul(x, graph.Reshape(mask, dims...)), 0)
}

// How many maps of an image, features of a sequence, and numbers of a vector a Dissection shows at most.
const shownMaps, shownFeatures, shownNumbers = 8, 64, 256

// firstMaps are the first maps of what a layer outputs, as many as are shown.
func firstMaps(x *graph.Node) *graph.Node {
	last := x.Rank() - 1
	most := map[int]int{1: shownNumbers, 2: shownFeatures, 3: shownMaps}[last]
	if x.Shape().Dimensions[last] <= most {
		return x
	}
	axes := make([]graph.SliceAxisSpec, x.Rank())
	for i := range axes {
		axes[i] = graph.AxisRange()
	}
	axes[last] = graph.AxisRange(0, most)
	return graph.Slice(x, axes...)
}
