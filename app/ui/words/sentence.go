package words

import (
	"fmt"

	"unpool/core/number"
	"unpool/core/run"
)

// Sentence says in plain words what a run in a phase does now, or how it ended. It fits in two lines of a phone.
func Sentence(phase run.Phase, v *run.View) string {
	switch phase {
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
		return loading
	case run.Compiling:
		return "Compiling: building the training step for this net."
	case run.Waiting:
		if v.Step == 0 {
			return "In the server’s queue: it starts when the runs before it have ended."
		}
		return fmt.Sprintf("In the server’s queue: it resumes at step %s when the runs before it have ended.", number.Int(v.Step))
	case run.Parked:
		return fmt.Sprintf("Parked by its sweep at step %s: it resumes there if the sweep promotes it.", number.Int(v.Step))
	case run.Paused:
		return fmt.Sprintf("Paused at step %s. Continue, or take one step at a time.", number.Int(v.Step))
	case run.Failed:
		if v.Step == 0 {
			return "The run failed before its first step."
		}
		return fmt.Sprintf("The run failed at step %s.", number.Int(v.Step))
	case run.Done:
		if v.End != nil && v.End.Reason != "" {
			return ended("Done", v, at(v)) + " It ended early: " + v.End.Reason + "."
		}
		return ended("Done", v, "")
	case run.Stopped:
		return ended("Stopped", v, at(v))
	case run.Interrupted:
		return ended("Interrupted", v, at(v))
	case run.Deleted:
		return fmt.Sprintf("Deleted on the server. This browser still has the run up to step %s: keep it here, or delete it here too.", number.Int(v.Step))
	}
	return judged(v)
}

const loading = "Loading the training program and the images."

// Announcement is Sentence for screen readers: it changes with the phase and the verdict, not with every figure.
func Announcement(phase run.Phase, v *run.View) string {
	switch phase {
	case run.Loading:
		return loading
	case run.Training, run.Evaluating:
		return phraseOf(v.Verdict()).now + "."
	}
	return Sentence(phase, v)
}

// ended says how a run ended: its result, and what its evaluations showed.
func ended(how string, v *run.View, when string) string {
	last, ok := v.Latest()
	if !ok {
		return how + " before the first evaluation."
	}
	return fmt.Sprintf("%s: %s%s%s.", how, right(last.Test), when, phraseOf(v.Verdict()).then)
}

// at is when the latest evaluation was.
func at(v *run.View) string {
	last, _ := v.Latest()
	return " at step " + number.Int(last.Step)
}

func right(m run.Measure) string {
	return fmt.Sprintf("%s of %s test images correct", number.Share(m.Accuracy), number.Int(m.N))
}
