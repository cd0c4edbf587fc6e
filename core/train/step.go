package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/models/nn"
)

// stepper is the compiled training step. What it reads is made once and refilled for each step, so a step allocates
// nothing on the host and leaves nothing on the device but its loss.
type stepper struct {
	exec    *model.Exec
	source  source
	batches *data.Batches
	steps   int // of the recipe
	now     []int32
	next    []int32         // images of the next step
	step    *tensors.Tensor // u32 scalar: steps done before this one
	loss    *tensors.Tensor // f32 scalar, of the last step's batch; nil before
}

// newStepper compiles the training step: forward, loss, backward and the optimiser's update in one graph. The
// optimiser's state joins the store. The source becomes the stepper's.
func newStepper(o Options, store *model.Store, src source, from []int32) (*stepper, error) {
	r := o.Recipe
	t := &stepper{
		source:  src,
		batches: data.NewBatches(r.Seed, from, r.Batch),
		steps:   r.Steps,
		step:    tensors.FromShape(shapes.Make(dtypes.Uint32)),
	}
	optimizer := NewOptimizer(r)
	build := func(scope *model.Scope, in []*graph.Node) *graph.Node {
		last := len(in) - 1
		x, labels := src.graph(in[:last])
		step := in[last]
		logits, _ := nn.Build(scope, r, x, nn.Mode{Train: true, Step: step, Seed: r.Seed})
		loss := nn.Loss(logits, labels, nil)
		restore := scheduleRate(scope, r, step)
		optimizer.UpdateGraph(scope, x.Graph(), loss)
		restore()
		limitFilters(scope, r, x.Graph())
		return loss
	}
	err := guard.Protect(func() (err error) {
		if t.exec, err = model.NewExec(o.Backend, store, build); err != nil {
			return err
		}
		if _, err := t.exec.Compile(append(src.shapes(), t.step.Shape())...); err != nil {
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

// run takes the step after the given number of steps done. readLoss then returns its batch's loss.
func (t *stepper) run(done int) error {
	return guard.Protect(func() error {
		t.now = t.batches.At(done, t.now[:0])
		in, err := t.source.load(batch{indices: t.now, step: done})
		if err != nil {
			return err
		}
		if done+1 < t.steps {
			t.next = t.batches.At(done+1, t.next[:0])
			t.source.ahead(batch{indices: t.next, step: done + 1})
		}
		if err := tensors.AssignFlatData(t.step, []uint32{uint32(done)}); err != nil {
			return err
		}
		out, err := call(t.exec, append(in, t.step))
		if err != nil {
			return err
		}
		t.forget()
		t.loss = out[0]
		return nil
	})
}

// readLoss waits for the last step's loss and returns it.
func (t *stepper) readLoss() (loss float64, err error) {
	err = guard.Protect(func() error {
		loss = float64(tensors.ToScalar[float32](t.loss))
		return nil
	})
	return loss, err
}

func (t *stepper) forget() {
	if t.loss != nil {
		free(t.loss)
		t.loss = nil
	}
}

func (t *stepper) close() {
	t.forget()
	t.source.close()
	free(t.step)
	if t.exec != nil {
		t.exec.Finalize()
	}
}

// call runs a computation.
func call(exec *model.Exec, in []*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := make([]any, len(in))
	for i, t := range in {
		args[i] = t
	}
	return exec.Call(args...)
}

// free releases tensors, those on the device too: GoMLX frees nothing by itself.
func free(ts ...*tensors.Tensor) {
	for _, t := range ts {
		t.FinalizeAll() // fails only when the backend is gone, and the memory with it
	}
}
