package chart

import (
	"math"
	"time"

	"unpool/core/number"
)

// Spec is what to draw, in whatever size.
type Spec struct {
	Title  string // of an exported figure
	Y      string // what the values are, in words: "accuracy, of 10 000 test images"
	X      string // what runs along the X axis instead of training steps, whose place the points' steps take; "" for nothing else
	Unit   Unit
	Series []Series

	XMax          float64 // the last step that the X axis can show, such as the recipe's steps; 0 for no limit
	Reference     float64 // a value to compare with, drawn as a thin dashed line; 0 for none
	ReferenceName string
	Breaks        []Break

	View
}

// View is how the reader looks at what is drawn.
type View struct {
	Axis   Axis  // "" is Steps
	LogX   bool  // not on the Clock axis
	Log    bool  // the Y axis
	Smooth bool  // draw a moving average over the values
	Zoom   Range // the part of the X axis on view; all of it where it is empty
}

// Axis is what runs along the X axis.
type Axis string

// The axes.
const (
	Steps   Axis = "step"    // training steps
	Elapsed Axis = "elapsed" // time since the run began
	Clock   Axis = "clock"   // the time by the wall clock
)

// Range is a part of the X axis, in its unit: steps, or seconds. The Clock axis counts seconds since 1970.
type Range struct{ From, To float64 }

func (r Range) empty() bool { return !(r.From < r.To) }

// Unit says how values are written and which range they can have.
type Unit string

// The units.
const (
	Share Unit = "share" // 0 to 1, written in percent
	Nats  Unit = "nats"  // 0 and up, three significant digits
)

// Format writes a value in words for people, its unit included.
func (u Unit) Format(y float64) string {
	if u == Share {
		return number.Share(y)
	}
	return number.Loss(y)
}

// Place is where on each of the axes something lies.
type Place struct {
	Step    float64
	Seconds float64   // since the run began
	Time    time.Time // zero where it is not known: then the Clock axis leaves it out
}

// on is the place on an axis; NaN where it is not known.
func (p Place) on(a Axis) float64 {
	switch a {
	case Elapsed:
		return p.Seconds
	case Clock:
		if p.Time.IsZero() {
			return math.NaN()
		}
		return float64(p.Time.UnixMilli()) / 1000
	}
	return p.Step
}

// Point is one value of a series. NaN and infinite values are left out of the drawing.
type Point struct {
	Place
	Y      float64
	Spread float64 // the standard deviation of the values whose mean is Y, drawn as a band; 0 for none
}

// Series is one curve. Series of the same name, such as a run's curves on training and on test images, are one entry of the
// legend, where they are shown and hidden together.
type Series struct {
	Name   string
	Part   string // which curve of the name's: "train", "test"; "" where there is one
	Look   Look
	Faint  bool    // drawn behind the others: the run before
	Hidden bool    // in the legend only
	Points []Point // in order of each axis
}

// Break is a place at which something about the run changed that its curves may show.
type Break struct {
	Place
	Name string
}
