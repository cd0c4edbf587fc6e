package protocol

import "unpool/core/run"

// Reading is how a recurrent layer reads an image, step by step: rows or columns of the image or of maps, or steps of a sequence, in that order
// whichever way they are read. Units that read from the end are counted after those that read from the start.
type Reading struct {
	Image      Picture            `json:"image"`
	Classes    []string           `json:"classes"`
	Layer      string             `json:"layer"`
	Columns    bool               `json:"columns,omitempty"` // a step is a column, and not a row
	Directions []ReadingDirection `json:"directions"`
	Cells      []Cell             `json:"cells,omitempty"`   // of the unit, after each step; without what other units add
	Answers    [][]float32        `json:"answers,omitempty"` // [steps][classes]: the probabilities if the image ended there; nil for a net that has none
	Decided    int                `json:"decided"`           // the step from which on the answer stays the same; -1 without answers
	Gradients  []float32          `json:"gradients"`         // [steps]: the norm of the gradient, by what is read at the step, of the logit of the net's answer
	// Others are how the other nets of the TestUnit read it, each with its first recurrent layer: in their order, with the states as their only trace,
	// and without Cells.
	Others []Reading `json:"others,omitempty"`
}

// ReadingDirection is what all units do that read in one direction.
type ReadingDirection struct {
	Backward bool    `json:"backward,omitempty"`
	Traces   []Trace `json:"traces"` // the states, the gates as of Cell, and of an LSTM the memories
	Order    []int   `json:"order"`  // the units, similar ones side by side
}

// Trace is one number of each unit after each step.
type Trace struct {
	Name   string      `json:"name"`   // "state", that of a Gate, or "memory"
	Values run.Weights `json:"values"` // one image, with a row for each step and a column for each unit
}

// Net is the net of a run after a step.
type Net struct {
	Run   string `json:"run"`
	Place Place  `json:"place,omitempty"`
	Step  int    `json:"step"`
}

// Across asks what a unit of a recurrent layer does on test images: the first of each class.
type Across struct {
	Layer string `json:"layer"`
	Unit  int    `json:"unit"`
	Each  int    `json:"each"` // images of a class
}

// Acrossed are a unit's states after each step, on many images.
type Acrossed struct {
	Images  []int       `json:"images"`  // the numbers of the test images, class by class
	Classes []int       `json:"classes"` // of each of them
	States  run.Weights `json:"states"`  // one image, with a row for each step and a column for each of the images
	Means   run.Weights `json:"means"`   // one image, with a row for each step and a column for each class: the means of its images
}
