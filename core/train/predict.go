package train

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/run"
	"unpool/models/nn"
)

// predictBatch is how many images a prediction takes at a time: few, since most are of one image that someone looks at.
const predictBatch = 16

// Predict returns the probability of each class for each image, by the current net. Images are like those of the data
// set, one after the other. It may be called when Run is over, and from Between.
func (s *Session) Predict(images []byte) ([][]float32, error) {
	size := s.Data.Height * s.Data.Width * s.Data.Channels
	switch {
	case s.stepper == nil:
		return nil, errors.New("train: the run has not started, so there is no net to ask")
	case len(images) == 0 || len(images)%size != 0:
		return nil, fmt.Errorf("train: %d bytes are not images of %dx%d with %d channels, of %d bytes each",
			len(images), s.Data.Height, s.Data.Width, s.Data.Channels, size)
	}
	if s.predictor == nil {
		p, err := newPredictor(s)
		if err != nil {
			return nil, err
		}
		s.predictor = p
	}
	var all [][]float32
	for batch := range slices.Chunk(images, predictBatch*size) {
		some, err := s.predictor.run(batch)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// States returns the states of the net's first recurrent layer after each step of reading an image, as one picture with a row for each step and a
// column for each unit; nil for a net without such a layer. It may be called as Predict may.
func (s *Session) States(image []byte) (*run.Weights, error) {
	if _, err := s.Predict(image); err != nil || s.predictor.states == nil {
		return nil, err
	}
	p := s.predictor
	w := &run.Weights{Step: s.steps, Layer: p.layer, Count: 1, Height: p.states.Dimensions[1], Width: p.states.Dimensions[2], Channels: 1}
	w.Scale, w.Pixels = run.Levels(p.latest[:w.Height*w.Width])
	return w, nil
}

// predictor is the compiled prediction of one batch; a smaller batch is padded.
type predictor struct {
	exec       *model.Exec
	normalizer data.Normalizer
	size       int             // bytes of an image
	images     *tensors.Tensor // f32 [predictBatch, height, width, channels]

	// Of the first recurrent layer; zero where there is none.
	layer  string
	states *shapes.Shape // of its states: [predictBatch, steps, units]
	latest []float32     // those of the last batch
}

func newPredictor(s *Session) (*predictor, error) {
	d := s.Data
	p := &predictor{
		normalizer: s.normalizer,
		size:       d.Height * d.Width * d.Channels,
		images:     tensors.FromShape(shapes.Make(dtypes.Float32, predictBatch, d.Height, d.Width, d.Channels)),
	}
	err := guard.Protect(func() (err error) {
		p.exec, err = model.NewExec(s.Backend, s.store, func(scope *model.Scope, x *graph.Node) []*graph.Node {
			logits, taps := nn.Build(scope, s.Recipe, x, nn.Mode{})
			out := []*graph.Node{graph.Softmax(logits)}
			for _, tap := range taps {
				if strings.HasPrefix(tap.Name, "hidden") {
					shape := tap.Value.Shape()
					p.layer, p.states = tap.Name, &shape
					return append(out, tap.Value)
				}
			}
			return out
		})
		if err != nil {
			return err
		}
		_, err = p.exec.Compile(p.images.Shape())
		return err
	})
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// run predicts up to predictBatch images.
func (p *predictor) run(images []byte) (probabilities [][]float32, err error) {
	err = guard.Protect(func() error {
		err := tensors.MutableFlatData(p.images, func(to []float32) {
			clear(to)
			p.normalizer.Apply(to, images)
		})
		if err != nil {
			return err
		}
		out, err := call(p.exec, []*tensors.Tensor{p.images})
		if err != nil {
			return err
		}
		defer free(out...)
		flat, err := tensors.CopyFlatData[float32](out[0])
		if err != nil {
			return err
		}
		if p.states != nil {
			if p.latest, err = tensors.CopyFlatData[float32](out[1]); err != nil {
				return err
			}
		}
		classes := len(flat) / predictBatch
		probabilities = slices.Collect(slices.Chunk(flat[:len(images)/p.size*classes], classes))
		return nil
	})
	return probabilities, err
}

func (p *predictor) close() {
	if p == nil {
		return
	}
	free(p.images)
	if p.exec != nil {
		p.exec.Finalize()
	}
}
