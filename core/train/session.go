// Package train runs a recipe: it builds the training step on the compute backend it is given, takes the steps,
// measures, and reports everything as a stream of events.
//
// It knows nothing of browsers, servers or files: data, backend and the receiver of events come from the caller.
// All work happens inside Run, except for the next batch, which is prepared during a step.
package train

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"unpool/core/checkpoint"
	"unpool/core/data"
	"unpool/core/guard"
	"unpool/core/recipe"
	"unpool/core/run"
	"unpool/models/nn"
)

// Options are what a session works with. Backend, Recipe, Data and Emit must be set.
type Options struct {
	Backend compute.Backend // stays the caller's: Close does not finalise it
	Where   run.Where       // what Backend is, for the log
	// Accelerator says that Backend has memory of its own, which it takes time to write to and to read from: a run keeps
	// the images there, and reads a loss only when it is shown.
	Accelerator bool
	Recipe      recipe.Recipe
	Data        *data.Dataset   // read only
	Emit        func(run.Event) // called on Run's goroutine; it must not call Run or Close
	Yield       func()          // called between steps and between evaluation batches; nil where nothing waits for the thread

	From *checkpoint.Checkpoint // the state to resume from, of a run with the same recipe (see compatible); nil to begin
	// Content is what the run's log says of Data, which must have it still; nil for a new run, and where the log does not say.
	Content *run.Content
	Move    bool // resume even if From was computed on another backend, precision or machine than Where
	// Until is the step, below the recipe's, at which Run measures the net and stops, without an End: the run is parked, and From its last checkpoint it trains
	// on to the same weights as a run that was not parked. 0 for the recipe's end.
	Until int
	// Keep is handed the run's state after each evaluation, when its events are out, before the End of a run that is
	// stopped. It is called like Emit; nil for none.
	Keep func(*checkpoint.Checkpoint)
	// Answers says that the net's classifications of test images are to be emitted, too, as run.Answers after each evaluation.
	Answers bool
	// Snapshot is handed the net's weights after some of the evaluations, to look at later, and how much accuracy their fewer bits
	// cost on n test images. It is called like Emit; nil for none.
	Snapshot func(s *checkpoint.Snapshot, lost float64, n int)
}

// Session is one training of one recipe. Its methods belong to one goroutine, but for Do and Between.
type Session struct {
	Options
	controls   controls
	clock      clock
	progress   pace // of Progress events
	evaluating pace // of State events in an evaluation

	train      []int32 // images to train on, after the holdout
	validation []int32 // images held out
	eval       evalSets

	store      *model.Store
	parameters int
	net        []string        // names of its variables: weights and running averages
	resident   *resident       // nil where images come from the host
	stepper    *stepper        // nil until compiled
	evaluator  *evaluator      // likewise
	predictor  *predictor      // nil until something was predicted
	dissector  *dissector      // nil until a step was taken apart
	normalizer data.Normalizer // of the images; set when compiled
	steps      int             // steps done
	finite     int             // steps done when the loss was last seen to be a number
	state      run.State
	good       *checkpoint.Checkpoint // to fall back on: of the last evaluation, or From; nil before either
	best       *run.Metric            // the best evaluation so far; nil before the first
	moved      *run.Move              // to emit when Run begins; nil where there is no move
	content    *run.Content           // of the data set
	early      string                 // why the run ends before its last step; "" while it does not
	pictures   run.Examples           // with each Answers; zero before the first
}

// New checks the options, From among them, and makes the net's initial weights from the recipe's seed. It compiles nothing yet.
// Close the session when done.
func New(o Options) (*Session, error) {
	switch {
	case o.Backend == nil || o.Data == nil || o.Emit == nil:
		return nil, errors.New("train: Backend, Data and Emit are required")
	case o.Data.Name != o.Recipe.Dataset:
		return nil, fmt.Errorf("train: the settings ask for the data set %q, but the data is %q", o.Recipe.Dataset, o.Data.Name)
	case o.Data.Train.Len() == 0 || o.Data.Test.Len() == 0:
		return nil, fmt.Errorf("train: the data set %q has %d images to train on and %d to test on; both must be at least 1",
			o.Data.Name, o.Data.Train.Len(), o.Data.Test.Len())
	}
	if err := o.Recipe.Validate(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if err := Fits(o.Recipe, o.Data); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if o.Recipe.Holdout >= o.Data.Train.Len() {
		return nil, fmt.Errorf("train: setting aside %d validation images leaves none of the %d training images to train on",
			o.Recipe.Holdout, o.Data.Train.Len())
	}
	s := &Session{Options: o, controls: newControls(), store: model.NewStore(), content: ContentOf(o.Data)}
	s.train, s.validation = data.Holdout(o.Data.Train, o.Recipe.Holdout, samplingSeed)
	s.eval = newEvalSets(o.Data, s.train, s.validation)
	if err := guard.Protect(func() error { return nn.Init(s.store, o.Recipe) }); err != nil {
		s.Close()
		return nil, fmt.Errorf("train: initial weights: %w", err)
	}
	for v := range s.store.IterVariables() {
		if v.Trainable {
			s.parameters += v.Shape().Size()
		}
		s.net = append(s.net, v.Path())
	}
	err := SameContent(o.Content, s.content)
	if err == nil && o.From != nil {
		err = s.resume(o.From)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("train: the run cannot be resumed: %w", err)
	}
	return s, nil
}

// Fits reports whether a recipe's net reads the images of d.
func Fits(r recipe.Recipe, d *data.Dataset) error {
	t := r.Task()
	if d.Height != t.Height || d.Width != t.Width || d.Channels != t.Channels {
		return fmt.Errorf("the images of %q are %dx%d with %d channels; the net takes %dx%d with %d",
			d.Name, d.Height, d.Width, d.Channels, t.Height, t.Width, t.Channels)
	}
	if len(d.Classes) > t.Classes {
		return fmt.Errorf("data set %q has %d classes; the net distinguishes %d", d.Name, len(d.Classes), t.Classes)
	}
	return nil
}

// Run trains to the end of the recipe, to where one of its conditions is met, or until it is stopped by a command or by ctx. It emits Start first and
// exactly one End last, unless it comes to Until before, and returns an error only when End's status is failed. The store then holds the weights
// of the last evaluation, so Run may be called again to resume there, at another learning rate if SetRate
// says so; after a stop it resumes at the step where it stopped.
func (s *Session) Run(ctx context.Context) error {
	s.clock.start()
	defer s.clock.stop()
	s.early = ""
	s.lift()
	s.Emit(&run.Start{
		Version: run.Version, Recipe: s.Recipe, Parameters: s.parameters, Where: s.Where,
		TrainSize: len(s.train), TestSize: s.Data.Test.Len(), Step: s.steps, Content: s.content, Reading: s.Data.Report.Lines(),
	})
	if s.moved != nil {
		s.Emit(s.moved)
		s.moved = nil
	}
	err := s.run(ctx)
	s.controls.reset()
	if err == nil && s.steps < s.Recipe.Steps && s.early == "" {
		return nil // it is parked
	}
	end := &run.End{
		Status: run.Done, Steps: s.steps, MsPerStep: s.clock.meanStep(), Seconds: s.clock.seconds(),
		Backend: s.Where.Backend, Reason: s.early,
	}
	if err == nil || errors.Is(err, errStopped) {
		stopped := err != nil
		end.WeightsSHA256, err = weightsHash(s.store)
		if stopped && err == nil {
			end.Status = run.Stopped
			err = s.keep()
		}
	}
	if err != nil {
		end.Diverged = errors.As(err, new(*divergedError))
		if lost := s.fallBack(); lost != nil {
			err = fmt.Errorf("%w; the stored weights could not be restored: %w", err, lost)
		}
		end.Status, end.Error, end.Hint = run.Failed, oneLine(err), hint(err)
	}
	s.Emit(end)
	return err
}

// run is Run between Start and End.
func (s *Session) run(ctx context.Context) error {
	if s.stepper == nil {
		s.say(run.State{Phase: run.Compiling, Step: s.steps})
		s.yield()
		if err := s.compile(); err != nil {
			return err
		}
	}
	s.state = run.State{}
	for single := false; ; {
		if s.evaluationDue() {
			if err := s.evaluate(ctx); err != nil {
				return err
			}
		}
		if single { // only now, so that a pause does not hold the evaluation that belongs to the step
			s.controls.stepTaken()
		}
		if s.steps < s.Recipe.Steps {
			if s.early = s.met(); s.early != "" {
				return s.evaluate(ctx)
			}
		}
		if s.steps == s.Recipe.Steps || s.steps == s.Until && s.Until > 0 {
			return nil
		}
		if s.state.Phase != run.Training {
			s.say(run.State{Phase: run.Training, Step: s.steps})
		}
		var err error
		if single, err = s.proceed(ctx); err != nil {
			return err
		}
		if err := s.step(single); err != nil {
			return err
		}
	}
}

// evaluationDue reports whether the current net is to be measured and has not been.
func (s *Session) evaluationDue() bool {
	due := s.steps%s.Recipe.EvalEvery == 0 || s.steps == s.Recipe.Steps || s.steps == s.Until
	return due && s.measured() == nil
}

// step takes one training step.
func (s *Session) step(single bool) error {
	lap := s.clock.lap()
	if err := s.stepper.run(s.steps); err != nil {
		return &stepError{step: s.steps + 1, good: s.goodStep(), err: err}
	}
	show := s.progress.ready() || single
	loss := 0.0
	if show || !s.Accelerator {
		var err error
		if loss, err = s.stepper.readLoss(); err != nil {
			return &stepError{step: s.steps + 1, good: s.goodStep(), err: err}
		}
		if !finite(loss) {
			return &divergedError{what: "the loss", value: loss, from: s.finite + 1, step: s.steps + 1,
				rate: learningRate(s.store), good: s.goodStep()}
		}
		s.finite = s.steps + 1
	}
	s.clock.stepped(lap())
	s.steps++
	if show {
		s.Emit(&run.Progress{
			Step: s.steps, Loss: loss, MsPerStep: s.clock.recentStep(),
			ImagesPerSecond: s.clock.imagesPerSecond(s.Recipe.Batch),
			Seconds:         s.clock.seconds(), SecondsLeft: min(s.clock.left(s.work()), s.timeLeft()),
		})
	}
	return nil
}

// work is how much of the run is still to do after a step, the evaluation that may follow it included.
func (s *Session) work() (steps, images int) {
	r := s.Recipe
	evaluations := (r.Steps-1)/r.EvalEvery - (s.steps-1)/r.EvalEvery // the final one left out
	return r.Steps - s.steps, evaluations*s.evalSize(s.steps) + s.evalSize(r.Steps)
}

// say emits a state and remembers it, to be emitted again after a pause.
func (s *Session) say(state run.State) {
	s.state = state
	s.Emit(&state)
}

func (s *Session) yield() {
	if s.Yield != nil {
		s.Yield()
	}
}

// fallBack returns to the state that is known to be good. Before there is a compiled step nothing has been lost.
func (s *Session) fallBack() error {
	if s.good == nil || s.stepper == nil {
		return nil
	}
	s.steps, s.finite = s.good.Step, s.good.Step
	return restore(s.store, s.good)
}

// goodStep is the step that fallBack returns to.
func (s *Session) goodStep() int {
	if s.good == nil {
		return 0
	}
	return s.good.Step
}

// Close frees what the session holds on the backend. The session cannot be used afterwards.
func (s *Session) Close() {
	if s.stepper != nil {
		s.stepper.close()
		s.evaluator.close()
		s.stepper, s.evaluator = nil, nil
	}
	s.predictor.close()
	s.dissector.close()
	s.resident.close()
	s.store.Finalize()
}

// Behind reports whether the run has something left to do up to a step and the evaluation after it. It is for Run's goroutine.
func (s *Session) Behind(step int) bool {
	return s.steps < step || s.steps == step && s.evaluationDue()
}

// Step returns how many training steps the net has taken.
func (s *Session) Step() int { return s.steps }
