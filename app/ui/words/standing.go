package words

import (
	"fmt"

	"unpool/core/number"
	"unpool/core/run"
)

// Standing says which of several nets leads and by how much, or that their difference is within the noise. names are the nets', in the order of
// the runs given to run.Compare.
func Standing(s run.Standing, names []string) string {
	leader, next := names[s.First], names[s.Second]
	points, noise, step := number.Percent(s.Lead()), number.Percent(s.Noise), number.Int(s.Step)
	if !s.Clear() {
		return fmt.Sprintf("Too close to call at step %s: %s has %s, %s %s. Chance alone makes differences of up to %s points.",
			step, leader, right(s.Leader.Test), next, number.Share(s.Next.Test.Accuracy), noise)
	}
	return fmt.Sprintf("%s leads at step %s: %s, %s points more than %s. That is more than chance (%s points).",
		leader, step, right(s.Leader.Test), points, next, noise)
}

// StandingHeard is Standing for screen readers: it changes with who leads, not with every figure.
func StandingHeard(s run.Standing, names []string) string {
	if !s.Clear() {
		return "Too close to call."
	}
	return names[s.First] + " leads."
}
