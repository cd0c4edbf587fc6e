package task

import (
	"fmt"
	"math"
	"reflect"

	"unpool/core/number"
	"unpool/core/run"
)

// Again compares an exact run with another of the same recipe. difference says in what they differ; "" for in nothing that the recipe decides.
func Again(handed, again *run.View) (difference string) {
	for i, m := range handed.Metrics {
		if i == len(again.Metrics) || m.Step != again.Metrics[i].Step {
			return fmt.Sprintf("there is no evaluation after step %s", number.Int(m.Step))
		}
		other := again.Metrics[i]
		if m.Train != other.Train || m.Test != other.Test || !reflect.DeepEqual(m.Validation, other.Validation) {
			return fmt.Sprintf("after step %s the test accuracy is %s here, with a loss of %s", number.Int(m.Step),
				number.Share(other.Test.Accuracy), number.Loss(other.Test.Loss))
		}
	}
	switch {
	case len(again.Metrics) > len(handed.Metrics):
		return fmt.Sprintf("the evaluation after step %s is missing", number.Int(again.Metrics[len(handed.Metrics)].Step))
	case again.End == nil || again.End.WeightsSHA256 != handed.End.WeightsSHA256:
		return "the weights at the end differ"
	}
	return ""
}

// Spread is the accuracies at the end of runs that differ in their seeds only.
type Spread []float64

// certain are the quantiles of Student's t distribution that 99 % lie within, by degrees of freedom from 1.
var certain = []float64{63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250}

// Bounds are between what accuracies one more run lies with a probability of 99 %, if the accuracies are normally distributed: the mean and t times the
// standard deviation times √(1+1/n). Of three runs that is wide, as three runs say little; so an honest result is hardly ever outside.
func (s Spread) Bounds() (low, high float64) {
	if len(s) < 2 {
		return 0, 1
	}
	n, mean, squares := float64(len(s)), 0.0, 0.0
	for _, x := range s {
		mean += x / n
	}
	for _, x := range s {
		squares += (x - mean) * (x - mean)
	}
	t := certain[min(len(s)-1, len(certain))-1]
	far := t * math.Sqrt(squares/(n-1)) * math.Sqrt(1+1/n)
	return max(0, mean-far), min(1, mean+far)
}
