package finished

import (
	"fmt"
	"math"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/core/results"
	"unpool/core/run"
)

// window is how many evaluations are taken together when curves are judged: one against the next is mostly noise.
const window = 9

// fallingLoss is the relative fall of the test loss over a window that is called learning.
const fallingLoss = run.RisingLoss

// Sentence says in plain words what a row's curves show, and how the row compares with its baseline.
func Sentence(r Row, metrics []run.Evaluation) string {
	var parts []string
	if r.Entry.Recipe.Dataset == recipe.MNIST {
		parts = append(parts, passes(metrics))
	}
	if t := trend(metrics); t != "" {
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
	case d < 0:
		return fmt.Sprintf("is %s below %s, which is within a point", points, whose)
	}
	return fmt.Sprintf("is %s above %s", points, whose)
}

// trend says where the losses are heading, from means over windows of evaluations.
func trend(metrics []run.Evaluation) string {
	n := len(metrics)
	if n < 3*window {
		return ""
	}
	mean := func(middle int) (m run.Metric) {
		for _, e := range metrics[middle-window/2 : middle+window/2+1] {
			m.Train.Loss += e.Train.Loss / window
			m.Test.Loss += e.Test.Loss / window
		}
		return m
	}
	last := n - 1 - window/2
	lowest := window / 2
	for i := lowest; i <= last; i++ {
		if mean(i).Test.Loss < mean(lowest).Test.Loss {
			lowest = i
		}
	}
	from, to, before := mean(lowest), mean(last), mean(last-window)
	switch {
	case math.IsNaN(to.Test.Loss) || math.IsInf(to.Test.Loss, 0):
		return "ends with a loss that is no finite number"
	case last-lowest >= 2*window && run.Overfits(from, to):
		return fmt.Sprintf("overfits after step %s (test loss rises from %s to %s while training loss falls from %s to %s)",
			number.Int(metrics[lowest].Step), number.Loss(from.Test.Loss), number.Loss(to.Test.Loss),
			number.Loss(from.Train.Loss), number.Loss(to.Train.Loss))
	case to.Test.Loss < before.Test.Loss*(1-fallingLoss):
		return "is still learning at the end"
	}
	return "has levelled off by the end"
}
