package protocol

import (
	"errors"

	"unpool/core/recipe"
	"unpool/core/run"
)

// The messages of a trainer.
const (
	SayAccepted Kind = "accepted" // Accepted: the call is begun, or waits
	SayProgress Kind = "progress" // Progress: how far the call is
	SayResult   Kind = "result"   // the last of a call; the body depends on what was asked
	SayFailure  Kind = "failure"  // *Error: the last of a call
	SayEvent    Kind = "event"    // an event of core/run: what the run that the call began does
	SayKept     Kind = "kept"     // Kept: whether the run that the call began will outlive the tab
	SayAlive    Kind = "alive"    // Alive: about no call
	SayGone     Kind = "gone"     // *Error: about no call, the last of all: the trainer has ended
)

// Accepted says that a call will be done.
type Accepted struct {
	Place int `json:"place,omitempty"` // how many calls come before it
}

// Progress says how far something is.
type Progress struct {
	Done  int64  `json:"done,omitempty"`
	Total int64  `json:"total,omitempty"` // 0 when unknown
	Unit  string `json:"unit,omitempty"`  // "bytes", "images"
}

// Kept reports whether a run is kept beyond the trainer's life. It is sent when the run begins, and when that changes.
type Kept struct {
	Lasts   bool   `json:"lasts"`
	Problem string `json:"problem,omitempty"` // why it does not, in words
	Hint    string `json:"hint,omitempty"`    // what to do
}

// Alive says that the trainer is alive, and what it does. It is sent before each stretch of work in which nothing can be
// sent, since a trainer has one thread only.
type Alive struct {
	Doing    string  `json:"doing"`    // in words, after "the training program is"
	Patience float64 `json:"patience"` // how many seconds of silence from now on are normal
	Progress         // of the loading of the trainer itself
}

// StartingThreads is what a trainer does that may get stuck without its fault.
const StartingThreads = "starting its threads"

// Nothing is the body of a message whose kind says everything.
type Nothing struct{}

// Data is what the files are that a user handed over.
type Data struct {
	From    string           `json:"from"` // the file or folder, as the user knows it
	Sets    []recipe.Dataset `json:"sets"` // that the files stand in for
	Classes []string         `json:"classes"`
	Train   int              `json:"train"` // images to train on, of the first of Sets; as the rest
	Test    int              `json:"test"`

	Side     int `json:"side"`     // of its images in pixels
	Channels int `json:"channels"` // of them: 1 for gray, 3 for red, green and blue

	Reading []string `json:"reading,omitempty"` // what was found, passed over and warned of, in lines
	Split   float64  `json:"split,omitempty"`   // the share of each class that was set aside to test on; 0 where folders say what to test on

	Examples run.Examples `json:"examples"` // some of its test images
}

// Engine says what a trainer computes with.
type Engine struct {
	Tier    string  `json:"tier"` // in words, as in run.Where
	Threads int     `json:"threads"`
	Flops   float64 `json:"flops"` // multiplications and additions a second in registers alone, of all threads at once
}

// Prediction is the net's classification of images.
type Prediction struct {
	Step          int         `json:"step"` // training steps that the net had taken
	Classes       []string    `json:"classes"`
	Probabilities [][]float32 `json:"probabilities"` // of each image, of each class
	// States are those of the net's first recurrent layer after each step of reading the first image, where they were asked for and there is
	// such a layer: one picture with a row for each step and a column for each unit.
	States *run.Weights `json:"states,omitempty"`
}

// Error says what is wrong and what to do.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"` // its first line is a sentence; the rest, if any, are details
	Hint    string `json:"hint"`
}

func (e *Error) Error() string { return e.Message }

// Code is what kind of thing is wrong, for programs.
type Code string

// The codes.
const (
	Busy      Code = "busy"      // with something else, which Message names
	Cancelled Code = "cancelled" // as was asked
	Invalid   Code = "invalid"   // the request is wrong, or asks for a net or run that cannot be
	Unknown   Code = "unknown"   // a kind of request that this trainer does not know
	NoData    Code = "no data"   // the images were not available, or the files are none to train on
	NoSplit   Code = "no split"  // the pictures are not divided into some to train on and some to test on
	NoEngine  Code = "no engine" // nothing can be computed here
	NoNet     Code = "no net"    // there is no run under way, and none has ended here
	Broken    Code = "broken"    // something failed that should not have
	Gone      Code = "gone"      // the trainer has ended, or no longer answers
	Stuck     Code = "stuck"     // the trainer has not answered since it began to start its threads
)

// ErrorOf is err as an Error: err itself, where it is one, or else one of a code with a hint.
func ErrorOf(err error, code Code, hint string) *Error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e
	}
	return &Error{code, err.Error(), hint}
}
