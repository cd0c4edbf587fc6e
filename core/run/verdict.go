package run

import "math"

// Finding is what a verdict says of a run.
type Finding int

// The findings. Early is the zero value.
const (
	Early       Finding = iota // too early to say
	Learning                   // test accuracy rises
	Slowing                    // it rises at under a quarter of its mean pace since the run began
	Level                      // it no longer rises, as far as its noise lets see
	Worse                      // it is lower than it was, and not by overfitting
	Overfitting                // training loss fell further while test loss rose, and test accuracy does not rise
	Guessing                   // test accuracy is no better than guessing
	Diverged                   // training loss is no finite number, or far above that of guessing and of the run before
)

// Verdict is what the evaluations of a run show, up to one of them, with the figures that it rests on. Accuracies are shares from 0
// to 1, losses in nats.
type Verdict struct {
	Finding Finding
	Since   int    // step of the evaluation at which the verdict turned to the finding
	Last    Metric // the evaluation
	Recent  Metric // mean of the last five evaluations, or of fewer, at the step of the middle one
	Lowest  Metric // that of five in a row whose test loss is the lowest so far
	Peak    Metric // that of five in a row whose test accuracy is the highest so far
	// Pace is the slope of test accuracy, in shares a step, over the evaluations from step From to the last, and Error its
	// standard error; both 0 where there are fewer than three.
	From        int
	Pace, Error float64
	Rises       bool // Pace is well above 0, as far as Error lets see
	LossRises   bool // test loss is well above its lowest, and training loss below what it was then
	Classes     int
}

// Chance is the accuracy of a net that guesses evenly among the classes, and the loss of one that gives each the same probability,
// ln(classes). Both are 0 where the classes are not known.
func (v Verdict) Chance() (accuracy, loss float64) {
	if v.Classes == 0 {
		return 0, 0
	}
	return 1 / float64(v.Classes), math.Log(float64(v.Classes))
}

// Unclear reports whether the finding is that of a net that learns, but the rise of its test accuracy is no longer clear: it may have ended.
func (v Verdict) Unclear() bool { return is(v.Finding, Learning, Slowing) && !v.Rises }

// Finite reports whether the losses of the last evaluation are finite numbers.
func (v Verdict) Finite() bool { return v.Last.finite() }

func (m Metric) finite() bool {
	sum := m.Train.Loss + m.Test.Loss
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// Judge returns the verdict on evaluations, in order of step, of a net with so many classes; 0 where that is not known, and then the
// net is never said to guess, nor to diverge while its loss is finite.
//
// It goes through the evaluations as they came. From the third after step 0 on, each speaks for the first of
// these findings that holds:
//
//   - Diverged: the mean training loss of the last three is over twice ln(classes), and over twice the lowest so far.
//   - Guessing: the mean test accuracy of the last three is below 1.2/classes (always answering the most frequent of
//     MNIST's digits gives 1.135/10), or within three standard deviations of 1/classes. Where one class has far more images than the
//     others, a net that always answers it is not found out: a log does not say how many images each class has.
//   - Learning: test accuracy rises. The slope of a line fitted to the test accuracies of the second half of the run, of 6 evaluations
//     at least and 50 at most, is over two standard errors. Slowing: so it is, but under a quarter of the mean pace since step 0, from guessing.
//   - Overfitting: the mean test loss of the last five is three standard errors above the lowest such mean, and the training loss below
//     what it was then.
//   - Worse: the mean test accuracy of the last five is four standard errors below the highest such mean.
//   - Level: the slope is less than an eighth of the mean pace, for sure: by two standard errors. Where that is not
//     sure, Early, Learning and Slowing stand, the latter two as Unclear. After Guessing and Diverged it is Early
//     then, after Worse and Overfitting it is Level.
//
// The noise of an evaluation is its scatter about the fitted line, but at least half of what a random sample of so many images has: of
// an accuracy that of a binomial share, of a loss about as much, see lossNoise. It is half since the evaluations are on the same images.
//
// The verdict has hysteresis. It turns when three evaluations in a row speak against it, to what the third speaks for; at once to
// Diverged where a loss is not finite, and at once from Early. And a finding that stands has wider bounds: Diverged 4/3
// in place of twice, Guessing 1.3/classes and four deviations, a rise one standard error, Slowing up to half of the mean pace, Overfitting one
// standard error and Worse two; while a rise must be of three to overturn Level, Worse or Overfitting, over all evaluations since
// the verdict turned to them. Evaluations on another number of images than the last are not compared with it. So the
// last of a run, on all test images where the others were on a sample, leaves the finding as it was.
//
// The slope and its standard error are those of least squares; standard errors of means take five evaluations as independent.
func Judge(metrics []Evaluation, classes int) Verdict {
	var j judge
	for i := range metrics {
		j = j.next(metrics[:i+1], classes)
	}
	return j.Verdict
}
