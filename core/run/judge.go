package run

import (
	"math"
	"slices"
)

// What the rule of Judge counts.
const (
	fewest      = 3      // evaluations that a verdict needs, and as many turn one
	smoothed    = 5      // evaluations whose mean is compared with that of others
	shortest    = 6      // evaluations that a line is fitted to, where there are so many
	longest     = 50     // such evaluations at most
	little      = 1. / 8 // of the run's mean pace
	overturning = 3.0    // standard errors of a rise that overturns Level, Worse or Overfitting
)

// bound is easier to stay beyond than to pass.
type bound struct{ pass, stay float64 }

func (b bound) of(stands bool) float64 {
	if stands {
		return b.stay
	}
	return b.pass
}

var (
	farAbove = bound{2, 4. / 3}      // times the loss of guessing, and the lowest training loss
	noBetter = bound{1.2, 1.3}       // times the accuracy of guessing at random, where a class may be more frequent
	beyond   = bound{3, 4}           // standard deviations above it
	above    = bound{3, 1}           // standard errors of the lowest test loss
	below    = bound{4, 2}           // standard errors of the highest test accuracy
	rising   = bound{2, 1}           // standard errors of a slope
	slow     = bound{1. / 4, 1. / 2} // of the run's mean pace
)

// judge is a verdict and what else it takes to continue from it.
type judge struct {
	Verdict
	against int     // evaluations in a row that speak against the finding
	least   float64 // the lowest training loss so far
}

// next continues with the last of the evaluations.
func (j judge) next(metrics []Evaluation, guess Guess) judge {
	last := metrics[len(metrics)-1].Metric
	if len(metrics) == 1 {
		j = judge{least: math.Inf(1)}
	}
	j.Last, j.Guess = last, guess
	if !j.Finite() {
		return j.turn(Diverged)
	}
	j.least = min(j.least, last.Train.Loss)
	window := alike(metrics, j.reach(metrics))
	if len(window) < fewest {
		return j
	}
	j = j.measure(window)
	switch found := j.find(window); {
	case found == j.Finding:
		j.against = 0
	case is(j.Finding, Early, Guessing) || j.against == fewest-1:
		j = j.turn(found)
	default:
		j.against++
	}
	return j
}

// reach is how many evaluations a line is fitted to.
func (j judge) reach(metrics []Evaluation) int {
	n := max(len(metrics)/2, shortest)
	if is(j.Finding, Level, Worse, Overfitting) {
		for n < len(metrics) && metrics[len(metrics)-n-1].Step >= j.Since {
			n++
		}
	}
	return min(n, longest)
}

func is(f Finding, all ...Finding) bool { return slices.Contains(all, f) }

func (j judge) turn(to Finding) judge {
	if j.against = 0; j.Finding != to {
		j.Finding, j.Since = to, j.Last.Step
	}
	return j
}

// alike returns the latest evaluations, at most so many, that were after step 0 and on as many test images as the last of all.
func alike(metrics []Evaluation, most int) (window []Evaluation) {
	n := metrics[len(metrics)-1].Test.N
	window = make([]Evaluation, 0, min(most, len(metrics))) // a log may have a million evaluations, each of which is judged
	for _, m := range slices.Backward(metrics) {
		if m.Step > 0 && m.Test.N == n && m.finite() {
			if window = append(window, m); len(window) == most {
				break
			}
		}
	}
	slices.Reverse(window)
	return window
}

// measure computes the verdict's figures.
func (j judge) measure(window []Evaluation) judge {
	l := along(window, testAccuracy)
	j.From, j.Pace = window[0].Step, l.slope
	j.Recent = middle(window[max(0, len(window)-smoothed):])
	j.Error = l.err(shared * AccuracyNoise(j.Recent.Test.Accuracy, j.Recent.Test.N))
	j.Rises = j.Pace > rising.of(j.Rises)*j.Error
	if j.Lowest.Step == 0 || j.Recent.Test.Loss < j.Lowest.Test.Loss {
		j.Lowest = j.Recent
	}
	if j.Peak.Step == 0 || j.Recent.Test.Accuracy > j.Peak.Test.Accuracy {
		j.Peak = j.Recent
	}
	j.LossRises = j.lossRises(window)
	return j
}

func testAccuracy(m Metric) float64 { return m.Test.Accuracy }
func testLoss(m Metric) float64     { return m.Test.Loss }

// along fits a line to a figure of evaluations.
func along(all []Evaluation, figure func(Metric) float64) line {
	x, y := make([]float64, len(all)), make([]float64, len(all))
	for i, m := range all {
		x[i], y[i] = float64(m.Step), figure(m.Metric)
	}
	return fit(x, y)
}

// middle is the mean of evaluations, at the step of the middle one.
func middle(all []Evaluation) Metric {
	m := together(all, mean)
	m.Step = all[len(all)/2].Step
	return m
}

// find returns the finding that the last evaluation speaks for.
func (j judge) find(window []Evaluation) Finding {
	if chance, loss := j.Chance(); j.Classes > 0 {
		three := middle(window[len(window)-fewest:])
		if three.Train.Loss > farAbove.of(j.Finding == Diverged)*max(loss, j.least) {
			return Diverged
		}
		if three.Test.Accuracy <= j.guessing(chance, three.Test) {
			return Guessing
		}
	}
	rises := j.Rises
	if is(j.Finding, Level, Worse, Overfitting) {
		rises = j.Pace > overturning*j.Error
	}
	switch {
	case rises && j.Pace < slow.of(j.Finding == Slowing)*j.meanPace(window):
		return Slowing
	case rises:
		return Learning
	case j.LossRises:
		return Overfitting
	case j.worse(window):
		return Worse
	case is(j.Finding, Guessing, Diverged):
		return Early
	case is(j.Finding, Early, Learning, Slowing) && !j.level(window):
		return j.Finding
	}
	return Level
}

// guessing is the highest test accuracy that is no better than that of guessing.
func (j judge) guessing(chance float64, test Measure) float64 {
	noise := min(AccuracyNoise(chance, test.N), AccuracyNoise(test.Accuracy, test.N)) // above a chance of nine tenths there is little room
	highest := chance + beyond.of(j.Finding == Guessing)*noise
	if j.Most == 0 {
		highest = max(highest, noBetter.of(j.Finding == Guessing)*chance)
	}
	return highest
}

// meanPace is that of test accuracy from guessing at random, as an untrained net does, to the evaluations that the pace is judged from.
func (j judge) meanPace(window []Evaluation) float64 {
	m := middle(window)
	untrained, _ := Guess{Classes: j.Classes}.Chance()
	return (m.Test.Accuracy - untrained) / float64(m.Step)
}

// level reports whether it is certain that the accuracy changes little.
func (j judge) level(window []Evaluation) bool {
	return len(window) >= smoothed && math.Abs(j.Pace)+2*j.Error < little*j.meanPace(window)
}

// lossRises reports whether the test loss is well above its lowest, and the training loss below what it was then.
func (j judge) lossRises(window []Evaluation) bool {
	now := j.Recent.Test
	noise := max(along(window, testLoss).scatter, shared*lossNoise(now.Loss, now.Accuracy, now.N))
	return j.Recent.Train.Loss < j.Lowest.Train.Loss &&
		now.Loss-j.Lowest.Test.Loss > above.of(j.LossRises)*ofMeans(noise, window)
}

// worse reports whether the test accuracy is well below its highest.
func (j judge) worse(window []Evaluation) bool {
	now := j.Recent.Test
	noise := max(along(window, testAccuracy).scatter, shared*AccuracyNoise(now.Accuracy, now.N))
	return j.Peak.Test.Accuracy-now.Accuracy > below.of(j.Finding == Worse)*ofMeans(noise, window)
}

// ofMeans is the noise of the difference between two smoothed means, from that of one evaluation.
func ofMeans(noise float64, window []Evaluation) float64 {
	return noise * math.Sqrt(2/float64(min(len(window), smoothed)))
}
