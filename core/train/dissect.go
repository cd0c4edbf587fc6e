package train

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/net"
)

// Dissection is a training step taken apart. Losses are cross-entropies in nats.
type Dissection struct {
	Step     int          // its number, from 1
	Batch    int          // how many images it sees
	Examples run.Examples // the first of them, as the net reads them: augmented, but not normalised
	Image    int          // that Own, Probabilities and the outputs of layers are of, among the batch
	Rate     float64      // the learning rate, by the schedule

	Own           float64   // loss of the image
	Loss          float64   // mean of the batch
	After         float64   // the same after the step; dropout drops the same
	Probabilities []float32 // of each class
	Logits        []float32 // gradient of Loss by the image's logits

	Layers  []Passed
	Updates []Update // of each array of weights, in the order of the net
}

// Passed is a layer that images go through, and gradients come back.
type Passed struct {
	Name     string
	Dims     []int     // for one image
	Shown    []int     // Dims, with the last cut to what Output has
	Output   []float32 // what it outputs for the image: Shown
	Gradient float64   // mean magnitude of the gradient of the batch's loss by what it outputs, over all images
}

// Update is how the step changes an array of weights, and to the one with the largest gradient among them.
type Update struct {
	Layer, Name    string
	Dims           []int
	Size           float64 // root mean square of the weights before the step
	Gradient       float64 // mean magnitude of their gradients
	Moved          float64 // root mean square of the differences that the step makes
	At             []int   // where the one weight is
	Before, After  float32
	WeightGradient float32
	Equations      []Equation // see equations
}

// dissected is how many images of a batch a Dissection shows at most.
const dissected = 12

// Dissect takes the next step apart, for one image of its batch, and then restores everything: the step is the real one, and so are
// the weights that it leads to, but the run stays where it was. It may be called as Predict may.
func (s *Session) Dissect(image int) (d *Dissection, err error) {
	switch {
	case s.stepper == nil:
		return nil, errors.New("train: the run has not started, so there is no step to take apart")
	case s.steps >= s.Recipe.Steps:
		return nil, fmt.Errorf("train: the run has taken the last of its %d steps, so there is none to take apart", s.Recipe.Steps)
	case image < 0 || image >= s.Recipe.Batch:
		return nil, fmt.Errorf("train: the batch has no image %d; its %d images are numbered from 0", image, s.Recipe.Batch)
	}
	if s.dissector == nil {
		if s.dissector, err = newDissector(s); err != nil {
			return nil, err
		}
	}
	before, err := s.snapshot(nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, restore(s.store, before)) }()
	d = &Dissection{Step: s.steps + 1, Batch: s.Recipe.Batch, Image: image}
	d.Examples = s.batchPictures(min(dissected, s.Recipe.Batch))
	gradients, err := s.dissector.take(s, d)
	if err != nil {
		return nil, err
	}
	if err := restore(s.store, before); err != nil { // batch normalisation's averages have moved
		return nil, err
	}
	if err := s.stepper.run(s.steps); err != nil {
		return nil, err
	}
	if err := s.updates(d, before, gradients); err != nil {
		return nil, err
	}
	after := &Dissection{}
	if _, err := s.dissector.take(s, after); err != nil {
		return nil, err
	}
	d.After = after.Loss
	if !finite(d.Loss) || !finite(d.After) {
		return nil, fmt.Errorf("train: step %d has a loss of %g, and of %g after it: it would end the run", d.Step, d.Loss, d.After)
	}
	return d, nil
}

// batchPictures are the first n images of the next step's batch.
func (s *Session) batchPictures(n int) run.Examples {
	e := run.Examples{Height: s.Data.Height, Width: s.Data.Width, Channels: s.Data.Channels}
	batch := s.stepper.batches.At(s.steps, nil)[:n]
	images, labels := make([]float32, n*e.Height*e.Width*e.Channels), make([]int32, n)
	data.UnitNormalizer(e.Channels).Fill(images, labels, s.Data.Train, batch)
	data.Augment(images, e.Height, e.Width, e.Channels, s.Recipe.Augment, s.Recipe.Seed, s.steps)
	for _, v := range images {
		e.Pixels = append(e.Pixels, byte(math.Round(255*float64(v))))
	}
	for _, l := range labels {
		e.Labels = append(e.Labels, int(l))
	}
	return e
}

// updates are what the step that was just taken has done to the weights.
func (s *Session) updates(d *Dissection, before *checkpoint.Checkpoint, gradients [][]float32) error {
	plan, err := s.Recipe.Plan()
	if err != nil {
		return err
	}
	for l, v := range trained(plan) {
		path := "/" + l.Name + "/" + v.Name
		value, err := s.store.GetVariable(path).Value()
		if err != nil {
			return err
		}
		after, err := tensors.CopyFlatData[float32](value)
		if err != nil {
			return err
		}
		u, at := newUpdate(floats(before, path), after, gradients[len(d.Updates)])
		u.Layer, u.Name, u.Dims = l.Name, v.Name, v.Dims
		first, second := "/AdamOptimizer"+path+"_1st_moment", "/AdamOptimizer"+path+"_2nd_moment"
		if s.Recipe.Optimizer == recipe.Momentum {
			first = "/" + momentumScope + path
		}
		u.Equations = equations(s.Recipe, moved{
			weight: float64(u.Before), gradient: float64(u.WeightGradient), rate: d.Rate,
			m: among(floats(before, first), at), v: among(floats(before, second), at), step: among(floats(before, "/AdamOptimizer/step"), 0) + 1,
		})
		if _, conv := l.Layer.(net.Conv); conv && v.Name == "weights" && s.Recipe.FilterRMS > 0 {
			limit := "at most " + digits(s.Recipe.FilterRMS)
			u.Equations = append(u.Equations, Equation{"w", "after the limit on the filter’s root mean square", limit, "", float64(u.After)})
		}
		u.At = make([]int, len(v.Dims))
		for axis, size := range slices.Backward(v.Dims) {
			u.At[axis], at = at%size, at/size
		}
		d.Updates = append(d.Updates, u)
	}
	return nil
}

// newUpdate measures what a step did to some weights, and returns the place of the one with the largest gradient.
func newUpdate(before, after, gradients []float32) (u Update, at int) {
	for i, g := range gradients {
		was, by := float64(before[i]), float64(after[i])-float64(before[i])
		u.Size, u.Moved, u.Gradient = u.Size+was*was, u.Moved+by*by, u.Gradient+math.Abs(float64(g))
		if math.Abs(float64(g)) > math.Abs(float64(gradients[at])) {
			at = i
		}
	}
	n := float64(len(gradients))
	u.Size, u.Moved, u.Gradient = math.Sqrt(u.Size/n), math.Sqrt(u.Moved/n), u.Gradient/n
	u.Before, u.After, u.WeightGradient = before[at], after[at], gradients[at]
	return u, at
}

// floats are the numbers of a tensor of a checkpoint; nil where it has no such tensor.
func floats(c *checkpoint.Checkpoint, name string) []float32 {
	t, _ := find(c, name)
	all := make([]float32, len(t.Data)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
	}
	return all
}

// among is a number of an optimiser's state; 0 where the optimiser has no such state.
func among(state []float32, i int) float64 {
	if len(state) == 0 {
		return 0
	}
	return float64(state[i])
}

// trained are the arrays of weights of a net that are trained, with their layers.
func trained(p *net.Plan) iter.Seq2[*net.Placed, net.Variable] {
	return func(yield func(*net.Placed, net.Variable) bool) {
		for l := range p.All() {
			for _, v := range l.Variables {
				if !v.Statistic && !yield(l, v) {
					return
				}
			}
		}
	}
}
