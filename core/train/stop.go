package train

import (
	"fmt"
	"math"
)

// met says which of the recipe's conditions ends the run before its last step; "" for none. All but the time limit depend on evaluations
// alone, so that a run that was interrupted ends where it would have ended.
func (s *Session) met() string {
	r, m := s.Recipe, s.measured()
	switch {
	case s.timeLeft() <= 0:
		return fmt.Sprintf("the time limit of %g minutes was reached", r.Minutes)
	case m == nil:
	case r.StopAt > 0 && 100*m.Decisive() >= r.StopAt:
		return fmt.Sprintf("the accuracy to stop at, %g %%, was reached", r.StopAt)
	case r.Patience > 0 && s.best != nil && (s.steps-s.best.Step)/r.EvalEvery >= r.Patience:
		return fmt.Sprintf("no better accuracy in %d evaluations: the best was at step %d", r.Patience, s.best.Step)
	}
	return ""
}

// timeLeft is how many seconds of the recipe's time limit are left.
func (s *Session) timeLeft() float64 {
	if s.Recipe.Minutes == 0 {
		return math.Inf(1)
	}
	return 60*s.Recipe.Minutes - s.clock.seconds()
}

// lift lifts conditions that ended the run once, at the state with which it is resumed: those that are as they were then.
func (s *Session) lift() {
	if s.good == nil || s.good.Metric == nil || !s.good.Metric.Final || s.steps == s.good.Recipe.Steps {
		return
	}
	if was, now := s.good.Recipe, &s.Recipe; was.Lifted() != was && was.StopAt == now.StopAt && was.Patience == now.Patience && was.Minutes == now.Minutes {
		*now = now.Lifted()
	}
}
