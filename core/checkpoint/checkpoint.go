// Package checkpoint is a run at one moment, as a value and as a file: everything that a training step changes, and what
// it takes to resume it. The file is safetensors (https://huggingface.co/docs/safetensors), which other programs open too.
//
// It imports the standard library, core/recipe and core/run only. It knows nothing of how training works, nor where
// files are kept.
package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"unpool/core/jsontext"
	"unpool/core/recipe"
	"unpool/core/run"
)

// Version is the version of what a file says besides its tensors. A reader refuses any other.
const Version = 1

// Checkpoint is a run after Step training steps. It is read only: its parts may be shared.
type Checkpoint struct {
	Version int           `json:"version"`
	Run     string        `json:"run,omitempty"` // the run's ID; "" in files of before this was kept, and where there is no log
	Recipe  recipe.Recipe `json:"recipe"`
	// Step is the number of training steps done. It is the position in the data as well, and in every other sequence
	// of random numbers: which images a step sees, and what is done to them, depends on the recipe and the step alone.
	Step    int          `json:"step"`
	Seconds float64      `json:"seconds"`           // of the run up to here, pauses left out
	Metric  *run.Metric  `json:"metric,omitempty"`  // the evaluation of these weights; nil when there was none
	Best    *run.Metric  `json:"best,omitempty"`    // the best evaluation of the run so far; nil before the first
	Where   run.Where    `json:"where,omitzero"`    // what computed it; zero in files of before this was kept
	Content *run.Content `json:"content,omitempty"` // of the data set; nil in files of before this was kept
	Events  uint64       `json:"events,omitempty"`  // the number of the last event in the run's log that belongs to it; 0 where there is no log
	Tensors []Tensor     `json:"-"`                 // weights, optimiser state, running averages
}

// IsBest reports whether these weights are the best of the run so far.
func (c *Checkpoint) IsBest() bool { return c.Metric != nil && c.Best != nil && c.Best.Step == c.Step }

// metadata is the key of c's JSON form among the file's metadata.
const metadata = "unpool"

// Write writes c as a safetensors file. The same checkpoint gives the same bytes.
func (c *Checkpoint) Write(w io.Writer) error {
	about, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if err := encode(w, c.Tensors, map[string]string{metadata: string(about)}); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// Read reads a file that Write wrote, to its end. Whatever r holds, it uses memory in proportion to what r yields, and
// 1 GiB of tensors at most. The recipe may name a folder of this machine: where the file comes from elsewhere, that
// is the caller's to refuse.
func Read(r io.Reader) (*Checkpoint, error) {
	tensors, about, err := decode(r)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	text, ok := about[metadata]
	if !ok {
		return nil, errors.New("checkpoint: a safetensors file, but not a run's checkpoint: its metadata has no recipe")
	}
	c := &Checkpoint{}
	type plain Checkpoint
	wire := struct {
		*plain
		Recipe json.RawMessage `json:"recipe"`
	}{plain: (*plain)(c)}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields() // a field that is not understood may be one that changes how to resume, in the recipe too
	if err := d.Decode(&wire); err != nil {
		return nil, fmt.Errorf("checkpoint: its metadata: %w", jsontext.Explain([]byte(text), err))
	}
	if wire.Recipe != nil {
		if c.Recipe, err = recipe.Decode(wire.Recipe); err != nil {
			return nil, fmt.Errorf("checkpoint: its recipe: %w", err)
		}
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("checkpoint: its metadata: %w", err)
	}
	c.Tensors = tensors
	return c, nil
}

// check refuses what no run could have written.
func (c *Checkpoint) check() error {
	switch {
	case c.Version != Version:
		return fmt.Errorf("version %d, this program reads version %d", c.Version, Version)
	case c.Step < 0 || c.Step > recipe.MaxSteps:
		return fmt.Errorf("%d steps done", c.Step)
	case c.Seconds < 0:
		return fmt.Errorf("%v seconds", c.Seconds)
	case c.Metric != nil && c.Metric.Step != c.Step:
		return fmt.Errorf("an evaluation of step %d in a checkpoint of step %d", c.Metric.Step, c.Step)
	case c.Best != nil && (c.Best.Step < 0 || c.Best.Step > c.Step):
		return fmt.Errorf("a best step of %d in a checkpoint of step %d", c.Best.Step, c.Step)
	}
	return c.Recipe.Validate()
}
