// Package control is what a user says to a run while it trains, as typed values with a JSON form: the page
// sends them to the trainer's worker, and a server's client will send the same. The answers are core/event.
package control

import (
	"encoding/json"
	"fmt"

	"unpool/core/recipe"
)

// Command is one instruction. Recipe and Files go with Train, LearningRate with SetRate.
type Command struct {
	Do           Verb           `json:"do"`
	Recipe       *recipe.Recipe `json:"recipe,omitempty"`
	Files        bool           `json:"files,omitempty"` // train on the user's own files, handed over before, not on the recipe's data set
	LearningRate float64        `json:"learning_rate,omitempty"`
}

// Verb is what to do.
type Verb string

// The verbs.
const (
	Train   Verb = "train"   // begin a run
	Pause   Verb = "pause"   // hold after the step under way
	Resume  Verb = "resume"  // go on
	Step    Verb = "step"    // pause, then take exactly one training step
	SetRate Verb = "rate"    // change the learning rate
	Stop    Verb = "stop"    // end the run and keep what it learned
	GoOn    Verb = "go on"   // go on with a run that ended: to its last step, or for as many steps again
	Save    Verb = "save"    // hand out the run's state
	Measure Verb = "measure" // between runs: tell how fast the engine is
)

// Unmarshal reads and checks one command. A recipe is read as strictly as recipe.Unmarshal does.
func Unmarshal(b []byte) (Command, error) {
	var wire struct {
		Do           Verb            `json:"do"`
		Recipe       json.RawMessage `json:"recipe"`
		Files        bool            `json:"files"`
		LearningRate float64         `json:"learning_rate"`
	}
	if err := json.Unmarshal(b, &wire); err != nil {
		return Command{}, fmt.Errorf("command: %w", err)
	}
	c := Command{Do: wire.Do}
	switch c.Do {
	case Train:
		if wire.Recipe == nil {
			return c, fmt.Errorf("command train: no recipe")
		}
		r, err := recipe.Unmarshal(wire.Recipe)
		c.Recipe, c.Files = &r, wire.Files
		return c, err
	case SetRate:
		c.LearningRate = wire.LearningRate
		return c, recipe.CheckLearningRate(c.LearningRate)
	case Pause, Resume, Step, Stop, GoOn, Save, Measure:
		return c, nil
	}
	return c, fmt.Errorf("command: unknown verb %q", c.Do)
}
