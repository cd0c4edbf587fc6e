package train

import (
	"context"
	"time"

	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/models/nn"
)

// Timing is how long the parts of training take.
type Timing struct {
	Weights time.Duration   // making initial weights
	Compile time.Duration   // building the graph and compiling the training step
	First   time.Duration   // the first step, which also brings the weights to the device
	Steps   []time.Duration // those after it
}

// Measure takes steps training steps after the first and times them; nothing is evaluated. Between steps it calls pause,
// if that is not nil.
func Measure(ctx context.Context, o Options, steps int, pause func() error) (t Timing, err error) {
	start := time.Now()
	lap := func() time.Duration {
		d := time.Since(start)
		start = time.Now()
		return d
	}
	err = bare(o, func() { t.Weights = lap() }, func(s *stepper) error {
		t.Compile = lap()
		for i := range 1 + steps {
			if err := s.run(i); err != nil {
				return err
			}
			if i == 0 {
				t.First = lap()
			} else {
				t.Steps = append(t.Steps, lap())
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if pause != nil {
				if err := pause(); err != nil {
					return err
				}
				lap()
			}
		}
		return nil
	})
	return t, err
}

// Losses takes the first steps training steps and returns the loss of each batch.
func Losses(ctx context.Context, o Options, steps int) (losses []float64, err error) {
	err = bare(o, nil, func(s *stepper) error {
		for i := range steps {
			if err := s.run(i); err != nil {
				return err
			}
			loss, err := s.readLoss()
			if err != nil {
				return err
			}
			losses = append(losses, loss)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return losses, err
}

// bare makes the training step of a recipe without a session, and passes it to use. Once the
// weights have their initial values it calls begun, if that is not nil.
func bare(o Options, begun func(), use func(*stepper) error) error {
	store := model.NewStore()
	defer store.Finalize()
	if err := guard.Protect(func() error { return nn.Init(store, o.Recipe) }); err != nil {
		return err
	}
	if begun != nil {
		begun()
	}
	all := data.All(o.Data.Train)
	normalizer := inputNormalizer(o.Recipe, o.Data, all)
	images := o.bring(normalizer)
	defer images.close()
	s, err := newStepper(o, store, images.source(trainLayout(o, normalizer)), all)
	if err != nil {
		return cannotTrain(o.Where.Backend, o.Recipe, err)
	}
	defer s.close()
	return use(s)
}
