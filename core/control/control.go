// Package control is what a user says to a trainer, before, during and after a run, as typed values with a JSON form:
// the page sends them to the trainer's worker. The answers are core/run.
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
	Files        bool           `json:"files,omitempty"` // the recipe's data set is the user's own files, handed over before
	LearningRate float64        `json:"learning_rate,omitempty"`
}

// Verb is what to do.
type Verb string

// The verbs.
const (
	Train    Verb = "train"    // begin a run
	Pause    Verb = "pause"    // pause after the step under way
	Continue Verb = "continue" // train on after a pause
	Step     Verb = "step"     // pause, then take exactly one training step
	SetRate  Verb = "rate"     // change the learning rate
	Stop     Verb = "stop"     // end the run and keep what it learned
	Resume   Verb = "resume"   // train a run that ended further: to its last step, or for as many steps again
	Save     Verb = "save"     // return the run's state
	Measure  Verb = "measure"  // between runs: measure how fast the engine is
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
		read := recipe.Unmarshal
		if wire.Files { // they are a folder of this machine
			read = recipe.UnmarshalHere
		}
		r, err := read(wire.Recipe)
		c.Recipe, c.Files = &r, wire.Files
		return c, err
	case SetRate:
		c.LearningRate = wire.LearningRate
		return c, recipe.CheckLearningRate(c.LearningRate)
	case Pause, Continue, Step, Stop, Resume, Save, Measure:
		return c, nil
	}
	return c, fmt.Errorf("command: unknown verb %q", c.Do)
}
