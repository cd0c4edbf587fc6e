package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/models/nn"
)

// stepper is the compiled training step and the batch it reads. The batch's tensors are made once and filled
// anew for each step, so a step allocates nothing on the host and leaves nothing on the device.
type stepper struct {
	exec    *model.Exec
	data    *data.Dataset
	levels  data.Levels
	augment recipe.Augment
	seed    uint64
	batches *data.Batches
	indices []int32

	images *tensors.Tensor // f32 [batch, height, width, channels]
	labels *tensors.Tensor // i32 [batch]
	step   *tensors.Tensor // u32 scalar: steps done before this one
}

// newStepper compiles the training step: forward, loss, backward and the optimiser's update in one graph. The
// optimiser's state joins the store.
func newStepper(o Options, store *model.Store, levels data.Levels, from []int32) (*stepper, error) {
	r := o.Recipe
	t := &stepper{
		data:    o.Data,
		levels:  levels,
		augment: r.Augment,
		seed:    r.Seed,
		batches: data.NewBatches(r.Seed, from, r.Batch),
		images:  tensors.FromShape(shapes.Make(dtypes.Float32, r.Batch, o.Data.Height, o.Data.Width, o.Data.Channels)),
		labels:  tensors.FromShape(shapes.Make(dtypes.Int32, r.Batch)),
		step:    tensors.FromShape(shapes.Make(dtypes.Uint32)),
	}
	optimizer := newOptimizer(r)
	build := func(scope *model.Scope, x, labels, step *graph.Node) *graph.Node {
		logits, _ := nn.Build(scope, r, x, nn.Mode{Train: true, Step: step, Seed: r.Seed})
		loss := nn.Loss(logits, labels, nil)
		restore := scheduleRate(scope, r, step)
		optimizer.UpdateGraph(scope, x.Graph(), loss)
		restore()
		return loss
	}
	err := protect(func() (err error) {
		if t.exec, err = model.NewExec(o.Backend, store, build); err != nil {
			return err
		}
		if _, err := t.exec.Compile(t.images.Shape(), t.labels.Shape(), t.step.Shape()); err != nil {
			return err
		}
		// What has no value yet is the optimiser's, and all of that begins at zero. Done here since GoMLX would
		// compile and keep a graph for it.
		for v := range store.IterVariables() {
			if !v.HasValue() {
				if err := v.SetValue(tensors.FromShape(v.Shape())); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// run takes the step after the given number of steps done, and returns its batch's loss.
func (t *stepper) run(done int) (loss float64, err error) {
	err = protect(func() error {
		t.indices = t.batches.At(done, t.indices[:0])
		if err := fill(t.images, t.labels, t.levels, t.data.Train, t.indices); err != nil {
			return err
		}
		if err := t.augmentBatch(done); err != nil {
			return err
		}
		if err := tensors.AssignFlatData(t.step, []uint32{uint32(done)}); err != nil {
			return err
		}
		out, err := t.exec.Call(t.images, t.labels, t.step)
		if err != nil {
			return err
		}
		loss = float64(tensors.ToScalar[float32](out[0]))
		return out[0].FinalizeAll()
	})
	return loss, err
}

// augmentBatch changes the batch of the step after the given number of steps done.
func (t *stepper) augmentBatch(done int) error {
	return tensors.MutableFlatData(t.images, func(x []float32) {
		data.Augment(x, t.data.Height, t.data.Width, t.data.Channels, t.augment, t.seed, done)
	})
}

func (t *stepper) close() {
	free(t.images, t.labels, t.step)
	if t.exec != nil {
		t.exec.Finalize()
	}
}

// fill writes a batch into its tensors.
func fill(images, labels *tensors.Tensor, levels data.Levels, split data.Split, indices []int32) (err error) {
	return tensors.MutableFlatData(labels, func(l []int32) {
		err = tensors.MutableFlatData(images, func(x []float32) { levels.Fill(x, l, split, indices) })
	})
}

// free releases tensors, those on the device too: GoMLX frees nothing by itself.
func free(ts ...*tensors.Tensor) {
	for _, t := range ts {
		t.FinalizeAll() // fails only when the backend is gone, and the memory with it
	}
}
