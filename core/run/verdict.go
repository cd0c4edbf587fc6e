package run

import "math"

// Finding is what a verdict says of a run.
type Finding int

// The findings. Early is the zero value.
const (
	Early       Finding = iota // too early to say
	Learning                   // test accuracy rises
	Slowing                    // it rises at under a quarter of its mean pace since the run began
	Level                      // it no longer rises, as far as its noise allows
	Worse                      // it is lower than it was, and not by overfitting
	Overfitting                // training loss fell further while test loss rose, and test accuracy does not rise
	Guessing                   // test accuracy is no better than guessing
	Diverged                   // training loss is not a finite number, or far above that of guessing and of the run before
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
	Rises       bool // Pace is well above 0, as far as Error allows
	LossRises   bool // test loss is well above its lowest, and training loss below what it was then
	Guess
}

// Guess is what a net achieves that does not look at the images.
type Guess struct {
	Classes int     // 0 where not known
	Most    float64 // share of the test images that are of the most frequent class, from 0 to 1; 0 where not known
}

// guess is what the header of a run's log says of guessing.
func (s *Start) guess() Guess {
	if s.Content == nil {
		return Guess{Classes: s.Recipe.Task().Classes}
	}
	g := Guess{Classes: len(s.Content.Classes)}
	sum, most := 0, 0
	for _, n := range s.Content.TestCounts {
		sum, most = sum+n, max(most, n)
	}
	if most > 0 && sum == s.Content.Test {
		g.Most = float64(most) / float64(sum)
	}
	return g
}

// Even reports whether no class is known to be more frequent than another.
func (g Guess) Even() bool { return g.Classes == 0 || g.Most <= 1/float64(g.Classes) }

// Chance is the accuracy of always answering with the most frequent class, or of answering at random where it is not known how frequent
// that is; and the loss of giving each class the same probability, ln(classes). Both are 0 where the classes are not known.
func (g Guess) Chance() (accuracy, loss float64) {
	if g.Classes == 0 {
		return 0, 0
	}
	return max(g.Most, 1/float64(g.Classes)), math.Log(float64(g.Classes))
}

// Unclear reports whether the finding is that of a net that learns, but the rise of its test accuracy is no longer clear: it may have ended.
func (v Verdict) Unclear() bool { return is(v.Finding, Learning, Slowing) && !v.Rises }

// Finite reports whether the losses of the last evaluation are finite numbers.
func (v Verdict) Finite() bool { return v.Last.finite() }

func (m Metric) finite() bool {
	sum := m.Train.Loss + m.Test.Loss
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// Judge returns the verdict on evaluations, in order of step. Where the classes are not known, the net is never said to guess, nor to
// diverge while its loss is finite.
//
// It goes through the evaluations as they came. From the third after step 0 on, each speaks for the first of
// these findings that holds:
//
//   - Diverged: the mean training loss of the last three is over twice ln(classes), and over twice the lowest so far.
//   - Guessing: the mean test accuracy of the last three is no more than three standard deviations, of a sample of so many images,
//     above that of always answering with the most frequent class. In a log that does not say how frequent that is, it is no more than
//     that above 1/classes, or below 1.2/classes: for MNIST's digits the most frequent class gives 1.135/10.
//   - Learning: test accuracy rises. The slope of a line fitted to the test accuracies of the second half of the run, of 6 evaluations
//     at least and 50 at most, is over two standard errors. Slowing: so it is, but under a quarter of the mean pace since step 0, from guessing.
//   - Overfitting: the mean test loss of the last five is three standard errors above the lowest such mean, and the training loss below
//     what it was then.
//   - Worse: the mean test accuracy of the last five is four standard errors below the highest such mean.
//   - Level: the slope is certainly less than an eighth of the mean pace: by two standard errors. Where that is not
//     certain, Early, Learning and Slowing stand, the latter two as Unclear. After Guessing and Diverged it is Early
//     then, after Worse and Overfitting it is Level.
//
// The noise of an evaluation is its scatter about the fitted line, but at least half of what a random sample of so many images has: of
// an accuracy that of a binomial share, of a loss about as much, see lossNoise. It is half since the evaluations are on the same images.
//
// The verdict has hysteresis. It turns when three evaluations in a row speak against it, to the finding of the third; at once to
// Diverged where a loss is not finite, and at once from Early, and from Guessing, which a mean of three contradicts. And a finding that stands has wider bounds: Diverged 4/3
// in place of twice, Guessing four deviations and 1.3/classes, a rise one standard error, Slowing up to half of the mean pace, Overfitting one
// standard error and Worse two; while a rise must be of three to overturn Level, Worse or Overfitting, over all evaluations since
// the verdict turned to them. Evaluations on another number of images than the last are not compared with it. So the
// last of a run, on all test images where the others were on a sample, leaves the finding as it was.
//
// The slope and its standard error are those of least squares; standard errors of means take five evaluations as independent.
func Judge(metrics []Evaluation, guess Guess) Verdict {
	var j judge
	for i := range metrics {
		j = j.next(metrics[:i+1], guess)
	}
	return j.Verdict
}
