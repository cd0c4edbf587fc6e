// Package control is the commands of a user to a run under way, as typed values with a JSON form: a training session follows them, and
// a page sends them to one.
package control

import (
	"encoding/json"
	"fmt"

	"unpool/core/recipe"
)

// Command is one instruction. LearningRate goes with SetRate.
type Command struct {
	Do           Verb    `json:"do" enum:"pause,continue,step,rate,stop"`
	LearningRate float64 `json:"learning_rate,omitempty"`
}

// Verb is what to do.
type Verb string

// The verbs.
const (
	Pause    Verb = "pause"    // pause after the step under way
	Continue Verb = "continue" // train on after a pause
	Step     Verb = "step"     // pause, then take exactly one training step
	SetRate  Verb = "rate"     // change the learning rate
	Stop     Verb = "stop"     // end the run and keep what it learned
)

// UnmarshalJSON reads a command and checks it.
func (c *Command) UnmarshalJSON(b []byte) error {
	type plain Command
	var read plain
	if err := json.Unmarshal(b, &read); err != nil {
		return err
	}
	switch read.Do {
	case Pause, Continue, Step, Stop:
		read.LearningRate = 0
	case SetRate:
		if err := recipe.CheckLearningRate(read.LearningRate); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown verb %q", read.Do)
	}
	*c = Command(read)
	return nil
}
