package run

import (
	"errors"
	"fmt"
)

// Answers are the net's classifications of test images, at one evaluation: all that it measured, counted, and a few of them as
// pictures. They are for a display, and in no log.
type Answers struct {
	Step    int `json:"step"`
	Classes int `json:"classes"`
	// Counts is how many images of each class, a row, are classified as each class, a column: [Classes, Classes]. It is empty where
	// there are more than MaxConfused classes.
	Counts   []int `json:"counts,omitempty"`
	Examples       // the same at each evaluation of a data set
	Answers  []int `json:"answers"` // the class that the net gives each example; Unasked where the evaluation left it out
}

// Examples are some test images.
type Examples struct {
	Height   int    `json:"height"`
	Width    int    `json:"width"`
	Channels int    `json:"channels"` // 1 for gray, 3 for red, green and blue
	Pixels   []byte `json:"pixels"`   // [len(Labels), Height, Width, Channels]
	Labels   []int  `json:"labels"`   // the class of each
}

// Unasked stands for a missing answer.
const Unasked = -1

// MaxConfused is the largest number of classes that are counted: their table is the square of that.
const MaxConfused = 64

// check refuses what a drawer could not index without asking.
func (a *Answers) check() error {
	switch {
	case a.Classes < 1:
		return fmt.Errorf("event answers: %d classes", a.Classes)
	case len(a.Counts) != 0 && len(a.Counts) != a.Classes*a.Classes:
		return fmt.Errorf("event answers: %d counts of %d classes", len(a.Counts), a.Classes)
	case len(a.Answers) != len(a.Labels):
		return fmt.Errorf("event answers: %d answers about %d images", len(a.Answers), len(a.Labels))
	}
	for i, label := range a.Labels {
		if answer := a.Answers[i]; label < 0 || label >= a.Classes || answer < Unasked || answer >= a.Classes {
			return fmt.Errorf("event answers: class %d or %d of %d", label, answer, a.Classes)
		}
	}
	for _, n := range a.Counts {
		if n < 0 {
			return errors.New("event answers: a count is below 0")
		}
	}
	return a.Examples.Check()
}

// Check refuses examples whose sizes are not those of their pixels.
func (e *Examples) Check() error {
	if e.Channels != 1 && e.Channels != 3 || !multiply(len(e.Pixels), len(e.Labels), e.Height, e.Width, e.Channels) {
		return fmt.Errorf("examples: %d bytes are not %d images of %dx%dx%d", len(e.Pixels), len(e.Labels), e.Height, e.Width, e.Channels)
	}
	return nil
}

// Right counts the examples that are answered, and those answered correctly.
func (a *Answers) Right() (right, asked int) {
	for i, answer := range a.Answers {
		if answer == Unasked {
			continue
		}
		if asked++; answer == a.Labels[i] {
			right++
		}
	}
	return right, asked
}

// Confusion is a class that is mistaken for another.
type Confusion struct {
	Class, Answer int
	N, Of         int // how many, of how many images of the class
}

// Worst returns the most frequent confusion, the first of equals, and whether there is one.
func (a *Answers) Worst() (worst Confusion, ok bool) {
	for i, n := range a.Counts {
		class, answer := i/a.Classes, i%a.Classes
		if class != answer && n > worst.N {
			worst = Confusion{Class: class, Answer: answer, N: n}
		}
	}
	if worst.N == 0 {
		return worst, false
	}
	for _, n := range a.Counts[worst.Class*a.Classes:][:a.Classes] {
		worst.Of += n
	}
	return worst, true
}
