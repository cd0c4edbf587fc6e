// Package words says in plain words what a run does, what went wrong with it and what its evaluations were.
//
// It knows runs (core/run) and numbers, but neither the browser nor the page's components.
package words

import (
	"fmt"
	"math"

	"unpool/core/number"
	"unpool/core/run"
)

// trendSteps is how far back a trend is judged, in training steps; over fewer evaluations than trendPoints it is
// judged further back, since one evaluation against the next is mostly noise.
const (
	trendSteps  = 500
	trendPoints = 3
)

// flatAccuracy is the change below which an accuracy counts as unchanged: on a sample of 1,000 images one image is
// 0.1 points.
const flatAccuracy = 0.002

// Sentence says in plain words what the run does now.
func Sentence(v *run.View) string {
	switch v.Phase {
	case run.Empty:
		return ""
	case run.Loading:
		switch {
		case v.Unit != "bytes" || v.Done == 0:
		case v.Total > 0:
			return fmt.Sprintf("Loading: %s of %s.", number.Bytes(v.Done), number.Bytes(v.Total))
		default:
			return fmt.Sprintf("Loading: %s so far.", number.Bytes(v.Done))
		}
		return "Loading the training program and the images."
	case run.Compiling:
		return "Compiling: building the training step for this net."
	case run.Paused:
		return fmt.Sprintf("Paused at step %s. Continue, or take one step at a time.", number.Int(v.Step))
	case run.Failed:
		if v.Step == 0 {
			return "The run failed before its first step."
		}
		return fmt.Sprintf("The run failed at step %s.", number.Int(v.Step))
	case run.Stopped:
		if last, ok := v.Latest(); ok && last.Step == v.Step {
			return fmt.Sprintf("Stopped at step %s: %s.", number.Int(v.Step), right(last.Test))
		} else if ok {
			return fmt.Sprintf("Stopped at step %s; at step %s, %s.", number.Int(v.Step), number.Int(last.Step), right(last.Test))
		}
		return fmt.Sprintf("Stopped at step %s, before the first evaluation.", number.Int(v.Step))
	case run.Done:
		if last, ok := v.Latest(); ok {
			return fmt.Sprintf("Done: %s after %s steps, in %s.",
				right(last.Test), number.Int(v.Step), number.Duration(v.End.Seconds))
		}
		return fmt.Sprintf("Done after %s steps.", number.Int(v.Step))
	}
	return trend(v)
}

func right(m run.Measure) string {
	return fmt.Sprintf("%s%s%% of %s test images right", number.Percent(m.Accuracy), number.Thin, number.Int(m.N))
}

// trend compares the latest evaluation with one trendSteps earlier.
func trend(v *run.View) string {
	n := len(v.Metrics)
	if n < 2 {
		every := 0
		if r, ok := v.Recipe(); ok {
			every = min(r.EvalEvery, r.Steps)
		}
		switch {
		case n == 1 && v.Metrics[0].Step == 0 && every > 0:
			return fmt.Sprintf("Just started: untrained, it gets %s; the next evaluation comes at step %s.",
				right(v.Metrics[0].Test), number.Int(every))
		case n == 1:
			return fmt.Sprintf("Just started: %s at step %s.", right(v.Metrics[0].Test), number.Int(v.Metrics[0].Step))
		case every > 0:
			return fmt.Sprintf("Just started: the first evaluation comes within %s steps.", number.Int(every))
		}
		return "Just started."
	}
	last := v.Metrics[n-1]
	i := max(0, min(n-1-trendPoints, n-2))
	for i > 0 && last.Step-v.Metrics[i].Step < trendSteps {
		i--
	}
	before := v.Metrics[i]
	span := fmt.Sprintf("in the last %s steps", number.Int(last.Step-before.Step))

	if !finite(last.Train.Loss) || !finite(last.Test.Loss) {
		return "The loss is no longer a finite number: a smaller learning rate may help."
	}
	change := last.Test.Accuracy - before.Test.Accuracy
	switch {
	case change < flatAccuracy && run.Overfits(before.Metric, last.Metric):
		return fmt.Sprintf("Overfitting: %s training loss fell to %s while test loss rose to %s.",
			span, number.Loss(last.Train.Loss), number.Loss(last.Test.Loss))
	case change >= flatAccuracy:
		return fmt.Sprintf("Still learning: test accuracy rose %s points %s.", number.Percent(change), span)
	case change <= -flatAccuracy:
		return fmt.Sprintf("Test accuracy fell %s points %s; training accuracy is %s%s%%.",
			number.Percent(-change), span, number.Percent(last.Train.Accuracy), number.Thin)
	}
	return fmt.Sprintf("Flat: test accuracy changed by less than %s points %s.", number.Percent(flatAccuracy), span)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
