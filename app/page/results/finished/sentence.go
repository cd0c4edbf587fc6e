package finished

import (
	"fmt"
	"math"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
)

// Sentence says in plain words what a row's curves show, and how the row compares with its baseline.
func Sentence(r Row, v *run.View) string {
	var parts []string
	if r.Entry.Recipe.Dataset == recipe.MNIST {
		parts = append(parts, passes(v.Metrics))
	}
	if t := outcome(v.Verdict()); t != "" {
		parts = append(parts, t)
	}
	if r.Baseline > 0 {
		parts = append(parts, standing(r))
	}
	if len(parts) == 0 {
		return ""
	}
	return "It " + list(parts) + "."
}

// passes says when test accuracy passes results.Mark.
func passes(metrics []run.Evaluation) string {
	for _, m := range metrics {
		if m.Test.Accuracy > results.Mark {
			return fmt.Sprintf("passes %s at step %s", percent(results.Mark), number.Int(m.Step))
		}
	}
	return "never passes " + percent(results.Mark)
}

// standing compares with the baseline.
func standing(r Row) string {
	whose := "the course report’s " + percent(r.Baseline)
	if r.Entry.Baseline == nil {
		whose = fmt.Sprintf("the course report’s best of its kind, %s", percent(r.Baseline))
	}
	d := r.Ours - r.Baseline
	points := number.Hundredths(math.Abs(d)) + " points"
	switch {
	case !r.Reproduced:
		return fmt.Sprintf("stays %s below %s: not reproduced", points, whose)
	case math.Round(1e4*d) == 0:
		return "equals " + whose
	case d < 0:
		return fmt.Sprintf("is %s below %s, which is within a point", points, whose)
	}
	return fmt.Sprintf("is %s above %s", points, whose)
}

// outcome says what the evaluations showed at the end. That a net overfits is worth saying even while its accuracy rises.
func outcome(v run.Verdict) string {
	from, to := v.Lowest, v.Recent
	switch v.Finding {
	case run.Early:
		return ""
	case run.Guessing:
		return "ends no better than guessing"
	case run.Diverged:
		return "diverges"
	}
	switch {
	case v.LossRises:
		return fmt.Sprintf("overfits after step %s (test loss rises from %s to %s while training loss falls from %s to %s)",
			number.Int(from.Step), number.Loss(from.Test.Loss), number.Loss(to.Test.Loss),
			number.Loss(from.Train.Loss), number.Loss(to.Train.Loss))
	case v.Finding == run.Worse:
		return "was better at step " + number.Int(v.Peak.Step)
	case v.Unclear():
		return "no longer clearly improves by the end"
	case v.Finding == run.Learning:
		return "is still learning at the end"
	case v.Finding == run.Slowing:
		return "is still learning slowly at the end"
	}
	return "has stopped improving by the end"
}
