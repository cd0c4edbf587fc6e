package train

import (
	"unpool/core/data"
	"unpool/core/recipe"
)

// compile builds the training step and the evaluation, and loads the state to start from into the store, which has all
// its variables only now. A second call after a failure starts from the beginning.
func (s *Session) compile() error {
	s.normalizer = inputNormalizer(s.Recipe, s.Data, s.train)
	if s.resident == nil {
		s.resident = s.bring(s.normalizer)
	}
	stepper, err := newStepper(s.Options, s.store, s.resident.source(trainLayout(s.Options, s.normalizer)), s.train)
	if err != nil {
		return cannotTrain(s.Where.Backend, s.Recipe, err)
	}
	evaluator, err := newEvaluator(s.Options, s.store, s.resident.source(layout{data: s.Data, normalizer: s.normalizer, size: evalBatch}))
	if err != nil {
		stepper.close()
		return cannotTrain(s.Where.Backend, s.Recipe, err)
	}
	if s.good != nil {
		if err := restore(s.store, s.good); err != nil {
			stepper.close()
			evaluator.close()
			return err
		}
	}
	s.stepper, s.evaluator = stepper, evaluator
	return nil
}

// trainLayout is that of a training step's batches.
func trainLayout(o Options, normalizer data.Normalizer) layout {
	return layout{data: o.Data, normalizer: normalizer, size: o.Recipe.Batch, augment: o.Recipe.Augment, seed: o.Recipe.Seed}
}

// inputNormalizer says how images become a net's input. What is measured for it is measured on the images to train on only.
func inputNormalizer(r recipe.Recipe, d *data.Dataset, train []int32) data.Normalizer {
	if r.Normalize {
		return data.StandardNormalizer(d.Train, train, d.Channels)
	}
	return data.UnitNormalizer(d.Channels)
}

// Normalizer says how images of d become the input of a net that was trained by r.
func Normalizer(r recipe.Recipe, d *data.Dataset) data.Normalizer {
	train, _ := data.Holdout(d.Train, r.Holdout, samplingSeed)
	return inputNormalizer(r, d, train)
}
