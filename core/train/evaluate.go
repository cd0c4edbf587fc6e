package train

import (
	"context"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/nn"
)

const (
	// evalBatch divides the samples and MNIST's test set. One batch takes about as long as a training step on a third as many
	// images, so a stop takes effect about as soon as between the catalog's steps, which are on 64 or more.
	evalBatch = 250
	// sampleSize is the number of images of a sampled evaluation, of each set.
	sampleSize = 1000
	// startSize is that of the evaluation before the first step. Every net still guesses there, and what is known already
	// should not keep anyone waiting for the first step.
	startSize = evalBatch
	// samplingSeed draws the samples and the holdout. It is not the recipe's seed, so that runs of different
	// seeds are measured on the same images.
	samplingSeed = 1
)

// evalSets are the images that evaluations use, as indices into the dataset's splits.
type evalSets struct {
	train                    []int32 // a sample; there is no larger evaluation of training images
	test, validation         []int32 // samples
	fullTest, fullValidation []int32

	startTrain, startTest, startValidation []int32 // smaller samples

	examples []int32 // of test, in ascending order
}

func newEvalSets(d *data.Dataset, train, validation []int32) evalSets {
	all := data.All(d.Test)
	test := data.Sample(d.Test, all, sampleSize, samplingSeed)
	return evalSets{
		train:          data.Sample(d.Train, train, sampleSize, samplingSeed),
		test:           test,
		validation:     data.Sample(d.Train, validation, sampleSize, samplingSeed),
		fullTest:       all,
		fullValidation: validation,

		startTrain:      data.Sample(d.Train, train, startSize, samplingSeed),
		startTest:       data.Sample(d.Test, all, startSize, samplingSeed),
		startValidation: data.Sample(d.Train, validation, startSize, samplingSeed),

		examples: examplesOf(d, test),
	}
}

// evalImages returns the images that the evaluation after a step uses.
func (s *Session) evalImages(step int) (train, test, validation []int32) {
	switch {
	case step == s.Recipe.Steps || s.early != "" || s.Recipe.Eval == recipe.EvalFull:
		return s.eval.train, s.eval.fullTest, s.eval.fullValidation
	case step == 0:
		return s.eval.startTrain, s.eval.startTest, s.eval.startValidation
	}
	return s.eval.train, s.eval.test, s.eval.validation
}

// evalSize returns how many images the evaluation after a step uses.
func (s *Session) evalSize(step int) int {
	train, test, validation := s.evalImages(step)
	return len(train) + len(test) + len(validation)
}

// evaluate measures the current net, emits Metric, Answers where they are wanted, and Weights, and keeps a copy to fall back on.
func (s *Session) evaluate(ctx context.Context) (err error) {
	metric := &run.Metric{Step: s.steps, Final: s.steps == s.Recipe.Steps || s.early != ""}
	s.say(run.State{
		Phase: run.Evaluating, Step: s.steps, Total: int64(s.evalSize(s.steps)), Unit: "images",
	})
	train, test, validation := s.evalImages(s.steps)
	if metric.Train, err = s.measure(ctx, false, train, nil); err != nil {
		return err
	}
	var answers *run.Answers
	if s.Answers {
		answers = s.newAnswers()
	}
	if metric.Test, err = s.measure(ctx, true, test, answers); err != nil {
		return err
	}
	if len(validation) > 0 {
		m, err := s.measure(ctx, false, validation, nil)
		if err != nil {
			return err
		}
		metric.Validation = &m
	}
	weights, err := firstLayer(s.store, s.Recipe)
	if err != nil {
		return err
	}
	if !finite(weights.Scale) {
		return &divergedError{what: "a weight", value: weights.Scale, from: min(s.finite+1, s.steps), step: s.steps, rate: learningRate(s.store), good: s.goodStep()}
	}
	weights.Step = s.steps
	metric.Seconds = s.clock.seconds()
	if run.Better(metric, s.best) {
		s.best = metric
	}
	good, err := s.snapshot(metric)
	if err != nil {
		return err
	}
	s.good, s.finite = good, s.steps
	s.Emit(metric)
	if answers != nil {
		s.Emit(answers)
	}
	s.Emit(weights)
	if err := s.keepSnapshot(good); err != nil {
		return err
	}
	if s.Keep != nil {
		s.Keep(good)
	}
	return nil
}

// measure evaluates one set of test or training images, batch by batch. The net's classifications of test images go into answers too,
// unless that is nil.
func (s *Session) measure(ctx context.Context, test bool, indices []int32, answers *run.Answers) (m run.Measure, err error) {
	for batch := range slices.Chunk(indices, evalBatch) {
		if _, err := s.proceed(ctx); err != nil {
			return m, err
		}
		lap := s.clock.lap()
		loss, classes, err := s.evaluator.run(test, batch)
		if err != nil {
			return m, &stepError{step: s.steps, evaluating: true, good: s.goodStep(), err: err}
		}
		if answers != nil {
			s.answered(answers, batch, classes)
		}
		s.clock.evaluated(lap(), len(batch))
		m.Loss += loss
		m.Accuracy += float64(s.correct(test, batch, classes))
		s.state.Done += int64(len(batch))
		if s.evaluating.ready() {
			s.say(s.state)
		}
	}
	m.N = len(indices)
	m.Loss /= float64(m.N)
	m.Accuracy /= float64(m.N)
	if !finite(m.Loss) {
		return m, &divergedError{what: "the loss", value: m.Loss, from: min(s.finite+1, s.steps), step: s.steps, rate: learningRate(s.store), good: s.goodStep()}
	}
	return m, nil
}

// correct counts the images that are classified correctly.
func (s *Session) correct(test bool, images, classes []int32) (n int) {
	labels := s.Data.Train.Labels
	if test {
		labels = s.Data.Test.Labels
	}
	for i, image := range images {
		if int32(labels[image]) == classes[i] {
			n++
		}
	}
	return n
}

// evaluator is the compiled evaluation of one batch; a smaller batch is padded and masked.
type evaluator struct {
	exec   *model.Exec
	source source
	padded []int32
	mask   *tensors.Tensor // f32 [evalBatch], 1 for an image, 0 for padding
}

// newEvaluator compiles the evaluation. The source, of evalBatch images, becomes the evaluator's.
func newEvaluator(o Options, store *model.Store, src source) (*evaluator, error) {
	e := &evaluator{source: src, mask: tensors.FromShape(shapes.Make(dtypes.Float32, evalBatch))}
	build := func(scope *model.Scope, in []*graph.Node) (loss, classes *graph.Node) {
		last := len(in) - 1
		x, labels := src.graph(in[:last])
		mask := in[last]
		logits, _ := nn.Build(scope, o.Recipe, x, nn.Mode{})
		return nn.Loss(logits, labels, mask), graph.ArgMax(logits, -1, dtypes.Int32)
	}
	err := guard.Protect(func() (err error) {
		if e.exec, err = model.NewExec(o.Backend, store, build); err != nil {
			return err
		}
		_, err = e.exec.Compile(append(src.shapes(), e.mask.Shape())...)
		return err
	})
	if err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// run measures up to evalBatch images: their summed loss, and the class that the net gives each.
func (e *evaluator) run(test bool, indices []int32) (loss float64, classes []int32, err error) {
	err = guard.Protect(func() error {
		e.padded = append(e.padded[:0], indices...)
		for len(e.padded) < evalBatch {
			e.padded = append(e.padded, indices[0])
		}
		in, err := e.source.load(batch{indices: e.padded, test: test})
		if err != nil {
			return err
		}
		err = tensors.MutableFlatData(e.mask, func(mask []float32) {
			clear(mask)
			for i := range indices {
				mask[i] = 1
			}
		})
		if err != nil {
			return err
		}
		out, err := call(e.exec, append(in, e.mask))
		if err != nil {
			return err
		}
		defer free(out...)
		loss = float64(tensors.ToScalar[float32](out[0])) * float64(len(indices)) // nn.Loss is a mean
		classes, err = tensors.CopyFlatData[int32](out[1])
		if err != nil {
			return err
		}
		classes = classes[:len(indices)]
		return nil
	})
	return loss, classes, err
}

func (e *evaluator) close() {
	e.source.close()
	free(e.mask)
	if e.exec != nil {
		e.exec.Finalize()
	}
}
