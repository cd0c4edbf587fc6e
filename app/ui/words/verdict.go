package words

import (
	"fmt"

	"unpool/core/number"
	"unpool/core/run"
)

// phrase is a verdict in a few words: of a run under way, and after the result of one.
type phrase struct{ now, then string }

var findings = map[run.Finding]phrase{
	run.Early:       {"Too early to say", ""},
	run.Learning:    {"Still learning", ", still learning"},
	run.Slowing:     {"Learning slowly", ", still learning slowly"},
	run.Level:       {"No longer improving", ", not improving"},
	run.Worse:       {"Worse than before", ", worse than before"},
	run.Overfitting: {"Overfitting", ", overfitting"},
	run.Guessing:    {"No better than guessing", ", no better than guessing"},
	run.Diverged:    {"Diverged", ", diverged"},
}

var unclear = phrase{"No clear rise in test accuracy", ", no longer clearly improving"}

func phraseOf(v run.Verdict) phrase {
	if v.Unclear() {
		return unclear
	}
	return findings[v.Finding]
}

// judged says what the evaluations of a run under way show.
func judged(v *run.View) string {
	verdict := v.Verdict()
	if verdict.Finding == run.Early {
		return early(v)
	}
	return phraseOf(verdict).now + figures(verdict)
}

// early is about a run with too few evaluations.
func early(v *run.View) string {
	every := 0
	if r, ok := v.Recipe(); ok {
		every = min(r.EvalEvery, r.Steps)
	}
	last, ok := v.Latest()
	switch {
	case !ok && every > 0:
		return fmt.Sprintf("Just started: the first evaluation comes within %s steps.", number.Int(every))
	case !ok:
		return "Just started."
	case last.Step == 0 && every > 0:
		return fmt.Sprintf("Untrained: %s; more at step %s.", right(last.Test), number.Int(every))
	}
	return fmt.Sprintf("%s: %s%s.", findings[run.Early].now, right(last.Test), at(v))
}

// figures are those that a verdict is based on.
func figures(v run.Verdict) string {
	chance, loss := v.Chance()
	switch v.Finding {
	case run.Learning, run.Slowing:
		return pace(v)
	case run.Level:
		return fmt.Sprintf(": test accuracy has been about %s since step %s.", number.Share(v.Recent.Test.Accuracy), number.Int(v.From))
	case run.Worse:
		return fmt.Sprintf(": %s correct, after %s at step %s.",
			number.Share(v.Recent.Test.Accuracy), number.Share(v.Peak.Test.Accuracy), number.Int(v.Peak.Step))
	case run.Overfitting:
		return fmt.Sprintf(" since step %s: test loss has risen to %s while training loss fell.",
			number.Int(v.Lowest.Step), number.Loss(v.Recent.Test.Loss))
	case run.Guessing:
		if !v.Even() {
			return fmt.Sprintf(": %s correct; always answering with the most frequent class gives %s.",
				number.Share(v.Last.Test.Accuracy), number.Share(chance))
		}
		if v.Last.Test.Loss > loss {
			return fmt.Sprintf(": %s correct, loss %s; guessing gives %s.",
				number.Share(v.Last.Test.Accuracy), number.Loss(v.Last.Test.Loss), number.Loss(loss))
		}
		return fmt.Sprintf(": %s correct; guessing gives %s.", number.Share(v.Last.Test.Accuracy), number.Share(chance))
	}
	if !v.Finite() {
		return ": the loss is no longer a finite number. Lower the learning rate."
	}
	return fmt.Sprintf(": the loss is %s; guessing gives %s. Lower the learning rate.", number.Loss(v.Last.Train.Loss), number.Loss(loss))
}

// pace says how fast test accuracy rises, or since when that is not clear.
func pace(v run.Verdict) string {
	if v.Unclear() {
		return fmt.Sprintf(" since step %s: any rise is within the noise.", number.Int(v.From))
	}
	rises := Rise(v)
	if v.LossRises {
		return ": " + rises + ", while test loss rises."
	}
	return ": test accuracy rises " + rises + "."
}

// Rise is how fast test accuracy rises.
func Rise(v run.Verdict) string {
	steps := roundSteps(v)
	return fmt.Sprintf("about %s points every %s steps", number.Percent(v.Pace*float64(steps)), number.Int(steps))
}

// roundSteps is a round number of steps over which a pace is stated: a fifth of those that it was measured over, or as many as
// make a tenth of a point.
func roundSteps(v run.Verdict) int {
	for n := 1; ; n *= 10 {
		for _, steps := range []int{n, 2 * n, 5 * n} {
			if 5*steps >= v.Last.Step-v.From && (v.Pace*float64(steps) >= 0.001 || steps >= v.Last.Step) {
				return steps
			}
		}
	}
}
